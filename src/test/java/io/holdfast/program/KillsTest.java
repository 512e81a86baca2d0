package io.holdfast.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole nights in a process of their own that {@code kill -9} ends at a random moment after the
 * first write, and the run after them. {@code -Dholdfast.kills=10} kills more.
 */
@Tag("integration")
class KillsTest {

  private static final String NIGHT = "2026-03-03";
  private static final List<String> APPLICATIONS = List.of("ingest", "activity", "retention");

  @TempDir private Path folder;

  @Test
  void afterAKillARerunMakesTheUndisturbedNight() throws Exception {
    TinyCompany company = TinyCompany.ofThree(folder.resolve("company"));
    Path config = TinyCompany.write(folder.resolve("company.conf"), company.configuration());
    assertThat(inThisProcess(company, "2026-03-02").exitCode()).isZero();
    Path before = folder.resolve("before");
    company.copy(before);

    Process whole = night(config, "whole");
    long taken = awaitLease(company, whole);
    assertThat(whole.waitFor(10, TimeUnit.MINUTES)).isTrue();
    long length = System.nanoTime() - taken;
    assertThat(whole.exitValue()).as(output("whole")).isZero();
    Map<String, List<String>> undisturbed = rows(company);

    Random dice = new Random(20260303);
    int kills = Integer.getInteger("holdfast.kills", 3);
    List<String> story = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      company.restore(before);
      Process night = night(config, "night-" + i);
      awaitLease(company, night);
      long after = (long) (length * (i + dice.nextDouble()) / kills);
      boolean isOver = night.waitFor(after, TimeUnit.NANOSECONDS);
      night.destroyForcibly().waitFor();
      int commits = commits(company.lake(company.lakeFolder()), NIGHT);
      String point =
          "kill %d, %d ms after the lease, %d commits%s"
              .formatted(i, after / 1_000_000, commits, isOver ? ", already over" : "");
      story.add(point);

      Terminal.Result rerun = inThisProcess(company, NIGHT);

      assertThat(rerun.exitCode()).as(point + rerun.out() + rerun.err()).isZero();
      LakeRows.assertSame(point, rows(company), undisturbed);
      requireBookkeeping(point, company);
    }
    System.out.printf("%d kills: %s%n", kills, story);
  }

  private Process night(Path config, String name) {
    List<String> program = new ArrayList<>(List.of("io.holdfast.Main", "run"));
    program.addAll(APPLICATIONS);
    program.addAll(List.of("--as-of", NIGHT, "--config", config.toString()));
    return ChildJvm.start(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Duser.timezone=UTC",
            "-Dspark.master=local[2]",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dspark.driver.host=localhost",
            "-cp",
            ChildJvm.joined(ChildJvm.classPath())),
        Map.of(),
        folder.resolve(name + ".log"),
        program.toArray(String[]::new));
  }

  private Terminal.Result inThisProcess(TinyCompany company, String night) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.addAll(APPLICATIONS);
    args.addAll(List.of("--as-of", night));
    return company.run(args.toArray(String[]::new));
  }

  /** Waits until a process has taken the lake, and says when. */
  private static long awaitLease(TinyCompany company, Process night) throws Exception {
    Path lease = company.lakeFolder().resolve("_lease");
    while (night.isAlive()) {
      if (Files.isDirectory(lease)) {
        try (var files = Files.list(lease)) {
          for (Path file : files.toList()) {
            if (Files.readString(file).contains("\"pid\":" + night.pid())) {
              return System.nanoTime();
            }
          }
        } catch (java.nio.file.NoSuchFileException e) {
          // Taken over between the listing and the reading.
          continue;
        }
      }
      Thread.sleep(20);
    }
    return System.nanoTime();
  }

  private String output(String name) throws Exception {
    return Files.readString(folder.resolve(name + ".log"));
  }

  private static List<Table> tables() {
    return Catalog.JOBS.stream().map(Job::table).toList();
  }

  private static Map<String, List<String>> rows(TinyCompany company) {
    return LakeRows.of(
        company.lake(company.lakeFolder()), tables(), java.time.LocalDate.parse(NIGHT));
  }

  private static int commits(Lake lake, String night) {
    return (int)
        tables().stream()
            .flatMap(table -> lake.commitsAfter(table, -1).orElseThrow().stream())
            .filter(logged -> logged.commit() != null && logged.commit().asOf().equals(night))
            .count();
  }

  private static void requireBookkeeping(String point, TinyCompany company) {
    Lake lake = company.lake(company.lakeFolder());
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
