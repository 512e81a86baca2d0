package io.holdfast.sources;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the values of a stranger's column look like.
 *
 * @param name the column
 * @param values its values that are not blank, without the blanks around them
 * @param rows how many rows were looked at
 */
record ColumnProfile(String name, List<String> values, int rows) {

  /** So large a share of the values must be of a kind for the column to be. */
  private static final double MOST = 0.9;

  private static final Pattern PLAIN_NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
  private static final Pattern COMMA_DECIMAL =
      Pattern.compile("-?\\d{1,3}(\\.\\d{3})*,\\d+|-?\\d+,\\d+");
  private static final Pattern THOUSANDS = Pattern.compile("-?\\d{1,3}(,\\d{3})+(\\.\\d+)?");
  private static final Pattern WITH_SIGN =
      Pattern.compile("[-+]?\\p{Sc}?\\s?\\d+(\\.\\d+)?\\s?\\p{Sc}?");
  private static final Pattern ISO_DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern ISO_TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?\\s?(Z|UTC|[+-]\\d{2}:?\\d{2})?");
  private static final Pattern EPOCH_SECONDS = Pattern.compile("1\\d{9}");
  private static final Pattern EPOCH_MILLIS = Pattern.compile("1\\d{12}");
  private static final Pattern FLAG =
      Pattern.compile("true|false|t|f|yes|no|y|n|1|0", Pattern.CASE_INSENSITIVE);
  private static final Pattern PERIOD =
      Pattern.compile(
          "week|weekly|month|monthly|quarter|quarterly|year|yearly|annual|annually",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CURRENCY = Pattern.compile("[A-Za-z]{3}");

  /** How strangers write days: those that agree on which number is the month stand together. */
  private static final List<String> DAY_FORMATS =
      List.of("d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "yyyy/M/d", "d-M-yyyy", "yyyyMMdd", "d MMM yyyy");

  private static final List<String> TIME_FORMATS = List.of(" H:mm", " H:mm:ss", " h:mm a");

  /** Whether most values are of a kind. */
  private boolean are(Predicate<String> kind) {
    return !values.isEmpty() && values.stream().filter(kind).count() >= MOST * values.size();
  }

  private boolean are(Pattern kind) {
    return are(value -> kind.matcher(value).matches());
  }

  boolean isFlag() {
    return are(FLAG) && new HashSet<>(values).size() <= 2;
  }

  boolean isPeriod() {
    return are(PERIOD);
  }

  boolean isCurrency() {
    return are(CURRENCY) && values.stream().distinct().count() <= 30;
  }

  boolean isIsoTime() {
    return are(value -> ISO_DAY.matcher(value).matches() || ISO_TIME.matcher(value).matches());
  }

  /** Whether no value occurs twice, and every row has one. */
  boolean isUnique() {
    return values.size() == rows && new HashSet<>(values).size() == values.size();
  }

  /**
   * How a date or time is read: a Spark SQL expression or a format, or neither for ISO 8601; empty
   * where the column holds no dates.
   */
  Optional<Written> time() {
    if (isIsoTime()) {
      return Optional.of(Written.plainly());
    }
    if (are(EPOCH_SECONDS)) {
      return Optional.of(
          Written.by("cast(timestamp_seconds(cast(%s as bigint)) as string) || 'Z'"));
    }
    if (are(EPOCH_MILLIS)) {
      return Optional.of(Written.by("cast(timestamp_millis(cast(%s as bigint)) as string) || 'Z'"));
    }
    List<String> fitting = formats().stream().filter(this::areWritten).toList();
    if (fitting.isEmpty()) {
      return Optional.empty();
    }
    String first = fitting.get(0);
    String doubt =
        fitting.size() > 1 && first.startsWith("d/M")
            ? "day first or month first (%s)? No value tells".formatted(fitting.get(1))
            : "";
    return Optional.of(new Written("", first, doubt));
  }

  private static List<String> formats() {
    return DAY_FORMATS.stream()
        .flatMap(
            day ->
                java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(day), TIME_FORMATS.stream().map(day::concat)))
        .toList();
  }

  private boolean areWritten(String format) {
    DateTimeFormatter formatter =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(format.replace("yyyy", "uuuu"))
            .toFormatter(Locale.US)
            .withResolverStyle(ResolverStyle.STRICT);
    return are(
        value -> {
          try {
            return formatter.parse(value, LocalDate::from).getYear() > 1900;
          } catch (DateTimeException e) {
            return false;
          }
        });
  }

  /** How a number is read; empty where the column holds none. */
  Optional<Written> number() {
    if (are(PLAIN_NUMBER)) {
      return Optional.of(Written.plainly());
    }
    if (are(
            value ->
                COMMA_DECIMAL.matcher(value).matches() || PLAIN_NUMBER.matcher(value).matches())
        && values.stream().noneMatch(value -> value.matches(".*\\.\\d{1,2}"))) {
      return Optional.of(Written.by("replace(replace(%s, '.', ''), ',', '.')"));
    }
    if (are(value -> THOUSANDS.matcher(value).matches() || PLAIN_NUMBER.matcher(value).matches())) {
      return Optional.of(Written.by("replace(%s, ',', '')"));
    }
    if (are(WITH_SIGN)) {
      return Optional.of(Written.by("regexp_replace(%s, '[^0-9.-]', '')"));
    }
    return Optional.empty();
  }

  /**
   * How a value is written.
   *
   * @param expression Spark SQL with {@code %s} for the column; empty: as it is
   * @param format of a date or time; empty: ISO 8601
   * @param doubt what the values leave open; empty: nothing
   */
  record Written(String expression, String format, String doubt) {
    static Written plainly() {
      return new Written("", "", "");
    }

    static Written by(String expression) {
      return new Written(expression, "", "");
    }
  }
}
