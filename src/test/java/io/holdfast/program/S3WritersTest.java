package io.holdfast.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delta.storage.LogStore;
import io.delta.storage.S3SingleDriverLogStore;
import io.holdfast.FaultyS3;
import io.holdfast.S3Server;
import io.holdfast.lake.ConditionalPutLogStore;
import java.io.FileNotFoundException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes that commit to one log in a bucket, as drivers do: what was said to be committed is
 * there, with the log store of Holdfast; with Delta's own some of it is not. {@code
 * -Dholdfast.commits=500} commits more.
 */
@Tag("integration")
class S3WritersTest {

  private static final String BUCKET = "writers";
  private static final List<String> WRITERS = List.of("one", "two");
  private static final int COMMITS = Integer.getInteger("holdfast.commits", 100);

  /** So long that the two meet often: with Delta's own store that is when a commit is lost. */
  private static final long PUT_MILLIS = 100;

  @TempDir private Path folder;

  @Test
  void noCommitOfTwoWritersIsLost() throws Exception {
    S3Server server = S3Server.start(folder.resolve("objects")).orElse(null);
    assumeTrue(server != null, S3Server.MISSING);
    server.bucket(BUCKET);
    try (server;
        FaultyS3 far = FaultyS3.farAway(server.port(), PUT_MILLIS)) {
      int lost = lostOf(far, ConditionalPutLogStore.class, "conditional");
      int lostByDelta = lostOf(far, S3SingleDriverLogStore.class, "delta");

      System.out.printf(
          "Of %d commits of two writers %d are lost with ConditionalPutLogStore, %d with Delta's own%n",
          COMMITS, lost, lostByDelta);
      assertThat(lost).as("lost with ConditionalPutLogStore").isZero();
      assertThat(lostByDelta).as("lost with Delta's own store").isPositive();
    }
  }

  /** How many commits of two writers succeeded and are not in the log. */
  private int lostOf(FaultyS3 server, Class<? extends LogStore> store, String name)
      throws Exception {
    String log = "s3a://" + BUCKET + "/" + name + "/_delta_log";
    List<Process> writers = new ArrayList<>();
    for (String writer : WRITERS) {
      List<String> program =
          new ArrayList<>(
              List.of(Writer.class.getName(), log, writer, "" + COMMITS / 2, store.getName()));
      S3Server.settings(BUCKET, server.port())
          .forEach((key, value) -> program.addAll(List.of(key, value)));
      writers.add(
          ChildJvm.start(
              List.of(
                  "-Xmx500m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  ChildJvm.joined(ChildJvm.classPath())),
              Map.of(),
              output(name, writer),
              program.toArray(String[]::new)));
    }
    Set<String> said = new HashSet<>();
    try {
      for (int i = 0; i < WRITERS.size(); i++) {
        assertThat(writers.get(i).waitFor(20, TimeUnit.MINUTES)).isTrue();
        List<String> lines = Files.readAllLines(output(name, WRITERS.get(i)));
        assertThat(writers.get(i).exitValue()).as(String.join("\n", lines)).isZero();
        lines.stream().filter(line -> line.startsWith("committed ")).forEach(said::add);
      }
    } finally {
      writers.forEach(Process::destroyForcibly);
    }
    assertThat(said).hasSize(COMMITS);
    said.removeAll(there(server, log));
    return said.size();
  }

  /** What the log holds. */
  private static Set<String> there(FaultyS3 server, String log) throws Exception {
    Configuration conf = new Configuration();
    S3Server.set(conf, BUCKET, server.port());
    Set<String> there = new HashSet<>();
    FileSystem files = new org.apache.hadoop.fs.Path(log).getFileSystem(conf);
    for (FileStatus file : files.listStatus(new org.apache.hadoop.fs.Path(log))) {
      try (FSDataInputStream in = files.open(file.getPath())) {
        there.add(new String(in.readAllBytes(), UTF_8).strip());
      }
    }
    return there;
  }

  private Path output(String name, String writer) {
    return folder.resolve(name + "-" + writer + ".log");
  }

  /**
   * Commits again and again as Delta does: looks for the last version, writes the next unless it is
   * there, else looks again. Prints what it was told to have committed.
   */
  static final class Writer {

    public static void main(String[] args) throws Exception {
      org.apache.hadoop.fs.Path log = new org.apache.hadoop.fs.Path(args[0]);
      Configuration conf = new Configuration();
      for (int i = 4; i < args.length; i += 2) {
        conf.set(args[i], args[i + 1]);
      }
      LogStore store =
          Class.forName(args[3])
              .asSubclass(LogStore.class)
              .getConstructor(Configuration.class)
              .newInstance(conf);
      long last = -1;
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        String commit = "committed " + args[1] + " " + i;
        boolean isDone = false;
        while (!isDone) {
          last = last(store, log, last, conf);
          try {
            store.write(file(log, last + 1), List.of(commit).iterator(), false, conf);
            isDone = true;
          } catch (FileAlreadyExistsException e) {
            // The other writer was faster.
          }
        }
        System.out.println(commit);
      }
    }

    private static long last(
        LogStore store, org.apache.hadoop.fs.Path log, long known, Configuration conf)
        throws Exception {
      long last = known;
      try {
        Iterator<FileStatus> files = store.listFrom(file(log, known + 1), conf);
        while (files.hasNext()) {
          last = Long.parseLong(files.next().getPath().getName().substring(0, 20));
        }
      } catch (FileNotFoundException e) {
        // Nobody has committed yet.
      }
      return last;
    }

    private static org.apache.hadoop.fs.Path file(org.apache.hadoop.fs.Path log, long version) {
      return new org.apache.hadoop.fs.Path(log, "%020d.json".formatted(version));
    }
  }
}
