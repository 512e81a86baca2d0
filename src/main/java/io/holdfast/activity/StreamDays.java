package io.holdfast.activity;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Settled;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
              "where a definition asks for each event, its instants in order; else, on a day longer"
                  + " than 24 hours, the first and the last before noon and from noon on; NULL: first"
                  + " and last tell enough")
          .key("part", "unit_id", "customer_id", "event_date")
          .touched("event_date", "part")
          .require("a day has events", col("events").gt(0))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE)
          .settings(ActivitySettings.SETTING)
          .settings(Company.SETTING)
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
    ZoneId tz = in.settings(Company.SETTING).tz();
    List<Part> kept = parts.values().stream().filter(p -> !added.contains(p.name())).toList();
    List<Part> fresh = parts.values().stream().filter(p -> added.contains(p.name())).toList();
    Dataset<Row> days = days(in.rows(Events.TABLE), kept, activity, tz);
    return fresh.isEmpty()
        ? days
        : days.unionByName(days(in.all(Events.TABLE), fresh, activity, tz));
  }

  /** The days of some streams, from the events of the days to make. */
  static Dataset<Row> days(
      Dataset<Row> events, List<Part> parts, ActivitySettings activity, ZoneId tz) {
    List<Part> plain = parts.stream().filter(part -> !part.hasMoments()).toList();
    List<Part> momentary = parts.stream().filter(Part::hasMoments).toList();
    LongDays longDays = LongDays.of(tz);
    Dataset<Row> days =
        counted(
            events
                .withColumn("before_noon", longDays.beforeNoon())
                .withColumn("from_noon", longDays.fromNoon()),
            plain,
            activity,
            max("before_noon").as("before_noon"),
            min("from_noon").as("from_noon"));
    Column ends = array(col("first_at"), col("before_noon"), col("from_noon"), col("last_at"));
    days =
        days.withColumn("moments", when(longDays.contain("event_date"), withoutNulls(ends)))
            .drop("before_noon", "from_noon");
    return momentary.isEmpty()
        ? days
        : days.unionByName(
            counted(
                events,
                momentary,
                activity,
                sort_array(collect_list("occurred_at")).as("moments")));
  }

  /** Each value of an array once, in its order, by a function that Spark compiles. */
  private static Column withoutNulls(Column instants) {
    return array_except(instants, array(lit(null).cast(TimestampType)));
  }

  /**
   * Each event once for each part that it is of. Parts are numbered, so that what events are
   * grouped by is short, and named at the end.
   */
  private static Dataset<Row> counted(
      Dataset<Row> events, List<Part> parts, ActivitySettings activity, Column... more) {
    if (parts.isEmpty()) {
      return counted(
          events.filter(lit(false)),
          List.of(new Part(EventFilter.CORE, Aliases.CUSTOMER, false)),
          activity,
          more);
    }
    Column met =
        array(
            IntStream.range(0, parts.size())
                .mapToObj(n -> when(parts.get(n).filter().isMet(activity), lit(n)))
                .toArray(Column[]::new));
    Column unit = text(parts, Part::kind);
    Column[] counts =
        Stream.concat(
                Stream.of(
                    count("occurred_at").as("timed_events"),
                    min("occurred_at").as("first_at"),
                    max("occurred_at").as("last_at")),
                Stream.of(more))
            .toArray(Column[]::new);
    return events
        .withColumn("n", explode(met))
        .filter(col("n").isNotNull())
        .withColumn(
            "unit_id",
            when(unit.equalTo(Aliases.USER), col("user_id")).otherwise(col("customer_id")))
        .filter(col("unit_id").isNotNull().and(col("customer_id").isNotNull()))
        .groupBy("n", "unit_id", "customer_id", "event_date")
        .agg(count(lit(1)).as("events"), counts)
        .withColumn("part", text(parts, Part::name))
        .withColumn("stream", text(parts, part -> part.filter().stream()))
        .withColumn("unit", unit)
        .drop("n");
  }

  /** What is said of a row's part. */
  private static Column text(List<Part> parts, Function<Part, String> text) {
    return get(lit(parts.stream().map(text).toArray(String[]::new)), col("n"));
  }
}
