package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.activity.PayingSpells;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.Known;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether customers that adopt a feature early stay more often than those that may and do not.
 *
 * <p>Source: metrics, "Adoption": from a landmark, so that living longer is not mistaken for an
 * effect. It is an association all the same: who adopts may be another kind of customer.
 */
public final class AdopterRetention {

  public static final Table TABLE =
      Table.in("metrics", "adopter_retention")
          .grain("one row per level, tier and feature to which a customer was entitled")
          .column("level", StringType, "feature; tier; overall: any feature")
          .column("tier", StringType, "the tier; unknown: not said; all: of level overall")
          .column("feature", StringType, "the feature; all: of levels above the feature")
          .column(
              "adopters",
              LongType,
              "paid on day time_to_value.landmark_days, time_to_value.retention_days ago at least,"
                  + " and had used one of its features adoption.min_uses times before that day")
          .column("adopters_retained", LongType, "of these: had not left after retention_days")
          .column("adopter_retention_rate", DoubleType, "adopters_retained / adopters")
          .column("adopter_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("adopter_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("others", LongType, "the same but for use: entitled on that day, and did not")
          .column("others_retained", LongType, "of these: had not left after retention_days")
          .column("other_retention_rate", DoubleType, "others_retained / others")
          .column("other_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("other_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column(
              "difference",
              DoubleType,
              "adopters' rate - others' rate: an association; NULL: a group is empty")
          .column("difference_low", DoubleType, "lower end of its 95% interval (Newcombe)")
          .column("difference_high", DoubleType, "upper end of its 95% interval (Newcombe)")
          .column("is_small", BooleanType, "a group is below retention.min_cohort")
          .key("level", "tier", "feature")
          .require(
              "who stayed was there",
              col("adopters_retained")
                  .leq(col("adopters"))
                  .and(col("others_retained").leq(col("others"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Features.TABLE,
              Customers.TABLE,
              Aliases.TABLE,
              CustomerMrr.TABLE,
              PayingSpells.TABLE,
              FeatureDays.TABLE)
          .settings(AdoptionSettings.SETTING)
          .settings(TimeToValueSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(AdopterRetention::measured);

  private AdopterRetention() {}

  private static Dataset<Row> measured(Inputs in) {
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    Dataset<Row> customers = Aliases.currentCustomers(in.rows(Customers.TABLE), aliases);
    Dataset<Row> survivors =
        Landmark.survivors(
            Counted.external(customers, customers),
            Counted.staying(in.rows(PayingSpells.TABLE)),
            in.settings(TimeToValueSettings.SETTING),
            in.asOf());
    return retention(
        survivors,
        Known.current(in.rows(Features.TABLE)),
        in.rows(CustomerMrr.TABLE),
        Aliases.canonical(in.rows(FeatureDays.TABLE), "customer_id", aliases, Aliases.CUSTOMER),
        in.settings(AdoptionSettings.SETTING).minUses(),
        in.settings(RetentionSettings.SETTING).minCohort());
  }

  /**
   * Compares the two groups of each feature.
   *
   * @param survivors as {@link Landmark#survivors} gives them
   * @param features one row per feature
   * @param mrr what each customer has from day to day
   * @param uses which features each customer used on each day
   */
  static Dataset<Row> retention(
      Dataset<Row> survivors,
      Dataset<Row> features,
      Dataset<Row> mrr,
      Dataset<Row> uses,
      int minUses,
      int minCohort) {
    Dataset<Row> members =
        entitled(survivors, features, mrr)
            .join(used(survivors, uses), new String[] {"customer_id", "feature"}, "left")
            .withColumn("is_adopter", coalesce(col("uses").geq(minUses), lit(false)));
    Dataset<Row> grouped =
        members
            .withColumn(
                "group",
                explode(
                    array(
                        group("feature", col("tier"), col("feature")),
                        group("tier", col("tier"), lit("all")),
                        group("overall", lit("all"), lit("all")))))
            .groupBy("customer_id", "is_retained", "group")
            .agg(max("is_adopter").as("is_adopter"));
    Column isAdopter = col("is_adopter");
    Dataset<Row> counts =
        grouped
            .groupBy("group")
            .agg(
                count_if(isAdopter).as("adopters"),
                count_if(isAdopter.and(col("is_retained"))).as("adopters_retained"),
                count_if(not(isAdopter)).as("others"),
                count_if(not(isAdopter).and(col("is_retained"))).as("others_retained"))
            .select(col("group.*"), col("*"))
            .drop("group");
    return Differences.of(
            counts,
            new Differences.Group("adopters_retained", "adopters", "adopter"),
            new Differences.Group("others_retained", "others", "other"))
        .withColumn("is_small", col("adopters").lt(minCohort).or(col("others").lt(minCohort)));
  }

  /** What each could use on its landmark. */
  private static Dataset<Row> entitled(
      Dataset<Row> survivors, Dataset<Row> features, Dataset<Row> mrr) {
    Dataset<Row> runs =
        mrr.select(
            col("customer_id").as("payer"), col("from_date"), col("until_date"), col("plans"));
    Column isThen =
        col("customer_id")
            .equalTo(col("payer"))
            .and(Counted.covers("from_date", "until_date", col("landmark_date")));
    Dataset<Row> catalogue =
        features.select(
            col("feature"),
            coalesce(col("tier"), lit("unknown")).as("tier"),
            col("launch_date"),
            col("retire_date"),
            col("plans").as("feature_plans"));
    Column isThere =
        coalesce(col("launch_date").leq(col("landmark_date")), lit(true))
            .and(coalesce(col("retire_date").gt(col("landmark_date")), lit(true)));
    Column isEntitled =
        col("feature_plans")
            .isNull()
            .or(coalesce(arrays_overlap(col("feature_plans"), col("plans")), lit(false)));
    return survivors
        .join(runs, isThen, "left")
        .crossJoin(broadcast(catalogue))
        .filter(isThere.and(isEntitled))
        .select("customer_id", "is_retained", "feature", "tier");
  }

  private static Dataset<Row> used(Dataset<Row> survivors, Dataset<Row> uses) {
    return uses.join(
            survivors.select("customer_id", "landmark_date"), new String[] {"customer_id"}, "inner")
        .filter(col("event_date").lt(col("landmark_date")))
        .groupBy("customer_id", "feature")
        .agg(sum("events").as("uses"));
  }

  private static Column group(String level, Column tier, Column feature) {
    return struct(lit(level).as("level"), tier.as("tier"), feature.as("feature"));
  }
}
