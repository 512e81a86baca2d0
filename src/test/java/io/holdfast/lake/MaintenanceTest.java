package io.holdfast.lake;

import static io.holdfast.Rows.assertRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.cli.Program;
import io.holdfast.cli.Terminal;
import io.holdfast.config.LakeSettings;
import io.holdfast.config.MaintenanceSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.job.Progress;
import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import io.holdfast.job.Runner;
import io.holdfast.lake.Maintenance.Work;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Date;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance changes files and no rows, and no night notices it. */
class MaintenanceTest {

  private static final Table LANDED =
      Table.in("sources", "sales")
          .grain("one row per landed sale")
          .column("sale", StringType, "the sale")
          .column("sold_date", DateType, "the local day")
          .column("amount", LongType, "what it brought")
          .column("delivered_date", DateType, "when it was delivered")
          .key("sale")
          .append("sold_date", "delivered_date")
          .build();

  private static final Table DAYS =
      Table.in("activity", "sale_days")
          .grain("one row per day with a sale")
          .column("sold_date", DateType, "the local day")
          .column("amount", LongType, "what its sales brought")
          .key("sold_date")
          .touched("sold_date")
          .build();

  private static final Table TOTALS =
      Table.in("metrics", "totals")
          .grain("one row per night")
          .column("amount", LongType, "what all sales brought")
          .key("as_of_date")
          .published()
          .build();

  private final SparkSession spark = SharedSpark.session();
  private final List<Row> delivered = new ArrayList<>();

  @TempDir static Path template;
  @TempDir Path folder;
  private String name = "a lake, 100% full";

  private final List<Job> jobs =
      List.of(
          Job.writes(LANDED).readsPrevious().as(this::landed),
          Job.writes(DAYS)
              .reads(LANDED)
              .as(in -> in.rows(LANDED).groupBy("sold_date").agg(sum("amount").as("amount"))),
          Job.writes(TOTALS)
              .reads(DAYS)
              .as(
                  in ->
                      in.rows(DAYS)
                          .filter(col("sold_date").leq(lit(Date.valueOf(in.asOf()))))
                          .agg(sum("amount").as("amount"))));

  private Dataset<Row> landed(Inputs in) {
    List<Row> due =
        delivered.stream()
            .filter(row -> !row.getDate(3).toLocalDate().isAfter(in.arrivedBy()))
            .toList();
    return in.create(due, LANDED.schema()).join(in.previous(), new String[] {"sale"}, "left_anti");
  }

  private void deliver(String sale, String soldDate, long amount, String deliveredDate) {
    delivered.add(
        RowFactory.create(sale, Date.valueOf(soldDate), amount, Date.valueOf(deliveredDate)));
  }

  private Lake lake() {
    return Lake.open(spark, folder.resolve(name).toString());
  }

  private static Settings settings(String... keysAndValues) {
    Map<String, String> sets = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      sets.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Settings.load(Optional.empty(), "test", Map.of(), sets);
  }

  private RunReport run(String asOf) {
    return run(asOf, "code");
  }

  private RunReport run(String asOf, String code) {
    LocalDate night = LocalDate.parse(asOf);
    RunReport report =
        new Runner(spark, lake(), settings(), jobs, code, Progress.SILENT)
            .run(
                new Runner.Request(
                    night,
                    night,
                    jobs,
                    List.of(),
                    false,
                    folder.resolve("out").toString(),
                    2,
                    Duration.ofSeconds(5)));
    assertThat(report.failure()).isEmpty();
    assertThat(report.isPublished()).isTrue();
    return report;
  }

  /** Three nights: a file of the landed rows each, and one of the days' rows for each day. */
  private void threeNights() throws IOException {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    deliver("b", "2026-05-02", 20, "2026-05-02");
    deliver("c", "2026-05-03", 30, "2026-05-03");
    deliver("late", "2026-05-01", 1, "2026-05-03");
    // They are the same for every test: built once, then copied, as paths in a log are relative.
    Path built = template.resolve("three nights");
    if (Files.notExists(built)) {
      threeNightsAgain();
      FileUtils.copyDirectory(folder.resolve(name).toFile(), built.toFile());
    } else {
      FileUtils.copyDirectory(built.toFile(), folder.resolve(name).toFile());
    }
  }

  private Maintenance maintenance(String... keysAndValues) {
    return new Maintenance(spark, lake(), settings(keysAndValues).get(MaintenanceSettings.SETTING));
  }

  private List<Table> tables() {
    return Stream.concat(jobs.stream().map(Job::table), Ledger.TABLES.stream()).toList();
  }

  private List<Work> plan() {
    Maintenance maintenance = maintenance();
    return tables().stream().map(maintenance::plan).toList();
  }

  private List<Work> maintain(String... keysAndValues) {
    Maintenance maintenance = maintenance(keysAndValues);
    Lake lake = lake();
    try (Lease lease =
        Lease.acquire(lake.fileSystem(), lake.root(), "maintain", Duration.ofSeconds(5))) {
      return tables().stream().map(table -> maintenance.run(table, lease)).toList();
    }
  }

  private static Work of(List<Work> work, Table table) {
    return work.stream().filter(it -> it.table().equals(table)).findFirst().orElseThrow();
  }

  private static Map<String, Status> statuses(RunReport report) {
    return report.outcomes().stream().collect(Collectors.toMap(Outcome::name, Outcome::status));
  }

  private List<String> everyFile() throws IOException {
    try (Stream<Path> walk = Files.walk(folder.resolve(name))) {
      return walk.filter(file -> !file.toString().contains("_lease"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  /** The names of all files that a table's versions ever had, in the order of the versions. */
  private List<String> filesOfVersions(Table table) throws IOException {
    List<String> names = new ArrayList<>();
    Pattern added = Pattern.compile("\\{\"add\":\\{\"path\":\"([^\"]*)\"");
    for (long version = 0; version <= lake().head(table); version++) {
      Matcher add =
          added.matcher(
              Files.readString(
                  folderOf(table).resolve("_delta_log/%020d.json".formatted(version))));
      while (add.find()) {
        names.add(TableFiles.name(add.group(1)));
      }
    }
    return names;
  }

  private Path folderOf(Table table) {
    return Path.of(lake().path(table).toUri().getPath());
  }

  /** As if all that was done to a table so far had been done days ago. */
  private void age(Table table, int days) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(days)));
    Pattern removal = Pattern.compile("(\"deletionTimestamp\":)\\d+");
    try (Stream<Path> walk = Files.walk(folderOf(table))) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String fileName = file.getFileName().toString();
        if (fileName.matches("\\d{20}\\.json")) {
          Files.writeString(
              file, removal.matcher(Files.readString(file)).replaceAll("$1" + then.toMillis()));
          Files.deleteIfExists(file.resolveSibling("." + fileName + ".crc"));
        }
        if (fileName.endsWith(".parquet")) {
          Files.setLastModifiedTime(file, then);
        }
      }
    }
    DeltaLog.clearCache();
  }

  @Test
  void withoutTheWordNothingIsChanged() throws IOException {
    threeNights();
    List<String> before = everyFile();

    List<Work> planned = plan();

    assertThat(everyFile()).isEqualTo(before);
    assertThat(of(planned, LANDED)).isEqualTo(new Work(LANDED, 3, 1, 3, 0, 0, Map.of()));
    assertThat(of(planned, TOTALS).isNothing()).as("a file in each partition").isTrue();
    assertThat(of(planned, Ledger.RESTATEMENTS).isNothing()).as("never built").isTrue();
  }

  @Test
  void compactionDoesWhatWasPlannedAndNoNightNotices() throws IOException {
    threeNights();
    Map<String, Long> versions = versions();
    List<Work> planned = plan();

    List<Work> done = maintain();

    assertThat(done).isEqualTo(planned);
    assertThat(plan()).allMatch(Work::isNothing);
    assertThat(lake().read(LANDED).inputFiles()).hasSize(1);
    assertThat(lake().head(LANDED)).isEqualTo(versions.get(LANDED.id()) + 1);
    assertThat(versions()).isEqualTo(versions);
    assertThat(lake().isEmpty(LANDED)).isFalse();
    long commits = lake().read(Ledger.COMMITS).count();
    long published = lake().read(Ledger.PUBLISHED).count();

    RunReport again = run("2026-05-03");

    assertThat(statuses(again).values()).containsOnly(Status.SKIPPED);
    assertThat(versions()).isEqualTo(versions);
    assertThat(lake().read(Ledger.COMMITS).count()).isEqualTo(commits);
    assertThat(lake().read(Ledger.PUBLISHED).count()).isEqualTo(published);
  }

  private Map<String, Long> versions() {
    return tables().stream().collect(Collectors.toMap(Table::id, lake()::version));
  }

  @Test
  void aLaterNightIsWhatItWouldBeWithoutMaintenance() throws IOException {
    threeNights();
    maintain("maintenance.log_days", "60");
    deliver("d", "2026-05-02", 5, "2026-05-04");

    RunReport after = run("2026-05-04");

    assertThat(after.outcomes()).noneMatch(outcome -> outcome.changed() > 0);
    assertThat(lake().last(DAYS).orElseThrow().commit().days()).isEqualTo("2026-05-02");
    assertThat(lake().version(Ledger.RESTATEMENTS)).isNegative();
    assertThat(
            lake().read(Ledger.COMMITS).groupBy("table_id", "version").count().filter("count > 1"))
        .satisfies(repeated -> assertThat(repeated.isEmpty()).isTrue());
    List<Row> maintained = rows();
    name = "never maintained";
    threeNightsAgain();
    run("2026-05-04");
    assertThat(rows()).isEqualTo(maintained);
    assertRows(
        lake().read(TOTALS),
        """
        | as_of_date | amount |
        | 2026-05-01 | 10     |
        | 2026-05-02 | 30     |
        | 2026-05-03 | 61     |
        | 2026-05-04 | 66     |
        """);
  }

  private void threeNightsAgain() {
    run("2026-05-01");
    run("2026-05-02");
    run("2026-05-03");
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Table table : List.of(LANDED, DAYS, TOTALS)) {
      rows.addAll(
          lake()
              .read(table)
              .orderBy(
                  table.key().stream().map(k -> col(k)).toArray(org.apache.spark.sql.Column[]::new))
              .collectAsList());
    }
    return rows;
  }

  @Test
  void vacuumKeepsWhatTheSafetyPeriodProtects() throws IOException {
    threeNights();
    Path stray = Files.writeString(folderOf(DAYS).resolve("part-stray.parquet"), "torn");
    age(DAYS, 10);
    deliver("d", "2026-05-02", 5, "2026-05-04");
    run("2026-05-04");
    Path fresh = Files.writeString(folderOf(DAYS).resolve("part-killed.parquet"), "torn");
    Lake lake = lake();
    long last = lake.version(DAYS);
    List<Work> planned = plan();
    Map<String, Long> before = TableFiles.of(lake.fileSystem(), lake.path(DAYS)).bytes();

    List<Work> done = maintain();

    assertThat(done).isEqualTo(planned);
    // Those of the first two nights: each replaced the whole of a table as small as this.
    List<String> gone = new ArrayList<>(filesOfVersions(DAYS));
    gone.removeAll(TableFiles.of(lake.fileSystem(), lake.path(DAYS)).bytes().keySet());
    assertThat(gone).isEqualTo(filesOfVersions(DAYS).subList(0, 2));
    // And one that no version names.
    assertThat(stray).doesNotExist();
    assertThat(of(done, DAYS).deleted()).isEqualTo(3);
    assertThat(of(done, DAYS).deletedBytes())
        .isEqualTo(
            before.get(gone.get(0))
                + before.get(gone.get(1))
                + before.get(stray.getFileName().toString()));
    assertThat(fresh).exists();
    assertRows(
        lake.read(DAYS, last - 1),
        """
        | sold_date  | amount |
        | 2026-05-01 | 11     |
        | 2026-05-02 | 20     |
        | 2026-05-03 | 30     |
        """);
    assertThatThrownBy(() -> lake.read(DAYS, 0))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read activity.sale_days as it stood at version 0: VACUUM deleted 1 of its 1"
                + " files, which were replaced longer ago than maintenance.vacuum_days. Build the"
                + " night again with today's knowledge: `holdfast backfill nightly --from DATE --to"
                + " DATE`.");
    assertThat(statuses(run("2026-05-04")).values()).containsOnly(Status.SKIPPED);
  }

  @Test
  void aCompactedVersionIsReadFromTheFilesThatReplacedIt() throws IOException {
    threeNights();
    long version = lake().version(LANDED);
    maintain();
    age(LANDED, 10);

    assertThat(of(maintain(), LANDED).deleted()).isEqualTo(3);

    assertThat(lake().read(LANDED, version).count()).isEqualTo(4);
  }

  @Test
  void whatIsLeftOfACleanedUpLogStillSaysHowTheRowsWereMade() throws IOException {
    threeNights();
    Map<String, Long> versions = versions();
    maintain();
    for (Table table : List.of(LANDED, DAYS)) {
      DeltaLog.clearCache();
      DeltaLog log = DeltaLog.forTable(spark, lake().path(table).toString());
      log.checkpoint(log.unsafeVolatileSnapshot(), scala.Option.empty());
      for (long version = 0; version < lake().head(table); version++) {
        Files.delete(folderOf(table).resolve("_delta_log/%020d.json".formatted(version)));
      }
    }
    DeltaLog.clearCache();

    assertThat(versions()).isEqualTo(versions);
    assertThat(lake().last(DAYS).orElseThrow().commit().asOf()).isEqualTo("2026-05-03");
    assertThat(statuses(run("2026-05-03")).values()).containsOnly(Status.SKIPPED);
    assertThatThrownBy(() -> lake().read(DAYS, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("its log was cleaned up after maintenance.log_days");
    deliver("d", "2026-05-02", 5, "2026-05-04");
    run("2026-05-04");
    assertThat(lake().last(DAYS).orElseThrow().commit().days()).isEqualTo("2026-05-02");
  }

  @Test
  void howLongThingsAreKeptStandsInTheTables() throws IOException {
    threeNights();

    List<Work> done = maintain("maintenance.vacuum_days", "14", "maintenance.log_days", "60");

    assertThat(of(done, TOTALS).properties())
        .isEqualTo(
            Map.of(
                "delta.deletedFileRetentionDuration", "interval 14 days",
                "delta.logRetentionDuration", "interval 60 days"));
    Maintenance same = maintenance("maintenance.vacuum_days", "14", "maintenance.log_days", "60");
    assertThat(same.plan(TOTALS).isNothing()).isTrue();
    assertThat(maintenance().plan(TOTALS).properties()).hasSize(2);
    assertThat(statuses(run("2026-05-03")).values()).containsOnly(Status.SKIPPED);
  }

  @Test
  void lessThanTheSafetyPeriodIsRefused() {
    assertThatThrownBy(() -> maintenance("maintenance.vacuum_days", "6"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("maintenance.vacuum_days = 6 is below 7, the safety period of Delta");
    assertThatThrownBy(
            () -> maintenance("maintenance.vacuum_days", "40", "maintenance.log_days", "39"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("maintenance.log_days = 39 is below maintenance.vacuum_days = 40");
  }

  @Test
  void theCommandSaysWhatItWouldDoAndThenWhatItDid() throws IOException {
    threeNights();

    Terminal.Result dry = command("maintain");
    Terminal.Result done = command("maintain", "--run");

    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out()).contains("would be maintained.\nNothing was changed: --run does it.\n");
    assertThat(done.out()).doesNotContain("Nothing was changed").doesNotContain("directories");
    for (Terminal.Result result : List.of(dry, done)) {
      assertThat(result.out())
          .containsPattern("table +files before +files after +compacted +deleted +deleted bytes\n")
          .containsPattern("sources.sales +3 +1 +3 +0 +0\n");
    }
    assertThat(dry.lastLine()).startsWith("{\"exit_code\":0,\"is_dry_run\":true,\"tables\":");
    assertThat(done.lastLine()).startsWith("{\"exit_code\":0,\"is_dry_run\":false,\"tables\":");
    assertThat(command("maintain").out()).startsWith("0 of ");
  }

  @Test
  void anotherRunsLeaseIsRespected() throws IOException {
    threeNights();
    List<String> before = everyFile();
    Lake lake = lake();
    try (Lease night =
        Lease.acquire(lake.fileSystem(), lake.root(), "the-night", Duration.ofSeconds(5))) {
      Terminal.Result refused = command("maintain", "--run", "--set", "lake.wait_seconds=0");

      assertThat(night.isHeld()).isTrue();
      assertThat(refused.exitCode()).isEqualTo(5);
      assertThat(refused.err()).contains("run the-night of");
      assertThat(refused.lastLine()).startsWith("{\"exit_code\":5");
      assertThat(command("maintain").exitCode()).as("a dry run only reads").isZero();
    }
    assertThat(everyFile()).isEqualTo(before);
  }

  private Terminal.Result command(String... args) {
    Program program =
        new Program(
            Stream.concat(jobs.stream(), Catalog.JOBS.stream()).toList(),
            Catalog.PUBLICATIONS,
            List.of(),
            "",
            Map.of());
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--set";
    all[args.length + 1] = LakeSettings.SETTING.path() + ".path=" + folder.resolve(name);
    return Terminal.run(program, any -> List.of(), all);
  }
}
