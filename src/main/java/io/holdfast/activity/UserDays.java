package io.holdfast.activity;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What each user did on each day. Events without a user are in the customer's days alone.
 *
 * <p>Source: metrics, "Activity". All is exact for a day that is replaced, as far as sessions are
 * seen from one day before to one day after it: a source's session that pauses for a whole local
 * day counts as two. An event changes sessions of the neighbouring days only when it lies within
 * the session gap of midnight; those days' sessions follow when they are replaced themselves.
 */
public final class UserDays {

  public static final Table TABLE =
      Table.in("activity", "user_days")
          .grain("one row per customer, user and local day with an event")
          .column("customer_id", StringType, "the customer, as the event says")
          .column("user_id", StringType, "the user")
          .column("event_date", DateType, "the local day")
          .column("is_active", BooleanType, "an active day: at least one core event")
          .column("events", LongType, "events of any kind, in rows")
          .column("core_events", LongType, "core events, in rows")
          .column("quantity", DataTypes.createDecimalType(18, 4), "sum of quantity of core events")
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
          .key("customer_id", "user_id", "event_date")
          .touched("event_date", 1)
          .require("core events are events", col("core_events").leq(col("events")))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE)
          .settings(ActivitySettings.SETTING)
          .as(
              in ->
                  days(
                      in.rows(Events.TABLE),
                      in.nearby(Events.TABLE, 1),
                      in.settings(ActivitySettings.SETTING)));

  private UserDays() {}

  /**
   * The days of every user.
   *
   * @param events the events of the days to make
   * @param nearby the same and those of the day before and after each
   */
  static Dataset<Row> days(Dataset<Row> events, Dataset<Row> nearby, ActivitySettings settings) {
    Column isNamed = col("customer_id").isNotNull().and(col("user_id").isNotNull());
    return DayCounts.of(
        events.filter(isNamed),
        Sessions.of(nearby, settings).filter(isNamed),
        settings,
        "customer_id",
        "user_id");
  }

  /**
   * The days of every user with merged accounts as one.
   *
   * @param days rows of this table
   * @param aliases rows of {@link Aliases}
   */
  public static Dataset<Row> merged(Dataset<Row> days, Dataset<Row> aliases) {
    Dataset<Row> byCustomer = Aliases.canonical(days, "customer_id", aliases, Aliases.CUSTOMER);
    return Aliases.canonical(byCustomer, "user_id", aliases, Aliases.USER)
        .groupBy("customer_id", "user_id", "event_date")
        .agg(DayCounts.IS_ACTIVE, DayCounts.OTHERS);
  }
}
