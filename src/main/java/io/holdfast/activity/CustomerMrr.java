package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.Known;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;

/**
 * What each customer pays a month, from day to day: the sum of its subscription lines.
 *
 * <p>Source: metrics, "Common rules" (several lines at once) and "Paying set". It holds what is
 * known today, days to come included: readers cut it at their date.
 */
public final class CustomerMrr {

  public static final Table TABLE =
      Table.in("activity", "customer_mrr")
          .grain("one row per customer and run of days on which MRR, plan and lines are the same")
          .column("customer_id", StringType, "the customer")
          .column("from_date", DateType, "the first local day")
          .column("until_date", DateType, "the first local day after it; NULL: open")
          .column(
              "mrr",
              DataTypes.createDecimalType(18, 4),
              "monthly recurring revenue of all lines; above 0: the customer pays; NULL: unknown of"
                  + " every line")
          .column("plan", StringType, "plan of the line of highest MRR, then latest start, then id")
          .column(
              "plans", DataTypes.createArrayType(StringType), "plans of all lines: the entitlement")
          .column("lines", LongType, "subscription lines that run, trials too")
          .column("seats", LongType, "seats of all lines")
          .key("customer_id", "from_date")
          .whole()
          .require("MRR is never negative", col("mrr").isNull().or(col("mrr").geq(0)))
          .require(
              "a run ends after it starts",
              col("until_date").isNull().or(col("until_date").gt(col("from_date"))))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Subscriptions.TABLE)
          .as(in -> runs(Known.current(in.rows(Subscriptions.TABLE))));

  private CustomerMrr() {}

  /**
   * What each customer has on a date: {@code mrr}, {@code plan}, {@code plans}, {@code lines} and
   * {@code seats}, one row per customer and date on which a line runs.
   *
   * @param lines one row per subscription line and date, as it was known for that date
   * @param dateColumn the column of the date
   */
  public static Dataset<Row> on(Dataset<Row> lines, String dateColumn) {
    Column date = col(dateColumn);
    Column runs =
        col("start_date").leq(date).and(col("end_date").isNull().or(col("end_date").gt(date)));
    return lines
        .filter(col("customer_id").isNotNull().and(runs))
        .withColumn("paid", paid())
        .groupBy(col("customer_id"), date)
        .agg(
            sum("paid").as("mrr"),
            min(struct(rank(), col("plan"))).getField("plan").as("plan"),
            sort_array(collect_set("plan")).as("plans"),
            count(lit(1)).as("lines"),
            sum("seats").as("seats"));
  }

  /** What a line brings a month: nothing while it is a trial. */
  static Column paid() {
    return when(coalesce(col("is_trial"), lit(false)), lit(0)).otherwise(col("mrr"));
  }

  /** Sorts the line that speaks for its customer first: highest MRR, then latest start, then id. */
  static Column rank() {
    return struct(
        negate(coalesce(paid(), lit(0))).as("mrr"),
        negate(unix_date(col("start_date"))).as("start"),
        col("subscription_id"));
  }

  /** Runs of days without a change, from the current version of every line. */
  static Dataset<Row> runs(Dataset<Row> lines) {
    WindowSpec inOrder = Window.partitionBy("customer_id").orderBy("from_date");
    Dataset<Row> steps =
        lines
            .select(col("customer_id"), col("start_date").as("from_date"))
            .union(lines.select(col("customer_id"), col("end_date")))
            .filter(col("from_date").isNotNull())
            .distinct()
            .withColumn("until_date", lead("from_date", 1).over(inOrder));
    Dataset<Row> states =
        on(lines.join(steps.drop("until_date"), "customer_id"), "from_date")
            .join(steps, new String[] {"customer_id", "from_date"}, "inner");
    Column state = struct("mrr", "plan", "plans", "lines", "seats");
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
