package io.holdfast.job;

import io.holdfast.lake.Lake;
import io.holdfast.lake.SessionCopy;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.util.Collection;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * The sessions in which a night's tables are built: the command's own, and one for queries over few
 * rows, which take longer to compile and to adapt than to run.
 *
 * <p>In that one, expressions are interpreted, plans stay as they were planned, and a shuffle has
 * one partition. Both give the same rows.
 */
final class Sessions {

  private static final long FEW_ROWS = 50_000;
  private static final long FEW_BYTES = 8_000_000;

  /** Delivered text may be compressed and is parsed. */
  private static final long FEW_DELIVERED_BYTES = 2_000_000;

  private static final Map<String, String> FOR_FEW_ROWS =
      Map.of(
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN",
          // What is interpreted looks a shared expression up for each row, which takes longer than
          // to evaluate it twice.
          "spark.sql.subexpressionElimination.enabled", "false",
          "spark.sql.adaptive.enabled", "false",
          // It looks at the whole plan after each of the optimizer's rules.
          "spark.sql.lightweightPlanChangeValidation", "false",
          // What is held between a table's check and its commit lives for seconds.
          "spark.sql.inMemoryColumnarStorage.compressed", "false",
          "spark.sql.shuffle.partitions", "1");

  private final SparkSession forMany;
  private final SparkSession forFew;
  private final Lake lake;

  Sessions(SparkSession spark, Lake lake) {
    this.forMany = spark;
    this.forFew = SessionCopy.of(spark, FOR_FEW_ROWS);
    this.lake = lake;
  }

  /** The session for what reads these tables. */
  SparkSession toRead(Collection<Table> tables) {
    return tables.stream().allMatch(this::hasFewRows) ? forFew : forMany;
  }

  /** The session for what takes in so many bytes of delivered files. */
  SparkSession toTakeIn(double bytes) {
    return bytes <= FEW_DELIVERED_BYTES ? forFew : forMany;
  }

  /** What a reader of the table meets: a whole commit of it, or some of its days. */
  private boolean hasFewRows(Table table) {
    boolean isReadAsCommitted =
        table.refresh() instanceof Refresh.Whole || table.refresh() instanceof Refresh.AsOf;
    return isReadAsCommitted
        ? lake.last(table).map(last -> last.commit().rows()).orElse(0L) <= FEW_ROWS
        : lake.bytes(table) <= FEW_BYTES;
  }
}
