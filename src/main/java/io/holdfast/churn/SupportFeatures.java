package io.holdfast.churn;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.holdfast.conformed.Known;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a customer asked support before an observation date, as known by then. */
final class SupportFeatures {

  private static final int WINDOW = 91;
  private static final LocalDate NEVER = LocalDate.of(9999, 12, 31);

  private SupportFeatures() {}

  /**
   * Features of support, NULL where the window reaches back before the first known ticket.
   *
   * @param observations customer_id, observation_date
   * @param tickets every version of {@code conformed.tickets}
   */
  static Dataset<Row> of(Dataset<Row> observations, Dataset<Row> tickets, ObservationGrid grid) {
    Dataset<Row> counts =
        known(tickets, grid)
            .withColumn("age_days", datediff(col("observation_date"), col("opened_date")))
            .withColumn("is_in_91d", col("age_days").leq(WINDOW))
            .groupBy("customer_id", "observation_date")
            .agg(
                count_if(col("age_days").leq(28)).as("opened_28d"),
                count_if(col("is_in_91d")).as("opened_91d"),
                count_if(isOpen()).as("open"),
                count_if(col("is_in_91d").and(coalesce(col("is_escalated"), lit(false))))
                    .as("escalated_91d"),
                avg(when(col("is_in_91d"), col("first_response_minutes")))
                    .divide(60)
                    .as("response_hours"));
    return observations
        .join(
            grid.starts(tickets, col("opened_date"), col("known_from"), "tickets_from"),
            new String[] {"observation_date"},
            "left")
        .join(counts, new String[] {"customer_id", "observation_date"}, "left")
        .withColumn("known_days", datediff(col("observation_date"), col("tickets_from")))
        .withColumn("tickets_opened_28d", over(28, orNone("opened_28d")))
        .withColumn("tickets_opened_91d", over(WINDOW, orNone("opened_91d")))
        .withColumn("open_tickets", over(0, orNone("open")))
        .withColumn("escalations_91d", over(WINDOW, orNone("escalated_91d")))
        .withColumn("first_response_hours_91d", over(WINDOW, col("response_hours")));
  }

  /** The tickets that count on each date, each in the version of that date. */
  private static Dataset<Row> known(Dataset<Row> tickets, ObservationGrid grid) {
    Column closeKnown = col("known_at").getItem("closed_date");
    Column lastUse =
        when(col("closed_date").isNull(), lit(NEVER))
            .otherwise(
                greatest(date_add(col("opened_date"), WINDOW), col("closed_date"), closeKnown));
    Column until = least(lastUse, coalesce(col("known_until"), lit(NEVER)));
    Dataset<Row> dated =
        grid.between(
                tickets.select(
                    "customer_id",
                    "opened_date",
                    "closed_date",
                    "first_response_minutes",
                    "is_escalated",
                    "known_from",
                    "known_until",
                    "known_at"),
                grid.latestUpTo(until),
                grid.firstAfter(greatest(col("opened_date"), col("known_from"))))
            .withColumn("observation_date", grid.date(col("k")));
    return Known.at(dated, date_sub(col("observation_date"), 1))
        .filter(col("opened_date").lt(col("observation_date")));
  }

  private static Column isOpen() {
    return col("closed_date").isNull().or(col("closed_date").geq(col("observation_date")));
  }

  private static Column orNone(String count) {
    return coalesce(col(count), lit(0L));
  }

  /** A value over a window of days, NULL if the window began before the first known ticket. */
  private static Column over(int days, Column value) {
    return when(col("known_days").geq(days), value);
  }
}
