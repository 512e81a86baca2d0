package io.holdfast.program;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.activity.FeatureDays;
import io.holdfast.config.Settings;
import io.holdfast.conformed.Customers;
import io.holdfast.failure.Failure;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.job.Progress;
import io.holdfast.job.RunReport;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.nio.file.Path;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A night whose file system fails, and the night after it: nothing is lost, nothing counted twice.
 * {@code -Dholdfast.faults=200} tries more points, {@code -Dholdfast.interruptions=40} interrupts
 * more rebuilds and backfills.
 */
@Tag("integration")
class FaultsTest {

  private static final LocalDate FIRST = LocalDate.parse("2026-03-02");
  private static final LocalDate SECOND = LocalDate.parse("2026-03-03");

  private static final Table TOTALS =
      Table.in("metrics", "feature_totals")
          .grain("one row per night and feature")
          .column("feature", StringType, "the feature")
          .column("events", LongType, "uses of it on all days up to the night")
          .key("feature")
          .published()
          .build();

  private static final Job TOTALS_JOB =
      Job.writes(TOTALS)
          .reads(FeatureDays.TABLE)
          .as(
              in ->
                  in.rows(FeatureDays.TABLE)
                      .filter(col("event_date").leq(lit(Date.valueOf(in.asOf()))))
                      .groupBy("feature")
                      .agg(sum("events").as("events")));

  /** Few tables, so that many nights fail, of every kind of replacing, each after what it reads. */
  private static final List<Job> JOBS =
      Stream.concat(
              needed(List.of(Customers.TABLE, FeatureDays.TABLE)).stream(), Stream.of(TOTALS_JOB))
          .toList();

  /** Retention, and all that it is made of. */
  private static final List<Job> RETENTION_JOBS = needed(List.of(CohortRetention.TABLE));

  @TempDir private Path folder;
  private TinyCompany company;
  private Settings settings;

  private static List<Job> needed(List<Table> tables) {
    Set<String> wanted = new TreeSet<>();
    tables.forEach(table -> wanted.add(table.id()));
    List<Job> needed = new ArrayList<>();
    for (int i = Catalog.JOBS.size() - 1; i >= 0; i--) {
      Job job = Catalog.JOBS.get(i);
      if (wanted.contains(job.table().id())) {
        needed.add(0, job);
        job.reads().forEach(read -> wanted.add(read.id()));
      }
    }
    return List.copyOf(needed);
  }

  @BeforeEach
  void company() {
    FlakyFileSystem.register(SharedSpark.session());
    FlakyFileSystem.calm();
    company = TinyCompany.ofThree(folder.resolve("company"));
    settings = Settings.load(Optional.of(company.configuration()), "test", Map.of(), Map.of());
  }

  @AfterEach
  void calm() {
    FlakyFileSystem.calm();
  }

  private Lake lake(String name) {
    return Lake.open(
        SharedSpark.session(),
        FlakyFileSystem.SCHEME + "://" + folder.resolve(name).toAbsolutePath());
  }

  private RunReport run(String name, LocalDate night) {
    return run(name, night, night, JOBS, false);
  }

  private RunReport run(
      String name, LocalDate night, LocalDate arrivedBy, List<Job> jobs, boolean isRebuild) {
    return new Runner(SharedSpark.session(), lake(name), settings, jobs, "code", Progress.SILENT)
        .run(
            new Runner.Request(
                night,
                arrivedBy,
                jobs,
                List.of(),
                isRebuild,
                folder.resolve("exports").toString(),
                3,
                // One that could not give its lease back keeps the next of its process waiting.
                Duration.ofSeconds(90)));
  }

  private Map<String, List<String>> rows(String name, LocalDate night) {
    return rows(name, night, JOBS);
  }

  private Map<String, List<String>> rows(String name, LocalDate night, List<Job> jobs) {
    return LakeRows.of(
        lake(name),
        jobs.stream().map(Job::table).filter(table -> !LakeRows.isAppended(table)).toList(),
        night);
  }

  /** A night of a lake: what it is run on, and what it makes undisturbed. */
  private record Night(
      LocalDate date, String before, Map<String, List<String>> undisturbed, long mutations) {}

  private List<Night> undisturbedNights() throws Exception {
    List<Night> nights = new ArrayList<>();
    FileUtils.forceMkdir(folder.resolve("lake").toFile());
    for (LocalDate date : List.of(FIRST, SECOND)) {
      String before = "before-" + date;
      FileUtils.copyDirectory(folder.resolve("lake").toFile(), folder.resolve(before).toFile());
      FlakyFileSystem.calm();
      RunReport report = run("lake", date);
      assertThat(report.isPublished()).as(report.outcomes().toString()).isTrue();
      nights.add(new Night(date, before, rows("lake", date), FlakyFileSystem.mutations()));
    }
    return nights;
  }

  private void restore(String before) throws Exception {
    FileUtils.deleteDirectory(folder.resolve("lake").toFile());
    FileUtils.copyDirectory(folder.resolve(before).toFile(), folder.resolve("lake").toFile());
    DeltaLog.clearCache();
  }

  @Test
  void afterAFailureAtAnyMutationARerunMakesTheUndisturbedNight() throws Exception {
    List<Night> nights = undisturbedNights();
    int points = Integer.getInteger("holdfast.faults", 20);
    Random dice = new Random(20260302);
    Map<String, Integer> ends = new TreeMap<>();
    for (int i = 0; i < points; i++) {
      // Mostly nights on top of another: they have more to lose.
      Night night = nights.get(i % 4 == 0 ? 0 : 1);
      // Spread evenly over the night, whatever the number of points.
      double place = (i + dice.nextDouble()) / points;
      long at = 1 + (long) (place * night.mutations());
      Fault fault = Fault.values()[dice.nextInt(Fault.values().length)];
      String point =
          "%s, %s mutation %d of %d".formatted(night.date(), fault, at, night.mutations());
      restore(night.before());
      fault.inject(at);
      ends.merge(fault + " " + disturbed(night.date(), point), 1, Integer::sum);
      theProcessEnds();

      RunReport rerun = run("lake", night.date());

      assertThat(rerun.failure()).as(point + ": " + rerun.outcomes()).isEmpty();
      assertThat(rerun.isPublished()).as(point).isTrue();
      LakeRows.assertSame(point, rows("lake", night.date()), night.undisturbed());
      requireBookkeeping(point, night.date());
    }
    System.out.printf("%d injected failures: %s%n", points, ends);
    assertThat(ends.keySet()).as("failures must reach the run").anyMatch(end -> end.endsWith("1"));
  }

  private enum Fault {
    /** One mutation fails, and the next is made. */
    UNMADE_AT {
      @Override
      void inject(long at) {
        FlakyFileSystem.fail(FlakyFileSystem.How.UNMADE, at, at);
      }
    },
    /** One is made, but its answer is lost. */
    UNANSWERED_AT {
      @Override
      void inject(long at) {
        FlakyFileSystem.fail(FlakyFileSystem.How.MADE, at, at);
      }
    },
    /** The file system is gone. */
    GONE_FROM {
      @Override
      void inject(long at) {
        FlakyFileSystem.fail(FlakyFileSystem.How.UNMADE, at, Long.MAX_VALUE);
      }
    };

    abstract void inject(long at);
  }

  /** What is left of a run is on the disk, and the lease of an ended process is free at once. */
  private void theProcessEnds() throws Exception {
    FlakyFileSystem.calm();
    DeltaLog.clearCache();
    FileUtils.deleteDirectory(folder.resolve("lake/_lease").toFile());
  }

  /** How a disturbed night ended. */
  private String disturbed(LocalDate night, String point) {
    return ended(() -> run("lake", night), point);
  }

  /** How a disturbed run ended; what it says must name what happened. */
  private static String ended(Supplier<RunReport> run, String point) {
    try {
      RunReport report = run.get();
      if (report.failure().isEmpty()) {
        return "done nevertheless";
      }
      Failure failure = report.failure().get();
      assertThat(failure).as(point).isInstanceOf(PlatformFailure.class);
      assertThat(failure).as(point).hasMessageStartingWith("Cannot ");
      assertThat(failure).as(point).hasMessageContaining(FlakyFileSystem.INJECTED);
      return "code " + failure.exitCode();
    } catch (Failure failure) {
      assertThat(failure.exitCode()).as(point + ": " + failure).isEqualTo(1);
      assertThat(failure).as(point).hasMessageContaining(FlakyFileSystem.INJECTED);
      return "code 1";
    }
  }

  /** Every commit of every table has its row in ops, once, and the night is published. */
  private void requireBookkeeping(String point, LocalDate night) {
    Lake lake = lake("lake");
    List<String> told =
        lake.read(Ledger.COMMITS).select("table_id", "version").collectAsList().stream()
            .map(row -> row.getString(0) + " " + row.getLong(1))
            .sorted()
            .toList();
    List<String> made =
        JOBS.stream()
            .map(Job::table)
            .flatMap(
                table ->
                    lake.commitsAfter(table, -1).orElseThrow().stream()
                        .map(logged -> table.id() + " " + logged.version()))
            .sorted()
            .toList();
    assertThat(told).as(point + ": ops.commits").isEqualTo(made);
    List<Row> results =
        lake.read(Ledger.QUALITY_RESULTS).select("table_id", "version", "rule").collectAsList();
    assertThat(results).as(point + ": ops.quality_results").doesNotHaveDuplicates();
    Set<String> published =
        lake
            .read(Ledger.PUBLISHED)
            .filter(col("as_of_date").equalTo(Date.valueOf(night)))
            .select("table_id")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    assertThat(published).as(point + ": ops.published").contains(TOTALS.id());
  }

  @Test
  void aFullDiskIsNamedAndANightWithRoomGoesOn() throws Exception {
    List<Night> nights = undisturbedNights();
    Night night = nights.get(1);
    for (long bytes : new long[] {200, 12_000}) {
      restore(night.before());
      FlakyFileSystem.holdNoMoreThan(bytes);

      String told;
      try {
        told =
            run("lake", night.date()).outcomes().stream()
                .flatMap(outcome -> outcome.failure().stream())
                .map(Failure::getMessage)
                .collect(Collectors.joining("\n"));
      } catch (Failure failure) {
        told = failure.getMessage();
      }

      assertThat(told).as(bytes + " bytes").contains("No space left on device");
      theProcessEnds();
      RunReport rerun = run("lake", night.date());
      assertThat(rerun.isPublished()).as(rerun.outcomes().toString()).isTrue();
      LakeRows.assertSame(bytes + " bytes", rows("lake", night.date()), night.undisturbed());
      requireBookkeeping(bytes + " bytes", night.date());
    }
  }

  /** Both nights again, with all that has arrived by the second; a failure ends it. */
  private RunReport again(boolean isRebuild) {
    RunReport first = run("lake", FIRST, SECOND, RETENTION_JOBS, isRebuild);
    return first.failure().isPresent() ? first : run("lake", SECOND, SECOND, RETENTION_JOBS, false);
  }

  private Map<String, List<String>> rowsOfBothNights() {
    Map<String, List<String>> all = new TreeMap<>();
    for (LocalDate night : List.of(FIRST, SECOND)) {
      rows("lake", night, RETENTION_JOBS)
          .forEach((table, rows) -> all.put(table + ", night of " + night, rows));
    }
    return all;
  }

  @ParameterizedTest(name = "rebuild: {0}")
  @ValueSource(booleans = {true, false})
  void aRebuildOrABackfillThatIsInterruptedIsMadeWholeByRunningItAgain(boolean isRebuild)
      throws Exception {
    assertThat(run("lake", FIRST, FIRST, RETENTION_JOBS, false).failure()).isEmpty();
    TinyCompany.write(
        company.delivery("events", "2026-03-03", "late.json"),
        TinyCompany.event("e7", "c3", "2026-03-01T20:00:00Z"));
    assertThat(run("lake", SECOND, SECOND, RETENTION_JOBS, false).failure()).isEmpty();
    FileUtils.copyDirectory(folder.resolve("lake").toFile(), folder.resolve("before").toFile());
    String retention = CohortRetention.TABLE.id() + ", night of " + FIRST;
    List<String> toldAtFirst = rowsOfBothNights().get(retention);
    FlakyFileSystem.calm();
    assertThat(again(isRebuild).failure()).isEmpty();
    long mutations = FlakyFileSystem.mutations();
    Map<String, List<String>> expected = rowsOfBothNights();
    // The late row is news for the first night.
    assertThat(expected.get(retention)).isNotEmpty().isNotEqualTo(toldAtFirst);
    int points = Integer.getInteger("holdfast.interruptions", 2);
    Random dice = new Random(20260303);
    Map<String, Integer> ends = new TreeMap<>();
    for (int i = 0; i < points; i++) {
      // The first file system goes for good: that no run survives.
      Fault fault = i == 0 ? Fault.GONE_FROM : Fault.values()[dice.nextInt(Fault.values().length)];
      long at = 1 + (long) ((i + dice.nextDouble()) / points * mutations);
      String point = "rebuild: %s, %s mutation %d of %d".formatted(isRebuild, fault, at, mutations);
      restore("before");
      fault.inject(at);
      ends.merge(ended(() -> again(isRebuild), point), 1, Integer::sum);
      theProcessEnds();

      RunReport rerun = again(isRebuild);

      assertThat(rerun.failure()).as(point + ": " + rerun.outcomes()).isEmpty();
      LakeRows.assertSame(point, rowsOfBothNights(), expected);
    }
    System.out.printf("%d interruptions, rebuild: %s: %s%n", points, isRebuild, ends);
    assertThat(ends).as("failures must reach the run").containsKey("code 1");
  }

  @Test
  void theChosenTablesAreOfEveryKind() {
    assertThat(
            JOBS.stream().map(job -> job.table().refresh().getClass().getSimpleName()).distinct())
        .containsExactlyInAnyOrder("Append", "Whole", "Touched", "AsOf");
    assertThat(Stream.of(Contracts.EVENTS, Contracts.CUSTOMERS).map(Sources::table))
        .allMatch(table -> JOBS.stream().anyMatch(job -> job.table().equals(table)));
  }
}
