package io.holdfast.metrics;

import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.Known;
import io.holdfast.job.Inputs;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which customer may use which feature at the end of {@code asOf}, and whether it does.
 *
 * <p>Source: metrics, "Adoption". A customer is entitled to what the plans of its running lines
 * include; one without a running line to nothing. Where nothing at all is known of subscriptions,
 * every customer is entitled to the features that are not bound to a plan.
 *
 * @param features versions of the catalogue
 * @param customers the customers, merged ones as one
 * @param mrr what each customer has from day to day
 * @param customerDays what each customer did on each day
 * @param featureDays which features each customer used on each day
 * @param asOf the last local day that counts
 */
record Entitlements(
    Dataset<Row> features,
    Dataset<Row> customers,
    Dataset<Row> mrr,
    Dataset<Row> customerDays,
    Dataset<Row> featureDays,
    LocalDate asOf) {

  /** What a job must declare to read. */
  static final Table[] READS = {
    Features.TABLE,
    Customers.TABLE,
    Aliases.TABLE,
    CustomerMrr.TABLE,
    CustomerDays.TABLE,
    FeatureDays.TABLE
  };

  /** Takes the inputs of a job, and notes what the figures lack. */
  static Entitlements of(Inputs in) {
    if (in.rows(Features.TABLE).isEmpty()) {
      in.note("No adoption is measured: there is no feature catalogue.");
    }
    if (in.rows(CustomerMrr.TABLE).isEmpty()) {
      in.note(
          "Nothing is known of subscriptions: every customer counts as entitled to the features"
              + " that are not bound to a plan.");
    }
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    return new Entitlements(
        in.rows(Features.TABLE),
        Aliases.currentCustomers(in.rows(Customers.TABLE), aliases),
        in.rows(CustomerMrr.TABLE),
        CustomerDays.merged(in.rows(CustomerDays.TABLE), aliases),
        FeatureDays.merged(in.rows(FeatureDays.TABLE), aliases),
        in.asOf());
  }

  /** One row per feature that there is at the end of {@code asOf}. */
  Dataset<Row> catalogue(AdoptionSettings settings) {
    Column isLaunched = col("launch_date").isNull().or(col("launch_date").leq(asOf));
    Column isRetired = col("retire_date").leq(asOf);
    return Known.current(features)
        .filter(isLaunched.and(unless(isRetired)))
        .select(
            col("feature"),
            coalesce(col("tier"), lit("unknown")).as("tier"),
            coalesce(
                    datediff(lit(asOf), col("launch_date")).lt(settings.newFeatureDays()),
                    lit(false))
                .as("is_new_feature"),
            col("launch_date"),
            col("plans").as("feature_plans"));
  }

  /**
   * One row per customer and feature that it is entitled to: {@code plan}, {@code tenure_days},
   * {@code is_counted} (old enough for a denominator), the feature's columns of the catalogue,
   * {@code is_adopted}, {@code is_ever_adopted}, {@code uses} (by quantity, in the window) and
   * {@code days_to_adopt} (from the later of the start of tenure and the launch to the first use).
   */
  Dataset<Row> pairs(AdoptionSettings settings) {
    Column isEntitled =
        col("feature_plans")
            .isNull()
            .or(coalesce(arrays_overlap(col("feature_plans"), col("plans")), lit(false)));
    Column waited =
        datediff(col("first_use_date"), greatest(col("since_date"), col("launch_date")));
    return holders()
        .withColumn("tenure_days", datediff(lit(asOf), col("since_date")))
        .withColumn(
            "is_counted", coalesce(col("tenure_days").geq(settings.minTenureDays()), lit(false)))
        .crossJoin(broadcast(catalogue(settings)))
        .filter(isEntitled)
        .join(uses(settings), new String[] {"customer_id", "feature"}, "left")
        .withColumn("is_adopted", coalesce(col("recent_uses").geq(settings.minUses()), lit(false)))
        .withColumn(
            "is_ever_adopted", coalesce(col("all_uses").geq(settings.minUses()), lit(false)))
        .withColumn("days_to_adopt", when(waited.gt(0), waited).when(waited.leq(0), 0))
        .select(
            "customer_id",
            "plan",
            "tenure_days",
            "is_counted",
            "feature",
            "tier",
            "is_new_feature",
            "is_adopted",
            "is_ever_adopted",
            "uses",
            "days_to_adopt");
  }

  /** One row per customer: its plans, and since when it is one. */
  private Dataset<Row> holders() {
    Dataset<Row> known = Known.current(customers);
    Dataset<Row> firstEvents =
        customerDays
            .filter(col("event_date").leq(asOf))
            .groupBy("customer_id")
            .agg(min("event_date").as("first_event_date"));
    Dataset<Row> running =
        mrr.filter(col("from_date").leq(asOf))
            .filter(col("until_date").isNull().or(col("until_date").gt(asOf)))
            .select(col("customer_id"), col("plan"), col("plans"), lit(true).as("is_running"));
    Dataset<Row> hasBilling = mrr.agg(max(lit(true)).as("has_billing"));
    Column isAlive =
        when(col("has_billing"), coalesce(col("is_running"), lit(false))).otherwise(lit(true));
    return known
        .select("customer_id")
        .union(firstEvents.select("customer_id"))
        .union(running.select("customer_id"))
        .distinct()
        .join(
            known.select(col("customer_id"), col("signup_date"), col("is_internal")),
            new String[] {"customer_id"},
            "left")
        .join(firstEvents, new String[] {"customer_id"}, "left")
        .join(running, new String[] {"customer_id"}, "left")
        .crossJoin(hasBilling)
        .filter(isAlive)
        .filter(unless(col("is_internal")).and(unless(col("signup_date").gt(asOf))))
        .withColumn("since_date", coalesce(col("signup_date"), col("first_event_date")))
        .select("customer_id", "plan", "plans", "since_date");
  }

  private Dataset<Row> uses(AdoptionSettings settings) {
    Column isRecent = col("event_date").gt(asOf.minusDays(settings.windowDays()));
    return featureDays
        .filter(col("event_date").leq(asOf))
        .groupBy("customer_id", "feature")
        .agg(
            sum(when(isRecent, col("events"))).as("recent_uses"),
            sum(when(isRecent, col("quantity"))).as("uses"),
            sum("events").as("all_uses"),
            min("event_date").as("first_use_date"));
  }

  /** TRUE where a condition does not hold, or is not known to. */
  private static Column unless(Column condition) {
    return coalesce(not(condition), lit(true));
  }
}
