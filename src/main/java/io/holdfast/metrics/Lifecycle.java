package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.FollowedStreams.NewBy;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.DayOfWeek;
import java.time.LocalDate;
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
    FollowedStreams settings = in.settings(FollowedStreams.SETTING);
    DayOfWeek weekStartsOn = in.settings(Company.SETTING).weekStartsOn();
    return StreamPeriods.union(
            StreamPeriods.all(RetentionFacts.of(in), settings),
            one -> lifecycle(one, settings, weekStartsOn))
        .orElseGet(
            () -> {
              in.note("No lifecycle is measured: engagement.streams names none.");
              return in.create(List.of(), TABLE.schema());
            });
  }

  /** Who is what in which period. */
  private static Dataset<Row> members(Inputs in) {
    FollowedStreams settings = in.settings(FollowedStreams.SETTING);
    DayOfWeek weekStartsOn = in.settings(Company.SETTING).weekStartsOn();
    return StreamPeriods.union(
            StreamPeriods.all(RetentionFacts.of(in), settings),
            one ->
                one.stream().grains().stream()
                    .distinct()
                    .map(grain -> members(one, one.periods(grain, weekStartsOn), settings))
                    .reduce(Dataset::unionByName)
                    .orElseThrow())
        .orElseThrow(
            () ->
                new BadInput("Cannot list members: engagement.streams names no stream. Add one."));
  }

  private static Dataset<Row> members(
      StreamPeriods one, Periods periods, FollowedStreams settings) {
    return segmented(one, periods, settings.lifecyclePeriods().of(periods.grain()))
        .select(
            lit(periods.grain().text()).as("grain"),
            periods.start(col("period_index")).as("period_start"),
            col("segment.*"),
            col("unit_id"),
            col("customer_id"),
            col("state").as("counted_as"));
  }

  /** The lifecycle of one stream and unit, by each grain that it asks for. */
  static Dataset<Row> lifecycle(
      StreamPeriods one, FollowedStreams settings, DayOfWeek weekStartsOn) {
    return one.stream().grains().stream()
        .distinct()
        .map(
            grain ->
                lifecycle(
                        one,
                        one.periods(grain, weekStartsOn),
                        settings.lifecyclePeriods().of(grain))
                    .withColumn("grain", lit(grain.text())))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static Dataset<Row> lifecycle(StreamPeriods one, Periods periods, int latest) {
    LocalDate asOf = one.facts().asOf();
    Column nextStart = periods.start(col("period_index").plus(1));
    return segmented(one, periods, latest)
        .groupBy("period_index", "segment")
        .agg(
            count_if(col("state").notEqual("dormant")).as("active_units"),
            count_if(col("state").equalTo("new")).as("new_units"),
            count_if(col("state").equalTo("returning")).as("returning_units"),
            count_if(col("state").equalTo("resurrecting")).as("resurrecting_units"),
            count_if(col("state").equalTo("dormant")).as("dormant_units"))
        .select(
            periods.start(col("period_index")).as("period_start"),
            col("segment.*"),
            col("active_units"),
            col("new_units"),
            col("returning_units"),
            col("resurrecting_units"),
            col("dormant_units"),
            nextStart.leq(asOf.plusDays(1)).as("is_complete"));
  }

  private static Dataset<Row> segmented(StreamPeriods one, Periods periods, int latest) {
    LocalDate asOf = one.facts().asOf();
    Column lastIndex = periods.index(lit(asOf), lit(null).cast("timestamp"));
    Column nextStart = periods.start(col("period_index").plus(1));
    return one.segmented(
        states(one, periods, lastIndex)
            .filter(col("period_index").gt(lastIndex.minus(latest)))
            .withColumn("period_end", least(date_sub(nextStart, 1), lit(asOf))),
        "period_end");
  }

  /** One row per unit and period in which it is active, or newly dormant, and which it is. */
  private static Dataset<Row> states(StreamPeriods one, Periods periods, Column lastIndex) {
    WindowSpec ofUnit = Window.partitionBy("unit_id");
    WindowSpec inOrder = ofUnit.orderBy("period_index");
    Column index = col("period_index");
    Dataset<Row> active =
        withCreation(one, periods)
            .withColumn("before", lag("period_index", 1).over(inOrder))
            .withColumn("after", lead("period_index", 1).over(inOrder))
            .withColumn("first", min("period_index").over(ofUnit));
    Column isNew =
        one.stream().isNewBy() == NewBy.CREATED
            ? index.equalTo(col("created_index"))
            : index.equalTo(col("first"));
    Dataset<Row> present =
        active.withColumn(
            "state",
            when(isNew, "new")
                .when(col("before").equalTo(index.minus(1)), "returning")
                .otherwise("resurrecting"));
    Dataset<Row> dormant =
        active
            .filter(col("after").isNull().or(col("after").gt(index.plus(1))))
            .filter(index.plus(1).leq(lastIndex))
            .withColumn("period_index", index.plus(1))
            .withColumn("state", lit("dormant"));
    return present
        .unionByName(dormant)
        .select("unit_id", "period_index", "customer_id", "person_id", "state");
  }

  private static Dataset<Row> withCreation(StreamPeriods one, Periods periods) {
    Dataset<Row> active = one.active(periods);
    if (one.stream().isNewBy() != NewBy.CREATED) {
      return active;
    }
    Dataset<Row> created =
        one.facts()
            .signups(one.unit())
            .filter(col("birth_date").leq(one.facts().asOf()))
            .select(
                col("unit_id"),
                periods.index(col("birth_date"), col("birth_at")).as("created_index"));
    return active.join(created, new String[] {"unit_id"}, "left");
  }
}
