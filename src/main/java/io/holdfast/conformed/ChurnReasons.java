package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What customers said when they left. Whether one HAS left comes from its subscriptions alone. */
public final class ChurnReasons {

  public static final Table TABLE =
      Table.in("conformed", "churn_reasons")
          .grain("one row per stated reason and version of what was known of it")
          .column("churn_reason_id", StringType, "the statement")
          .column("customer_id", StringType, "the customer")
          .column("churn_date", DateType, "the local day on which it says that it left")
          .column("reason", StringType, "the reason, as the feed codes it")
          .column("comment", StringType, "the customer's own words")
          .column(
              "refund_amount",
              DataTypes.createDecimalType(18, 4),
              "what was paid back, in the reporting currency")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("churn_reason_id", "known_from")
          .touched("churn_date")
          .build();

  private static final Table LANDED = Sources.table(Contracts.CHURN_REASONS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .alsoReplaces(in -> Versions.daysOfTheSameThings(in, LANDED, "churn_reason_id"))
          .as(in -> Versions.ofTouched(in, LANDED, "churn_reason_id"));

  private ChurnReasons() {}
}
