package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.RevenueSettings;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * MRR from the start to the end of each month and of the twelve months that it ends, and how much
 * of it was kept.
 *
 * <p>Source: metrics, "Subscription churn and revenue". The ledger's columns run from the last day
 * before the window to its last day. NRR and GRR follow those who paid on the first day to the day
 * after the window, whatever happened in between.
 */
public final class MrrMonthly {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  private static final List<String> MOVED =
      List.of("new", "reactivation", "expansion", "contraction", "churn", "fx");

  public static final Table TABLE =
      Table.in("metrics", "mrr_monthly")
          .grain("one row per way of counting and month, and per the twelve months that it ends")
          .column(
              "counting",
              StringType,
              "snapshot: as it was; confirmed: gaps of up to revenue.gap_days are bridged")
          .column("window_kind", StringType, "month, or trailing_12_months")
          .column("window_start", DateType, "the first local day")
          .column("window_end", DateType, "the first local day after it")
          .column("start_mrr", MONEY, "MRR on the day before the window")
          .column("new_mrr", MONEY, "of customers that pay for the first time")
          .column("reactivation_mrr", MONEY, "of customers that had left and came back")
          .column("expansion_mrr", MONEY, "more from customers that stayed; also after a pause")
          .column("contraction_mrr", MONEY, "less from customers that stayed; also for a pause")
          .column("churn_mrr", MONEY, "of customers that left")
          .column("fx_mrr", MONEY, "by other rates of exchange; below 0: a loss")
          .column("end_mrr", MONEY, "MRR on the last day of the window, or of the night so far")
          .column("start_customers", LongType, "customers that paid on the day before the window")
          .column("new_customers", LongType, "customers that paid for the first time")
          .column("reactivated_customers", LongType, "returns of customers that had left")
          .column("churned_customers", LongType, "leavings; one customer can leave twice")
          .column("end_customers", LongType, "customers that pay on its last day")
          .column("arpa", MONEY, "MRR per paying customer: end_mrr / end_customers")
          .column("gross_churn_rate", DoubleType, "(churn + contraction) / start_mrr")
          .column(
              "net_churn_rate",
              DoubleType,
              "gross_churn_rate - (expansion + reactivation) / start_mrr; below 0: growth")
          .column(
              "quick_ratio", DoubleType, "(new + reactivation + expansion) / (churn + contraction)")
          .column("cohort_customers", LongType, "customers that pay on the first day: the cohort")
          .column("cohort_start_mrr", MONEY, "what the cohort pays on the first day")
          .column("cohort_end_mrr", MONEY, "what it pays on the day after the window")
          .column("cohort_kept_mrr", MONEY, "of that, up to what each paid on the first day")
          .column("nrr", DoubleType, "net revenue retention: cohort_end_mrr / cohort_start_mrr")
          .column("grr", DoubleType, "gross revenue retention: cohort_kept_mrr / cohort_start_mrr")
          .column(
              "movement_nrr",
              DoubleType,
              "1 + (expansion - contraction - churn + fx) of the cohort / cohort_start_mrr")
          .column(
              "cohort_returned_mrr",
              MONEY,
              "of the cohort's customers that left and came back in between: nrr - movement_nrr,"
                  + " times cohort_start_mrr")
          .column("constant_start_mrr", MONEY, "start_mrr in constant currency")
          .column("constant_end_mrr", MONEY, "end_mrr in constant currency")
          .column("constant_nrr", DoubleType, "nrr in constant currency")
          .column(
              "is_complete",
              BooleanType,
              "the window is over, what it says of churn is confirmed, and data begin before it")
          .column("is_small", BooleanType, "cohort_customers is below retention.min_cohort")
          .checked("cohort_moved_mrr", MONEY, "what the cohort's movements but returns add up to")
          .key(RevenueWindows.KEY)
          .require(
              "end = start + new + reactivation + expansion - contraction - churn + fx",
              col("end_mrr")
                  .equalTo(
                      col("start_mrr")
                          .plus(col("new_mrr"))
                          .plus(col("reactivation_mrr"))
                          .plus(col("expansion_mrr"))
                          .minus(col("contraction_mrr"))
                          .minus(col("churn_mrr"))
                          .plus(col("fx_mrr"))))
          .require(
              "the cohort's movements and returns lead to what it pays at the end",
              col("cohort_end_mrr")
                  .equalTo(
                      col("cohort_start_mrr")
                          .plus(col("cohort_moved_mrr"))
                          .plus(col("cohort_returned_mrr"))))
          .require("GRR is never above 1", col("cohort_kept_mrr").leq(col("cohort_start_mrr")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RevenueLedger.READS)
          .reads(MrrMovements.TABLE)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(
              in ->
                  monthly(
                      RevenueLedger.of(in),
                      in.rows(MrrMovements.TABLE),
                      in.settings(RetentionSettings.SETTING).minCohort()));

  private MrrMonthly() {}

  /**
   * The months so far.
   *
   * @param movements rows of {@link MrrMovements}
   */
  static Dataset<Row> monthly(RevenueLedger ledger, Dataset<Row> movements, int minCohort) {
    Dataset<Row> windows = RevenueWindows.of(ledger, RevenueWindows.MONTH, RevenueWindows.TRAILING);
    Dataset<Row> paid = paid(ledger.timeline().filter(col("mrr").gt(0)), windows);
    return figures(
        windows
            .join(totals(paid), RevenueWindows.KEY, "left")
            .join(moved(windows, movements), RevenueWindows.KEY, "left")
            .join(ways(paid, movements), RevenueWindows.KEY, "left"),
        minCohort);
  }

  /**
   * What each customer pays around each window: {@code opening} on the day before it, {@code first}
   * on its first day, {@code closing} on its last, {@code later} on the day after; NULL: nothing.
   */
  private static Dataset<Row> paid(Dataset<Row> timeline, Dataset<Row> windows) {
    Dataset<Row> dated =
        windows
            .withColumn(
                "at",
                explode(
                    array(
                        at("opening", date_sub(col("window_start"), 1)),
                        at("first", col("window_start")),
                        at("closing", col("last_date")),
                        at("later", col("point_date")))))
            .select(
                col("counting").as("counted"),
                col("window_kind"),
                col("window_start"),
                col("point_date"),
                col("at.*"));
    return timeline
        .join(
            broadcast(dated),
            col("counting")
                .equalTo(col("counted"))
                .and(col("from_date").leq(col("date")))
                .and(col("until_date").isNull().or(col("until_date").gt(col("date")))),
            "inner")
        .groupBy("counting", "window_kind", "window_start", "point_date", "customer_id")
        .agg(
            max(when(isAt("opening"), col("mrr"))).as("opening"),
            max(when(isAt("first"), col("mrr"))).as("first"),
            max(when(isAt("closing"), col("mrr"))).as("closing"),
            max(when(isAt("later"), col("mrr"))).as("later"),
            max(when(isAt("opening"), col("constant_mrr"))).as("constant_opening"),
            max(when(isAt("first"), col("constant_mrr"))).as("constant_first"),
            max(when(isAt("closing"), col("constant_mrr"))).as("constant_closing"),
            max(when(isAt("later"), col("constant_mrr"))).as("constant_later"));
  }

  private static Column at(String when, Column date) {
    return struct(lit(when).as("day"), date.as("date"));
  }

  private static Column isAt(String when) {
    return col("day").equalTo(when);
  }

  /** The sums over all customers, and over those who paid on the first day: the cohort. */
  private static Dataset<Row> totals(Dataset<Row> paid) {
    Column isMember = col("first").isNotNull();
    Column later = coalesce(col("later"), lit(0));
    return paid.groupBy("counting", "window_kind", "window_start")
        .agg(
            sum("opening").as("start_mrr"),
            sum("closing").as("end_mrr"),
            sum("constant_opening").as("constant_start_mrr"),
            sum("constant_closing").as("constant_end_mrr"),
            count("opening").as("start_customers"),
            count("closing").as("end_customers"),
            count("first").as("cohort_customers"),
            sum("first").as("cohort_start_mrr"),
            sum(when(isMember, later)).as("cohort_end_mrr"),
            sum(when(isMember, least(later, col("first")))).as("cohort_kept_mrr"),
            sum("constant_first").as("constant_cohort_start"),
            sum(when(isMember, coalesce(col("constant_later"), lit(0)))).as("constant_cohort_end"));
  }

  private static Dataset<Row> moved(Dataset<Row> windows, Dataset<Row> movements) {
    Dataset<Row> inWindow =
        movements
            .select(
                col("counting").as("counted"), col("movement_date"), col("movement"), col("amount"))
            .join(
                broadcast(windows),
                col("counting")
                    .equalTo(col("counted"))
                    .and(col("movement_date").between(col("window_start"), col("last_date"))),
                "inner");
    List<Column> sums = new ArrayList<>();
    sums.add(count(when(is("reactivation"), 1)).as("reactivated_customers"));
    sums.add(count(when(is("churn"), 1)).as("churned_customers"));
    MOVED.forEach(kind -> sums.add(sum(when(is(kind), col("amount"))).as(kind + "_mrr")));
    return inWindow
        .groupBy("counting", "window_kind", "window_start")
        .agg(count(when(is("new"), 1)).as("new_customers"), sums.toArray(Column[]::new));
  }

  private static Column is(String kind) {
    return col("movement").equalTo(kind);
  }

  /** How the cohort came from what it paid on the first day to what it pays after the last. */
  private static Dataset<Row> ways(Dataset<Row> paid, Dataset<Row> movements) {
    Column isWithin =
        col("movement_date")
            .gt(col("window_start"))
            .and(col("movement_date").leq(col("point_date")));
    Column isReturn = is("reactivation");
    return paid.filter(col("first").isNotNull())
        .select("counting", "window_kind", "window_start", "customer_id", "point_date")
        .join(
            movements.select("counting", "customer_id", "movement_date", "movement", "change"),
            new String[] {"counting", "customer_id"},
            "inner")
        .filter(isWithin)
        .groupBy("counting", "window_kind", "window_start")
        .agg(
            sum(when(isReturn, lit(0)).otherwise(col("change"))).as("cohort_moved_mrr"),
            sum(when(isReturn, col("change"))).as("cohort_returned_mrr"));
  }

  private static Dataset<Row> figures(Dataset<Row> sums, int minCohort) {
    Map<String, Column> known = new LinkedHashMap<>();
    for (String name : sums.columns()) {
      if (name.endsWith("_mrr")) {
        known.put(name, coalesce(col(name), lit(0)).cast(MONEY));
      } else if (name.endsWith("_customers")) {
        known.put(name, coalesce(col(name), lit(0L)));
      }
    }
    Column lost = col("churn_mrr").plus(col("contraction_mrr"));
    Column regained = col("expansion_mrr").plus(col("reactivation_mrr"));
    Column arpa =
        when(col("end_customers").gt(0), col("end_mrr").divide(col("end_customers")).cast(MONEY));
    Column moved = col("cohort_start_mrr").plus(col("cohort_moved_mrr"));
    return sums.withColumns(known)
        .select(
            col("*"),
            arpa.as("arpa"),
            ratio(lost, col("start_mrr")).as("gross_churn_rate"),
            ratio(lost.minus(regained), col("start_mrr")).as("net_churn_rate"),
            ratio(regained.plus(col("new_mrr")), lost).as("quick_ratio"),
            ratio(col("cohort_end_mrr"), col("cohort_start_mrr")).as("nrr"),
            ratio(col("cohort_kept_mrr"), col("cohort_start_mrr")).as("grr"),
            ratio(moved, col("cohort_start_mrr")).as("movement_nrr"),
            ratio(col("constant_cohort_end"), col("constant_cohort_start")).as("constant_nrr"),
            col("cohort_customers").lt(minCohort).as("is_small"));
  }

  /** NULL where there is nothing to measure by. */
  private static Column ratio(Column numerator, Column denominator) {
    return when(denominator.gt(0), numerator.cast("double").divide(denominator.cast("double")));
  }
}
