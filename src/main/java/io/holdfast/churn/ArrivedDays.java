package io.holdfast.churn;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.ValueSettings;
import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

/**
 * What each customer did on each day, apart by when the company learned of it: so that a feature
 * sees a late row from its arrival on and not before. The days of {@code activity} forget that.
 */
public final class ArrivedDays {

  public static final Table TABLE =
      Table.in("churn", "arrived_days")
          .grain("one row per customer, local day with an event, and date on which events arrived")
          .column("customer_id", StringType, "the customer")
          .column("event_date", DateType, "the local day on which it happened")
          .column("arrival_date", DateType, "the date on which these events arrived")
          .column("events", LongType, "events of any kind, in rows")
          .column("core_events", LongType, "core events, in rows")
          .column(
              "value_events",
              LongType,
              "events that show value, in rows; NULL: the configuration names none")
          .column("quantity", DataTypes.createDecimalType(18, 4), "sum of quantity of core events")
          .column("logins", LongType, "events that are log-ins; NULL: the configuration names none")
          .column(
              "sessions",
              LongType,
              "sessions, cut at midnight and by arrival; NULL: only days are known")
          .column("timed_sessions", LongType, "sessions of more than one event")
          .column(
              "session_minutes",
              DataTypes.createDecimalType(18, 4),
              "their minutes, each up to the cap")
          .column("users", DataTypes.createArrayType(StringType), "users with a core event")
          .column("features", DataTypes.createArrayType(StringType), "features of core events")
          .key("customer_id", "event_date", "arrival_date")
          .touched("event_date")
          .require("core events are events", col("core_events").leq(col("events")))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE)
          .settings(ActivitySettings.SETTING)
          .settings(ValueSettings.SETTING)
          .as(
              in ->
                  arrivedDays(
                      in.rows(Events.TABLE),
                      in.settings(ActivitySettings.SETTING),
                      in.settings(ValueSettings.SETTING)));

  private static final long MICROS_PER_MINUTE = 60_000_000L;
  private static final String[] KEY = {"customer_id", "event_date", "arrival_date"};

  private ArrivedDays() {}

  /**
   * Counts events by day and arrival.
   *
   * @param events rows of {@code conformed.events}, of whole days
   */
  static Dataset<Row> arrivedDays(
      Dataset<Row> events, ActivitySettings settings, ValueSettings value) {
    Column shown = value.isSaid() ? value.isValue().cast("long") : lit(null).cast(LongType);
    // Users and features first: sets are then made of few rows, not of every event.
    Dataset<Row> byUserAndFeature =
        events
            .withColumn("is_core", settings.isCore())
            .withColumn("is_login", settings.isLogin())
            .withColumn("shown_value", shown)
            .groupBy(
                col("customer_id"),
                col("event_date"),
                col("arrival_date"),
                when(col("is_core"), col("user_id")).as("core_user"),
                when(col("is_core"), col("feature")).as("core_feature"))
            .agg(
                count(lit(1)).as("events"),
                count(when(col("is_core"), lit(1))).as("core_events"),
                sum(col("is_login").cast("long")).as("logins"),
                sum("shown_value").as("value_events"),
                sum(when(col("is_core"), col("quantity"))).as("quantity"),
                count("occurred_at").as("timed_events"));
    return byUserAndFeature
        .groupBy("customer_id", "event_date", "arrival_date")
        .agg(
            sum("events").as("events"),
            sum("core_events").as("core_events"),
            sum("value_events").as("value_events"),
            sum("quantity").as("quantity"),
            sum("logins").as("logins"),
            array_sort(collect_set("core_user")).as("users"),
            array_sort(collect_set("core_feature")).as("features"),
            sum("timed_events").as("timed_events"))
        .filter(col("customer_id").isNotNull())
        .join(sessions(events, settings), KEY, "left")
        .withColumn("sessions", when(col("timed_events").gt(0), col("sessions")));
  }

  /**
   * Sessions of each day and arrival: the source's own, else events with no long pause between
   * them. Unlike those of {@code activity} they are cut at midnight, so that a day stands alone.
   */
  private static Dataset<Row> sessions(Dataset<Row> events, ActivitySettings settings) {
    Column micros = unix_micros(col("occurred_at"));
    Column pause =
        micros.minus(
            unix_micros(
                lag("occurred_at", 1)
                    .over(
                        Window.partitionBy("customer_id", "user_id", "event_date", "arrival_date")
                            .orderBy("occurred_at"))));
    Column starts = coalesce(pause.gt(settings.sessionGapMinutes() * MICROS_PER_MINUTE), lit(true));
    Dataset<Row> timed =
        events
            .filter(col("occurred_at").isNotNull().and(col("customer_id").isNotNull()))
            .select(
                "customer_id",
                "user_id",
                "session_id",
                "event_date",
                "arrival_date",
                "occurred_at");
    Dataset<Row> paused =
        timed
            .filter(col("session_id").isNull())
            .withColumn("starts", starts.cast("int"))
            .withColumn(
                "session_id",
                sum("starts")
                    .over(
                        Window.partitionBy("customer_id", "user_id", "event_date", "arrival_date")
                            .orderBy("occurred_at"))
                    .cast("string"))
            .drop("starts");
    Column length = max("occurred_at").as("ended_at");
    Dataset<Row> each =
        paused
            .groupBy("customer_id", "event_date", "arrival_date", "user_id", "session_id")
            .agg(min("occurred_at").as("started_at"), length, count(lit(1)).as("events"))
            .drop("user_id")
            .unionByName(
                timed
                    .filter(col("session_id").isNotNull())
                    .groupBy("customer_id", "event_date", "arrival_date", "session_id")
                    .agg(min("occurred_at").as("started_at"), length, count(lit(1)).as("events")));
    Column minutes =
        unix_micros(col("ended_at"))
            .minus(unix_micros(col("started_at")))
            .cast(DataTypes.createDecimalType(20, 0))
            .divide(lit(MICROS_PER_MINUTE));
    Column isTimed = col("events").gt(1);
    return each.groupBy("customer_id", "event_date", "arrival_date")
        .agg(
            count(lit(1)).as("sessions"),
            count_if(isTimed).as("timed_sessions"),
            sum(when(isTimed, least(minutes, lit(settings.sessionCapMinutes()))))
                .as("session_minutes"));
  }
}
