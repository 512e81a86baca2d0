package io.holdfast.conformed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** What a customer pays for: one line of a contract each, with its monthly value. */
public final class Subscriptions {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  public static final Table TABLE =
      Table.in("conformed", "subscriptions")
          .grain("one row per subscription line and version of what was known of it")
          .column("subscription_id", StringType, "the line")
          .column("customer_id", StringType, "the customer who pays")
          .column("plan", StringType, "plan")
          .column("seats", LongType, "seats bought")
          .column(
              "mrr",
              MONEY,
              "monthly recurring revenue of the line, net, in the currency in which it is billed,"
                  + " before the discount; 0: a trial")
          .column("currency", StringType, "the currency in which it is billed")
          .column("billing_period", StringType, "week, month, quarter or year")
          .column("is_trial", BooleanType, "a trial: MRR 0")
          .column("start_date", DateType, "the first local day of the line")
          .column("end_date", DateType, "the first local day that is not paid; NULL: running")
          .column("end_reason", StringType, "why it ended, as the feed says")
          .column(
              "discount_rate",
              DataTypes.createDecimalType(18, 8),
              "the share of mrr that is off, 0..1; NULL: none")
          .column(
              "discount_mrr",
              MONEY,
              "what is off a month besides, in the line's currency; NULL: nothing")
          .column("discount_start", DateType, "the first local day with it; NULL: from the start")
          .column("discount_end", DateType, "the first local day without it; NULL: to the end")
          .column("pause_start", DateType, "the first local day of a pause; NULL: none")
          .column("pause_end", DateType, "the first local day after the pause; NULL: not known")
          .column(
              "past_due_since", DateType, "the first local day that is not paid for; NULL: paid up")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("subscription_id", "known_from")
          .whole()
          .warn("ends before it starts", col("end_date").lt(col("start_date")))
          .warn("its discount ends before it starts", col("discount_end").lt(col("discount_start")))
          .warn("its pause ends before it starts", col("pause_end").lt(col("pause_start")))
          .build();

  private static final Table LANDED = Sources.table(Contracts.SUBSCRIPTIONS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .settings(Company.SETTING)
          .as(
              in ->
                  subscriptions(
                      Versions.of(in.rows(LANDED), in.all(LANDED), "subscription_id"),
                      in.settings(Company.SETTING)));

  /**
   * Prices every line by the month, and its discount too.
   *
   * <p>Source: metrics "MRR": annual / 12, quarterly / 3, weekly * 365.25 / 84; trials are 0.
   *
   * @param versions rows of landed lines with their versions
   */
  static Dataset<Row> subscriptions(Dataset<Row> versions, Company company) {
    return versions
        .withColumn("is_trial", coalesce(col("is_trial"), lit(false)))
        .withColumn("mrr", when(col("is_trial"), lit(0)).otherwise(monthly("amount")).cast(MONEY))
        .withColumn("discount_mrr", monthly("discount_amount").cast(MONEY))
        .withColumn("currency", coalesce(upper(col("currency")), lit(company.currency())))
        .withColumn("billing_period", coalesce(col("billing_period"), col("amount_period")));
  }

  private static Column monthly(String amount) {
    Column period = col("amount_period");
    return when(period.equalTo("month"), col(amount))
        .when(period.equalTo("year"), col(amount).divide(12))
        .when(period.equalTo("quarter"), col(amount).divide(3))
        .when(
            period.equalTo("week"), col(amount).multiply(lit(new BigDecimal("365.25"))).divide(84));
  }

  private Subscriptions() {}
}
