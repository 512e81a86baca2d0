package io.holdfast.kpi;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.when;

import io.holdfast.table.Table;
import java.util.Optional;
import org.apache.spark.sql.Column;

/**
 * A figure that a strategy has a target for.
 *
 * @param name what configuration and tables call it
 * @param title what people call it
 * @param dashboard who looks at it
 * @param unit what its value is counted in
 * @param better in which direction it should go
 * @param definition what it is, in one sentence
 * @param reading where it is read; empty: nothing computes it yet
 * @param needs what has to be there for a value, as a person reads it
 */
record Kpi(
    String name,
    String title,
    Dashboard dashboard,
    Unit unit,
    Better better,
    String definition,
    Optional<Reading> reading,
    String needs) {

  /** Who looks at it. */
  enum Dashboard {
    EXECUTIVE,
    ENGAGEMENT,
    OPERATIONAL,
    PLAN,
    RETURN
  }

  /** What a value is counted in. */
  enum Unit {
    MONEY,
    RATE,
    RATIO,
    COUNT,
    DAYS,
    MINUTES,
    MONTHS,
    SCORE,
    PER_WEEK
  }

  /** In which direction it should go. */
  enum Better {
    HIGHER,
    LOWER,
    NEITHER
  }

  /**
   * Where a KPI is read: aggregates over the rows of one table, that of the night if it is by
   * night.
   *
   * @param table the table
   * @param value the value
   * @param numerator what is divided; NULL where it is no quotient
   * @param denominator by what
   * @param low the lower end of the value's interval; NULL where it has none
   * @param high the upper end
   */
  record Reading(
      Table table, Column value, Column numerator, Column denominator, Column low, Column high) {

    /** One column of the one row that a condition picks. */
    static Reading of(Table table, String row, String value) {
      Column none = lit(null).cast("double");
      return new Reading(table, pick(row, value), none, none, none, none);
    }

    /** One column of the latest row of those that a condition picks. */
    static Reading latest(Table table, String row, String by, String value) {
      Column none = lit(null).cast("double");
      return new Reading(table, newest(row, by, value), none, none, none, none);
    }

    /** The value of the latest row of those that a condition picks. */
    static Column newest(String row, String by, String column) {
      return max_by(when(expr(row), expr(column)), when(expr(row), expr(by)));
    }

    /** An aggregate over all rows. */
    static Reading over(Table table, Column value) {
      Column none = lit(null).cast("double");
      return new Reading(table, value, none, none, none, none);
    }

    /** With the columns of the same row that the value is the quotient of. */
    Reading quotient(String row, String upper, String lower) {
      return new Reading(table, value, pick(row, upper), pick(row, lower), low, high);
    }

    /** With the aggregates that the value is the quotient of. */
    Reading quotient(Column upper, Column lower) {
      return new Reading(table, value, upper, lower, low, high);
    }

    /** With the columns of the same row that hold the ends of the interval. */
    Reading interval(String row, String from, String to) {
      return new Reading(table, value, numerator, denominator, pick(row, from), pick(row, to));
    }

    /** With the aggregates that are the ends of the interval. */
    Reading interval(Column from, Column to) {
      return new Reading(table, value, numerator, denominator, from, to);
    }

    private static Column pick(String row, String column) {
      return max(when(expr(row), expr(column)));
    }
  }
}
