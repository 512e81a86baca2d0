package io.holdfast.conformed;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import io.holdfast.job.Inputs;
import io.holdfast.sources.Sources;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Makes of the landed rows of a thing its versions: what was known of it, from when until when.
 *
 * <p>The order of two rows of one thing is declared version, arrival date, file, content. A row of
 * an older version that arrives later changes nothing. Of several that arrive on one day the last
 * counts. Equal rows one after the other are one version. A deleted thing, and one that a later
 * snapshot lacks, has no current version.
 */
final class Versions {

  private Versions() {}

  /**
   * The versions on the touched days, each made of all rows of its thing, whatever day they are
   * about.
   */
  static Dataset<Row> ofTouched(Inputs in, Table landed, String id) {
    Dataset<Row> all = in.all(landed);
    Dataset<Row> touched = in.rows(landed);
    Dataset<Row> things = named(touched, id).select(id);
    Dataset<Row> days = touched.select("row_date").distinct();
    return of(named(all, id).join(things, new String[] {id}, "left_semi"), all, id)
        .join(broadcast(days), new String[] {"row_date"}, "left_semi");
  }

  /**
   * The days on which other rows of the touched days' things lie: news of a thing end the version
   * before, whatever day that is about. A new snapshot can end anything.
   */
  static Days daysOfTheSameThings(Inputs in, Table landed, String id) {
    Dataset<Row> touched = in.rows(landed);
    Column isSnapshot = col("record").equalTo("file").and(col("arrives").equalTo("snapshot"));
    if (!touched.filter(isSnapshot).isEmpty()) {
      return Days.ALL;
    }
    Dataset<Row> things = named(touched, id).select(id);
    return Days.of(
        named(in.all(landed), id)
            .join(things, new String[] {id}, "left_semi")
            .select("row_date")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getDate(0).toLocalDate())
            .toList());
  }

  /**
   * The versions of each thing.
   *
   * @param landed rows of a {@code sources} table
   * @param everLanded all rows of the same table: its file records tell when snapshots were taken
   * @param id the column that names the thing; where a row has none it is named by its content
   * @return the landed columns with known_from, known_until and is_current
   */
  static Dataset<Row> of(Dataset<Row> landed, Dataset<Row> everLanded, String id) {
    Dataset<Row> daily = withoutOverruled(lastOfDay(named(landed, id), id), id);
    Dataset<Row> all = daily.unionByName(vanished(daily, everLanded, id));
    WindowSpec inTime = Window.partitionBy(id).orderBy("arrival_date");
    Column before = lag(col("content"), 1).over(inTime);
    return all.withColumn("content", struct(col("row_hash"), col("is_deleted")))
        .withColumn("before", before)
        .filter(col("before").isNull().or(not(col("before").eqNullSafe(col("content")))))
        .withColumn("known_from", col("arrival_date"))
        .withColumn("known_until", lead(col("arrival_date"), 1).over(inTime))
        .withColumn("is_current", col("known_until").isNull())
        .filter(not(col("is_deleted")))
        .drop("content", "before");
  }

  /** The kept rows; one without an id is named by its content. */
  private static Dataset<Row> named(Dataset<Row> landed, String id) {
    return Sources.kept(landed)
        .withColumn(id, coalesce(col(id), concat(lit("r"), hex(col("row_hash")))));
  }

  private static Dataset<Row> lastOfDay(Dataset<Row> rows, String id) {
    WindowSpec newestFirst =
        Window.partitionBy(id, "arrival_date")
            .orderBy(
                col("row_version").desc_nulls_last(), col("file").desc(), col("row_hash").desc());
    return rows.withColumn("newest", row_number().over(newestFirst))
        .filter(col("newest").equalTo(1))
        .drop("newest");
  }

  /** Drops what arrived after a newer version had. */
  private static Dataset<Row> withoutOverruled(Dataset<Row> rows, String id) {
    WindowSpec soFar =
        Window.partitionBy(id)
            .orderBy("arrival_date")
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    return rows.withColumn("newest_version", max("row_version").over(soFar))
        .filter(col("row_version").isNull().or(col("row_version").geq(col("newest_version"))))
        .drop("newest_version");
  }

  /** A row that ends each thing at the first snapshot that lacks it. */
  private static Dataset<Row> vanished(Dataset<Row> daily, Dataset<Row> everLanded, String id) {
    WindowSpec byDate = Window.partitionBy("feed").orderBy("folder_date");
    Dataset<Row> next =
        everLanded
            .filter(
                col("record")
                    .equalTo("file")
                    .and(col("arrives").equalTo("snapshot"))
                    .and(col("folder_date").isNotNull()))
            .select("feed", "folder_date")
            .dropDuplicates("feed", "folder_date")
            .withColumn("next_snapshot", lead(col("folder_date"), 1).over(byDate))
            .select(
                col("feed").as("of_feed"), col("folder_date").as("of_date"), col("next_snapshot"));
    WindowSpec inTime = Window.partitionBy(id).orderBy("arrival_date");
    return daily
        .withColumn("next_row", lead(col("arrival_date"), 1).over(inTime))
        .join(
            broadcast(next),
            col("feed").equalTo(col("of_feed")).and(col("folder_date").equalTo(col("of_date"))),
            "inner")
        .filter(
            col("next_snapshot")
                .isNotNull()
                .and(col("next_row").isNull().or(col("next_row").gt(col("next_snapshot")))))
        .withColumn("arrival_date", col("next_snapshot"))
        .withColumn("is_deleted", lit(true))
        .drop("next_row", "of_feed", "of_date", "next_snapshot");
  }
}
