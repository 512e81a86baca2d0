package io.holdfast.activity;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What each user did on each day. Events without a user are in the customer's days alone. */
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
          .column("logins", LongType, "events that the configuration counts as log-ins")
          .column("sessions", LongType, "sessions that start on this day")
          .column(
              "session_minutes",
              DataTypes.createDecimalType(18, 4),
              "their minutes, each capped at four hours; sessions of one event count for none")
          .column("timed_sessions", LongType, "sessions of more than one event")
          .column("first_at", TimestampType, "the first core event; NULL where only days are known")
          .column("last_at", TimestampType, "the last core event; NULL where only days are known")
          .key("customer_id", "user_id", "event_date")
          .touched("event_date")
          .build();

  private UserDays() {}
}
