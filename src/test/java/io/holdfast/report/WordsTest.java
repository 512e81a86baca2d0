package io.holdfast.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.kpi.KpiValues;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.ReportSettings.Language;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every language says the same things, and writes numbers in its own way. */
class WordsTest {

  private static final Words ENGLISH = Words.of(Language.EN);
  private static final Words SPANISH = Words.of(Language.ES);
  private static final Pattern PLACE = Pattern.compile("\\{\\d}");

  @Test
  void whatOneLanguageSaysTheOtherSaysToo() {
    Set<String> english = ENGLISH.texts().stringPropertyNames();
    assertThat(SPANISH.texts().stringPropertyNames()).containsAll(english);
    // English titles and definitions of KPIs and checks stand in the tables themselves.
    Set<String> more = new TreeSet<>(SPANISH.texts().stringPropertyNames());
    more.removeAll(english);
    assertThat(more).allMatch(key -> key.startsWith("kpi.") || key.matches("check\\..*\\.how"));
  }

  @Test
  void everyTextHasTheSamePlacesForFigures() {
    for (String key : ENGLISH.texts().stringPropertyNames()) {
      assertThat(places(SPANISH.texts().getProperty(key)))
          .as(key)
          .isEqualTo(places(ENGLISH.texts().getProperty(key)));
    }
  }

  private static Set<String> places(String text) {
    return new TreeSet<>(PLACE.matcher(text).results().map(found -> found.group()).toList());
  }

  @Test
  void everyKpiHasATitleAndADefinitionInSpanish() {
    for (String kpi : KpiValues.order()) {
      assertThat(SPANISH.of("kpi." + kpi)).isNotEmpty();
      assertThat(SPANISH.of("kpi." + kpi + ".how")).isNotEmpty();
    }
  }

  @Test
  void aTextThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> ENGLISH.of("no.such.text")).hasMessageContaining("no.such.text");
  }

  @Test
  void numbersAndDaysAreWrittenAsTheLanguageWritesThem() {
    Figures english = new Figures(ENGLISH, Currency.getInstance("USD"));
    Figures spanish = new Figures(SPANISH, Currency.getInstance("EUR"));
    BigDecimal amount = new BigDecimal("12345.6700");

    assertThat(english.text(amount, Kind.MONEY)).isEqualTo("$12,346");
    assertThat(english.text(new BigDecimal("361.7178"), Kind.MONEY)).isEqualTo("$361.72");
    assertThat(english.text(0.04913, Kind.SHARE)).isEqualTo("4.9%");
    assertThat(english.text(-0.0004, Kind.SHARE)).isEqualTo("0.0%");
    assertThat(english.text(0.0345, Kind.POINTS)).isEqualTo("3.5 pp");
    assertThat(spanish.text(amount, Kind.MONEY)).isEqualTo("12.346\u00a0€");
    assertThat(spanish.text(0.04913, Kind.SHARE)).isEqualTo("4,9\u00a0%");
    assertThat(ENGLISH.day(LocalDate.of(2026, 3, 31))).isEqualTo("March 31, 2026");
    assertThat(SPANISH.day(LocalDate.of(2026, 3, 31))).isEqualTo("31 de marzo de 2026");
    assertThat(Compact.money(143_240, english)).isEqualTo("$143K");
    assertThat(Compact.money(-1_722, english)).isEqualTo("−$1.7K");
  }

  @Test
  void theExactValueStandsBehindEveryFigure() {
    Figures figures = new Figures(ENGLISH, Currency.getInstance("USD"));

    assertThat(Html.text(figures.of(new BigDecimal("12345.6700"), Kind.MONEY)))
        .isEqualTo("<data value=\"12345.67\">$12,346</data>");
    assertThat(Html.text(figures.of(null, Kind.COUNT))).isEqualTo("<span class=\"none\">–</span>");
    assertThat(Html.text(figures.of(Double.NaN, Kind.COUNT))).contains("none");
  }
}
