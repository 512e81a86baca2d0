package io.holdfast.program;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delta.storage.S3SingleDriverLogStore;
import io.holdfast.S3Server;
import io.holdfast.lake.ConditionalPutLogStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two drivers that append to one table in a bucket: what a commit said that it wrote is there, with
 * the log store of Holdfast; with Delta's own some of it is not. {@code -Dholdfast.commits=500}
 * commits more.
 */
@Tag("integration")
class S3WritersTest {

  private static final String BUCKET = "writers";
  private static final int COMMITS = Integer.getInteger("holdfast.commits", 100);

  @TempDir private Path folder;

  @Test
  void noCommitOfTwoDriversIsLost() throws Exception {
    try (S3Server server = S3Server.start(folder.resolve("objects")).orElse(null)) {
      assumeTrue(server != null, S3Server.MISSING);
      server.bucket(BUCKET);

      int lost = lostOf(server, ConditionalPutLogStore.class, "conditional");
      int lostByDelta = lostOf(server, S3SingleDriverLogStore.class, "delta");

      System.out.printf(
          "Of %d commits of two drivers %d are lost with ConditionalPutLogStore, %d with Delta's own%n",
          COMMITS, lost, lostByDelta);
      assertThat(lost).as("lost with ConditionalPutLogStore").isZero();
      assertThat(lostByDelta).as("lost with Delta's own store").isPositive();
    }
  }

  /** How many commits of two drivers succeeded and are not in the table. */
  private int lostOf(S3Server server, Class<?> store, String name) throws Exception {
    String table = "s3a://" + BUCKET + "/" + name;
    Path go = folder.resolve(name + ".go");
    List<Process> drivers = new ArrayList<>();
    for (String driver : List.of("one", "two")) {
      List<String> options = new ArrayList<>(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"));
      options.add("-Dspark.delta.logStore.s3a.impl=" + store.getName());
      S3Server.settings(BUCKET, server.port())
          .forEach((key, value) -> options.add("-Dspark.hadoop." + key + "=" + value));
      options.addAll(List.of("-cp", ChildJvm.joined(ChildJvm.classPath())));
      drivers.add(
          ChildJvm.start(
              options,
              Map.of(),
              log(name, driver),
              Driver.class.getName(),
              table,
              driver,
              "" + COMMITS / 2,
              go.toString()));
    }
    for (Process driver : drivers) {
      assertThat(driver.waitFor(20, TimeUnit.MINUTES)).isTrue();
    }
    Set<String> said = new HashSet<>();
    for (String driver : List.of("one", "two")) {
      List<String> lines = Files.readAllLines(log(name, driver));
      lines.stream().filter(line -> line.startsWith("committed ")).forEach(said::add);
      // Delta itself may find that its log is not what it wrote, and give up.
      if (store == ConditionalPutLogStore.class) {
        assertThat(lines).contains("committed " + driver + " " + (COMMITS / 2 - 1));
      }
    }
    assertThat(said).isNotEmpty();
    rows(server, table)
        .collectAsList()
        .forEach(row -> said.remove("committed " + row.getString(0)));
    return said.size();
  }

  private static Dataset<Row> rows(S3Server server, String table) {
    SparkSession spark = io.holdfast.SharedSpark.session();
    S3Server.set(spark.sparkContext().hadoopConfiguration(), BUCKET, server.port());
    return spark.read().format("delta").load(table).select("row");
  }

  private Path log(String name, String driver) {
    return folder.resolve(name + "-" + driver + ".log");
  }

  /** Appends rows one by one, each with a commit, and prints those whose commit succeeded. */
  static final class Driver {

    public static void main(String[] args) throws Exception {
      String table = args[0];
      String name = args[1];
      Path go = Path.of(args[3]);
      SparkSession spark =
          SparkSession.builder()
              .master("local[1]")
              .config("spark.ui.enabled", false)
              .config("spark.driver.host", "localhost")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
              .config(
                  "spark.sql.catalog.spark_catalog",
                  "org.apache.spark.sql.delta.catalog.DeltaCatalog")
              .config("spark.databricks.delta.snapshotPartitions", 1)
              .getOrCreate();
      // The first makes the table, the other waits until it is there.
      if (name.equals("one")) {
        append(spark, table, "made by one");
        Files.createFile(go);
      }
      while (!Files.exists(go)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        append(spark, table, name + " " + i);
        System.out.println("committed " + name + " " + i);
      }
      spark.stop();
    }

    private static void append(SparkSession spark, String table, String row) {
      spark
          .range(1)
          .select(lit(row).as("row"))
          .coalesce(1)
          .write()
          .format("delta")
          .mode("append")
          .save(table);
    }
  }
}
