package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.FollowedStreams.LatestPeriods;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * In how many of the latest periods units were active: who comes by habit and who by chance.
 *
 * <p>Source: metrics, "Activity" (stickiness distribution).
 */
public final class Stickiness {

  public static final Table TABLE =
      Table.in("metrics", "stickiness")
          .grain("one row per stream, unit, grain, segment and number of active periods")
          .column("stream", StringType, "the activity stream, by its configured name")
          .column("events", StringType, "the events that count as activity")
          .column("unit", StringType, "whose activity: customer or user, or each id as sent")
          .column("grain", StringType, "day, week or month")
          .column("of_periods", IntegerType, "how many latest periods are looked at")
          .column("segment_dimension", StringType, "what units are split by; all: not split")
          .column(
              "segment_value",
              StringType,
              "the segment as known at the end of as_of; unknown: no value then")
          .column("active_periods", IntegerType, "in how many of them units were active")
          .column("units", LongType, "units active in exactly so many")
          .column("units_at_least", LongType, "units active in so many or more")
          .column("active_units", LongType, "units active in any of them: the denominator")
          .column("stickiness_rate", DoubleType, "units_at_least / active_units")
          .column("rate_low", DoubleType, "lower end of the rate's 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of the rate's 95% Wilson interval")
          .column("is_complete", BooleanType, "the last of the periods has ended by as_of")
          .column("is_small", BooleanType, "active_units is below retention.min_cohort")
          .key("stream", "unit", "grain", "segment_dimension", "segment_value", "active_periods")
          .require(
              "nobody is active more often than there are periods",
              col("active_periods").between(lit(1), col("of_periods")))
          .require(
              "a part never exceeds the whole",
              col("units")
                  .leq(col("units_at_least"))
                  .and(col("units_at_least").leq(col("active_units"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RetentionFacts.READS)
          .settings(FollowedStreams.SETTING)
          .settings(RetentionSettings.SETTING)
          .settings(Company.SETTING)
          .as(Stickiness::of);

  private Stickiness() {}

  private static Dataset<Row> of(Inputs in) {
    FollowedStreams settings = in.settings(FollowedStreams.SETTING);
    StreamPeriods all =
        StreamPeriods.byGrain(
            RetentionFacts.of(in), settings.streams(), in.settings(Company.SETTING).weekStartsOn());
    if (all.isEmpty()) {
      in.note("No stickiness is measured: engagement.streams names none.");
      return in.create(List.of(), TABLE.schema());
    }
    return stickiness(
        all, settings.stickinessPeriods(), in.settings(RetentionSettings.SETTING).minCohort());
  }

  /** The distribution of each stream and unit, by each grain that it asks for. */
  static Dataset<Row> stickiness(StreamPeriods all, LatestPeriods latest, int minCohort) {
    Column active = col("active_units");
    return all.named(counts(all, latest))
        .withColumn("stickiness_rate", Wilson.rate(col("units_at_least"), active))
        .withColumn("rate_low", Wilson.low(col("units_at_least"), active))
        .withColumn("rate_high", Wilson.high(col("units_at_least"), active))
        .withColumn("is_small", active.lt(minCohort));
  }

  private static Dataset<Row> counts(StreamPeriods all, LatestPeriods latest) {
    Column ofPeriods = all.lanes().integer(lane -> latest.of(lane.grain()));
    Column lastIndex = all.lastIndex();
    Dataset<Row> units =
        all.active()
            .filter(col("period_index").gt(lastIndex.minus(ofPeriods)))
            .groupBy("lane", "unit_id")
            .agg(
                count(lit(1)).cast("int").as("active_periods"),
                max(struct("period_index", "customer_id", "person_id")).as("latest"))
            .select(
                col("lane"),
                col("active_periods"),
                col("latest.customer_id"),
                col("latest.person_id"),
                lit(all.asOf()).as("known_date"));
    WindowSpec ofSegment = Window.partitionBy("lane", "segment");
    WindowSpec orMore =
        ofSegment
            .orderBy("active_periods")
            .rowsBetween(Window.currentRow(), Window.unboundedFollowing());
    return all.segmented(units, "known_date")
        .groupBy("lane", "segment", "active_periods")
        .agg(count(lit(1)).as("units"))
        .withColumn("units_at_least", sum("units").over(orMore))
        .withColumn("active_units", sum("units").over(ofSegment))
        .select(
            col("lane"),
            ofPeriods.as("of_periods"),
            col("segment.*"),
            col("active_periods"),
            col("units"),
            col("units_at_least"),
            col("active_units"),
            all.start(lastIndex.plus(1)).leq(all.asOf().plusDays(1)).as("is_complete"));
  }
}
