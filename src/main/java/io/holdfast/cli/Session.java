package io.holdfast.cli;

import io.holdfast.lake.LocalFiles;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command: what every table needs, whatever the cluster says. */
public final class Session {

  /** Each with the reason why it is not left to the cluster. */
  private static final Map<String, String> CONFIGURATION =
      Map.ofEntries(
          Map.entry("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension"),
          Map.entry(
              "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog"),
          // Two drivers must not commit the same version of a table on object storage.
          Map.entry("spark.delta.logStore.s3a.impl", "io.holdfast.lake.ConditionalPutLogStore"),
          // Dates are local already; instants are stored in UTC.
          Map.entry("spark.sql.session.timeZone", "UTC"),
          // One bad cell must be NULL and counted, not the end of a night.
          Map.entry("spark.sql.ansi.enabled", "false"),
          // Spark's default INT96 cannot be read by every tool.
          Map.entry("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"),
          // Published tables must be readable by every Delta reader.
          Map.entry("spark.databricks.delta.properties.defaults.minReaderVersion", "1"),
          Map.entry("spark.databricks.delta.properties.defaults.minWriterVersion", "2"),
          Map.entry("spark.databricks.delta.properties.defaults.enableDeletionVectors", "false"));

  /** What suits one machine; a cluster's own settings win. */
  private static final Map<String, String> LOCAL =
      Map.ofEntries(
          Map.entry("spark.ui.enabled", "false"),
          Map.entry("spark.ui.showConsoleProgress", "false"),
          // Nobody looks at plans here, and writing them out costs as much as a small table.
          Map.entry("spark.sql.ui.explainMode", "simple"),
          Map.entry("spark.sql.maxPlanStringLength", "1000"),
          Map.entry("spark.sql.debug.maxToStringFields", "1000000"),
          // Tasks need no classes of another session: they would be asked for one by one.
          Map.entry("spark.sql.artifact.isolation.enabled", "false"),
          // A night has more queries than the 100 that Spark remembers the compiled code of.
          Map.entry("spark.sql.codegen.cache.maxEntries", "2000"),
          Map.entry("spark.databricks.delta.snapshotPartitions", "1"),
          // So many that a part of a hundred million events is sorted in memory; Spark puts parts
          // together that are small.
          Map.entry("spark.sql.shuffle.partitions", "32"),
          Map.entry("spark.sql.adaptive.advisoryPartitionSizeInBytes", "16m"),
          Map.entry("spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold", "64m"),
          // Else every aggregate of a few rows takes a page of up to 64 MB.
          Map.entry("spark.buffer.pageSize", "2m"),
          // What is held between a table's check and its commit goes to disk where it is much.
          Map.entry("spark.rdd.compress", "true"),
          Map.entry("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2"),
          Map.entry("spark.hadoop.fs.file.impl", LocalFiles.class.getName()),
          Map.entry(
              "spark.hadoop.fs.AbstractFileSystem.file.impl", LocalFiles.Abstract.class.getName()));

  private Session() {}

  /** The session of a command, or the one that this process has. */
  public static SparkSession open(String name) {
    SparkSession.Builder builder = SparkSession.builder().appName("holdfast " + name);
    CONFIGURATION.forEach(builder::config);
    String master = System.getProperty("spark.master", "");
    if (master.startsWith("local")) {
      LOCAL.forEach(
          (key, value) -> {
            if (System.getProperty(key) == null) {
              builder.config(key, value);
            }
          });
    }
    return builder.getOrCreate();
  }
}
