package io.holdfast.job;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.columnar.CachedRDDBuilder;
import org.apache.spark.sql.execution.columnar.InMemoryRelation;
import org.apache.spark.sql.execution.columnar.InMemoryRelation$;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows that are made once and read several times: checked, compared, written.
 *
 * <p>What reads them is planned as the reading of a table. On a persisted {@code Dataset} each
 * query carries the plan that makes the rows through the analyzer and is searched for parts that
 * are held, which for small tables takes longer than to make them. And what two builds hold is
 * never one thing, even where their plans are equal.
 */
final class HeldRows implements AutoCloseable {

  private static final Seq<SortOrder> NO_ORDER =
      CollectionConverters.asScala(List.<SortOrder>of()).toSeq();

  private final Dataset<Row> rows;
  private final Runnable release;

  private HeldRows(Dataset<Row> rows, Runnable release) {
    this.rows = rows;
    this.release = release;
  }

  /** Holds what a plan makes, from when it is first read. */
  static HeldRows of(Dataset<Row> plan) {
    var made = (org.apache.spark.sql.classic.Dataset<Row>) plan;
    QueryExecution query = made.queryExecution();
    InMemoryRelation$ relations = InMemoryRelation$.MODULE$;
    CachedRDDBuilder held =
        relations.apply(StorageLevel.MEMORY_AND_DISK(), query, Option.empty()).cacheBuilder();
    // Without the order of its rows: joined with itself, Spark would look for an order by columns
    // that only one side has.
    InMemoryRelation relation =
        relations.apply(query.analyzed().output(), held, NO_ORDER, query.optimizedPlan().stats());
    return new HeldRows(
        org.apache.spark.sql.classic.Dataset.ofRows(made.sparkSession(), relation),
        () -> held.clearCache(false));
  }

  /** Rows that each query makes anew. */
  static HeldRows notAtAll(Dataset<Row> plan) {
    return new HeldRows(plan, () -> {});
  }

  /** The rows. */
  Dataset<Row> rows() {
    return rows;
  }

  /** Lets go of them: whoever reads them still would make them anew. */
  @Override
  public void close() {
    release.run();
  }
}
