package io.holdfast.churn;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What became of those who were observed, from the night on which nothing regular could change it
 * any more. What arrives later still corrects it, by a row of its own night; so the labels as they
 * were known on any night can be told.
 *
 * <p>Source: metrics, "Label".
 */
public final class Labels {

  public static final Table TABLE =
      Table.in("churn", "labels")
          .grain("one row per observation and night on which its outcome became known or changed")
          .column("observation_date", DateType, "the observed Monday")
          .column("customer_id", StringType, "the customer")
          .column("definition", StringType, "hash of the settings that say what a churn is")
          .column(
              "is_churned", BooleanType, "a confirmed churn after the lead and within the horizon")
          .column("is_churned_voluntary", BooleanType, "it left by choice; NULL: unknown")
          .column(
              "is_churned_involuntary", BooleanType, "it left for want of payment; NULL: unknown")
          .column("churn_date", DateType, "the churn date that the label counts")
          .column("is_correction", BooleanType, "it was known before, and otherwise")
          .key("observation_date", "customer_id")
          .keepsAllNights()
          .historyDependent()
          .require("an outcome is known", col("is_churned").isNotNull())
          .require(
              "who churned has a churn date",
              col("is_churned").equalTo(col("churn_date").isNotNull()))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Observations.TABLE, PayingSpells.TABLE, Aliases.TABLE)
          .readsPrevious()
          .settings(Observations.SETTINGS)
          .settings(RevenueSettings.SETTING)
          .as(Labels::labelled);

  private static final String[] KEY = {"observation_date", "customer_id"};

  private Labels() {}

  /**
   * Labels are comparable if the same settings say what a churn is, and who is observed.
   *
   * @param observed the definition of the observations
   */
  static String definition(String observed, DatasetSettings settings, int gapDays) {
    return Definition.of(
        observed, settings.leadDays(), settings.horizonDays(), settings.slackDays(), gapDays);
  }

  /**
   * The labels that stand: of each observation that of the latest night.
   *
   * @param nights rows of this table up to a night
   * @param definition what they must have been made by
   */
  static Dataset<Row> standing(Dataset<Row> nights, String definition) {
    Column label =
        struct("is_churned", "is_churned_voluntary", "is_churned_involuntary", "churn_date");
    return nights
        .filter(col("definition").equalTo(definition))
        .groupBy("observation_date", "customer_id")
        .agg(max_by(label, col("as_of_date")).as("label"))
        .select(col("observation_date"), col("customer_id"), col("label.*"));
  }

  private static Dataset<Row> labelled(Inputs in) {
    DatasetSettings settings = in.settings(DatasetSettings.SETTING);
    int gapDays = in.settings(RevenueSettings.SETTING).gapDays();
    String observation = Observations.definition(in);
    Dataset<Row> observed =
        Observations.standing(in.history(Observations.TABLE), observation)
            .select("observation_date", "customer_id");
    String definition = definition(observation, settings, gapDays);
    Dataset<Row> before = in.previous().filter(col("definition").equalTo(definition));
    // Spells are of the customer into whom the observed one may have been merged since.
    Dataset<Row> merged =
        Aliases.canonical(
            observed.withColumn("observed_id", col("customer_id")),
            "customer_id",
            in.rows(Aliases.TABLE),
            Aliases.CUSTOMER);
    Dataset<Row> labels =
        ChurnLabels.of(merged, in.rows(PayingSpells.TABLE), settings, gapDays, in.asOf())
            .filter(col("is_mature"))
            .withColumn("customer_id", col("observed_id"))
            .drop("observed_id");
    return newOrChanged(labels, before)
        .withColumn("definition", lit(definition))
        .withColumn("as_of_date", lit(in.asOf()));
  }

  /**
   * The labels of observations that had none yet, and those that are no longer what they were.
   *
   * @param labels what is known tonight of mature observations
   * @param before rows of earlier nights
   */
  static Dataset<Row> newOrChanged(Dataset<Row> labels, Dataset<Row> before) {
    // An observation is mature for good: whatever lies up to the last one has been labelled. So
    // only churns have to be compared, and those are few.
    Row last = before.agg(max("observation_date")).first();
    Column isNew =
        last.isNullAt(0)
            ? lit(true)
            : col("observation_date").gt(lit(last.getDate(0).toLocalDate()));
    Dataset<Row> stood =
        before
            .filter(col("is_churned").or(col("is_correction")))
            .groupBy("observation_date", "customer_id")
            .agg(max_by(churn(), col("as_of_date")).as("stood"));
    Dataset<Row> later = labels.filter(isNew).withColumn("is_correction", lit(false));
    Dataset<Row> earlier = labels.filter(not(isNew));
    Dataset<Row> changed =
        earlier
            .join(stood, KEY, "left")
            .filter(col("is_churned").or(col("stood").isNotNull()))
            .filter(not(churn().eqNullSafe(coalesce(col("stood"), none()))))
            .drop("stood")
            .withColumn("is_correction", lit(true));
    return later.unionByName(changed);
  }

  private static Column churn() {
    return struct(
        col("is_churned"),
        col("is_churned_voluntary"),
        col("is_churned_involuntary"),
        col("churn_date"));
  }

  private static Column none() {
    return struct(
        lit(false).as("is_churned"),
        lit(false).as("is_churned_voluntary"),
        lit(false).as("is_churned_involuntary"),
        lit(null).cast(DateType).as("churn_date"));
  }
}
