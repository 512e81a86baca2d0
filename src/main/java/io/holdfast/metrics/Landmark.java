package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The customers from which the effect of an early start can be read: those still there some days
 * after signup. Whoever left before could not have come far, and says nothing.
 */
final class Landmark {

  private Landmark() {}

  /**
   * One row per customer that paid on its landmark and whose time after it has passed: {@code
   * customer_id}, {@code landmark_date} and {@code is_retained}: still there at the end of it.
   *
   * @param customers one row per customer that counts, with its {@code signup_date}
   * @param spells as {@link Counted#staying} gives them
   */
  static Dataset<Row> survivors(
      Dataset<Row> customers, Dataset<Row> spells, TimeToValueSettings settings, LocalDate asOf) {
    Column end = date_add(col("landmark_date"), settings.retentionDays());
    return customers
        .select(
            col("customer_id"),
            date_add(col("signup_date"), settings.landmarkDays()).as("landmark_date"))
        .filter(end.leq(asOf))
        .join(spells, new String[] {"customer_id"}, "inner")
        .groupBy("customer_id", "landmark_date")
        .agg(max(holds(col("landmark_date"))).as("is_alive"), max(holds(end)).as("is_retained"))
        .filter(col("is_alive"))
        .drop("is_alive");
  }

  private static Column holds(Column date) {
    return coalesce(Counted.covers("start_date", "end_date", date), lit(false));
  }
}
