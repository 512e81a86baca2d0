package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Attempts to collect money, and money paid back. */
public final class Payments {

  public static final Table TABLE =
      Table.in("conformed", "payments")
          .grain("one row per attempt and version of what was known of it")
          .column("payment_id", StringType, "the attempt; for a feed without ids, one made of it")
          .column("customer_id", StringType, "the customer who pays")
          .column("subscription_id", StringType, "the line that is paid for; NULL: not said")
          .column(
              "invoice_id",
              StringType,
              "the invoice, whose attempts belong together; NULL: not said")
          .column(
              "attempted_at", TimestampType, "when it was tried; NULL where only the day is known")
          .column("attempted_date", DateType, "the local day on which it was tried")
          .column(
              "due_date",
              DateType,
              "the local day by which it should have been paid; NULL: not said")
          .column(
              "amount",
              DataTypes.createDecimalType(18, 4),
              "how much was tried or, of a refund, paid back, in the reporting currency")
          .column(
              "original_amount", DataTypes.createDecimalType(18, 4), "the same in its own currency")
          .column("currency", StringType, "its own currency")
          .column("status", StringType, "how it went, as the feed says")
          .column("kind", StringType, "recurring, one_off or refund; NULL: not said")
          .column("method", StringType, "card, transfer, ...")
          .column("failure_reason", StringType, "why it failed, as the feed says")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .checked("signup_date", DateType, "the customer's signup")
          .key("payment_id", "known_from")
          .whole()
          .warn(
              "tried before the customer's signup",
              col("is_current").and(col("attempted_date").lt(col("signup_date"))))
          .build();

  private static final Table LANDED = Sources.table(Contracts.PAYMENTS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED, Customers.TABLE)
          .settings(Company.SETTING)
          .settings(ExchangeRates.SETTING)
          .as(
              in ->
                  Signups.joined(
                      payments(
                          Versions.of(in.rows(LANDED), in.all(LANDED), "payment_id"),
                          in.settings(Company.SETTING),
                          in.settings(ExchangeRates.SETTING)),
                      in.rows(Customers.TABLE)));

  /** Payments in the reporting currency. */
  static Dataset<Row> payments(Dataset<Row> versions, Company company, ExchangeRates rates) {
    return Money.reported(
        versions.withColumnRenamed("due", "due_date"), "attempted_date", company, rates);
  }

  private Payments() {}
}
