package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
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

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.time.LocalDate;
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
              "why the paying line that ended last ended, as the feed says; past_due: its grace was"
                  + " over; paused: without a known end; deleted: the feed has it no more")
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
          .reads(CustomerMrr.TABLE)
          .reads(SubscriptionLines.READS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .as(in -> spells(in.rows(CustomerMrr.TABLE), SubscriptionLines.of(in), Pricing.of(in)));

  private PayingSpells() {}

  /**
   * Spells in both ways of counting.
   *
   * @param mrr what each customer pays from day to day
   * @param lines every subscription line with the end that counts: why it ended
   */
  static Dataset<Row> spells(Dataset<Row> mrr, Dataset<Row> lines, Pricing pricing) {
    return counted(unbridged(mrr), endReasons(lines, pricing), pricing.revenue().gapDays());
  }

  /**
   * Spells as they stand at the end of a date, in both ways of counting: what begins later is not
   * there, what ends later runs, and a gap is bridged only by a return that has happened.
   *
   * @param spells rows of this table
   */
  public static Dataset<Row> upTo(Dataset<Row> spells, LocalDate asOf, int gapDays) {
    Column isOver = coalesce(col("end_date").leq(asOf), lit(false));
    Dataset<Row> cut =
        spells
            .filter(col("counting").equalTo("snapshot").and(col("start_date").leq(asOf)))
            .withColumn("end_date", when(isOver, col("end_date")));
    Dataset<Row> reasons =
        cut.filter(col("end_date").isNotNull())
            .select("customer_id", "end_date", "end_reason", "is_voluntary");
    Dataset<Row> stretches =
        cut.select(
            col("customer_id"),
            col("start_date").as("from_date"),
            col("end_date").as("until_date"));
    return counted(stretches, reasons, gapDays);
  }

  private static Dataset<Row> counted(Dataset<Row> stretches, Dataset<Row> reasons, int gapDays) {
    return bridged(stretches, 0)
        .withColumn("counting", lit("snapshot"))
        .unionByName(bridged(stretches, gapDays).withColumn("counting", lit("confirmed")))
        .join(reasons, new String[] {"customer_id", "end_date"}, "left")
        .withColumn("confirmed_date", date_add(col("end_date"), gapDays));
  }

  /**
   * Spells as they were. A suspension belongs to the spell in which it begins; one before the first
   * payment to none: who never paid never left.
   */
  private static Dataset<Row> unbridged(Dataset<Row> mrr) {
    Column isHeld = col("mrr").gt(0).or(coalesce(col("is_suspended"), lit(false)));
    return numbered(mrr.filter(isHeld), 0)
        .groupBy("customer_id", "spell")
        .agg(
            min(when(col("mrr").gt(0), col("from_date"))).as("from_date"),
            max_by(col("until_date"), col("from_date")).as("until_date"))
        .filter(col("from_date").isNotNull())
        .drop("spell");
  }

  private static Dataset<Row> bridged(Dataset<Row> unbridged, int gapDays) {
    return numbered(unbridged, gapDays)
        .groupBy("customer_id", "spell")
        .agg(
            min("from_date").as("start_date"),
            max_by(col("until_date"), col("from_date")).as("end_date"));
  }

  /** Numbers the stretches between which no more than so many days lie. */
  private static Dataset<Row> numbered(Dataset<Row> stretches, int gapDays) {
    WindowSpec inOrder = Window.partitionBy("customer_id").orderBy("from_date");
    Column gap = datediff(col("from_date"), lag("until_date", 1).over(inOrder));
    return stretches
        .withColumn("starts", when(coalesce(gap.leq(gapDays), lit(false)), 0).otherwise(1))
        .withColumn("spell", sum("starts").over(inOrder).cast("int"));
  }

  private static Dataset<Row> endReasons(Dataset<Row> lines, Pricing pricing) {
    Column isPaid = col("mrr").gt(0).and(not(coalesce(col("is_trial"), lit(false))));
    Column worth =
        col("mrr").multiply(pricing.rate(pricing.lineCurrency(), date_sub(col("end_date"), 1)));
    return lines
        .filter(col("end_date").isNotNull().and(col("end_date").gt(col("start_date"))).and(isPaid))
        .groupBy("customer_id", "end_date")
        .agg(
            min(struct(CustomerMrr.rank(worth), col("end_reason"), col("is_voluntary"))).as("last"))
        .select(
            col("customer_id"),
            col("end_date"),
            col("last.end_reason").as("end_reason"),
            col("last.is_voluntary").as("is_voluntary"));
  }
}
