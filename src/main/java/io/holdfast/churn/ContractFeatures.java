package io.holdfast.churn;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.months_between;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.Pricing;
import io.holdfast.conformed.Known;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Who pays on an observation date, and for what, as known on the day before: the base of the
 * features of the contract.
 */
final class ContractFeatures {

  static final int WINDOW = 91;

  private static final int CHANGES_WINDOW = 182;

  private ContractFeatures() {}

  /**
   * The paying customers of each date, with what they pay for.
   *
   * @param subscriptions every version of {@code conformed.subscriptions}
   * @param pricing what a line brings on a date
   * @return one row per customer that pays at the start of an observation date
   */
  static Dataset<Row> of(
      Dataset<Row> subscriptions, Pricing pricing, ObservationGrid grid, Merges merges) {
    Dataset<Row> lines = merges.applied(pricing.ended(known(subscriptions, grid)));
    Dataset<Row> paying =
        CustomerMrr.on(lines, "observation_date", pricing)
            .filter(col("mrr").gt(0))
            .select("customer_id", "observation_date", "mrr", "plan", "plans", "seats", "lines");
    Dataset<Row> before =
        CustomerMrr.on(
                lines.withColumn("before_date", date_sub(col("observation_date"), WINDOW)),
                "before_date",
                pricing)
            .select(
                col("customer_id"),
                date_sub(col("before_date"), -WINDOW).as("observation_date"),
                col("mrr").as("mrr_before"),
                col("seats").as("seats_before"));
    String[] key = {"customer_id", "observation_date"};
    return paying
        .join(before, key, "left")
        .join(history(lines), key, "left")
        .join(topLines(lines, paying), key, "left");
  }

  /** Days from the observation to the next day on which a term of the line of the plan begins. */
  static Column daysToRenewal() {
    Column start = col("line.start_date");
    Column date = col("observation_date");
    Column months =
        when(col("line.billing_period").equalTo("year"), 12)
            .when(col("line.billing_period").equalTo("quarter"), 3)
            .when(col("line.billing_period").equalTo("month"), 1);
    Column terms = ceil(months_between(date, start, false).divide(months)).cast("int");
    return when(col("line.billing_period").equalTo("week"), pmod(datediff(start, date), lit(7)))
        .otherwise(datediff(add_months(start, terms.multiply(months)), date));
  }

  /** The version of each line that was known on the day before each date. */
  private static Dataset<Row> known(Dataset<Row> subscriptions, ObservationGrid grid) {
    Dataset<Row> dated =
        grid.between(
                subscriptions,
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    return Known.at(dated, date_sub(col("observation_date"), 1));
  }

  /** What the lines up to a date say together, those that have ended included. */
  private static Dataset<Row> history(Dataset<Row> lines) {
    Column date = col("observation_date");
    Column since = date_sub(date, CHANGES_WINDOW);
    Column isRunning = col("end_date").isNull().or(col("end_date").gt(date));
    return lines
        .filter(col("start_date").leq(date))
        .groupBy("customer_id", "observation_date")
        .agg(
            min("start_date").as("first_start_date"),
            count_if(col("start_date").gt(since)).as("lines_started"),
            count_if(col("end_date").gt(since).and(col("end_date").leq(date))).as("lines_ended"),
            count_if(col("end_date").isNull()).as("open_lines"),
            max(when(isRunning, col("end_date"))).as("last_end_date"),
            min(when(isRunning, col("past_due_since"))).as("past_due_since"));
  }

  private static Column hasDiscount() {
    Column date = col("observation_date");
    return coalesce(col("discount_rate").gt(0).or(col("discount_mrr").gt(0)), lit(false))
        .and(coalesce(col("discount_start").leq(date), lit(true)))
        .and(coalesce(col("discount_end").gt(date), lit(true)));
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
        .agg(
            max(struct(
                    col("start_date"),
                    col("subscription_id"),
                    col("billing_period"),
                    when(hasDiscount(), coalesce(col("discount_rate"), lit(0.0)))
                        .as("discount_rate"),
                    when(hasDiscount(), col("discount_end")).as("discount_end")))
                .as("line"));
  }
}
