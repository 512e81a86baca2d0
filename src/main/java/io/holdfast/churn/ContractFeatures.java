package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.Pricing;
import io.holdfast.conformed.Known;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Who pays on an observation date, and for what, as known on the day before. */
final class ContractFeatures {

  private static final int WINDOW = 91;

  private ContractFeatures() {}

  /**
   * The paying customers of each date, with what they pay for.
   *
   * @param subscriptions every version of {@code conformed.subscriptions}
   * @param pricing what a line brings on a date
   * @return one row per customer that pays at the start of an observation date
   */
  static Dataset<Row> of(Dataset<Row> subscriptions, Pricing pricing, ObservationGrid grid) {
    Dataset<Row> lines = pricing.ended(known(subscriptions, grid));
    Dataset<Row> paying =
        CustomerMrr.on(lines, "observation_date", pricing)
            .filter(col("mrr").gt(0))
            .select("customer_id", "observation_date", "mrr", "plan", "seats");
    Dataset<Row> before =
        CustomerMrr.on(
                lines.withColumn("before_date", date_sub(col("observation_date"), WINDOW)),
                "before_date",
                pricing)
            .select(
                col("customer_id"),
                date_sub(col("before_date"), -WINDOW).as("observation_date"),
                col("mrr").as("mrr_before"));
    String[] key = {"customer_id", "observation_date"};
    return paying
        .join(before, key, "left")
        .join(topLines(lines, paying), key, "left")
        .withColumn("mrr_change_91d", col("mrr").minus(col("mrr_before")))
        .withColumn("plan_days", datediff(col("observation_date"), col("line.start_date")))
        .withColumn("billing_period", col("line.billing_period"))
        .drop("line", "mrr_before");
  }

  /** The version of each line that was known on the day before each date. */
  private static Dataset<Row> known(Dataset<Row> subscriptions, ObservationGrid grid) {
    Dataset<Row> dated =
        grid.between(
                subscriptions.select(
                    "subscription_id",
                    "customer_id",
                    "plan",
                    "seats",
                    "mrr",
                    "is_trial",
                    "billing_period",
                    "start_date",
                    "end_date",
                    "end_reason",
                    "currency",
                    "discount_rate",
                    "discount_mrr",
                    "discount_start",
                    "discount_end",
                    "pause_start",
                    "pause_end",
                    "past_due_since",
                    "known_from",
                    "known_until",
                    "known_at"),
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    return Known.at(dated, date_sub(col("observation_date"), 1));
  }

  /** The latest line of the plan that speaks for the customer. */
  private static Dataset<Row> topLines(Dataset<Row> lines, Dataset<Row> paying) {
    return lines
        .filter(
            col("start_date")
                .leq(col("observation_date"))
                .and(col("end_date").isNull().or(col("end_date").gt(col("observation_date")))))
        .join(
            paying.select(col("customer_id"), col("observation_date"), col("plan").as("top_plan")),
            new String[] {"customer_id", "observation_date"},
            "inner")
        .filter(col("plan").eqNullSafe(col("top_plan")))
        .groupBy("customer_id", "observation_date")
        .agg(max(struct("start_date", "subscription_id", "billing_period")).as("line"));
  }
}
