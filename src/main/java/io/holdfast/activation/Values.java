package io.holdfast.activation;

import io.holdfast.activation.Destination.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** The audience's values as a tool reads them: text, number or boolean. */
final class Values {

  private Values() {}

  /** A stored value in the type of its field: a String, BigDecimal or Boolean; NULL: unknown. */
  static Object of(Object stored, ValueType type) {
    if (stored == null) {
      return null;
    }
    return switch (type) {
      case TEXT, DATE -> stored instanceof Number number ? plain(number) : stored.toString();
      case NUMBER -> number(stored);
      case INTEGER -> number(stored).setScale(0, RoundingMode.HALF_UP);
      case BOOLEAN -> stored;
    };
  }

  /** A number as people write it: no exponent and no trailing zeros. */
  static String plain(Number number) {
    return number(number).toPlainString();
  }

  /** The lower-case name, as JSON and messages have it. */
  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static BigDecimal number(Object stored) {
    BigDecimal exact = new BigDecimal(stored.toString()).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }
}
