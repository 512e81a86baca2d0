package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.contains;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A condition on a property of an event or of a unit.
 *
 * <p>Source: metrics, "Common rules" (filter). A property that is not known meets no condition, and
 * so it meets every negated one.
 *
 * @param property the property, by name
 * @param is what must hold of it
 * @param value what it is compared with, where that is one
 * @param values what it is compared with, where that are several
 */
public record Condition(
    String property, Kind is, Optional<String> value, Optional<List<String>> values) {

  private static final DataType NUMBER = DataTypes.createDecimalType(38, 10);

  /** What must hold. Each has its negation. */
  public enum Kind {
    EQUALS,
    NOT_EQUALS,
    IN,
    NOT_IN,
    CONTAINS,
    NOT_CONTAINS,
    GREATER,
    NOT_GREATER,
    LESS,
    NOT_LESS,
    SET,
    NOT_SET;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isNegated() {
      return name().startsWith("NOT_");
    }

    Kind affirmed() {
      return isNegated() ? Kind.valueOf(name().substring(4)) : this;
    }
  }

  /**
   * Checks that there is something to compare with.
   *
   * @throws IllegalArgumentException if there is not, or too much
   */
  public Condition {
    Kind kind = is.affirmed();
    boolean needsOne = kind != Kind.IN && kind != Kind.SET;
    if (kind == Kind.IN && (values.isEmpty() || values.get().isEmpty() || value.isPresent())) {
      throw new IllegalArgumentException(
          "is = %s of %s needs values = [a, b], and no value.".formatted(is.text(), property));
    }
    if (kind == Kind.SET && (value.isPresent() || values.isPresent())) {
      throw new IllegalArgumentException(
          "is = %s of %s compares with nothing: leave value and values out."
              .formatted(is.text(), property));
    }
    if (needsOne && (value.isEmpty() || values.isPresent())) {
      throw new IllegalArgumentException(
          "is = %s of %s needs value = x, and no values.".formatted(is.text(), property));
    }
    boolean isOrdered = kind == Kind.GREATER || kind == Kind.LESS;
    if (isOrdered && number(value.get()).isEmpty() && !isDate(value.get())) {
      throw new IllegalArgumentException(
          "is = %s of %s needs a number or a date such as 2026-01-31, not '%s'."
              .formatted(is.text(), property, value.get()));
    }
  }

  /**
   * Whether the condition is met: TRUE or FALSE, never NULL.
   *
   * @param properties the value of a property by its name, as text
   */
  public Column isMet(Function<String, Column> properties) {
    Column affirmed = coalesce(affirmed(properties.apply(property)), lit(false));
    return is.isNegated() ? not(affirmed) : affirmed;
  }

  /** Whether all conditions are met. */
  public static Column areMet(List<Condition> conditions, Function<String, Column> properties) {
    return conditions.stream()
        .map(condition -> condition.isMet(properties))
        .reduce(Column::and)
        .orElse(lit(true));
  }

  private Column affirmed(Column text) {
    return switch (is.affirmed()) {
      case EQUALS -> equal(text, value.orElseThrow());
      case IN ->
          values.orElseThrow().stream()
              .map(one -> equal(text, one))
              .reduce(Column::or)
              .orElse(lit(false));
      case CONTAINS -> contains(text, lit(value.orElseThrow()));
      case GREATER -> comparable(text).gt(literal());
      case LESS -> comparable(text).lt(literal());
      default -> text.isNotNull();
    };
  }

  /** Equal as text, or where both are numbers as numbers: 1.50 is 1.5. */
  private static Column equal(Column text, String value) {
    Column isSame = coalesce(text.equalTo(value), lit(false));
    return number(value)
        .map(number -> isSame.or(text.try_cast(NUMBER).equalTo(lit(number).cast(NUMBER))))
        .orElse(isSame);
  }

  private Column comparable(Column text) {
    return text.try_cast(number(value.orElseThrow()).isPresent() ? NUMBER : DataTypes.DateType);
  }

  private Column literal() {
    String text = value.orElseThrow();
    return number(text)
        .map(number -> lit(number).cast(NUMBER))
        .orElseGet(() -> lit(LocalDate.parse(text)));
  }

  private static Optional<BigDecimal> number(String text) {
    try {
      return Optional.of(new BigDecimal(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** The condition as a person reads it; different conditions have different texts. */
  public String text() {
    String compared =
        value.map(Condition::quoted).orElse(values.map(Condition::list).orElse("")).strip();
    return (quoted(property) + " " + is.text().replace('_', ' ') + " " + compared).strip();
  }

  private static String list(List<String> values) {
    return "["
        + String.join(", ", values.stream().distinct().sorted().map(Condition::quoted).toList())
        + "]";
  }

  /** Quoted where the text would not stand out as one. */
  static String quoted(String text) {
    return text.matches("[\\w.@%-]+")
        ? text
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
