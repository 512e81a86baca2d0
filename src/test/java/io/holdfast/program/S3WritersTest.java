package io.holdfast.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.storage.S3SingleDriverLogStore;
import io.holdfast.FaultyS3;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Two drivers that commit to one table in a bucket: what was said to be committed is there, with
 * the log store of Holdfast; with Delta's own some of it is not. {@code -Dholdfast.commits=500}
 * commits more.
 */
@Tag("integration")
class S3WritersTest {

  private static final String BUCKET = "writers";
  private static final int COMMITS = Integer.getInteger("holdfast.commits", 50);

  /** About what a small object takes to a store in the same region. */
  private static final long PUT_MILLIS = 100;

  @TempDir private Path folder;

  @Test
  void noCommitOfTwoDriversIsLost() throws Exception {
    S3Server server = S3Server.start(folder.resolve("objects")).orElse(null);
    assumeTrue(server != null, S3Server.MISSING);
    server.bucket(BUCKET);
    try (server;
        FaultyS3 far = FaultyS3.farAway(server.port(), PUT_MILLIS)) {
      int lost = lostOf(far, ConditionalPutLogStore.class, "conditional");
      int lostByDelta = lostOf(far, S3SingleDriverLogStore.class, "delta");

      System.out.printf(
          "Of %d commits of two drivers %d are lost with ConditionalPutLogStore, %d with Delta's own%n",
          COMMITS, lost, lostByDelta);
      assertThat(lost).as("lost with ConditionalPutLogStore").isZero();
      assertThat(lostByDelta).as("lost with Delta's own store").isPositive();
    }
  }

  /** How many commits of two drivers succeeded and are not in the table. */
  private int lostOf(FaultyS3 server, Class<?> store, String name) throws Exception {
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
    said.removeAll(there(server, table));
    return said.size();
  }

  /** What the log of the table holds. */
  private static Set<String> there(FaultyS3 server, String table) throws Exception {
    Configuration conf = new Configuration();
    S3Server.set(conf, BUCKET, server.port());
    Set<String> there = new HashSet<>();
    org.apache.hadoop.fs.Path log = new org.apache.hadoop.fs.Path(table, "_delta_log");
    FileSystem files = log.getFileSystem(conf);
    for (FileStatus file : files.globStatus(new org.apache.hadoop.fs.Path(log, "*.json"))) {
      try (FSDataInputStream in = files.open(file.getPath())) {
        for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
          JsonNode done = new ObjectMapper().readTree(line).path("txn");
          if (!done.isMissingNode()) {
            there.add("committed %s %s".formatted(done.get("appId").asText(), done.get("version")));
          }
        }
      }
    }
    return there;
  }

  private Path log(String name, String driver) {
    return folder.resolve(name + "-" + driver + ".log");
  }

  /** Commits again and again, as Delta does, and prints what it was told to have committed. */
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
        spark.range(1).write().format("delta").save(table);
        Files.createFile(go);
      }
      while (!Files.exists(go)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      DeltaLog log = DeltaLog.forTable(spark, table);
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        Action done = new SetTransaction(name, i, Option.empty());
        log.startTransaction(Option.empty(), Option.empty())
            .commit(
                CollectionConverters.asScala(List.of(done)).toSeq(),
                DeltaOperations.ManualUpdate$.MODULE$);
        System.out.println("committed " + name + " " + i);
      }
      spark.stop();
    }
  }
}
