package io.holdfast.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.Catalog;
import io.holdfast.S3Server;
import io.holdfast.SharedSpark;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole nights in a process of their own that {@code kill -9} ends at a random moment after the
 * first write, and the run after them, on a disk and in a bucket. {@code -Dholdfast.kills=10} kills
 * more of each.
 */
@Tag("integration")
class KillsTest {

  private static final String NIGHT = "2026-03-03";
  private static final List<String> APPLICATIONS = List.of("ingest", "activity", "retention");

  @TempDir private Path folder;

  @Test
  void afterAKillARerunMakesTheUndisturbedNight() throws Exception {
    TinyCompany company = TinyCompany.ofThree(folder.resolve("company"));
    kill(new Place(company, company.lakeFolder().toString(), company.configuration(), Map.of()));
  }

  @Test
  void soItDoesInABucket() throws Exception {
    Path objects = folder.resolve("objects");
    try (S3Server server = S3Server.start(objects).orElse(null)) {
      assumeTrue(server != null, S3Server.MISSING);
      String bucket = "kills";
      server.bucket(bucket);
      S3Server.set(hadoop(), bucket, server.port());
      String uri = "s3a://" + bucket;
      TinyCompany company = TinyCompany.ofThree(folder.resolve("company"));
      FileSystem files = new org.apache.hadoop.fs.Path(uri).getFileSystem(hadoop());
      files.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(folder.resolve("company/landing").toUri()),
          new org.apache.hadoop.fs.Path(uri + "/landing"));
      kill(
          new Place(
              new TinyCompany(objects.resolve(bucket)),
              uri + "/lake",
              company.configuration().replace(folder.resolve("company").toString(), uri),
              S3Server.settings(bucket, server.port())));
    }
  }

  /** A company's files and lake, and how a process finds them. */
  private record Place(
      TinyCompany company, String lakePath, String configuration, Map<String, String> hadoop) {

    Lake lake() {
      return Lake.existing(SharedSpark.session(), lakePath).orElseThrow();
    }
  }

  private void kill(Place place) throws Exception {
    Path config = TinyCompany.write(folder.resolve("company.conf"), place.configuration());
    assertThat(inThisProcess(place, config, "2026-03-02").exitCode()).isZero();
    Path before = folder.resolve("before");
    place.company().copy(before);

    Process whole = night(place, config, "whole");
    long taken = awaitLease(place, whole);
    assertThat(whole.waitFor(10, TimeUnit.MINUTES)).isTrue();
    long length = System.nanoTime() - taken;
    assertThat(whole.exitValue()).as(output("whole")).isZero();
    Map<String, List<String>> undisturbed = rows(place);

    Random dice = new Random(20260303);
    int kills = Integer.getInteger("holdfast.kills", 2);
    List<String> story = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      place.company().restore(before);
      Process night = night(place, config, "night-" + i);
      awaitLease(place, night);
      long after = (long) (length * (i + dice.nextDouble()) / kills);
      boolean isOver = night.waitFor(after, TimeUnit.NANOSECONDS);
      night.destroyForcibly().waitFor();
      int commits = commits(place.lake(), NIGHT);
      String point =
          "kill %d, %d ms after the lease, %d commits%s"
              .formatted(i, after / 1_000_000, commits, isOver ? ", already over" : "");
      story.add(point);

      Terminal.Result rerun = inThisProcess(place, config, NIGHT);

      assertThat(rerun.exitCode()).as(point + rerun.out() + rerun.err()).isZero();
      LakeRows.assertSame(point, rows(place), undisturbed);
      requireBookkeeping(point, place.lake());
    }
    System.out.printf("%d kills, %s: %s%n", kills, place.lakePath(), story);
  }

  private Process night(Place place, Path config, String name) {
    List<String> program = new ArrayList<>(List.of("io.holdfast.Main", "run"));
    program.addAll(APPLICATIONS);
    program.addAll(List.of("--as-of", NIGHT, "--config", config.toString()));
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=UTC",
                "-Dspark.master=local[2]",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-Dspark.driver.host=localhost"));
    place.hadoop().forEach((key, value) -> options.add("-Dspark.hadoop." + key + "=" + value));
    options.addAll(List.of("-cp", ChildJvm.joined(ChildJvm.classPath())));
    return ChildJvm.start(
        options, Map.of(), folder.resolve(name + ".log"), program.toArray(String[]::new));
  }

  private Terminal.Result inThisProcess(Place place, Path config, String night) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.addAll(APPLICATIONS);
    args.addAll(List.of("--as-of", night));
    return place.company().main("--config", config, args.toArray(String[]::new));
  }

  /** Waits until a process has taken the lake, and says when. */
  private static long awaitLease(Place place, Process night) throws Exception {
    org.apache.hadoop.fs.Path leases = new org.apache.hadoop.fs.Path(place.lakePath(), "_lease");
    FileSystem files = leases.getFileSystem(hadoop());
    while (night.isAlive()) {
      try {
        for (FileStatus file : files.listStatus(leases)) {
          try (FSDataInputStream in = files.open(file.getPath())) {
            if (new String(in.readAllBytes(), UTF_8).contains("\"pid\":" + night.pid())) {
              return System.nanoTime();
            }
          }
        }
      } catch (FileNotFoundException e) {
        // Taken over between the listing and the reading.
        continue;
      }
      Thread.sleep(20);
    }
    return System.nanoTime();
  }

  private static Configuration hadoop() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }

  private String output(String name) throws Exception {
    return Files.readString(folder.resolve(name + ".log"));
  }

  private static List<Table> tables() {
    return Catalog.JOBS.stream().map(Job::table).toList();
  }

  private static Map<String, List<String>> rows(Place place) {
    return LakeRows.of(place.lake(), tables(), java.time.LocalDate.parse(NIGHT));
  }

  private static int commits(Lake lake, String night) {
    return (int)
        tables().stream()
            .flatMap(table -> lake.commitsAfter(table, -1).orElseThrow().stream())
            .filter(logged -> logged.commit() != null && logged.commit().asOf().equals(night))
            .count();
  }

  private static void requireBookkeeping(String point, Lake lake) {
    List<String> made =
        tables().stream()
            .flatMap(
                table ->
                    lake.commitsAfter(table, -1).orElseThrow().stream()
                        .map(logged -> table.id() + " " + logged.version()))
            .sorted()
            .toList();
    List<String> told =
        lake.read(Ledger.COMMITS).select("table_id", "version").collectAsList().stream()
            .map(row -> row.getString(0) + " " + row.getLong(1))
            .sorted()
            .toList();
    assertThat(told).as(point + ": ops.commits").isEqualTo(made);
  }
}
