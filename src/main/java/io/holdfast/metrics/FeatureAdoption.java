package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.median;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many of the customers that may use a feature do, by feature, by tier and over all.
 *
 * <p>Source: metrics, "Adoption". Customers under the least tenure are in no denominator.
 */
public final class FeatureAdoption {

  public static final Table TABLE =
      Table.in("metrics", "feature_adoption")
          .grain("one row per level, tier and feature that there is at the end of as_of")
          .column("level", StringType, "feature; tier; new: the new features together; overall")
          .column("tier", StringType, "the tier; unknown: not said; all: of levels new and overall")
          .column("feature", StringType, "the feature; all: of levels above the feature")
          .column(
              "is_new_feature",
              BooleanType,
              "launched in the last adoption.new_feature_days; NULL: of several features")
          .column(
              "entitled_customers", LongType, "customers entitled to one of its features: the base")
          .column(
              "adopters",
              LongType,
              "of these: with one of its features used adoption.min_uses times in the trailing"
                  + " adoption.window_days")
          .column("ever_adopters", LongType, "of these: with one used so often ever")
          .column("adoption_rate", DoubleType, "reach: adopters / entitled_customers")
          .column("rate_low", DoubleType, "lower end of the reach's 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of the reach's 95% Wilson interval")
          .column("is_small", BooleanType, "entitled_customers is below retention.min_cohort")
          .column(
              "mean_breadth",
              DoubleType,
              "mean over customers of adopted / entitled features; of a feature its reach")
          .column("uses_per_adopter", DoubleType, "depth: quantity used in the window / adopters")
          .column(
              "median_days_to_adopt",
              DoubleType,
              "of a feature: from signup, or a later launch, to first use, over ever_adopters")
          .key("level", "tier", "feature")
          .require("adopters are entitled", col("adopters").leq(col("entitled_customers")))
          .require("who adopts has adopted", col("adopters").leq(col("ever_adopters")))
          .require(
              "breadth never exceeds reach",
              coalesce(
                  col("mean_breadth").leq(col("adoption_rate").plus(1e-9)),
                  col("entitled_customers").equalTo(0)))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Entitlements.READS)
          .settings(AdoptionSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .members(in -> members(Entitlements.of(in).pairs(in.settings(AdoptionSettings.SETTING))))
          .as(
              in ->
                  adoption(
                      Entitlements.of(in),
                      in.settings(AdoptionSettings.SETTING),
                      in.settings(RetentionSettings.SETTING).minCohort()));

  private FeatureAdoption() {}

  /** Of each feature: the customers in its denominator, and whether they use it. */
  private static Dataset<Row> members(Dataset<Row> pairs) {
    return pairs
        .filter(col("is_counted"))
        .select(
            lit("feature").as("level"),
            col("tier"),
            col("feature"),
            col("customer_id").as("unit_id"),
            col("customer_id"),
            when(col("is_adopted"), "adopter")
                .when(col("is_ever_adopted"), "once an adopter")
                .otherwise("entitled")
                .as("counted_as"));
  }

  static Dataset<Row> adoption(
      Entitlements entitlements, AdoptionSettings settings, int minCohort) {
    Dataset<Row> counted = entitlements.pairs(settings).filter(col("is_counted"));
    Column customers = col("entitled_customers");
    return byFeature(entitlements.catalogue(settings), counted)
        .unionByName(byGroup(counted))
        .withColumn("adoption_rate", Wilson.rate(col("adopters"), customers))
        .withColumn("rate_low", Wilson.low(col("adopters"), customers))
        .withColumn("rate_high", Wilson.high(col("adopters"), customers))
        .withColumn("is_small", customers.lt(minCohort))
        .withColumn("mean_breadth", try_divide(col("breadth").cast("double"), customers))
        .withColumn("uses_per_adopter", try_divide(col("uses").cast("double"), col("adopters")));
  }

  private static Dataset<Row> byFeature(Dataset<Row> catalogue, Dataset<Row> counted) {
    Dataset<Row> used =
        counted
            .groupBy("feature")
            .agg(
                count(lit(1)).as("customers"),
                count_if(col("is_adopted")).as("now"),
                count_if(col("is_ever_adopted")).as("ever"),
                sum(when(col("is_adopted"), col("uses"))).as("uses"),
                median(when(col("is_ever_adopted"), col("days_to_adopt")))
                    .as("median_days_to_adopt"));
    return catalogue
        .join(used, new String[] {"feature"}, "left")
        .select(
            lit("feature").as("level"),
            col("tier"),
            col("feature"),
            col("is_new_feature"),
            coalesce(col("customers"), lit(0L)).as("entitled_customers"),
            coalesce(col("now"), lit(0L)).as("adopters"),
            coalesce(col("ever"), lit(0L)).as("ever_adopters"),
            col("now").cast("decimal(28,12)").as("breadth"),
            col("uses"),
            col("median_days_to_adopt"));
  }

  private static Dataset<Row> byGroup(Dataset<Row> counted) {
    Column groups =
        array(
            group("tier", col("tier")),
            group("overall", lit("all")),
            when(col("is_new_feature"), group("new", lit("all"))));
    // As a decimal the sum is the same in whatever order customers come.
    Column breadth =
        Wilson.rate(col("adopted"), col("entitled")).cast(DataTypes.createDecimalType(18, 12));
    return counted
        .withColumn("group", explode(filter(groups, group -> group.isNotNull())))
        .groupBy("customer_id", "group")
        .agg(
            count(lit(1)).as("entitled"),
            count_if(col("is_adopted")).as("adopted"),
            count_if(col("is_ever_adopted")).as("ever_adopted"),
            sum(when(col("is_adopted"), col("uses"))).as("uses"))
        .groupBy("group")
        .agg(
            count(lit(1)).as("entitled_customers"),
            count_if(col("adopted").gt(0)).as("adopters"),
            count_if(col("ever_adopted").gt(0)).as("ever_adopters"),
            sum(breadth).as("breadth"),
            sum("uses").as("uses"))
        .select(
            col("group.*"),
            lit("all").as("feature"),
            when(col("group.level").equalTo("new"), lit(true)).as("is_new_feature"),
            col("entitled_customers"),
            col("adopters"),
            col("ever_adopters"),
            col("breadth"),
            col("uses"),
            lit(null).cast("double").as("median_days_to_adopt"));
  }

  private static Column group(String level, Column tier) {
    return struct(lit(level).as("level"), tier.as("tier"));
  }
}
