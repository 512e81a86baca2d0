package io.holdfast.activity;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What each customer pays a month, from day to day: the sum of its subscription lines.
 *
 * <p>Source: metrics, "Common rules" (several lines at once), "Paying set" and "MRR". It holds what
 * is known today, days to come included: readers cut it at their date.
 */
public final class CustomerMrr {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  private static final DataType AMOUNTS =
      DataTypes.createArrayType(new StructType().add("currency", StringType).add("amount", MONEY));

  public static final Table TABLE =
      Table.in("activity", "customer_mrr")
          .grain("one row per customer and run of days on which MRR, plan and lines are the same")
          .column("customer_id", StringType, "the customer")
          .column("from_date", DateType, "the first local day")
          .column("until_date", DateType, "the first local day after it; NULL: open")
          .column(
              "mrr",
              MONEY,
              "monthly recurring revenue of all lines in the reporting currency, at the rates of"
                  + " the month; above 0: the customer pays; NULL: unknown of every line")
          .column("constant_mrr", MONEY, "the same at the rates of one month throughout")
          .column(
              "amounts",
              AMOUNTS,
              "what is paid a month in each currency, in that currency, by its code")
          .column(
              "is_suspended",
              BooleanType,
              "it pays nothing, because a line is paused or free for a while: no churn")
          .column("plan", StringType, "plan of the line of highest MRR, then latest start, then id")
          .column(
              "plans", DataTypes.createArrayType(StringType), "plans of all lines: the entitlement")
          .column("lines", LongType, "subscription lines that run, trials too")
          .column("seats", LongType, "seats of all lines")
          .key("customer_id", "from_date")
          .whole()
          .require("MRR is never negative", col("mrr").isNull().or(col("mrr").geq(0)))
          .require(
              "who is suspended pays nothing",
              not(col("is_suspended")).or(coalesce(col("mrr"), lit(0)).equalTo(0)))
          .require(
              "a run ends after it starts",
              col("until_date").isNull().or(col("until_date").gt(col("from_date"))))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(SubscriptionLines.READS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .as(in -> runs(SubscriptionLines.of(in), Pricing.of(in)));

  private CustomerMrr() {}

  /**
   * What each customer has on a date: {@code mrr}, {@code constant_mrr}, {@code amounts}, {@code
   * is_suspended}, {@code plan}, {@code plans}, {@code lines} and {@code seats}, one row per
   * customer and date on which a line runs.
   *
   * @param lines one row per subscription line and date, as it was known for that date, with the
   *     end that counts
   * @param dateColumn the column of the date
   */
  public static Dataset<Row> on(Dataset<Row> lines, String dateColumn, Pricing pricing) {
    Column date = col(dateColumn);
    Column runs =
        col("start_date").leq(date).and(col("end_date").isNull().or(col("end_date").gt(date)));
    Dataset<Row> byCurrency =
        lines
            .filter(col("customer_id").isNotNull().and(runs))
            .withColumn("currency", pricing.lineCurrency())
            .withColumn("paid", pricing.amount(date))
            .withColumn(
                "worth", col("paid").multiply(pricing.rate(col("currency"), date)).cast(MONEY))
            .groupBy(col("customer_id"), date, col("currency"))
            .agg(
                sum("paid").cast(MONEY).as("amount"),
                max(pricing.isSuspended(date)).as("has_suspended"),
                min(struct(rank(col("worth")), col("plan"))).as("top"),
                collect_set("plan").as("plans"),
                count(lit(1)).as("lines"),
                sum("seats").as("seats"));
    return byCurrency
        .withColumn("worth", worth(pricing.rate(col("currency"), date)))
        .withColumn("constant_worth", worth(pricing.constantRate(col("currency"))))
        .groupBy(col("customer_id"), date)
        .agg(
            sum("worth").as("mrr"),
            sum("constant_worth").as("constant_mrr"),
            sort_array(
                    collect_list(when(col("amount").gt(0), struct(col("currency"), col("amount")))))
                .as("amounts"),
            max("has_suspended").as("has_suspended"),
            min("top").getField("plan").as("plan"),
            sort_array(array_distinct(flatten(collect_list("plans")))).as("plans"),
            sum("lines").as("lines"),
            sum("seats").as("seats"))
        .withColumn(
            "is_suspended", col("has_suspended").and(coalesce(col("mrr"), lit(0)).equalTo(0)))
        .drop("has_suspended");
  }

  private static Column worth(Column rate) {
    return col("amount").multiply(rate).cast(MONEY);
  }

  /** Sorts the line that speaks for its customer first: highest MRR, then latest start, then id. */
  static Column rank(Column mrr) {
    return struct(
        negate(coalesce(mrr, lit(0))).as("mrr"),
        negate(unix_date(col("start_date"))).as("start"),
        col("subscription_id"));
  }

  /**
   * Runs of days without a change.
   *
   * @param lines one row per line, with the end that counts
   */
  static Dataset<Row> runs(Dataset<Row> lines, Pricing pricing) {
    WindowSpec inOrder = Window.partitionBy("customer_id").orderBy("from_date");
    Column isWithin =
        col("from_date")
            .geq(col("start_date"))
            .and(col("end_date").isNull().or(col("from_date").leq(col("end_date"))));
    Dataset<Row> steps =
        lines
            .withColumn("from_date", explode(pricing.changes()))
            .filter(isWithin)
            .select("customer_id", "from_date")
            .distinct()
            .withColumn("until_date", lead("from_date", 1).over(inOrder));
    Dataset<Row> states =
        on(lines.join(steps.drop("until_date"), "customer_id"), "from_date", pricing)
            .join(steps, new String[] {"customer_id", "from_date"}, "inner");
    Column state =
        struct("mrr", "constant_mrr", "amounts", "is_suspended", "plan", "plans", "lines", "seats");
    Column continues =
        lag("until_date", 1)
            .over(inOrder)
            .equalTo(col("from_date"))
            .and(lag(state, 1).over(inOrder).eqNullSafe(state));
    return states
        .withColumn("starts", when(coalesce(continues, lit(false)), 0).otherwise(1))
        .withColumn("run", sum("starts").over(inOrder))
        .groupBy("customer_id", "run")
        .agg(
            min("from_date").as("from_date"),
            max_by(col("until_date"), col("from_date")).as("until_date"),
            min(state).as("state"))
        .select(col("customer_id"), col("from_date"), col("until_date"), col("state.*"));
  }
}
