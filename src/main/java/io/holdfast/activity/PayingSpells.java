package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
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

/**
 * When each customer paid without a break, and how each spell ended.
 *
 * <p>Source: metrics, "Subscription churn and revenue" (paying set, churn date, confirmed). It
 * holds what is known today, ends to come included: a churn of a reader's date is an {@code
 * end_date} up to it, and a confirmed one has its {@code confirmed_date} behind it too.
 */
public final class PayingSpells {

  public static final Table TABLE =
      Table.in("activity", "paying_spells")
          .grain("one row per customer, way of counting and spell of paying days")
          .column("customer_id", StringType, "the customer")
          .column(
              "counting",
              StringType,
              "snapshot: as it was; confirmed: gaps of up to gap_days are bridged")
          .column("spell", IntegerType, "1 for the customer's first, then 2, ...")
          .column("start_date", DateType, "the first local day that is paid")
          .column("end_date", DateType, "the churn date: the first local day after; NULL: running")
          .column(
              "confirmed_date",
              DateType,
              "the last day on which a return would still undo the churn: end_date + gap_days")
          .column(
              "is_voluntary",
              BooleanType,
              "left by choice; false: for want of payment; NULL: running, or no reason is given")
          .column(
              "end_reason",
              StringType,
              "why the paying line that ended last ended, as the feed says")
          .key("customer_id", "counting", "spell")
          .whole()
          .require(
              "a spell ends after it starts",
              col("end_date").isNull().or(col("end_date").gt(col("start_date"))))
          .require(
              "only a spell that ended has a reason",
              col("end_date").isNotNull().or(col("is_voluntary").isNull()))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(CustomerMrr.TABLE, Subscriptions.TABLE)
          .settings(RevenueSettings.SETTING)
          .as(
              in ->
                  spells(
                      in.rows(CustomerMrr.TABLE),
                      Known.current(in.rows(Subscriptions.TABLE)),
                      in.settings(RevenueSettings.SETTING)));

  private PayingSpells() {}

  /**
   * Spells in both ways of counting.
   *
   * @param mrr what each customer pays from day to day
   * @param lines the current version of every subscription line: why it ended
   */
  static Dataset<Row> spells(Dataset<Row> mrr, Dataset<Row> lines, RevenueSettings settings) {
    Dataset<Row> paying = mrr.filter(col("mrr").gt(0));
    return bridged(paying, 0)
        .withColumn("counting", lit("snapshot"))
        .unionByName(bridged(paying, settings.gapDays()).withColumn("counting", lit("confirmed")))
        .join(endReasons(lines), new String[] {"customer_id", "end_date"}, "left")
        .withColumn("confirmed_date", date_add(col("end_date"), settings.gapDays()))
        .withColumn(
            "is_voluntary",
            when(
                col("end_reason").isNotNull(),
                not(col("end_reason").isin(settings.involuntaryReasons().toArray()))));
  }

  private static Dataset<Row> bridged(Dataset<Row> paying, int gapDays) {
    WindowSpec inOrder = Window.partitionBy("customer_id").orderBy("from_date");
    Column gap = datediff(col("from_date"), lag("until_date", 1).over(inOrder));
    return paying
        .withColumn("starts", when(coalesce(gap.leq(gapDays), lit(false)), 0).otherwise(1))
        .withColumn("spell", sum("starts").over(inOrder).cast("int"))
        .groupBy("customer_id", "spell")
        .agg(
            min("from_date").as("start_date"),
            max_by(col("until_date"), col("from_date")).as("end_date"));
  }

  private static Dataset<Row> endReasons(Dataset<Row> lines) {
    return lines
        .filter(
            col("end_date")
                .isNotNull()
                .and(col("end_date").gt(col("start_date")))
                .and(CustomerMrr.paid().gt(0)))
        .groupBy("customer_id", "end_date")
        .agg(
            min(struct(CustomerMrr.rank(), col("end_reason")))
                .getField("end_reason")
                .as("end_reason"));
  }
}
