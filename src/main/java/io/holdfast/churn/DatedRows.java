package io.holdfast.churn;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.holdfast.churn.Feature.Family;
import io.holdfast.conformed.Known;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A family of features whose rows happen on a day and are known in versions: tickets, payments,
 * messages. Each row is held against every observation date that it can matter for, as it was known
 * on the day before.
 *
 * @param family the features
 * @param day the column of the day on which a row happens
 * @param reach days after which a row matters no more
 * @param open the column of the day until which a row matters whatever its age; empty: none
 * @param derived columns that are made of what was known of a row, and of nothing else
 */
record DatedRows(Family family, String day, int reach, String open, Map<String, Column> derived) {

  private static final LocalDate NEVER = LocalDate.of(9999, 12, 31);

  /** Dated rows that matter for so many days. */
  DatedRows(Family family, String day, int reach) {
    this(family, day, reach, "", Map.of());
  }

  /**
   * Joins all features of the family to observations, with the day from which the feed is known.
   *
   * @param observations customer_id, observation_date
   * @param versions every version of the feed's rows
   * @param merges ids that stand for another customer
   * @param features those of the family
   */
  Dataset<Row> join(
      Dataset<Row> observations,
      Dataset<Row> versions,
      ObservationGrid grid,
      Merges merges,
      List<Feature> features) {
    Column[] values =
        features.stream().map(one -> one.value().as(one.name())).toArray(Column[]::new);
    Dataset<Row> measured =
        known(versions, grid, merges)
            .withColumn("age_days", datediff(col("observation_date"), col(day)))
            .groupBy("customer_id", "observation_date")
            .agg(lit(true).as("is_there"), values);
    String start = PointInTime.startOf(family);
    Dataset<Row> joined =
        observations
            .join(
                grid.starts(versions, col(day), col("known_from"), start),
                new String[] {"observation_date"},
                "left")
            .join(measured, new String[] {"customer_id", "observation_date"}, "left");
    return joined.drop("is_there");
  }

  /** The rows that count on each date, each in the version of that date. */
  private Dataset<Row> known(Dataset<Row> versions, ObservationGrid grid, Merges merges) {
    Column until = least(lastUse(), coalesce(col("known_until"), lit(NEVER)));
    Dataset<Row> dated =
        grid.between(
                versions.filter(col("customer_id").isNotNull()),
                grid.latestUpTo(until),
                grid.firstAfter(greatest(col(day), col("known_from"))))
            .withColumn("observation_date", grid.date(col("k")));
    // Only now: a derived column must not see what the masks hide.
    Dataset<Row> known =
        Known.at(dated, date_sub(col("observation_date"), 1))
            .filter(col(day).lt(col("observation_date")));
    return merges.applied(derived.isEmpty() ? known : known.withColumns(derived));
  }

  private Column lastUse() {
    Column aged = date_add(col(day), reach);
    if (open.isEmpty()) {
      return aged;
    }
    // Until it is known to have ended it is open.
    Column endKnown = coalesce(col("known_at").getItem(open), col(open));
    return when(col(open).isNull(), lit(NEVER)).otherwise(greatest(aged, col(open), endKnown));
  }
}
