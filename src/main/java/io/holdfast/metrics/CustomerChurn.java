package io.holdfast.metrics;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many of those who paid at the start of a month, a quarter, a year and twelve months were gone
 * at its end: each measured over its own window.
 *
 * <p>Source: metrics, "Logo churn".
 */
public final class CustomerChurn {

  public static final Table TABLE =
      Table.in("metrics", "customer_churn")
          .grain("one row per way of counting, window and segment of those who paid at its start")
          .column(
              "counting",
              StringType,
              "snapshot: absent at the end; confirmed: and not back within revenue.gap_days")
          .column("window_kind", StringType, "month, quarter, year or trailing_12_months")
          .column("window_start", DateType, "the first local day: who pays on it is counted")
          .column("window_end", DateType, "the first local day after it: who pays then has stayed")
          .column(
              "segment_dimension", StringType, "all, plan, or a column or attribute of customers")
          .column("segment_value", StringType, "its value at the start; unknown: not said")
          .column("start_customers", LongType, "customers that pay at the start: the denominator")
          .column("churned_customers", LongType, "of these: gone at the end, not just suspended")
          .column("churn_rate", DoubleType, "churned_customers / start_customers")
          .column("rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column(
              "implied",
              DoubleType,
              "1 - (1 - c)^n, what the pooled churn c of the window's complete months compounds"
                  + " to; NULL: of a month")
          .column("voluntary_customers", LongType, "of churned_customers: left by choice")
          .column("involuntary_customers", LongType, "of churned_customers: for want of payment")
          .column("unexplained_customers", LongType, "of churned_customers: no reason is given")
          .column("voluntary_churn_rate", DoubleType, "voluntary_customers / start_customers")
          .column("involuntary_churn_rate", DoubleType, "involuntary_customers / start_customers")
          .column(
              "intra_period_churn",
              LongType,
              "customers that are new and gone inside the window: in no other column")
          .column(
              "is_complete",
              BooleanType,
              "the window is over, what it says is confirmed, and data begin before it")
          .column("is_small", BooleanType, "start_customers is below retention.min_cohort")
          .key("counting", "window_kind", "window_start", "segment_dimension", "segment_value")
          .require("who is gone was there", col("churned_customers").leq(col("start_customers")))
          .require(
              "every leaving is of one kind",
              col("churned_customers")
                  .equalTo(
                      col("voluntary_customers")
                          .plus(col("involuntary_customers"))
                          .plus(col("unexplained_customers"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RevenueLedger.READS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .settings(RetentionSettings.SETTING)
          .settings(RevenueFigures.SETTING)
          .as(
              in ->
                  churn(
                      RevenueLedger.of(in),
                      in.rows(Customers.TABLE),
                      in.rows(Aliases.TABLE),
                      in.settings(RevenueFigures.SETTING),
                      in.settings(RetentionSettings.SETTING).minCohort()));

  private static final String[] SEGMENT = {
    "counting", "window_kind", "window_start", "segment_dimension", "segment_value"
  };

  /** What is measured of each. */
  private static final String[] MEASURED = {
    "start_customers",
    "churned_customers",
    "voluntary_customers",
    "involuntary_customers",
    "unexplained_customers",
    "intra_period_churn",
    "window_end",
    "is_complete"
  };

  private CustomerChurn() {}

  static Dataset<Row> churn(
      RevenueLedger ledger,
      Dataset<Row> customers,
      Dataset<Row> aliases,
      RevenueFigures settings,
      int minCohort) {
    Dataset<Row> windows =
        RevenueWindows.of(
            ledger,
            RevenueWindows.MONTH,
            RevenueWindows.QUARTER,
            RevenueWindows.YEAR,
            RevenueWindows.TRAILING);
    Dataset<Row> timeline = ledger.timeline().filter(col("mrr").gt(0));
    Dataset<Row> counted = began(timeline, windows, ledger).unionByName(passing(windows, ledger));
    Dataset<Row> measured =
        counts(RevenueSegments.split(counted, customers, aliases, settings.segmentDimensions()));
    Column size = col("start_customers");
    return withImplied(measured)
        .withColumn("churn_rate", Wilson.rate(col("churned_customers"), size))
        .withColumn("rate_low", Wilson.low(col("churned_customers"), size))
        .withColumn("rate_high", Wilson.high(col("churned_customers"), size))
        .withColumn("voluntary_churn_rate", Wilson.rate(col("voluntary_customers"), size))
        .withColumn("involuntary_churn_rate", Wilson.rate(col("involuntary_customers"), size))
        .withColumn("is_small", size.lt(minCohort));
  }

  /** Who paid at the start of each window, and whether it had left at its end. */
  private static Dataset<Row> began(
      Dataset<Row> timeline, Dataset<Row> windows, RevenueLedger ledger) {
    Column paysOnFirst =
        col("counting")
            .equalTo(col("counted"))
            .and(col("from_date").leq(col("window_start")))
            .and(col("until_date").isNull().or(col("until_date").gt(col("window_start"))));
    Dataset<Row> members =
        timeline
            .select("counting", "customer_id", "from_date", "until_date", "plan")
            .join(broadcast(windows.withColumnRenamed("counting", "counted")), paysOnFirst, "inner")
            .select(
                col("counting"),
                col("customer_id"),
                col("window_kind"),
                col("window_start"),
                col("window_end"),
                col("point_date"),
                col("is_complete"),
                col("plan"),
                col("window_start").as("known_date"));
    return outcome(members, ledger)
        .withColumn("is_start", lit(true))
        .withColumn("is_intra", lit(false));
  }

  /** Who came for the first time after the start of a window and had left before its end. */
  private static Dataset<Row> passing(Dataset<Row> windows, RevenueLedger ledger) {
    Column isInside =
        col("counting")
            .equalTo(col("counted"))
            .and(col("start_date").gt(col("window_start")))
            .and(col("end_date").leq(col("point_date")));
    Dataset<Row> plans = ledger.mrr().select("customer_id", "from_date", "plan");
    Dataset<Row> fresh =
        ledger
            .spells()
            .filter(col("spell").equalTo(1).and(col("end_date").isNotNull()))
            .select(col("counting"), col("customer_id"), col("start_date"), col("end_date"))
            .join(broadcast(windows.withColumnRenamed("counting", "counted")), isInside, "inner")
            .withColumn("from_date", col("start_date"))
            .join(plans, new String[] {"customer_id", "from_date"}, "left")
            .select(
                col("counting"),
                col("customer_id"),
                col("window_kind"),
                col("window_start"),
                col("window_end"),
                col("point_date"),
                col("is_complete"),
                col("plan"),
                col("start_date").as("known_date"));
    return outcome(fresh, ledger)
        .filter(col("is_gone"))
        .withColumn("is_start", lit(false))
        .withColumn("is_intra", lit(true));
  }

  /** Adds {@code is_gone} at the end of the window and {@code is_voluntary} of the last leaving. */
  private static Dataset<Row> outcome(Dataset<Row> members, RevenueLedger ledger) {
    Dataset<Row> spells =
        ledger
            .spells()
            .select(
                col("counting"),
                col("customer_id"),
                col("start_date"),
                col("end_date"),
                struct("end_date", "confirmed_date", "is_voluntary").as("leaving"));
    Column covers =
        col("start_date")
            .leq(col("point_date"))
            .and(col("end_date").isNull().or(col("end_date").gt(col("point_date"))));
    Column[] member =
        Arrays.stream(members.columns()).map(name -> col(name)).toArray(Column[]::new);
    Column isSettled =
        col("counting")
            .equalTo("snapshot")
            .or(coalesce(col("last.confirmed_date").leq(ledger.asOf()), lit(false)));
    return members
        .join(spells, new String[] {"counting", "customer_id"}, "inner")
        .groupBy(member)
        .agg(
            max(covers).as("is_there"),
            max(when(col("end_date").leq(col("point_date")), col("leaving"))).as("last"))
        .withColumn("is_gone", not(col("is_there")).and(isSettled))
        .withColumn("is_voluntary", col("last.is_voluntary"))
        .drop("is_there", "last");
  }

  private static Dataset<Row> counts(Dataset<Row> split) {
    Column isChurned = col("is_start").and(col("is_gone"));
    return split
        .groupBy(Arrays.stream(SEGMENT).map(name -> col(name)).toArray(Column[]::new))
        .agg(
            count_if(col("is_start")).as("start_customers"),
            count_if(isChurned).as("churned_customers"),
            count_if(isChurned.and(col("is_voluntary"))).as("voluntary_customers"),
            count_if(isChurned.and(not(col("is_voluntary")))).as("involuntary_customers"),
            count_if(isChurned.and(col("is_voluntary").isNull())).as("unexplained_customers"),
            count_if(col("is_intra")).as("intra_period_churn"),
            first("window_end").as("window_end"),
            first("is_complete").as("is_complete"));
  }

  /**
   * Adds what the complete months of each longer window compound to. Each month's row is told to
   * the windows that hold it and all are counted in one pass: a join of these rows with themselves
   * would measure everything twice.
   */
  private static Dataset<Row> withImplied(Dataset<Row> measured) {
    Column start = col("window_start");
    Column own =
        struct(
            col("window_kind"),
            start.as("window_start"),
            col("window_end"),
            lit(null).cast("int").as("months"));
    Column longer =
        concat(
            array(
                RevenueWindows.window(RevenueWindows.QUARTER, start),
                RevenueWindows.window(RevenueWindows.YEAR, start)),
            transform(
                sequence(lit(0), lit(11)),
                later -> RevenueWindows.window(RevenueWindows.TRAILING, add_months(start, later))));
    Column isMonth = col("window_kind").equalTo(RevenueWindows.MONTH).and(col("is_complete"));
    Column row = struct(Arrays.stream(MEASURED).map(name -> col(name)).toArray(Column[]::new));
    Column isOwn = col("told.window_kind").equalTo(col("window_kind"));
    Column monthly = Wilson.rate(col("churned"), col("began"));
    return measured
        .withColumn(
            "told", explode(when(isMonth, concat(array(own), longer)).otherwise(array(own))))
        .groupBy(
            col("counting"),
            col("told.window_kind"),
            col("told.window_start"),
            col("segment_dimension"),
            col("segment_value"))
        .agg(
            max(when(isOwn, row)).as("own"),
            sum(when(not(isOwn), col("churned_customers"))).as("churned"),
            sum(when(not(isOwn), col("start_customers"))).as("began"),
            max("told.months").as("months"))
        .filter(col("own").isNotNull())
        .withColumn("implied", lit(1.0).minus(pow(lit(1.0).minus(monthly), col("months"))))
        .select("*", "own.*")
        .drop("own", "churned", "began", "months");
  }
}
