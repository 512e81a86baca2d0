package io.holdfast.churn;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.bit_or;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * How a customer used the product before an observation date, from what had arrived by then.
 *
 * <p>Days are summed to weeks once; a week then serves all thirteen dates whose 91 days hold it.
 * Active days are bits, so that a day that arrived in two parts counts once.
 */
final class UseFeatures {

  private static final int WEEKS = 13;

  private UseFeatures() {}

  /**
   * Features of use, NULL where the window reaches back before the first known event.
   *
   * @param observations customer_id, observation_date, seats
   * @param arrived rows of {@code churn.arrived_days}
   */
  static Dataset<Row> of(Dataset<Row> observations, Dataset<Row> arrived, ObservationGrid grid) {
    Dataset<Row> known =
        arrived.filter(grid.firstAfter(greatest(col("event_date"), col("arrival_date"))).geq(0));
    return observations
        .join(
            grid.starts(known, col("event_date"), col("arrival_date"), "events_from"),
            new String[] {"observation_date"},
            "left")
        .join(windows(known, grid), new String[] {"customer_id", "observation_date"}, "left")
        .withColumn("known_days", datediff(col("observation_date"), col("events_from")))
        .withColumn("active_days_7d", over(7, days("recent_days", 0x7fL)))
        .withColumn("active_days_28d", over(28, days("recent_days", 0xfff_ffffL)))
        .withColumn("active_days_56d", over(56, days("recent_days", -1L)))
        .withColumn(
            "active_days_91d", over(91, days("recent_days", -1L).plus(days("older_days", -1L))))
        .withColumn(
            "active_days_change_28d",
            over(56, col("active_days_28d").multiply(2).minus(col("active_days_56d"))))
        .withColumn(
            "days_since_active_max_91",
            over(91, coalesce(datediff(col("observation_date"), col("last_active_date")), lit(91))))
        .withColumn("events_28d", over(28, coalesce(col("recent_events"), lit(0L))))
        .withColumn(
            "events_change_28d",
            over(
                56,
                coalesce(col("recent_events"), lit(0L))
                    .minus(coalesce(col("earlier_events"), lit(0L)))))
        .withColumn("quantity_28d", over(28, coalesce(col("recent_quantity"), lit(0))))
        .withColumn("active_users_28d", over(28, distinct("recent_users")))
        .withColumn("features_used_28d", over(28, distinct("recent_features")))
        .withColumn("used_seats_28d_rate", col("active_users_28d").divide(col("seats")))
        .withColumn("logins_per_week_28d", over(28, loginsPerWeek()));
  }

  /** The first event of each customer, as known on each date. */
  static Dataset<Row> firstEvents(Dataset<Row> arrived, ObservationGrid grid) {
    // Only events that move the first day back matter: mostly one row a customer.
    Dataset<Row> earliest =
        arrived
            .groupBy(
                col("customer_id"),
                grid.firstAfter(greatest(col("event_date"), col("arrival_date"))).as("seen_k"))
            .agg(min("event_date").as("first_event_date"))
            .withColumn(
                "first_before",
                min("first_event_date")
                    .over(
                        Window.partitionBy("customer_id")
                            .orderBy(col("seen_k").desc())
                            .rowsBetween(Window.unboundedPreceding(), -1)))
            .filter(
                col("first_before").isNull().or(col("first_event_date").lt(col("first_before"))));
    return grid.between(earliest, lit(0), col("seen_k"))
        .groupBy(col("customer_id"), grid.date(col("k")))
        .agg(min("first_event_date").as("first_event_date"));
  }

  private static Dataset<Row> windows(Dataset<Row> known, ObservationGrid grid) {
    Dataset<Row> aged =
        grid.between(weeks(known, grid), col("week").minus(WEEKS - 1), col("seen_k"))
            .withColumn("age", col("week").minus(col("k")));
    Column isRecent = col("age").lt(4);
    Column isIn56 = col("age").lt(8);
    return aged.groupBy(col("customer_id"), grid.date(col("k")))
        .agg(
            bit_or(when(isIn56, expr("shiftleft(days, 7 * age)"))).as("recent_days"),
            bit_or(when(col("age").geq(8), expr("shiftleft(days, 7 * (age - 8))")))
                .as("older_days"),
            max("last_active_date").as("last_active_date"),
            sum(when(isRecent, col("events"))).as("recent_events"),
            sum(when(isIn56.and(col("age").geq(4)), col("events"))).as("earlier_events"),
            sum(when(isRecent, col("quantity"))).as("recent_quantity"),
            sum(when(isRecent, col("logins"))).as("recent_logins"),
            collect_list(when(isRecent, col("users"))).as("recent_users"),
            collect_list(when(isRecent, col("features"))).as("recent_features"));
  }

  /** One row per customer, week before the last date, and first date on which it was known. */
  private static Dataset<Row> weeks(Dataset<Row> known, ObservationGrid grid) {
    Column daysBack = datediff(lit(grid.last().minusDays(1)), col("event_date"));
    Column isActive = col("core_events").gt(0);
    return known
        .withColumn("days_back", daysBack)
        .withColumn("week", grid.firstAfter(col("event_date")))
        .withColumn("seen_k", grid.firstAfter(greatest(col("event_date"), col("arrival_date"))))
        .filter(col("week").lt(grid.dates() + WEEKS - 1))
        .groupBy("customer_id", "week", "seen_k")
        .agg(
            bit_or(when(isActive, expr("shiftleft(1L, days_back % 7)")).otherwise(lit(0L)))
                .as("days"),
            max(when(isActive, col("event_date"))).as("last_active_date"),
            sum("events").as("events"),
            sum("quantity").as("quantity"),
            sum("logins").as("logins"),
            array_distinct(flatten(collect_list("users"))).as("users"),
            array_distinct(flatten(collect_list("features"))).as("features"));
  }

  /** A value over a window of days, NULL if the window began before the first known event. */
  private static Column over(int days, Column value) {
    return when(col("known_days").geq(days), value);
  }

  /** Unknown for whoever had events that say nothing of log-ins; none for whoever had no event. */
  private static Column loginsPerWeek() {
    return when(col("recent_events").isNull(), lit(0.0)).otherwise(col("recent_logins").divide(4));
  }

  private static Column days(String bits, long mask) {
    return bit_count(coalesce(col(bits).bitwiseAND(lit(mask)), lit(0L)));
  }

  private static Column distinct(String lists) {
    Column found = size(array_distinct(flatten(col(lists))));
    return when(col(lists).isNull(), lit(0)).otherwise(found);
  }
}
