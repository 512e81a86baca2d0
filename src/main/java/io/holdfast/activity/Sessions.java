package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
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
    Dataset<Row> timed =
        events.filter(col("occurred_at").isNotNull().and(col("customer_id").isNotNull()));
    Column micros = unix_micros(col("ended_at")).minus(unix_micros(col("started_at")));
    Column minutes =
        least(
            micros.cast(DataTypes.createDecimalType(20, 0)).divide(lit(MICROS_PER_MINUTE)),
            lit(settings.sessionCapMinutes()));
    return named(timed)
        .unionByName(paused(timed, settings.sessionGapMinutes()))
        .select(
            col("customer_id"),
            col("user_id"),
            col("event_date"),
            when(col("events").gt(1), minutes.cast(DataTypes.createDecimalType(18, 4)))
                .as("minutes"));
  }

  private static Dataset<Row> named(Dataset<Row> timed) {
    return timed
        .filter(col("session_id").isNotNull())
        .groupBy(col("customer_id"), col("session_id"))
        .agg(
            count(lit(1)).as("events"),
            min("user_id").as("user_id"),
            min("event_date").as("event_date"),
            min("occurred_at").as("started_at"),
            max("occurred_at").as("ended_at"))
        .drop("session_id");
  }

  private static Dataset<Row> paused(Dataset<Row> timed, int gapMinutes) {
    WindowSpec inOrder =
        Window.partitionBy("customer_id", "user_id").orderBy(col("occurred_at").asc());
    Column pause =
        unix_micros(col("occurred_at")).minus(unix_micros(lag("occurred_at", 1).over(inOrder)));
    Column isStart = coalesce(pause.gt(lit(gapMinutes * MICROS_PER_MINUTE)), lit(true));
    return timed
        .filter(col("session_id").isNull())
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
