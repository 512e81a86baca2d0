package io.holdfast;

import io.holdfast.lake.ConditionalPutLogStore;
import io.holdfast.lake.LocalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of all tests: started by the first that asks, stopped with the JVM. */
public final class SharedSpark {

  private SharedSpark() {}

  /** The session. Tests must not stop it nor leave settings changed. */
  public static SparkSession session() {
    return Holder.SESSION;
  }

  private static final class Holder {
    static final SparkSession SESSION = start();

    private static SparkSession start() {
      Path warehouse = temporaryFolder();
      SparkSession session =
          SparkSession.builder()
              .appName("holdfast-tests")
              .master("local[2]")
              .config("spark.ui.enabled", false)
              .config("spark.driver.host", "localhost")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.session.timeZone", "UTC")
              .config("spark.sql.ansi.enabled", false)
              .config("spark.sql.shuffle.partitions", 2)
              // The same small queries come again and again: compiled once, not each time.
              .config("spark.sql.codegen.cache.maxEntries", 5000)
              // Else each aggregate of a few rows takes, and clears, a page of up to 64 MB.
              .config("spark.buffer.pageSize", "1m")
              // No session of another user shares this process; without it classes load faster.
              .config("spark.sql.artifact.isolation.enabled", false)
              .config("spark.sql.ui.explainMode", "simple")
              .config("spark.sql.maxPlanStringLength", 1000)
              .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", 2)
              .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
              .config("spark.sql.warehouse.dir", warehouse.toUri().toString())
              .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
              .config(
                  "spark.sql.catalog.spark_catalog",
                  "org.apache.spark.sql.delta.catalog.DeltaCatalog")
              .config("spark.databricks.delta.snapshotPartitions", 1)
              .config("spark.delta.logStore.s3a.impl", ConditionalPutLogStore.class.getName())
              .config("spark.hadoop.fs.file.impl", LocalFiles.class.getName())
              .config(
                  "spark.hadoop.fs.AbstractFileSystem.file.impl",
                  LocalFiles.Abstract.class.getName())
              .getOrCreate();
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(warehouse.toFile())));
      return session;
    }

    private static Path temporaryFolder() {
      try {
        return Files.createTempDirectory("holdfast-warehouse-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
