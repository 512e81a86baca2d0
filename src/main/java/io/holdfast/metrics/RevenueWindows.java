package io.holdfast.metrics;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The windows [s, e) over which revenue and churn are counted: from the month of the first payment
 * to that of {@code asOf}.
 *
 * <p>Source: metrics, "Logo churn". The paying set of an instant is that of the local day which
 * starts there, so a window is over once its end, the first day after it, has passed.
 */
final class RevenueWindows {

  /** A calendar month. */
  static final String MONTH = "month";

  /** A calendar quarter. */
  static final String QUARTER = "quarter";

  /** A calendar year. */
  static final String YEAR = "year";

  /** The twelve months that a month ends. */
  static final String TRAILING = "trailing_12_months";

  /** What names a row of a table by window. */
  static final String[] KEY = {"counting", "window_kind", "window_start"};

  private RevenueWindows() {}

  /**
   * One row per way of counting and window: {@code window_kind}, {@code window_start}, {@code
   * window_end}, {@code point_date} (the day that starts at its end, or {@code asOf} while it
   * runs), {@code last_date} (its last day, or {@code asOf}), {@code months} and {@code
   * is_complete}.
   */
  static Dataset<Row> of(RevenueLedger ledger, String... kinds) {
    LocalDate asOf = ledger.asOf();
    Column month = col("month");
    Column[] windows = Arrays.stream(kinds).map(kind -> window(kind, month)).toArray(Column[]::new);
    Column isOver =
        when(
                col("counting").equalTo("confirmed"),
                date_add(col("window_end"), ledger.pricing().revenue().gapDays()))
            .otherwise(col("window_end"))
            .leq(asOf);
    Column hasBegun = col("data_begins").leq(col("window_start"));
    return dataBegins(ledger)
        .withColumn(
            "month",
            explode(sequence(trunc(col("first_date"), "MM"), lit(asOf), expr("interval 1 month"))))
        .withColumn("window", explode(array(windows)))
        .select("first_date", "data_begins", "window.*")
        .distinct()
        .filter(
            col("window_kind")
                .notEqual(TRAILING)
                .or(col("window_start").geq(trunc(col("first_date"), "MM"))))
        .withColumn("counting", explode(array(lit("snapshot"), lit("confirmed"))))
        .withColumn("point_date", least(col("window_end"), lit(asOf)))
        .withColumn("last_date", least(date_add(col("window_end"), -1), lit(asOf)))
        .withColumn("is_complete", isOver.and(hasBegun))
        .drop("first_date", "data_begins");
  }

  /** One row: the first payment, and the day from which those who left are in the data too. */
  static Dataset<Row> dataBegins(RevenueLedger ledger) {
    Optional<LocalDate> told = ledger.pricing().revenue().dataBegins();
    return ledger
        .spells()
        .agg(min("start_date").as("first_date"))
        .withColumn(
            "data_begins", coalesce(lit(told.orElse(null)).cast("date"), col("first_date")));
  }

  /** The window of a kind that a month lies in, or that it ends, with all that names it. */
  static Column window(String kind, Column month) {
    return switch (kind) {
      case MONTH -> window(kind, month, 1);
      case QUARTER -> window(kind, trunc(month, "QUARTER"), 3);
      case YEAR -> window(kind, trunc(month, "YEAR"), 12);
      case TRAILING -> window(kind, add_months(month, lit(-11)), 12);
      default -> throw new IllegalArgumentException("There is no window " + kind);
    };
  }

  private static Column window(String kind, Column start, int months) {
    return struct(
        lit(kind).as("window_kind"),
        start.as("window_start"),
        add_months(start, lit(months)).as("window_end"),
        lit(months).as("months"));
  }
}
