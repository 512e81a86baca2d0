package io.holdfast.job;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.CachedData;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that are made once and read several times: checked, compared, written.
 *
 * <p>What reads them is planned as the reading of a table. On a persisted {@code Dataset} each
 * query would analyze and compare again the plan that makes the rows, which for small tables takes
 * longer than to make them.
 */
final class HeldRows implements AutoCloseable {

  private final Dataset<Row> made;
  private final Dataset<Row> rows;

  private HeldRows(Dataset<Row> made, Dataset<Row> rows) {
    this.made = made;
    this.rows = rows;
  }

  /** Holds what a plan makes, from when it is first read. */
  static HeldRows of(Dataset<Row> plan) {
    var made = (org.apache.spark.sql.classic.Dataset<Row>) plan;
    made.persist(StorageLevel.MEMORY_AND_DISK());
    SparkSession spark = made.sparkSession();
    CachedData held =
        spark
            .sharedState()
            .cacheManager()
            .lookupCachedData(made)
            .getOrElse(
                () -> {
                  throw new IllegalStateException("Cannot hold rows: Spark keeps no plan of them.");
                });
    return new HeldRows(
        made,
        org.apache.spark.sql.classic.Dataset.ofRows(
            spark,
            held.cachedRepresentation().withOutput(made.queryExecution().analyzed().output())));
  }

  /** Rows that are made anew by each query. */
  static HeldRows notAtAll(Dataset<Row> plan) {
    return new HeldRows(plan, plan);
  }

  /** The rows. */
  Dataset<Row> rows() {
    return rows;
  }

  /** Lets go of them. */
  @Override
  public void close() {
    if (made != rows) {
      made.unpersist();
    }
  }
}
