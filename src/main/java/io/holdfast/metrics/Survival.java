package io.holdfast.metrics;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How long customers stay: the share that has not left after so many days of paying.
 *
 * <p>Source: metrics, "Survival". The event is a confirmed churn; who has not left is followed to
 * {@code gap_days} before the night, the last day on which a churn is certain.
 */
public final class Survival {

  private static final String[] GROUP = {"spells", "segment_dimension", "segment_value"};

  public static final Table TABLE =
      Table.in("metrics", "survival")
          .grain(
              "one row per kind of spell, segment and day of tenure on which a customer left, and"
                  + " for the last day on which one was followed")
          .column("spells", StringType, "first: since the first payment; later: since a return")
          .column(
              "segment_dimension", StringType, "all, plan, or a column or attribute of customers")
          .column("segment_value", StringType, "its value at the start; unknown: not said")
          .column("tenure_days", IntegerType, "days since the start of the spell")
          .column("at_risk", LongType, "customers that were followed and had not left before")
          .column("churned_customers", LongType, "of these: left on this day")
          .column("survival_rate", DoubleType, "Kaplan-Meier: the share that stays longer")
          .column(
              "survival_low",
              DoubleType,
              "lower end of its 95% interval (Greenwood, log-log); NULL: none at 0 or 1")
          .column("survival_high", DoubleType, "upper end of it")
          .column("standard_error", DoubleType, "of survival_rate, by Greenwood")
          .column("followed_customers", LongType, "customers of the segment")
          .column("all_churned_customers", LongType, "of these: left, on whatever day")
          .column("is_small", BooleanType, "followed_customers is below retention.min_cohort")
          .key("spells", "segment_dimension", "segment_value", "tenure_days")
          .require("who leaves was at risk", col("churned_customers").leq(col("at_risk")))
          .require("a share", col("survival_rate").between(0, 1))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RevenueLedger.READS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .settings(RetentionSettings.SETTING)
          .settings(RevenueFigures.SETTING)
          .as(
              in ->
                  survival(
                      RevenueLedger.of(in),
                      in.rows(Customers.TABLE),
                      in.rows(Aliases.TABLE),
                      in.settings(RevenueFigures.SETTING),
                      in.settings(RetentionSettings.SETTING).minCohort()));

  private Survival() {}

  static Dataset<Row> survival(
      RevenueLedger ledger,
      Dataset<Row> customers,
      Dataset<Row> aliases,
      RevenueFigures settings,
      int minCohort) {
    Dataset<Row> subjects =
        RevenueSegments.split(subjects(ledger), customers, aliases, settings.segmentDimensions());
    Dataset<Row> sizes =
        subjects
            .groupBy("spells", "segment_dimension", "segment_value")
            .agg(
                sum(lit(1L)).as("followed_customers"),
                sum(when(col("is_gone"), 1L).otherwise(0L)).as("all_churned_customers"));
    return KaplanMeier.curves(subjects, GROUP)
        .join(sizes, GROUP, "inner")
        .withColumnRenamed("day", "tenure_days")
        .withColumnRenamed("gone", "churned_customers")
        .withColumnRenamed("survival", "survival_rate")
        .withColumn("is_small", col("followed_customers").lt(minCohort));
  }

  /** Who was followed, from which to which day of its spell, and whether it left at its end. */
  static Dataset<Row> subjects(RevenueLedger ledger) {
    Column lastCertain = date_sub(lit(ledger.asOf()), ledger.pricing().revenue().gapDays());
    Column isGone = coalesce(col("end_date").leq(lastCertain), lit(false));
    Column exit = when(isGone, col("end_date")).otherwise(lastCertain);
    Dataset<Row> plans = ledger.mrr().select("customer_id", "from_date", "plan");
    return ledger
        .spells()
        .filter(col("counting").equalTo("confirmed"))
        .crossJoin(broadcast(RevenueWindows.dataBegins(ledger)))
        .withColumn("is_gone", isGone)
        .withColumn("exit_day", datediff(exit, col("start_date")))
        .withColumn("entry_day", greatest(datediff(col("data_begins"), col("start_date")), lit(0)))
        .filter(col("exit_day").gt(col("entry_day")))
        .withColumn("from_date", col("start_date"))
        .join(plans, new String[] {"customer_id", "from_date"}, "left")
        .select(
            col("customer_id"),
            when(col("spell").equalTo(1), "first").otherwise("later").as("spells"),
            col("entry_day"),
            col("exit_day"),
            col("is_gone"),
            col("plan"),
            col("start_date").as("known_date"));
  }
}
