package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.FollowedStreams.FollowedStream;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition.Unit;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The activity of one kind of unit in one stream: what lifecycle, stickiness and engagement read.
 *
 * @param facts what is measured from
 * @param name the stream, by its configured name
 * @param stream the stream
 * @param unit whose activity it is
 */
record StreamPeriods(RetentionFacts facts, String name, FollowedStream stream, Unit unit) {

  /** Every stream and unit that is followed. */
  static List<StreamPeriods> all(RetentionFacts facts, FollowedStreams settings) {
    List<StreamPeriods> all = new ArrayList<>();
    settings
        .streams()
        .forEach(
            (name, stream) ->
                stream
                    .units()
                    .forEach(unit -> all.add(new StreamPeriods(facts, name, stream, unit))));
    return all;
  }

  /** The rows of every stream and unit together; empty where none is followed. */
  static Optional<Dataset<Row>> union(
      List<StreamPeriods> all, Function<StreamPeriods, Dataset<Row>> rows) {
    return all.stream()
        .map(
            one ->
                rows.apply(one)
                    .withColumn("stream", lit(one.name()))
                    .withColumn("events", lit(one.stream().events().text()))
                    .withColumn("unit", lit(one.unit().text())))
        .reduce(Dataset::unionByName);
  }

  /** The periods of a grain. */
  Periods periods(Grain grain, DayOfWeek weekStartsOn) {
    return new Periods(grain, weekStartsOn, facts.tz());
  }

  /**
   * One row per unit and period in which it was active, with the customer and user whose it was on
   * the last such day.
   */
  Dataset<Row> active(Periods periods) {
    return facts
        .days(unit, stream.events())
        .groupBy(
            col("unit_id"), periods.index(col("event_date"), col("last_at")).as("period_index"))
        .agg(max(struct("event_date", "customer_id", "person_id")).as("latest"))
        .select("unit_id", "period_index", "latest.customer_id", "latest.person_id");
  }

  /**
   * Rows of units that count, once for each segment: {@code segment} holds dimension and value.
   *
   * @param dateColumn the day on which the properties are known
   */
  Dataset<Row> segmented(Dataset<Row> units, String dateColumn) {
    List<String> names = new ArrayList<>(stream.dimensions());
    names.addAll(UnitProperties.names(stream.ofUnits()));
    return UnitProperties.joined(units, dateColumn, facts, names)
        .filter(UnitProperties.areMet(stream.ofUnits()))
        .withColumn("segment", explode(UnitProperties.segments(stream.dimensions())))
        .drop("account", "account_user", "subscribed_plan");
  }
}
