package io.holdfast.sources;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.right;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.try_to_timestamp;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import io.holdfast.sources.Contract.Kind;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Reads text as what a contract wants. What cannot be read is NULL, never an error.
 *
 * <p>A time without a zone is in the company's zone; a date without a time of day is that local
 * day, and no instant.
 */
final class Values {

  private static final String HAS_ZONE = "(?i)(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})$";
  private static final int ZONE_LENGTH = 6;
  private static final String DAY_ALONE = "^\\d{4}-\\d{2}-\\d{2}$";
  private static final int DAY_LENGTH = 10;

  private final String tz;

  Values(ZoneId tz) {
    this.tz = tz.getId();
  }

  /** A value without the blanks around it; an empty text is NULL. */
  static Column blankIsNull(Column value) {
    Column text = trim(value.cast("string"));
    return when(text.notEqual(""), text);
  }

  /** The value as the kind wants it; a moment as its local day. */
  Column read(Kind kind, Column value, DataType type, Optional<String> format) {
    Column text = blankIsNull(value);
    return switch (kind) {
      case TEXT -> text;
      case DAY, MOMENT -> day(value, type, format);
      case AMOUNT, SIGNED_AMOUNT -> text.try_cast(DataTypes.createDecimalType(18, 4));
      case WHOLE ->
          when(
              text.try_cast(DataTypes.createDecimalType(20, 4))
                  .equalTo(text.try_cast(DataTypes.LongType)),
              text.try_cast(DataTypes.createDecimalType(20, 0)).cast("bigint"));
      case NUMBER, SHARE -> text.try_cast(DataTypes.DoubleType);
      case FLAG -> type instanceof BooleanType ? value : flag(text);
      case PERIOD -> period(lower(text));
      case UNIT -> unit(lower(text));
      case CURRENCY -> upper(text);
      case LIST -> split(text, "\\s*\\|\\s*");
    };
  }

  private static Column period(Column lower) {
    return when(lower.isin("week", "weekly"), lit("week"))
        .when(lower.isin("month", "monthly"), lit("month"))
        .when(lower.isin("quarter", "quarterly"), lit("quarter"))
        .when(lower.isin("year", "yearly", "annual", "annually"), lit("year"));
  }

  private static Column unit(Column lower) {
    return when(lower.isin("customer", "customers", "account", "accounts"), lit("customer"))
        .when(lower.isin("user", "users"), lit("user"));
  }

  private static Column flag(Column text) {
    Column lower = lower(text);
    return when(lower.isin("true", "t", "yes", "y", "1"), lit(true))
        .when(lower.isin("false", "f", "no", "n", "0"), lit(false));
  }

  /** The local day of a date or time. */
  Column day(Column value, DataType type, Optional<String> format) {
    return day(value, type, format, instant(value, type, format));
  }

  /** The same, where the instant is known already. */
  Column day(Column value, DataType type, Optional<String> format, Column instant) {
    if (type instanceof DateType) {
      return value;
    }
    Column text = blankIsNull(value);
    Column dayAlone =
        format.isPresent() && !hasTime(format.get())
            ? to_date(try_to_timestamp(text, lit(format.get())))
            : when(isDayAlone(text), text.try_cast(DataTypes.DateType));
    return coalesce(dayAlone, to_date(from_utc_timestamp(instant, tz)));
  }

  /** The instant of a time; NULL for a date without a time of day. */
  Column instant(Column value, DataType type, Optional<String> format) {
    if (type instanceof DateType) {
      return lit(null).cast("timestamp");
    }
    if (type instanceof TimestampType) {
      return value;
    }
    if (type instanceof TimestampNTZType) {
      return to_utc_timestamp(value.cast("timestamp"), tz);
    }
    Column text = blankIsNull(value);
    if (format.isPresent()) {
      if (!hasTime(format.get())) {
        return lit(null).cast("timestamp");
      }
      Column parsed = try_to_timestamp(text, lit(format.get()));
      return hasZone(format.get()) ? parsed : to_utc_timestamp(parsed, tz);
    }
    Column parsed = text.try_cast(DataTypes.TimestampType);
    return when(isDayAlone(text), lit(null).cast("timestamp"))
        .when(right(text, lit(ZONE_LENGTH)).rlike(HAS_ZONE), parsed)
        .otherwise(to_utc_timestamp(parsed, tz));
  }

  /** A pattern is slow to match, and most texts are longer. */
  private static Column isDayAlone(Column text) {
    return octet_length(text).equalTo(DAY_LENGTH).and(text.rlike(DAY_ALONE));
  }

  private static boolean hasTime(String format) {
    return format.matches(".*[HhKks].*");
  }

  private static boolean hasZone(String format) {
    return format.matches(".*[XxZVzO].*");
  }

  /** Why a value could not be read; NULL if it could, or if there was none. */
  static Column unreadable(String name, Column value, Column read, Kind kind) {
    Column text = blankIsNull(value);
    return when(
        text.isNotNull().and(read.isNull()),
        concat(
            lit("cannot read " + name + " '"),
            text.substr(1, 60),
            lit("' as " + kind.name().toLowerCase(Locale.ROOT))));
  }

  static Column named(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}
