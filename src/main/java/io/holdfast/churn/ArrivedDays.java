package io.holdfast.churn;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
          .column("quantity", DataTypes.createDecimalType(18, 4), "sum of quantity of core events")
          .column("logins", LongType, "events that are log-ins; NULL: the configuration names none")
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
          .as(
              in -> {
                ActivitySettings activity = in.settings(ActivitySettings.SETTING);
                return arrivedDays(in.rows(Events.TABLE), activity.isCore(), activity.isLogin());
              });

  private ArrivedDays() {}

  /**
   * Counts events by day and arrival.
   *
   * @param events rows of {@code conformed.events}, of whole days
   * @param isCore whether an event is a core event
   * @param isLogin whether an event is a log-in; NULL: unknown
   */
  static Dataset<Row> arrivedDays(Dataset<Row> events, Column isCore, Column isLogin) {
    // Users and features first: sets are then made of few rows, not of every event.
    Dataset<Row> byUserAndFeature =
        events
            .withColumn("is_core", isCore)
            .withColumn("is_login", isLogin)
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
                sum(when(col("is_core"), col("quantity"))).as("quantity"));
    return byUserAndFeature
        .groupBy("customer_id", "event_date", "arrival_date")
        .agg(
            sum("events").as("events"),
            sum("core_events").as("core_events"),
            sum("quantity").as("quantity"),
            sum("logins").as("logins"),
            array_sort(collect_set("core_user")).as("users"),
            array_sort(collect_set("core_feature")).as("features"))
        .filter(col("customer_id").isNotNull());
  }
}
