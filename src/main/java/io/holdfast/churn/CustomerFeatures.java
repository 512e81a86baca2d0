package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.PaymentSettings;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.activity.ValueSettings;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What is known on the morning after the night of each paying customer: what scores read. */
public final class CustomerFeatures {

  public static final Table TABLE =
      Table.in("churn", "customer_features")
          .grain("one row per night and customer that pays on the morning after it")
          .column("observation_date", DateType, "that morning's local day")
          .column("customer_id", StringType, "the customer")
          .columns(ChurnFeatures.fields())
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "the customer's own columns that churn.dataset.attributes names")
          .key("customer_id")
          .require("who is observed pays", col("mrr").gt(0))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(PointInTime.READS)
          .settings(DatasetSettings.SETTING)
          .settings(PaymentSettings.SETTING)
          .settings(ValueSettings.SETTING)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .as(
              in ->
                  PointInTime.features(
                          in::rows,
                          Pricing.of(in),
                          new ObservationGrid(in.asOf().plusDays(1), 1),
                          in.settings(DatasetSettings.SETTING),
                          in.settings(PaymentSettings.SETTING),
                          in.settings(ValueSettings.SETTING))
                      .withColumn("as_of_date", lit(in.asOf())));

  private CustomerFeatures() {}
}
