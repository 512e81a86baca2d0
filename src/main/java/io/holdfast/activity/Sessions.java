package io.holdfast.activity;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;

/**
 * Sittings at the product: the source's own sessions, else events with no long pause between them.
 *
 * <p>Source: metrics, "Activity". A session of a source that holds several users is the one whose
 * id sorts first. Events without a time of day belong to none.
 */
final class Sessions {

  private static final long MICROS_PER_MINUTE = 60_000_000L;

  /** Whether the source says of which of its sessions an event is. */
  private static final Column IS_NAMED = col("session_id").isNotNull();

  private Sessions() {}

  /**
   * One row per session: {@code customer_id}, {@code user_id} (NULL: nobody is named), {@code
   * event_date} (the local day on which it starts) and {@code minutes} (NULL for a session of one
   * event).
   *
   * @param events the days in question and their neighbours, so that a session that runs past
   *     midnight is seen whole and is not taken to start at midnight
   */
  static Dataset<Row> of(Dataset<Row> events, ActivitySettings settings) {
    Dataset<Row> timed = timed(events);
    return of(timed.filter(IS_NAMED), timed.filter(not(IS_NAMED)), settings);
  }

  /** The same of the sessions alone in which no user is named. */
  static Dataset<Row> ofNobody(Dataset<Row> events, ActivitySettings settings) {
    Column isNobody = col("user_id").isNull();
    Dataset<Row> timed = timed(events);
    Dataset<Row> named = timed.filter(IS_NAMED);
    Dataset<Row> ofThese = named.filter(isNobody).select("customer_id", "session_id").distinct();
    return of(
            named.join(ofThese, new String[] {"customer_id", "session_id"}, "left_semi"),
            timed.filter(not(IS_NAMED).and(isNobody)),
            settings)
        .filter(isNobody);
  }

  private static Dataset<Row> timed(Dataset<Row> events) {
    return events.filter(col("occurred_at").isNotNull().and(col("customer_id").isNotNull()));
  }

  private static Dataset<Row> of(
      Dataset<Row> named, Dataset<Row> unnamed, ActivitySettings settings) {
    Column micros = unix_micros(col("ended_at")).minus(unix_micros(col("started_at")));
    Column minutes =
        least(
            micros.cast(DataTypes.createDecimalType(20, 0)).divide(lit(MICROS_PER_MINUTE)),
            lit(settings.sessionCapMinutes()));
    return named(named)
        .unionByName(paused(unnamed, settings.sessionGapMinutes()))
        .select(
            col("customer_id"),
            col("user_id"),
            col("event_date"),
            when(col("events").gt(1), minutes.cast(DataTypes.createDecimalType(18, 4)))
                .as("minutes"));
  }

  /**
   * The source's own sessions. One that pauses for a whole local day counts as two, and one is seen
   * until the end of the day after its start: so a day's sessions follow from its neighbours alone,
   * and a day that is replaced looks as it does when all are.
   */
  private static Dataset<Row> named(Dataset<Row> named) {
    String[] session = {"customer_id", "session_id"};
    Dataset<Row> whole =
        named
            .groupBy("customer_id", "session_id")
            .agg(
                count(lit(1)).as("events"),
                min("user_id").as("user_id"),
                min("event_date").as("event_date"),
                max("event_date").as("last_date"),
                min("occurred_at").as("started_at"),
                max("occurred_at").as("ended_at"));
    Column isLong = col("last_date").gt(date_add(col("event_date"), 1));
    // Few sessions last longer than two days; only these are cut into days.
    Dataset<Row> longOnes = whole.filter(isLong).select("customer_id", "session_id");
    return whole
        .filter(not(isLong))
        .drop("session_id", "last_date")
        .unionByName(byDays(named.join(broadcast(longOnes), session, "left_semi")));
  }

  /** Sessions that last for days: each run of days once, with its first two days. */
  private static Dataset<Row> byDays(Dataset<Row> named) {
    WindowSpec inTime = Window.partitionBy("customer_id", "session_id").orderBy("event_date");
    Column before = lag("event_date", 1).over(inTime);
    return named
        .groupBy("customer_id", "session_id", "event_date")
        .agg(
            count(lit(1)).as("events"),
            min("user_id").as("user_id"),
            min("occurred_at").as("started_at"),
            max("occurred_at").as("ended_at"))
        .withColumn("goes_on", before.geq(date_sub(col("event_date"), 1)))
        .withColumn(
            "next", lead(struct("event_date", "events", "user_id", "ended_at"), 1).over(inTime))
        .filter(not(coalesce(col("goes_on"), lit(false))))
        .withColumn(
            "next",
            when(col("next.event_date").equalTo(date_add(col("event_date"), 1)), col("next")))
        .select(
            col("customer_id"),
            col("events").plus(coalesce(col("next.events"), lit(0L))).as("events"),
            least(col("user_id"), col("next.user_id")).as("user_id"),
            col("event_date"),
            col("started_at"),
            greatest(col("ended_at"), col("next.ended_at")).as("ended_at"));
  }

  private static Dataset<Row> paused(Dataset<Row> unnamed, int gapMinutes) {
    WindowSpec inOrder =
        Window.partitionBy("customer_id", "user_id").orderBy(col("occurred_at").asc());
    Column pause =
        unix_micros(col("occurred_at")).minus(unix_micros(lag("occurred_at", 1).over(inOrder)));
    Column isStart = coalesce(pause.gt(lit(gapMinutes * MICROS_PER_MINUTE)), lit(true));
    return unnamed
        .select(
            col("customer_id"),
            col("user_id"),
            col("occurred_at"),
            col("event_date"),
            when(isStart, 1).otherwise(0).as("starts"))
        .withColumn("session", sum("starts").over(inOrder))
        .groupBy(col("customer_id"), col("user_id"), col("session"))
        .agg(
            count(lit(1)).as("events"),
            min("event_date").as("event_date"),
            min("occurred_at").as("started_at"),
            max("occurred_at").as("ended_at"))
        .drop("session");
  }
}
