package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether an observed customer left, once that is settled.
 *
 * <p>Source: metrics "Label": a confirmed churn on a local date in O + lead + 1 .. O + lead +
 * horizon. It never sees a feature.
 */
final class ChurnLabels {

  private ChurnLabels() {}

  /**
   * Adds labels to observations: NULL until no return and no late arrival can change them.
   *
   * @param observations customer_id, observation_date, and what else is known of them
   * @param spells rows of {@code activity.paying_spells}
   * @param gapDays within how many days a return undoes a churn
   */
  static Dataset<Row> of(
      Dataset<Row> observations,
      Dataset<Row> spells,
      DatasetSettings settings,
      int gapDays,
      LocalDate asOf) {
    Column isMature =
        date_add(col("observation_date"), settings.outcomeDays(gapDays) + settings.slackDays())
            .leq(lit(asOf));
    Column isChurned = col("churn").isNotNull();
    Column isVoluntary = col("churn.is_voluntary");
    return observations
        .join(
            churns(spells, settings, asOf),
            new String[] {"customer_id", "observation_date"},
            "left")
        .withColumn("is_mature", isMature)
        .withColumn("is_churned", when(isMature, isChurned))
        .withColumn("is_churned_voluntary", when(isMature, apart(isChurned, isVoluntary)))
        .withColumn("is_churned_involuntary", when(isMature, apart(isChurned, not(isVoluntary))))
        .withColumn("churn_date", when(isMature, col("churn.end_date")))
        .drop("churn");
  }

  /** For each churn, the days whose label it is: one row per customer and such day. */
  private static Dataset<Row> churns(
      Dataset<Row> spells, DatasetSettings settings, LocalDate asOf) {
    Column first = date_sub(col("end_date"), settings.leadDays() + settings.horizonDays());
    Column last = date_sub(col("end_date"), settings.leadDays() + 1);
    return confirmed(spells, asOf)
        .withColumn("observation_date", explode(sequence(first, last)))
        .groupBy("customer_id", "observation_date")
        .agg(min(struct("end_date", "is_voluntary")).as("churn"));
  }

  /** Churns that nothing can undo any more at the end of {@code asOf}. */
  private static Dataset<Row> confirmed(Dataset<Row> spells, LocalDate asOf) {
    return spells
        .filter(col("counting").equalTo("confirmed").and(col("confirmed_date").leq(lit(asOf))))
        .select("customer_id", "end_date", "is_voluntary");
  }

  /** No churn is neither kind; a churn for an unknown reason is unknown. */
  private static Column apart(Column isChurned, Column isOfKind) {
    return when(isChurned, isOfKind).otherwise(lit(false));
  }
}
