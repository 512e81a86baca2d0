package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How much of what it is entitled to each customer uses. Source: metrics, "Adoption". */
public final class CustomerAdoption {

  public static final Table TABLE =
      Table.in("metrics", "customer_adoption")
          .grain("one row per customer that is entitled to a feature at the end of as_of")
          .column("customer_id", StringType, "the customer")
          .column("plan", StringType, "its plan; NULL: nothing is known of subscriptions")
          .column(
              "tenure_days", IntegerType, "days since signup, else since its first event; or NULL")
          .column("entitled_features", LongType, "features that its plans include")
          .column(
              "adopted_features",
              LongType,
              "of these: used adoption.min_uses times in the trailing adoption.window_days")
          .column("ever_adopted_features", LongType, "of these: used adoption.min_uses times ever")
          .column(
              "feature_adoption",
              DoubleType,
              "breadth: adopted / entitled features; NULL under adoption.min_tenure_days")
          .key("customer_id")
          .require("entitled to something", col("entitled_features").gt(0))
          .require(
              "adopts what it once adopted, which is what it is entitled to",
              col("adopted_features")
                  .leq(col("ever_adopted_features"))
                  .and(col("ever_adopted_features").leq(col("entitled_features"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Entitlements.READS)
          .settings(AdoptionSettings.SETTING)
          .as(in -> adoption(Entitlements.of(in), in.settings(AdoptionSettings.SETTING)));

  private CustomerAdoption() {}

  static Dataset<Row> adoption(Entitlements entitlements, AdoptionSettings settings) {
    return entitlements
        .pairs(settings)
        .groupBy("customer_id", "plan", "tenure_days", "is_counted")
        .agg(
            count(lit(1)).as("entitled_features"),
            count_if(col("is_adopted")).as("adopted_features"),
            count_if(col("is_ever_adopted")).as("ever_adopted_features"))
        .withColumn(
            "feature_adoption",
            when(
                col("is_counted"), Wilson.rate(col("adopted_features"), col("entitled_features"))));
  }
}
