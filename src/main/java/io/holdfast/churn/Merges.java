package io.holdfast.churn;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import io.holdfast.conformed.Known;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which customer's id stood for which, as it was known on the day before each date: a merge that
 * arrives later changes nothing of an earlier date.
 *
 * @param ends one row per observation date and id that counts as another
 */
record Merges(Dataset<Row> ends) {

  /**
   * The merges of each date of a grid.
   *
   * @param versions every version of {@code conformed.id_aliases}
   */
  static Merges of(Dataset<Row> versions, ObservationGrid grid) {
    Dataset<Row> dated =
        grid.between(
                versions.filter(col("unit").equalTo(Aliases.CUSTOMER)),
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    // Chains are followed for each date by itself: to the aliases a date is a unit of its own.
    Dataset<Row> links =
        Known.at(dated, date_sub(col("observation_date"), 1))
            .withColumn("unit", concat(col("observation_date").cast("string"), col("unit")));
    return new Merges(
        Aliases.resolved(links)
            .select(
                substring(col("unit"), 1, 10).cast("date").as("observation_date"),
                col("alias_id").as("customer_id"),
                col("canonical_id")));
  }

  /** Rows of {@code customer_id} and {@code observation_date} under the ids that counted then. */
  Dataset<Row> applied(Dataset<Row> rows) {
    return rows.join(broadcast(ends), new String[] {"observation_date", "customer_id"}, "left")
        .withColumn("customer_id", coalesce(col("canonical_id"), col("customer_id")))
        .drop("canonical_id");
  }
}
