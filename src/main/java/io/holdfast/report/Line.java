package io.holdfast.report;

import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** A row of a table as the page reads it. Unknown numbers are NaN, unknown texts empty. */
record Line(Row row) {

  /** The value as it is; NULL stays NULL. */
  Object value(String column) {
    return row.getAs(column);
  }

  boolean has(String column) {
    return value(column) != null;
  }

  String text(String column) {
    Object value = value(column);
    return value == null ? "" : value.toString();
  }

  double number(String column) {
    return value(column) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  long count(String column) {
    return value(column) instanceof Number number ? number.longValue() : 0;
  }

  BigDecimal money(String column) {
    return value(column) instanceof BigDecimal money ? money : BigDecimal.ZERO;
  }

  boolean is(String column) {
    return Boolean.TRUE.equals(value(column));
  }

  /** The day; 1970-01-01 where it is unknown. */
  LocalDate day(String column) {
    return maybeDay(column).orElse(LocalDate.EPOCH);
  }

  Optional<LocalDate> maybeDay(String column) {
    Object value = value(column);
    if (value instanceof Date date) {
      return Optional.of(date.toLocalDate());
    }
    return value instanceof LocalDate date ? Optional.of(date) : Optional.empty();
  }

  /** The texts of an array. */
  List<String> texts(String column) {
    return has(column) ? row.<String>getList(row.fieldIndex(column)) : List.of();
  }
}
