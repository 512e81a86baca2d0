package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.FollowedStreams.LatestPeriods;
import io.holdfast.activity.FollowedStreams.NewBy;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.metrics.StreamPeriods.Lane;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Where the active units of a period come from, and how many of those before have gone quiet.
 *
 * <p>Source: metrics, "Activity" (lifecycle). Every active unit is exactly one of new, returning
 * and resurrecting.
 */
public final class Lifecycle {

  public static final Table TABLE =
      Table.in("metrics", "lifecycle")
          .grain("one row per stream, unit, grain, period with anybody in it, and segment")
          .column("stream", StringType, "the activity stream, by its configured name")
          .column("events", StringType, "the events that count as activity")
          .column("unit", StringType, "whose activity: customer or user, or each id as sent")
          .column("grain", StringType, "day, week or month")
          .column("period_start", DateType, "first local day of the period")
          .column("segment_dimension", StringType, "what units are split by; all: not split")
          .column(
              "segment_value",
              StringType,
              "the segment as known at the period's end; unknown: no value then")
          .column("active_units", LongType, "units active in the period")
          .column(
              "new_units",
              LongType,
              "of these: first activity ever, or where the stream says so created, in the period")
          .column("returning_units", LongType, "else: active in the period before too")
          .column("resurrecting_units", LongType, "else: back after at least one period without")
          .column("dormant_units", LongType, "active in the period before and not in this one")
          .column("is_complete", BooleanType, "the period has ended by the end of as_of")
          .key("stream", "unit", "grain", "period_start", "segment_dimension", "segment_value")
          .require(
              "every active unit is exactly one of three",
              col("active_units")
                  .equalTo(
                      col("new_units")
                          .plus(col("returning_units"))
                          .plus(col("resurrecting_units"))))
          .require("the period has begun", col("period_start").leq(col("as_of_date")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RetentionFacts.READS)
          .settings(FollowedStreams.SETTING)
          .settings(Company.SETTING)
          .members(Lifecycle::members)
          .as(Lifecycle::of);

  private Lifecycle() {}

  private static Dataset<Row> of(Inputs in) {
    StreamPeriods all = all(in);
    if (all.isEmpty()) {
      in.note("No lifecycle is measured: engagement.streams names none.");
      return in.create(List.of(), TABLE.schema());
    }
    return lifecycle(all, in.settings(FollowedStreams.SETTING).lifecyclePeriods());
  }

  private static StreamPeriods all(Inputs in) {
    return StreamPeriods.byGrain(
        RetentionFacts.of(in),
        in.settings(FollowedStreams.SETTING).streams(),
        in.settings(Company.SETTING).weekStartsOn());
  }

  /** Who is what in which period. */
  private static Dataset<Row> members(Inputs in) {
    StreamPeriods all = all(in);
    if (all.isEmpty()) {
      throw new BadInput("Cannot list members: engagement.streams names no stream. Add one.");
    }
    return all.named(
            segmented(all, in.settings(FollowedStreams.SETTING).lifecyclePeriods())
                .withColumn("period_start", all.start(col("period_index"))))
        .select(
            col("stream"),
            col("unit"),
            col("grain"),
            col("period_start"),
            col("segment.*"),
            col("unit_id"),
            col("customer_id"),
            col("state").as("counted_as"));
  }

  /** The lifecycle of each stream and unit, by each grain that it asks for. */
  static Dataset<Row> lifecycle(StreamPeriods all, LatestPeriods latest) {
    Column index = col("period_index");
    return all.named(
        segmented(all, latest)
            .groupBy("lane", "period_index", "segment")
            .agg(
                count_if(col("state").notEqual("dormant")).as("active_units"),
                count_if(col("state").equalTo("new")).as("new_units"),
                count_if(col("state").equalTo("returning")).as("returning_units"),
                count_if(col("state").equalTo("resurrecting")).as("resurrecting_units"),
                count_if(col("state").equalTo("dormant")).as("dormant_units"))
            .select(
                col("lane"),
                all.start(index).as("period_start"),
                col("segment.*"),
                col("active_units"),
                col("new_units"),
                col("returning_units"),
                col("resurrecting_units"),
                col("dormant_units"),
                all.start(index.plus(1)).leq(all.asOf().plusDays(1)).as("is_complete")));
  }

  private static Dataset<Row> segmented(StreamPeriods all, LatestPeriods latest) {
    Column index = col("period_index");
    Column isShown =
        index.gt(all.lastIndex().minus(all.lanes().integer(lane -> latest.of(lane.grain()))));
    Column end = least(date_sub(all.start(index.plus(1)), 1), lit(all.asOf()));
    return all.segmented(states(all).filter(isShown).withColumn("period_end", end), "period_end");
  }

  /** One row per unit and period in which it is active, or newly dormant, and which it is. */
  private static Dataset<Row> states(StreamPeriods all) {
    WindowSpec ofUnit = Window.partitionBy("lane", "unit_id");
    WindowSpec inOrder = ofUnit.orderBy("period_index");
    Column index = col("period_index");
    Dataset<Row> active =
        withCreation(all)
            .withColumn("before", lag("period_index", 1).over(inOrder))
            .withColumn("after", lead("period_index", 1).over(inOrder))
            .withColumn("first", min("period_index").over(ofUnit));
    Column isNew =
        when(all.lanes().is(Lifecycle::isByCreation), index.equalTo(col("created_index")))
            .otherwise(index.equalTo(col("first")));
    Column state =
        when(isNew, "new")
            .when(col("before").equalTo(index.minus(1)), "returning")
            .otherwise("resurrecting");
    Column isNext = col("after").isNull().or(col("after").gt(index.plus(1)));
    Column isDormant = isNext.and(index.plus(1).leq(all.lastIndex()));
    Column present = struct(index.as("period_index"), state.as("state"));
    Column dormant = struct(index.plus(1).as("period_index"), lit("dormant").as("state"));
    return active
        .withColumn(
            "told", explode(when(isDormant, array(present, dormant)).otherwise(array(present))))
        .select("lane", "unit_id", "customer_id", "person_id", "told.period_index", "told.state");
  }

  private static boolean isByCreation(Lane lane) {
    return lane.stream().isNewBy() == NewBy.CREATED;
  }

  private static Dataset<Row> withCreation(StreamPeriods all) {
    Dataset<Row> active = all.active();
    if (!all.lanes().any(Lifecycle::isByCreation)) {
      return active.withColumn("created_index", lit(null).cast("int"));
    }
    Dataset<Row> created =
        all.signups()
            .select(col("lane"), col("unit_id"), all.index(col("birth_date")).as("created_index"));
    return active.join(created, new String[] {"lane", "unit_id"}, "left");
  }
}
