package io.holdfast.conformed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What customers were sent, and what they did with it. */
public final class Messages {

  public static final Table TABLE =
      Table.in("conformed", "messages")
          .grain("one row per message to one person and version of what was known of it")
          .column("message_id", StringType, "the message to one person")
          .column("customer_id", StringType, "the customer")
          .column("user_id", StringType, "the user; NULL: not said")
          .column("campaign", StringType, "what it is part of; NULL: nothing")
          .column("channel", StringType, "email, in_app or phone")
          .column("sent_at", TimestampType, "when it was sent; NULL where only the day is known")
          .column("sent_date", DateType, "the local day on which it was sent")
          .column(
              "opened_at", TimestampType, "when it was first opened; NULL: never, or only the day")
          .column(
              "opened_date", DateType, "the local day on which it was first opened; NULL: never")
          .column(
              "clicked_at",
              TimestampType,
              "when it was first clicked; NULL: never, or only the day")
          .column(
              "clicked_date", DateType, "the local day on which it was first clicked; NULL: never")
          .column("bounced_at", TimestampType, "when it came back; NULL: never, or only the day")
          .column("bounced_date", DateType, "the local day on which it came back; NULL: never")
          .column(
              "unsubscribed_at",
              TimestampType,
              "when it led its user to ask for no more; NULL: never, or only the day")
          .column(
              "unsubscribed_date",
              DateType,
              "the local day on which it led its user to ask for no more; NULL: never")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("message_id", "known_from")
          .touched("sent_date")
          .warn(
              "opened or clicked before it was sent",
              col("is_current")
                  .and(
                      coalesce(col("opened_date").lt(col("sent_date")), lit(false))
                          .or(coalesce(col("clicked_date").lt(col("sent_date")), lit(false)))))
          .build();

  private static final Table LANDED = Sources.table(Contracts.MESSAGES);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .alsoReplaces(in -> Versions.daysOfTheSameThings(in, LANDED, "message_id"))
          .as(in -> Versions.ofTouched(in, LANDED, "message_id"));

  private Messages() {}
}
