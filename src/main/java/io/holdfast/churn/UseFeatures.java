package io.holdfast.churn;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.array_intersect;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.bit_or;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.holdfast.churn.Feature.Family;
import io.holdfast.conformed.Known;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * How a customer used the product before an observation date, from what had arrived by then: the
 * base of the features of use.
 *
 * <p>Days are summed to weeks once; a week then serves all thirteen dates whose 91 days hold it.
 * Active days are bits, so that a day that arrived in two parts counts once. {@code recent_} is of
 * the 28 days before the date, {@code earlier_} of the 28 before those.
 */
final class UseFeatures {

  static final long WEEK = 0x7fL;
  static final long FOUR_WEEKS = 0xfff_ffffL;
  static final long EIGHT_WEEKS = -1L;

  private static final int WEEKS = 13;

  private UseFeatures() {}

  /**
   * Joins what features of use are made of.
   *
   * @param observations customer_id, observation_date, plans
   * @param arrived rows of {@code churn.arrived_days}
   * @param catalogue every version of the product's features
   */
  static Dataset<Row> join(
      Dataset<Row> observations,
      Dataset<Row> arrived,
      Dataset<Row> catalogue,
      ObservationGrid grid,
      Merges merges) {
    Dataset<Row> known =
        arrived.filter(grid.firstAfter(greatest(col("event_date"), col("arrival_date"))).geq(0));
    return observations
        .join(
            grid.starts(
                known, col("event_date"), col("arrival_date"), PointInTime.startOf(Family.USE)),
            new String[] {"observation_date"},
            "left")
        .join(
            windows(known, grid, merges), new String[] {"customer_id", "observation_date"}, "left")
        .join(catalogues(catalogue, grid), new String[] {"observation_date"}, "left")
        .withColumn("entitled", filter(col("catalogue"), UseFeatures::isEntitled))
        .drop("catalogue");
  }

  /** The first event, core event and value event of each customer, as known on each date. */
  static Dataset<Row> firstEvents(Dataset<Row> arrived, ObservationGrid grid, Merges merges) {
    // Only rows that move a first day back matter: mostly one row a customer.
    Column before =
        min("first_date")
            .over(
                Window.partitionBy("customer_id", "is_core", "is_value")
                    .orderBy(col("seen_k").desc())
                    .rowsBetween(Window.unboundedPreceding(), -1));
    Dataset<Row> earliest =
        arrived
            .groupBy(
                col("customer_id"),
                col("core_events").gt(0).as("is_core"),
                coalesce(col("value_events").gt(0), lit(false)).as("is_value"),
                grid.firstAfter(greatest(col("event_date"), col("arrival_date"))).as("seen_k"))
            .agg(min("event_date").as("first_date"))
            .withColumn("first_before", before)
            .filter(col("first_before").isNull().or(col("first_date").lt(col("first_before"))));
    Dataset<Row> dated =
        grid.between(earliest, lit(0), col("seen_k"))
            .withColumn("observation_date", grid.date(col("k")));
    return merges
        .applied(dated)
        .groupBy("customer_id", "observation_date")
        .agg(
            min("first_date").as("first_event_date"),
            min(when(col("is_core"), col("first_date"))).as("first_core_date"),
            min(when(col("is_value"), col("first_date"))).as("first_value_date"));
  }

  /** Active days of the trailing 56 days. */
  static Column recentDays(long mask) {
    return bit_count(coalesce(col("recent_days").bitwiseAND(lit(mask)), lit(0L)));
  }

  /** Active days of the 35 days before those. */
  static Column olderDays() {
    return bit_count(coalesce(col("older_days"), lit(0L)));
  }

  /** Weeks with an active day. */
  static Column activeWeeks() {
    Column weeks = lit(0);
    for (int week = 0; week < WEEKS; week++) {
      String days = week < 8 ? "recent_days" : "older_days";
      long mask = WEEK << (7 * (week < 8 ? week : week - 8));
      Column isActive = coalesce(col(days).bitwiseAND(lit(mask)).notEqual(0), lit(false));
      weeks = weeks.plus(isActive.cast("int"));
    }
    return weeks;
  }

  /** The number of distinct members of lists. */
  static Column distinct(String lists) {
    return size(members(lists));
  }

  /** Members of some lists that the others lack. */
  static Column missing(String lists, String others) {
    return size(array_except(members(lists), members(others)));
  }

  /** The share of the features that a customer may use, of a tier or all, that it did. */
  static Column breadth(String tier) {
    Column mine =
        tier.isEmpty()
            ? col("entitled")
            : filter(col("entitled"), one -> one.getField("tier").equalTo(tier));
    Column names = transform(mine, one -> one.getField("feature"));
    return when(
        size(names).gt(0),
        size(array_intersect(names, members("recent_features"))).divide(size(names)));
  }

  /** A number that is unknown for whoever had events that say nothing of it, and 0 for no event. */
  static Column ifTold(String events, Column told) {
    return when(col(events).isNull(), lit(0)).otherwise(told);
  }

  private static Column members(String lists) {
    return coalesce(array_distinct(flatten(col(lists))), expr("cast(array() as array<string>)"));
  }

  private static Column isEntitled(Column feature) {
    Column plans = feature.getField("plans");
    return plans.isNull().or(coalesce(arrays_overlap(plans, col("plans")), lit(false)));
  }

  /** The features that there are on each date: one row a date. */
  private static Dataset<Row> catalogues(Dataset<Row> catalogue, ObservationGrid grid) {
    Dataset<Row> dated =
        grid.between(
                catalogue.select(
                    "feature",
                    "tier",
                    "plans",
                    "launch_date",
                    "retire_date",
                    "known_from",
                    "known_until",
                    "known_at"),
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    Column there =
        coalesce(col("launch_date").lt(col("observation_date")), lit(true))
            .and(coalesce(col("retire_date").geq(col("observation_date")), lit(true)));
    return Known.at(dated, date_sub(col("observation_date"), 1))
        .filter(there)
        .groupBy("observation_date")
        .agg(collect_list(struct("feature", "tier", "plans")).as("catalogue"));
  }

  private static Dataset<Row> windows(Dataset<Row> known, ObservationGrid grid, Merges merges) {
    Dataset<Row> aged =
        grid.between(weeks(known, grid), col("week").minus(WEEKS - 1), col("seen_k"))
            .withColumn("age", col("week").minus(col("k")))
            .withColumn("observation_date", grid.date(col("k")));
    Column isRecent = col("age").lt(4);
    Column isIn56 = col("age").lt(8);
    Column isEarlier = isIn56.and(col("age").geq(4));
    return merges
        .applied(aged)
        .groupBy("customer_id", "observation_date")
        .agg(
            bit_or(when(isIn56, expr("shiftleft(days, 7 * age)"))).as("recent_days"),
            bit_or(when(col("age").geq(8), expr("shiftleft(days, 7 * (age - 8))")))
                .as("older_days"),
            max("last_active_date").as("last_active_date"),
            sum("events").as("all_events"),
            sum(when(isRecent, col("events"))).as("recent_events"),
            sum(when(isEarlier, col("events"))).as("earlier_events"),
            sum(when(isRecent, col("core_events"))).as("recent_core_events"),
            sum(when(isRecent, col("quantity"))).as("recent_quantity"),
            sum(when(isEarlier, col("quantity"))).as("earlier_quantity"),
            sum(when(isRecent, col("logins"))).as("recent_logins"),
            sum(when(isEarlier, col("logins"))).as("earlier_logins"),
            sum(when(isRecent, col("sessions"))).as("recent_sessions"),
            sum(when(isEarlier, col("sessions"))).as("earlier_sessions"),
            sum(when(isRecent, col("session_minutes"))).as("recent_minutes"),
            sum(when(isRecent, col("timed_sessions"))).as("recent_timed"),
            collect_list(when(isRecent, col("users"))).as("recent_users"),
            collect_list(when(isEarlier, col("users"))).as("earlier_users"),
            collect_list(when(isRecent, col("features"))).as("recent_features"),
            collect_list(when(isEarlier, col("features"))).as("earlier_features"));
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
            sum("core_events").as("core_events"),
            sum("quantity").as("quantity"),
            sum("logins").as("logins"),
            sum("sessions").as("sessions"),
            sum("session_minutes").as("session_minutes"),
            sum("timed_sessions").as("timed_sessions"),
            array_distinct(flatten(collect_list("users"))).as("users"),
            array_distinct(flatten(collect_list("features"))).as("features"));
  }
}
