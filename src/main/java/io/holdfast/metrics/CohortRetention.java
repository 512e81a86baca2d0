package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.failure.BadInput;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.DayOfWeek;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many units of each cohort came back, period by period, and what they pay.
 *
 * <p>Source: metrics, "Cohort retention". Definitions that share unit, returns and periods are
 * measured in one pass.
 */
public final class CohortRetention {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  public static final Table TABLE =
      Table.in("metrics", "cohort_retention")
          .grain("one row per definition, cohort, segment and period that has begun")
          .column("definition", StringType, "the retention definition, by its configured name")
          .column(
              "unit",
              StringType,
              "whose return is counted: customer or user, or each id of one as it was sent")
          .column("birth", StringType, "what puts a unit into a cohort: the start event")
          .column("return_event", StringType, "what counts as coming back")
          .column(
              "mode",
              StringType,
              "first_time: in the cohort of the first start event ever; recurring: of every period"
                  + " with one")
          .column(
              "window",
              StringType,
              "calendar: periods are local ones; rolling: elapsed time since birth")
          .column(
              "anchor",
              StringType,
              "rolling: whether periods run from the instant of birth or the start of its local"
                  + " hour or day; NULL: calendar")
          .column(
              "grain",
              StringType,
              "hour, day, week or month: the cohort's period, and that of returns; of elapsed time"
                  + " 1 hour, or 1, 7 or 30 times 24")
          .column(
              "counting",
              StringType,
              "on: a return in period k; on_or_after: in it or later; bracket: in a range of days")
          .column("horizon", IntegerType, "the last period that counts on or after; NULL: no end")
          .column("min_occurrences", IntegerType, "return events in one period that make a return")
          .column("cohort_start", DateType, "first local day of the period of birth")
          .column("cohort_start_at", TimestampType, "the instant at which that period starts")
          .column("segment_dimension", StringType, "what the cohort is split by; all: not split")
          .column(
              "segment_value", StringType, "the segment as known at birth; unknown: no value then")
          .column("period", IntegerType, "k: local period starts between birth and return")
          .column(
              "period_start",
              DateType,
              "first local day of period k; NULL where each member has periods of its own")
          .column("bracket", StringType, "the days since birth that period k stands for, as 1-7")
          .column("cohort_size", LongType, "units born in the cohort")
          .column(
              "lived_through",
              LongType,
              "the denominator: of these, in rolling windows those whose period k is over; else all")
          .column("retained", LongType, "of these: units that came back; all in period 0")
          .column("retention_rate", DoubleType, "retained / lived_through; NULL where that is 0")
          .column("rate_low", DoubleType, "lower end of the rate's 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of the rate's 95% Wilson interval")
          .column(
              "is_complete",
              BooleanType,
              "nothing of the cell can change: the last possible birth of the cohort has lived through"
                  + " period k, or the horizon, by the end of as_of")
          .column("is_small", BooleanType, "lived_through is below retention.min_cohort")
          .column(
              "returns_in_start",
              LongType,
              "in period 0: units that came back within it, on a later day of a week or month, later in"
                  + " a shorter one; NULL in others")
          .column("vs_previous", DoubleType, "rate / rate of period k - 1; NULL in period 0")
          .column(
              "cohort_mrr",
              MONEY,
              "MRR of the cohort at the end of its own period; NULL: no billing, or no customers")
          .column(
              "retained_mrr",
              MONEY,
              "MRR of the retained units at the end of period k, on its last day or on as_of")
          .column("mrr_retention", DoubleType, "retained_mrr / cohort_mrr; NULL where that is 0")
          .key("definition", "cohort_start_at", "segment_dimension", "segment_value", "period")
          .require("a cohort has members", col("cohort_size").gt(0))
          .require(
              "retained never exceeds the cohort",
              col("retained")
                  .leq(col("lived_through"))
                  .and(col("lived_through").leq(col("cohort_size"))))
          .require(
              "period 0 holds the whole cohort",
              col("period").gt(0).or(col("retained").equalTo(col("lived_through"))))
          .require(
              "the rate lies within its interval",
              coalesce(
                  col("retention_rate").between(col("rate_low"), col("rate_high")),
                  col("lived_through").equalTo(0)))
          .require(
              "the period has begun",
              col("period_start").isNull().or(col("period_start").leq(col("as_of_date"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RetentionFacts.READS)
          .settings(RetentionSettings.SETTING)
          .settings(Company.SETTING)
          .members(CohortRetention::members)
          .as(CohortRetention::of);

  private CohortRetention() {}

  private static Dataset<Row> of(Inputs in) {
    RetentionSettings settings = in.settings(RetentionSettings.SETTING);
    if (settings.definitions().isEmpty()) {
      in.note("No retention is measured: retention.definitions names none.");
      return in.create(List.of(), TABLE.schema());
    }
    return retention(RetentionFacts.of(in), settings, in.settings(Company.SETTING).weekStartsOn());
  }

  /** The cells of all definitions, of which there is at least one. */
  static Dataset<Row> retention(
      RetentionFacts facts, RetentionSettings settings, DayOfWeek weekStartsOn) {
    return figures(
        new CohortPass(facts, settings.definitions(), weekStartsOn).cells(), settings.minCohort());
  }

  /** Who is in which cell, of the definitions that there are. */
  private static Dataset<Row> members(Inputs in) {
    RetentionSettings settings = in.settings(RetentionSettings.SETTING);
    if (settings.definitions().isEmpty()) {
      throw new BadInput(
          "Cannot list members: retention.definitions names no definition. Add one.");
    }
    return new CohortPass(
            RetentionFacts.of(in),
            settings.definitions(),
            in.settings(Company.SETTING).weekStartsOn())
        .membersOfCells();
  }

  private static Dataset<Row> figures(Dataset<Row> cells, int minCohort) {
    WindowSpec inOrder =
        Window.partitionBy("definition", "cohort_start_at", "segment_dimension", "segment_value")
            .orderBy("period");
    Column retained = col("retained");
    Column base = col("lived_through");
    return cells
        .withColumn("retention_rate", Wilson.rate(retained, base))
        .withColumn("rate_low", Wilson.low(retained, base))
        .withColumn("rate_high", Wilson.high(retained, base))
        .withColumn("is_small", base.lt(minCohort))
        .withColumn(
            "vs_previous",
            try_divide(col("retention_rate"), lag("retention_rate", 1).over(inOrder)))
        .withColumn(
            "mrr_retention",
            try_divide(col("retained_mrr").cast("double"), col("cohort_mrr").cast("double")));
  }
}
