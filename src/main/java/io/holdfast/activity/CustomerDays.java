package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What each customer did on each day: its users' days, and what it did without naming a user.
 *
 * <p>Source: metrics, "Activity". Sessions are as exact as in {@link UserDays}.
 */
public final class CustomerDays {

  public static final Table TABLE =
      Table.in("activity", "customer_days")
          .grain("one row per customer and local day with an event")
          .column("customer_id", StringType, "the customer")
          .column("event_date", DateType, "the local day")
          .column("is_active", BooleanType, "an active day: at least one core event")
          .column("events", LongType, "events of any kind, in rows")
          .column("core_events", LongType, "core events, in rows")
          .column("quantity", DataTypes.createDecimalType(18, 4), "sum of quantity of core events")
          .column("active_users", LongType, "distinct users with a core event")
          .column("features_used", LongType, "distinct features used, by events of any kind")
          .column("logins", LongType, "events that are configured as log-ins; NULL where none is")
          .column(
              "sessions",
              LongType,
              "sessions that start on this day; NULL where only days are known")
          .column(
              "session_minutes",
              DataTypes.createDecimalType(18, 4),
              "their minutes, each up to the cap; sessions of one event have none")
          .column("timed_sessions", LongType, "sessions of more than one event")
          .column("first_at", TimestampType, "the first core event; NULL where only days are known")
          .column("last_at", TimestampType, "the last core event; NULL where only days are known")
          .key("customer_id", "event_date")
          .touched("event_date", 1)
          .require("core events are events", col("core_events").leq(col("events")))
          .require("active users have core events", col("active_users").leq(col("core_events")))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE, UserDays.TABLE, FeatureDays.TABLE)
          .settings(ActivitySettings.SETTING)
          .as(
              in ->
                  days(
                      in.rows(Events.TABLE),
                      in.nearby(Events.TABLE, 1),
                      in.rows(UserDays.TABLE),
                      in.rows(FeatureDays.TABLE),
                      in.settings(ActivitySettings.SETTING)));

  private CustomerDays() {}

  /**
   * The days of every customer.
   *
   * @param events the events of the days to make
   * @param nearby the same and those of the day before and after each
   * @param userDays the users' days of the days to make
   * @param featureDays the features' days of the days to make
   */
  static Dataset<Row> days(
      Dataset<Row> events,
      Dataset<Row> nearby,
      Dataset<Row> userDays,
      Dataset<Row> featureDays,
      ActivitySettings settings) {
    Dataset<Row> byUsers =
        userDays.drop("user_id").withColumn("active_users", col("is_active").cast("long"));
    Dataset<Row> byNobody =
        DayCounts.of(
                events.filter(col("customer_id").isNotNull().and(col("user_id").isNull())),
                Sessions.ofNobody(nearby, settings),
                settings,
                "customer_id")
            .withColumn("active_users", lit(0L));
    Dataset<Row> features =
        featureDays.groupBy("customer_id", "event_date").agg(count(lit(1)).as("features_used"));
    return byUsers
        .unionByName(byNobody)
        .groupBy("customer_id", "event_date")
        .agg(
            max("is_active").as("is_active"),
            sum("events").as("events"),
            sum("core_events").as("core_events"),
            sum("quantity").as("quantity"),
            sum("active_users").as("active_users"),
            sum("logins").as("logins"),
            sum("sessions").as("sessions"),
            sum("session_minutes").as("session_minutes"),
            sum("timed_sessions").as("timed_sessions"),
            min("first_at").as("first_at"),
            max("last_at").as("last_at"))
        .join(features, new String[] {"customer_id", "event_date"}, "left")
        .withColumn("features_used", coalesce(col("features_used"), lit(0L)));
  }

  /**
   * The days of every customer with merged accounts as one. How many users or features were active
   * is not among the columns: the same user or feature can be in several rows that become one.
   *
   * @param days rows of this table
   * @param aliases rows of {@link Aliases}
   */
  public static Dataset<Row> merged(Dataset<Row> days, Dataset<Row> aliases) {
    return Aliases.canonical(days, "customer_id", aliases, Aliases.CUSTOMER)
        .groupBy("customer_id", "event_date")
        .agg(DayCounts.IS_ACTIVE, DayCounts.OTHERS);
  }
}
