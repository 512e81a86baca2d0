package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many paying customers somebody of the company looks after.
 *
 * <p>Source: metrics, "CS coverage": a manager is assigned AND a touch was logged. Both have to be
 * known: where no feed tells of touchpoints, or none of owners, nobody knows who is covered.
 */
public final class CsCoverage {

  public static final Table TABLE =
      Table.in("metrics", "cs_coverage")
          .grain("one row per plan with a paying customer, and one for all")
          .column("plan", StringType, "the plan; unknown: not said; all: every one")
          .column("customers", LongType, "customers that pay at the end of as_of")
          .column("managed_customers", LongType, "of these: with a customer-success manager")
          .column(
              "touched_customers",
              LongType,
              "of these: with a touch in the trailing customer_success.touch_days")
          .column("covered_customers", LongType, "of these: with both; NULL: not both are told")
          .column("coverage_rate", DoubleType, "covered_customers / customers")
          .column("coverage_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("coverage_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("mrr", DataTypes.createDecimalType(18, 4), "MRR of customers")
          .column("covered_mrr", DataTypes.createDecimalType(18, 4), "MRR of covered_customers")
          .column("mrr_coverage_rate", DoubleType, "covered_mrr / mrr")
          .column("is_small", BooleanType, "customers is below retention.min_cohort")
          .key("plan")
          .require(
              "covered is managed and touched",
              coalesce(
                  col("covered_customers")
                      .leq(col("managed_customers"))
                      .and(col("covered_customers").leq(col("touched_customers"))),
                  lit(true)))
          .require("covered MRR is MRR", coalesce(col("covered_mrr").leq(col("mrr")), lit(true)))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(CustomerMrr.TABLE, Customers.TABLE, Aliases.TABLE, Touchpoints.TABLE)
          .settings(CustomerSuccessSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(CsCoverage::measured);

  private CsCoverage() {}

  private static Dataset<Row> measured(Inputs in) {
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    Dataset<Row> customers = Aliases.currentCustomers(in.rows(Customers.TABLE), aliases);
    Dataset<Row> touches = Known.current(in.rows(Touchpoints.TABLE));
    if (touches.isEmpty()) {
      in.note("Nobody knows who is covered: no feed tells of touchpoints.");
    }
    if (customers.filter(col("owner").isNotNull()).isEmpty()) {
      in.note("Nobody knows who is covered: no feed tells who the managers of customers are.");
    }
    return coverage(
        Counted.external(in.rows(CustomerMrr.TABLE), customers),
        customers,
        Counted.rows(touches, customers, aliases),
        in.settings(CustomerSuccessSettings.SETTING).touchDays(),
        in.settings(RetentionSettings.SETTING).minCohort(),
        in.asOf());
  }

  /**
   * Measures the end of a night.
   *
   * @param mrr what each customer that counts has from day to day
   * @param customers one row per customer, with its {@code owner}
   * @param touches touches of customers
   */
  static Dataset<Row> coverage(
      Dataset<Row> mrr,
      Dataset<Row> customers,
      Dataset<Row> touches,
      int touchDays,
      int minCohort,
      LocalDate asOf) {
    Dataset<Row> owners =
        customers.select(col("customer_id"), col("owner").isNotNull().as("has_owner"));
    Dataset<Row> touched =
        touches
            .filter(
                col("occurred_date")
                    .leq(asOf)
                    .and(col("occurred_date").gt(asOf.minusDays(touchDays))))
            .select(col("customer_id"), lit(true).as("has_touch"))
            .distinct();
    Dataset<Row> told =
        owners
            .agg(count_if(col("has_owner")).gt(0).as("owners_told"))
            .crossJoin(touches.agg(count(lit(1)).gt(0).as("touches_told")));
    Dataset<Row> paying =
        Counted.paying(mrr, asOf)
            .join(owners, new String[] {"customer_id"}, "left")
            .join(touched, new String[] {"customer_id"}, "left")
            .crossJoin(told)
            .withColumn(
                "is_managed", when(col("owners_told"), coalesce(col("has_owner"), lit(false))))
            .withColumn(
                "is_touched", when(col("touches_told"), coalesce(col("has_touch"), lit(false))))
            .withColumn(
                "is_covered",
                when(
                    col("owners_told").and(col("touches_told")),
                    col("is_managed").and(col("is_touched"))))
            .withColumn("plan", coalesce(col("plan"), lit("unknown")));
    return counted(paying.unionByName(paying.withColumn("plan", lit("all"))))
        .withColumn("coverage_rate", Wilson.rate(col("covered_customers"), col("customers")))
        .withColumn("coverage_rate_low", Wilson.low(col("covered_customers"), col("customers")))
        .withColumn("coverage_rate_high", Wilson.high(col("covered_customers"), col("customers")))
        .withColumn("mrr_coverage_rate", try_divide(col("covered_mrr"), col("mrr")).cast("double"))
        .withColumn("is_small", col("customers").lt(minCohort));
  }

  private static Dataset<Row> counted(Dataset<Row> paying) {
    return paying
        .groupBy("plan")
        .agg(
            count(lit(1)).as("customers"),
            sum(col("is_managed").cast("long")).as("managed_customers"),
            sum(col("is_touched").cast("long")).as("touched_customers"),
            sum(col("is_covered").cast("long")).as("covered_customers"),
            sum("mrr").as("mrr"),
            sum(when(col("is_covered"), col("mrr")).when(not(col("is_covered")), lit(0)))
                .as("covered_mrr"));
  }
}
