package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Adds up what somebody did on each local day, in one pass and without distinct counts. */
final class DayCounts {

  /** Adds up rows of one day: the first of the columns. */
  static final Column IS_ACTIVE = max("is_active").as("is_active");

  /** Adds up rows of one day: the other columns. */
  static final Column[] OTHERS = {
    sum("events").as("events"),
    sum("core_events").as("core_events"),
    sum("quantity").as("quantity"),
    sum("logins").as("logins"),
    sum("sessions").as("sessions"),
    sum("session_minutes").as("session_minutes"),
    sum("timed_sessions").as("timed_sessions"),
    min("first_at").as("first_at"),
    max("last_at").as("last_at")
  };

  private DayCounts() {}

  /**
   * One row per {@code who} and {@code event_date} of the events.
   *
   * @param events the events of the days in question
   * @param sessions as {@link Sessions#of} makes them; those of other days are left out
   * @param who the columns that say whose day it is, never NULL
   */
  static Dataset<Row> of(
      Dataset<Row> events, Dataset<Row> sessions, ActivitySettings settings, String... who) {
    String[] keys =
        Stream.concat(Arrays.stream(who), Stream.of("event_date")).toArray(String[]::new);
    Column[] keyColumns = Arrays.stream(keys).map(key -> col(key)).toArray(Column[]::new);
    Column isCore = settings.isCore();
    Dataset<Row> counted =
        events
            .groupBy(keyColumns)
            .agg(
                count(lit(1)).as("events"),
                count_if(isCore).as("core_events"),
                sum(when(isCore, col("quantity"))).as("quantity"),
                sum(settings.isLogin().cast("long")).as("logins"),
                count("occurred_at").as("timed_events"),
                min(when(isCore, col("occurred_at"))).as("first_at"),
                max(when(isCore, col("occurred_at"))).as("last_at"));
    Dataset<Row> seated =
        sessions
            .groupBy(keyColumns)
            .agg(
                count(lit(1)).as("started"),
                count("minutes").as("timed"),
                sum("minutes").as("session_minutes"));
    // A day of which no time is known has an unknown number of sessions, not none.
    Column isTimed = col("timed_events").gt(0);
    return counted
        .join(seated, keys, "left")
        .withColumn("is_active", col("core_events").gt(0))
        .withColumn("sessions", when(isTimed, coalesce(col("started"), lit(0L))))
        .withColumn("timed_sessions", when(isTimed, coalesce(col("timed"), lit(0L))))
        .drop("timed_events", "started", "timed");
  }
}
