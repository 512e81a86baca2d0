package io.holdfast.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.Catalog;
import io.holdfast.FaultyS3;
import io.holdfast.S3Server;
import io.holdfast.SharedSpark;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Feeds and lake in a bucket: the tables are those of a disk, on a bad day, and when the server
 * dies in the middle.
 */
@Tag("integration")
class S3NightsTest {

  private static final String FIRST = "2026-03-02";
  private static final String SECOND = "2026-03-03";
  private static final List<String> APPLICATIONS = List.of("ingest", "activity", "retention");

  @TempDir private Path folder;
  private TinyCompany company;
  private S3Server server;

  @BeforeEach
  void server() {
    server = S3Server.start(folder.resolve("objects")).orElse(null);
    assumeTrue(server != null, S3Server.MISSING);
    company = TinyCompany.ofThree(folder.resolve("company"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** Minutes long: each table takes some hundred requests. */
  @Test
  @Tag("long")
  void aWholeNightIsThatOfADisk() throws Exception {
    bucket("whole", server.port());
    List<String> nightly = List.of("nightly");
    assertDone(company.run(words(nightly, SECOND)));
    assertDone(inBucket("whole", nightly, SECOND));

    assertSame("whole");
  }

  @Test
  @Tag("long")
  void aBadDayChangesNothing() throws Exception {
    try (FaultyS3 proxy = FaultyS3.onABadDay(server.port(), 0.02, 20260303)) {
      bucket("bad-day", proxy.port());
      assertDone(company.run(words(APPLICATIONS, SECOND)));
      // A read that is cut off again and again ends a run: then it is run again, as a scheduler
      // does.
      Terminal.Result night = inBucket("bad-day", APPLICATIONS, SECOND);
      for (int i = 0; i < 3 && night.exitCode() == 1; i++) {
        night = inBucket("bad-day", APPLICATIONS, SECOND);
      }
      assertDone(night);

      assertSame("bad-day");
      FileSystem files = new org.apache.hadoop.fs.Path(uri("bad-day")).getFileSystem(conf());
      assertThat(files.listStatus(new org.apache.hadoop.fs.Path(uri("bad-day") + "/lake/_lease")))
          .as("the lease is one file, given back")
          .hasSize(1);
      System.out.println("S3 on a bad day: " + proxy.faults());
      assertThat(proxy.faults()).containsOnlyKeys(FaultyS3.Fault.values());
    }
  }

  @Test
  void aServerThatDiesAndComesBackLosesNothing() throws Exception {
    bucket("outage", server.port());
    assertDone(company.run(words(APPLICATIONS, FIRST)));
    assertDone(inBucket("outage", APPLICATIONS, FIRST));
    assertDone(company.run(words(APPLICATIONS, SECOND)));
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Boolean> fellIntoTheNight =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                awaitCommit("outage", isOver);
                boolean isIn = !isOver.get();
                server.kill();
                TimeUnit.SECONDS.sleep(5);
                return isIn && !isOver.get();
              } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
              } finally {
                server.start();
              }
            });

    Terminal.Result disturbed = inBucket("outage", APPLICATIONS, SECOND);
    isOver.set(true);
    assertThat(fellIntoTheNight.get(5, TimeUnit.MINUTES)).as("the night met the outage").isTrue();

    System.out.println("Night with an outage of five seconds ended with " + disturbed.exitCode());
    if (disturbed.exitCode() != 0) {
      assertThat(disturbed.exitCode()).as(disturbed.out() + disturbed.err()).isEqualTo(1);
      assertDone(inBucket("outage", APPLICATIONS, SECOND));
    }
    assertSame("outage");
  }

  /** Waits until the second night has committed something, or is over. */
  private static void awaitCommit(String bucket, AtomicBoolean isOver)
      throws IOException, InterruptedException {
    org.apache.hadoop.fs.Path log =
        new org.apache.hadoop.fs.Path(uri(bucket) + "/lake/conformed/events/_delta_log");
    FileSystem files = log.getFileSystem(conf());
    int before = files.listStatus(log).length;
    while (files.listStatus(log).length == before && !isOver.get()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** A bucket with what the company delivered. */
  private void bucket(String name, int port) throws IOException {
    server.bucket(name);
    S3Server.set(SharedSpark.session().sparkContext().hadoopConfiguration(), name, port);
    org.apache.hadoop.fs.Path from =
        new org.apache.hadoop.fs.Path(folder.resolve("company/landing").toUri());
    org.apache.hadoop.fs.Path to = new org.apache.hadoop.fs.Path(uri(name) + "/landing");
    FileUtil.copy(from.getFileSystem(conf()), from, to.getFileSystem(conf()), to, false, conf());
  }

  private static Configuration conf() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }

  private static String uri(String bucket) {
    return "s3a://" + bucket;
  }

  private Terminal.Result inBucket(String bucket, List<String> what, String night) {
    String configuration =
        company.configuration().replace(folder.resolve("company").toString(), uri(bucket));
    Path config = TinyCompany.write(folder.resolve(bucket + ".conf"), configuration);
    return company.main("--config", config, words(what, night));
  }

  private static String[] words(List<String> what, String night) {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(what);
    words.addAll(List.of("--as-of", night));
    return words.toArray(String[]::new);
  }

  private static void assertDone(Terminal.Result result) {
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }

  /** Every table but those that tell of runs and of files' paths. */
  private void assertSame(String bucket) {
    List<Table> tables =
        Catalog.JOBS.stream().map(Job::table).filter(table -> !LakeRows.isAppended(table)).toList();
    Lake theirs = Lake.existing(SharedSpark.session(), uri(bucket) + "/lake").orElseThrow();
    Map<String, List<String>> disk =
        LakeRows.of(company.lake(company.lakeFolder()), tables, LocalDate.parse(SECOND));
    assertThat(disk.values()).anyMatch(rows -> !rows.isEmpty());
    LakeRows.assertSame(bucket, LakeRows.of(theirs, tables, LocalDate.parse(SECOND)), disk);
  }
}
