package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What customers asked support, and how it was answered. */
public final class Tickets {

  public static final Table TABLE =
      Table.in("conformed", "tickets")
          .grain("one row per ticket and version of what was known of it")
          .column("ticket_id", StringType, "the ticket")
          .column("customer_id", StringType, "the customer who asked")
          .column("user_id", StringType, "the user who asked")
          .column("opened_at", TimestampType, "when it was opened; NULL: only the day is known")
          .column("opened_date", DateType, "the local day on which it was opened")
          .column("closed_at", TimestampType, "when it was closed; NULL: open, or only the day")
          .column("closed_date", DateType, "the local day on which it was closed; NULL: open")
          .column("first_response_minutes", DoubleType, "minutes until the first answer")
          .column("priority", StringType, "priority as the feed says")
          .column("satisfaction_score", DoubleType, "the customer's mark, on the feed's scale")
          .column("is_escalated", BooleanType, "whether it was escalated")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .checked("signup_date", DateType, "the customer's signup")
          .key("ticket_id", "known_from")
          .touched("opened_date")
          .warn(
              "opened before the customer's signup",
              col("is_current").and(col("opened_date").lt(col("signup_date"))))
          .build();

  private static final Table LANDED = Sources.table(Contracts.TICKETS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED, Customers.TABLE)
          .alsoReplaces(in -> Versions.daysOfTheSameThings(in, LANDED, "ticket_id"))
          .as(
              in ->
                  Signups.joined(
                      Versions.ofTouched(in, LANDED, "ticket_id"), in.rows(Customers.TABLE)));

  private Tickets() {}
}
