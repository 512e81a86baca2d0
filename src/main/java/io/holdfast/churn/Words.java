package io.holdfast.churn;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * How a feature's value is said: {@code {}} stands for it, {@code {name}} for another feature's,
 * {@code {name|change}} for "3 less" and {@code {name|percent}} for "45%". A clause after a
 * semicolon is left out where a value in it is unknown.
 *
 * @param feature the feature
 * @param template the sentence
 * @param limit from which value on another sentence is said; NaN: none
 * @param atLimit that sentence
 * @param meaning what an unknown value would say
 */
record Words(String feature, String template, double limit, String atLimit, String meaning)
    implements Serializable {

  private static final Pattern PLACE = Pattern.compile("\\{(\\w*)(?:\\|(\\w+))?}");

  /** The sentence for a row of all features; also where the value is unknown. */
  String sentence(Row features) {
    Object value = features.getAs(feature);
    if (value == null) {
      return "not known: " + meaning;
    }
    if (!Double.isNaN(limit) && ((Number) value).doubleValue() >= limit) {
      return atLimit;
    }
    return Stream.of(template.split("; ", -1))
        .map(clause -> clause(clause, features))
        .flatMap(Optional::stream)
        .collect(Collectors.joining("; "));
  }

  /** A clause with its values; empty where one is unknown. */
  private Optional<String> clause(String clause, Row features) {
    Matcher place = PLACE.matcher(clause);
    StringBuilder said = new StringBuilder();
    while (place.find()) {
      String name = place.group(1).isEmpty() ? feature : place.group(1);
      Object value = features.getAs(name);
      if (value == null) {
        return Optional.empty();
      }
      place.appendReplacement(said, Matcher.quoteReplacement(text(value, place.group(2))));
    }
    return Optional.of(place.appendTail(said).toString());
  }

  private static String text(Object value, String format) {
    if (!(value instanceof Number)) {
      return value.toString();
    }
    if (value instanceof Double unknown && !Double.isFinite(unknown)) {
      return "an unknown number of";
    }
    BigDecimal number = new BigDecimal(value.toString());
    if ("percent".equals(format)) {
      return String.format(Locale.ROOT, "%.0f%%", number.doubleValue() * 100);
    }
    if ("change".equals(format)) {
      return switch (number.signum()) {
        case -1 -> plain(number.negate()) + " less";
        case 0 -> "no more or less";
        default -> plain(number) + " more";
      };
    }
    return value instanceof Double decimal
        ? String.format(Locale.ROOT, "%.1f", decimal)
        : plain(number);
  }

  private static String plain(BigDecimal value) {
    BigDecimal rounded = value.setScale(Math.min(value.scale(), 2), RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
