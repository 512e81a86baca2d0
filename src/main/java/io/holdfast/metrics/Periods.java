package io.holdfast.metrics;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.year;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import org.apache.spark.sql.Column;

/**
 * Numbers the local weeks or months, so that two dates lie as many period starts apart as their
 * numbers do.
 *
 * @param grain week or month
 * @param weekStartsOn the first day of a week
 */
record Periods(Grain grain, DayOfWeek weekStartsOn) {

  private static final LocalDate EPOCH = LocalDate.of(1970, 1, 1);

  /** The number of the period that holds a date. */
  Column index(Column date) {
    return switch (grain) {
      case WEEK -> floor(datediff(date, lit(firstWeek())).divide(lit(7))).cast("int");
      case MONTH ->
          year(date).minus(lit(EPOCH.getYear())).multiply(lit(12)).plus(month(date)).minus(lit(1));
    };
  }

  /** The first day of a period. */
  Column start(Column index) {
    return switch (grain) {
      case WEEK -> date_add(lit(firstWeek()), index.multiply(lit(7)));
      case MONTH -> add_months(lit(EPOCH), index);
    };
  }

  private LocalDate firstWeek() {
    return EPOCH.with(TemporalAdjusters.previousOrSame(weekStartsOn));
  }
}
