package io.holdfast.activity;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Settled;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * On which days each unit was active in each stream that a definition follows.
 *
 * <p>Source: metrics, "Activity" and "Cohort retention". Each stream of each kind of unit is a part
 * of the table: a new definition builds its own streams, and no other. Ids are as they were sent,
 * and conditions on units are not applied here: readers do both.
 */
public final class StreamDays {

  public static final Table TABLE =
      Table.in("activity", "stream_days")
          .grain("one row per stream, unit, customer and local day with an event of the stream")
          .column(
              "part", StringType, "the stream and the kind of its units: what is kept up by itself")
          .column("stream", StringType, "the events that count")
          .column("unit", StringType, "whose day it is: customer or user")
          .column("unit_id", StringType, "the id of the customer or user, as it was sent")
          .column("customer_id", StringType, "the customer, as the event says")
          .column("event_date", DateType, "the local day")
          .column("events", LongType, "events of the stream, in rows")
          .column("timed_events", LongType, "those of which the time of day is known")
          .column("first_at", TimestampType, "the first; NULL where only days are known")
          .column("last_at", TimestampType, "the last; NULL where only days are known")
          .column(
              "moments",
              DataTypes.createArrayType(TimestampType),
              "each event's instant, in order; NULL where no definition asks for more than the day")
          .key("part", "unit_id", "customer_id", "event_date")
          .touched("event_date", "part")
          .require("a day has events", col("events").gt(0))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE)
          .settings(ActivitySettings.SETTING)
          .parts(
              settled -> new TreeSet<>(parts(settled).keySet()),
              RetentionStreams.SETTING,
              FollowedStreams.SETTING)
          .as(StreamDays::build);

  private StreamDays() {}

  /**
   * A stream of a kind of unit.
   *
   * @param filter which events count, whatever it says of units
   * @param kind customer or user
   * @param hasMoments whether each event's instant is kept
   */
  record Part(EventFilter filter, String kind, boolean hasMoments) {

    String name() {
      return "%s%s: %s".formatted(kind, hasMoments ? " by moment" : "", filter.stream());
    }

    private Column made() {
      return struct(
          lit(name()).as("part"),
          lit(filter.stream()).as("stream"),
          lit(kind).as("unit"),
          (kind.equals(Aliases.USER) ? col("user_id") : col("customer_id")).as("unit_id"));
    }
  }

  /** The parts that the definitions need, by name. */
  static Map<String, Part> parts(Settled settled) {
    List<Part> wanted = new ArrayList<>();
    for (RetentionDefinition d :
        settled.settings(RetentionStreams.SETTING).definitions().values()) {
      if (d.startEvent().isOfEvents()) {
        wanted.add(new Part(d.startEvent(), d.unit().kind(), d.needsMomentsOfStart()));
      }
      wanted.add(new Part(d.back(), d.unit().kind(), d.needsMoments()));
    }
    settled
        .settings(FollowedStreams.SETTING)
        .streams()
        .values()
        .forEach(
            stream ->
                stream
                    .units()
                    .forEach(u -> wanted.add(new Part(stream.events(), u.kind(), false))));
    return named(wanted);
  }

  /** One part for each stream and kind: with moments where anybody needs them. */
  static Map<String, Part> named(List<Part> wanted) {
    Map<String, Part> byStream = new TreeMap<>();
    for (Part part : wanted) {
      byStream.merge(
          part.kind() + ": " + part.filter().stream(),
          part,
          (one, other) -> one.hasMoments() ? one : other);
    }
    Map<String, Part> byName = new TreeMap<>();
    byStream.values().forEach(part -> byName.put(part.name(), part));
    return byName;
  }

  private static Dataset<Row> build(Inputs in) {
    Map<String, Part> parts = parts(in);
    Set<String> added = in.newParts();
    ActivitySettings activity = in.settings(ActivitySettings.SETTING);
    List<Part> kept = parts.values().stream().filter(p -> !added.contains(p.name())).toList();
    List<Part> fresh = parts.values().stream().filter(p -> added.contains(p.name())).toList();
    Dataset<Row> days = days(in.rows(Events.TABLE), kept, activity);
    return fresh.isEmpty() ? days : days.unionByName(days(in.all(Events.TABLE), fresh, activity));
  }

  /** The days of some streams, from the events of the days to make. */
  static Dataset<Row> days(Dataset<Row> events, List<Part> parts, ActivitySettings activity) {
    List<Part> plain = parts.stream().filter(part -> !part.hasMoments()).toList();
    List<Part> momentary = parts.stream().filter(Part::hasMoments).toList();
    Dataset<Row> days =
        counted(events, plain, activity, lit(null).cast("array<timestamp>").as("moments"));
    return momentary.isEmpty()
        ? days
        : days.unionByName(
            counted(
                events,
                momentary,
                activity,
                sort_array(collect_list("occurred_at")).as("moments")));
  }

  private static Dataset<Row> counted(
      Dataset<Row> events, List<Part> parts, ActivitySettings activity, Column moments) {
    if (parts.isEmpty()) {
      return counted(
          events.filter(lit(false)),
          List.of(new Part(EventFilter.CORE, Aliases.CUSTOMER, false)),
          activity,
          moments);
    }
    Column met =
        array(
            parts.stream()
                .map(part -> when(part.filter().isMet(activity), part.made()))
                .toArray(Column[]::new));
    return events
        .withColumn("met", explode(filter(met, part -> part.isNotNull())))
        .filter(col("met.unit_id").isNotNull().and(col("customer_id").isNotNull()))
        .groupBy("met", "customer_id", "event_date")
        .agg(
            count(lit(1)).as("events"),
            count("occurred_at").as("timed_events"),
            min("occurred_at").as("first_at"),
            max("occurred_at").as("last_at"),
            moments)
        .select(
            col("met.*"),
            col("customer_id"),
            col("event_date"),
            col("events"),
            col("timed_events"),
            col("first_at"),
            col("last_at"),
            col("moments"));
  }
}
