package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Condition;
import io.holdfast.activity.FollowedStreams.FollowedStream;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition.Unit;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The activity of units in streams: what lifecycle, stickiness and engagement read. Each stream and
 * kind of unit, and where periods are asked for each grain, is a lane with a number; rows hold it,
 * and one query follows all lanes.
 *
 * @param facts what is measured from
 * @param lanes the lanes
 * @param weekStartsOn the first day of a week
 */
record StreamPeriods(RetentionFacts facts, Lookup<Lane> lanes, DayOfWeek weekStartsOn) {

  /**
   * One stream and kind of unit.
   *
   * @param name the stream, by its configured name
   * @param stream the stream
   * @param unit whose activity it is
   * @param grain how long periods are; day where no periods are asked for
   */
  record Lane(String name, FollowedStream stream, Unit unit, Grain grain) {

    /** What is asked of units. */
    List<Condition> asked() {
      return stream.ofUnits();
    }

    private String key() {
      return unit.kind() + ": " + stream.events().stream();
    }
  }

  /** Every stream, unit and grain that is followed. */
  static StreamPeriods byGrain(
      RetentionFacts facts, Map<String, FollowedStream> streams, DayOfWeek weekStartsOn) {
    return of(facts, streams, weekStartsOn, stream -> stream.grains().stream().distinct().toList());
  }

  /** Every stream and unit that is followed. */
  static StreamPeriods byUnit(
      RetentionFacts facts, Map<String, FollowedStream> streams, DayOfWeek weekStartsOn) {
    return of(facts, streams, weekStartsOn, stream -> List.of(Grain.DAY));
  }

  private static StreamPeriods of(
      RetentionFacts facts,
      Map<String, FollowedStream> streams,
      DayOfWeek weekStartsOn,
      Function<FollowedStream, List<Grain>> grains) {
    List<Lane> lanes = new ArrayList<>();
    streams.forEach(
        (name, stream) ->
            stream.units().stream()
                .distinct()
                .forEach(
                    unit ->
                        grains
                            .apply(stream)
                            .forEach(grain -> lanes.add(new Lane(name, stream, unit, grain)))));
    return new StreamPeriods(facts, new Lookup<>(List.copyOf(lanes), col("lane")), weekStartsOn);
  }

  /** Whether no stream is followed. */
  boolean isEmpty() {
    return lanes.settings().isEmpty();
  }

  private Column byGrain(Function<Periods, Column> of) {
    return Periods.byGrain(lanes, Lane::grain, weekStartsOn, facts.tz(), of);
  }

  /** The number of the period that holds a day. */
  Column index(Column date) {
    return byGrain(periods -> periods.index(date, lit(null).cast("timestamp")));
  }

  /** The first day of a period. */
  Column start(Column index) {
    return byGrain(periods -> periods.start(index));
  }

  /** The number of the period in which {@code asOf} ends. */
  Column lastIndex() {
    return index(lit(asOf()));
  }

  LocalDate asOf() {
    return facts.asOf();
  }

  /** What happened in the lanes' streams, once for each lane. */
  Dataset<Row> days() {
    return ofLanes(
        facts.happenings(
            lanes.settings().stream().map(Lane::unit).toList(),
            lanes.settings().stream().map(lane -> lane.stream().events()).toList()),
        Lane::key,
        concat_ws(": ", col("unit"), col("stream")));
  }

  /** When the lanes' units signed up or were created, one row each: NULL where nobody knows. */
  Dataset<Row> signups() {
    Dataset<Row> told =
        ofUnits(facts.told(lanes.settings().stream().map(Lane::unit).toList()))
            .withColumnRenamed("event_date", "birth_date")
            .withColumnRenamed("first_at", "birth_at");
    return RetentionFacts.first(told, "lane");
  }

  /** Rows of units with the ids that count, once for each lane of such units. */
  Dataset<Row> ofUnits(Dataset<Row> rows) {
    return ofLanes(rows, lane -> lane.unit().kind(), col("unit"));
  }

  private Dataset<Row> ofLanes(Dataset<Row> rows, Function<Lane, String> key, Column ofRow) {
    return rows.withColumn("lane", explode(lanes.numbersOf(key, ofRow)))
        .withColumn(
            "unit_id",
            when(lanes.is(lane -> lane.unit().isAsSent()), col("sent_id"))
                .otherwise(col("counted_id")));
  }

  /**
   * One row per lane, unit and period in which it was active, with the customer and user whose it
   * was on the last such day. First by customer and user, which Spark can do without sorting.
   */
  Dataset<Row> active() {
    return days()
        .groupBy(
            col("lane"),
            col("unit_id"),
            index(col("event_date")).as("period_index"),
            col("customer_id"),
            col("person_id"))
        .agg(max("event_date").as("event_date"))
        .groupBy("lane", "unit_id", "period_index")
        .agg(max(struct("event_date", "customer_id", "person_id")).as("latest"))
        .select("lane", "unit_id", "period_index", "latest.customer_id", "latest.person_id");
  }

  /**
   * Rows of units that count, once for each segment: {@code segment} holds dimension and value.
   *
   * @param dateColumn the day on which the properties are known
   */
  Dataset<Row> segmented(Dataset<Row> units, String dateColumn) {
    List<String> dimensions =
        lanes.settings().stream()
            .flatMap(lane -> lane.stream().dimensions().stream())
            .distinct()
            .toList();
    List<String> names = new ArrayList<>(dimensions);
    lanes.settings().forEach(lane -> names.addAll(UnitProperties.names(lane.asked())));
    Column ofLane =
        lanes.texts(
            lane ->
                Stream.concat(Stream.of(UnitProperties.ALL), lane.stream().dimensions().stream())
                    .distinct()
                    .toList());
    return UnitProperties.joined(units, dateColumn, facts, names)
        .filter(UnitProperties.areMet(lanes, Lane::asked))
        .withColumn("segment", explode(UnitProperties.segments(dimensions)))
        .filter(array_contains(ofLane, col("segment.segment_dimension")))
        .drop("account", "account_user", "subscribed_plan");
  }

  /** Cells with what the lane is called. */
  Dataset<Row> named(Dataset<Row> cells) {
    return cells
        .withColumn("stream", lanes.text(Lane::name))
        .withColumn("events", lanes.text(lane -> lane.stream().events().text()))
        .withColumn("unit", lanes.text(lane -> lane.unit().text()))
        .withColumn("grain", lanes.text(lane -> lane.grain().text()));
  }
}
