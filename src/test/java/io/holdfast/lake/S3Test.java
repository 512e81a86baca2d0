package io.holdfast.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.S3Server;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether of several writers of one file exactly one succeeds: on a server of the tests' own, or on
 * the one that {@code S3_ENDPOINT}, {@code S3_BUCKET}, {@code AWS_ACCESS_KEY_ID} and {@code
 * AWS_SECRET_ACCESS_KEY} name. It proves as much about another server as that one resembles it.
 */
@Tag("integration")
class S3Test {

  private static final int WRITERS = 8;

  @TempDir private static java.nio.file.Path folder;
  private static S3Server server;

  private static Configuration conf;
  private static String bucket;

  private final Path lake = new Path("s3a://" + bucket + "/" + UUID.randomUUID());

  @BeforeAll
  static void server() {
    conf = new Configuration();
    if (System.getenv("S3_ENDPOINT") != null) {
      bucket = System.getenv("S3_BUCKET");
      conf.set("fs.s3a.endpoint", System.getenv("S3_ENDPOINT"));
      conf.set("fs.s3a.endpoint.region", "us-east-1");
      conf.setBoolean("fs.s3a.path.style.access", true);
      conf.set(
          "fs.s3a.aws.credentials.provider",
          "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider");
      return;
    }
    server = S3Server.start(folder).orElse(null);
    assumeTrue(server != null, S3Server.MISSING);
    bucket = "races";
    server.bucket(bucket);
    S3Server.set(conf, bucket, server.port());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void ofManyWritersOfOneCommitExactlyOneSucceeds() throws Exception {
    ConditionalPutLogStore store = new ConditionalPutLogStore(conf);
    for (int round = 0; round < 30; round++) {
      Path commit = new Path(lake, "_delta_log/%020d.json".formatted(round));
      List<String> winners = new ArrayList<>();
      for (String winner : race(name -> write(store, commit, name))) {
        if (!winner.isEmpty()) {
          winners.add(winner);
        }
      }
      assertThat(winners).as("round " + round).hasSize(1);
      try (var lines = store.read(commit, conf)) {
        assertThat(lines).toIterable().containsExactlyElementsOf(winners);
      }
    }
  }

  @Test
  void aCommitThatStandsIsRefusedUnlessItIsTheSame() throws Exception {
    ConditionalPutLogStore store = new ConditionalPutLogStore(conf);
    Path commit = new Path(lake, "_delta_log/00000000000000000001.json");
    store.write(commit, List.of("a").iterator(), false, conf);
    store.write(commit, List.of("a").iterator(), false, conf);
    assertThatThrownBy(() -> store.write(commit, List.of("b").iterator(), false, conf))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void ofManyTakersOfALeaseExactlyOneWins() throws Exception {
    FileSystem fs = lake.getFileSystem(conf);
    LeaseFiles files = new LeaseFiles(fs, lake);
    for (int round = 1; round <= 30; round++) {
      int number = round;
      assertThat(race(name -> files.create(number, holder(name)) ? name : ""))
          .as("round " + round)
          .filteredOn(name -> !name.isEmpty())
          .hasSize(1);
      files.overwrite(number, holder("winner"));
      assertThat(files.highest())
          .get()
          .extracting(LeaseFiles.Entry::number)
          .isEqualTo((long) round);
    }
  }

  private static LeaseHolder holder(String run) {
    return LeaseHolder.self(run, Instant.EPOCH, Instant.EPOCH);
  }

  private interface Writer {
    String write(String name) throws Exception;
  }

  private static List<String> race(Writer writer) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    try {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String name = "writer-" + i;
        tasks.add(
            () -> {
              start.await();
              return writer.write(name);
            });
      }
      List<String> results = new ArrayList<>();
      for (Future<String> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private String write(ConditionalPutLogStore store, Path commit, String name) throws Exception {
    try {
      store.write(commit, List.of(name).iterator(), false, conf);
      return name;
    } catch (FileAlreadyExistsException e) {
      return "";
    }
  }
}
