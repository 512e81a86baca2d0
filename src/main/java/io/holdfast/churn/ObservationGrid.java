package io.holdfast.churn;

import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Observation dates, a week apart, counted back from the latest: date k is {@code last - 7 k}.
 *
 * <p>All windows are whole weeks, so a row of week w (the w-th seven days before the last date) is
 * of age {@code w - k} weeks on date k, and no feature needs a day twice.
 *
 * @param last the latest observation date
 * @param dates how many there are
 */
record ObservationGrid(LocalDate last, int dates) {

  /** The first date. */
  LocalDate first() {
    return last.minusDays(7L * (dates - 1));
  }

  /** The observation date of a number. */
  Column date(Column k) {
    return date_sub(lit(last), k.multiply(7).cast("int")).as("observation_date");
  }

  /**
   * The number of the earliest date that lies after a day: negative if none does, and beyond the
   * grid if all do. A feature may see what happened and arrived before its date.
   */
  Column firstAfter(Column day) {
    return floor(datediff(lit(last.minusDays(1)), day).divide(7)).cast("int");
  }

  /** The number of the latest date that is not after a day: negative if it lies after all. */
  Column latestUpTo(Column day) {
    return ceil(datediff(lit(last), day).divide(7)).cast("int");
  }

  /** Rows for each of the dates from number {@code from} to number {@code to}. */
  Dataset<Row> between(Dataset<Row> rows, Column from, Column to) {
    return rows.withColumn("from_k", greatest(from, lit(0)))
        .withColumn("to_k", least(to, lit(dates - 1)))
        .filter(col("from_k").leq(col("to_k")))
        .withColumn("k", expr("explode(sequence(from_k, to_k))"))
        .drop("from_k", "to_k");
  }

  /**
   * From which day a feed's rows are known, as seen on each date: windows that reach further back
   * are unknown there, not empty.
   *
   * @return one row per observation date on which anything was known: observation_date, start
   */
  Dataset<Row> starts(Dataset<Row> rows, Column day, Column arrival, String name) {
    Dataset<Row> byFirstSeen =
        rows.groupBy(firstAfter(greatest(day, arrival)).as("seen_k")).agg(min(day).as(name));
    return between(byFirstSeen, lit(0), col("seen_k"))
        .groupBy(date(col("k")))
        .agg(min(name).as(name));
  }
}
