package io.holdfast.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Properties;

/**
 * What the page says, in one language.
 *
 * @param locale the language, with its way to write numbers and days
 * @param texts by key
 */
record Words(Locale locale, Properties texts) {

  /** The words of a language. */
  static Words of(ReportSettings.Language language) {
    return new Words(language.locale(), read(language.locale().getLanguage()));
  }

  private static Properties read(String language) {
    String path = "/report/" + language + ".properties";
    try (InputStream in = Words.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not in the jar.");
      }
      Properties texts = new Properties();
      texts.load(new InputStreamReader(in, UTF_8));
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A text.
   *
   * @param values what stands for {0}, {1} ...
   */
  String of(String key, Object... values) {
    String text = texts.getProperty(key);
    if (text == null) {
      throw new IllegalArgumentException("The report has no words for '%s'.".formatted(key));
    }
    for (int i = 0; i < values.length; i++) {
      text = text.replace("{" + i + "}", String.valueOf(values[i]));
    }
    return text;
  }

  /** A text if there is one; else what a table says. */
  String or(String key, String said) {
    return texts.getProperty(key, said);
  }

  String day(LocalDate day) {
    return DateTimeFormatter.ofPattern(of("format.day"), locale).format(day);
  }

  String month(LocalDate day) {
    return DateTimeFormatter.ofPattern(of("format.month"), locale).format(day);
  }

  String shortMonth(LocalDate day) {
    return DateTimeFormatter.ofPattern(of("format.month_short"), locale).format(day);
  }
}
