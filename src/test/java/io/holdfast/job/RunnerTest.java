package io.holdfast.job;

import static io.holdfast.Rows.assertRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.SharedSpark;
import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runner does to a lake of four small tables: one that lands, and three that follow. */
class RunnerTest {

  /** The one setting of the days' job. */
  record Factor(int factor) {
    static final Setting<Factor> SETTING = Setting.of("company.factor", Factor.class);
  }

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
          .warn("a poor day", col("amount").lt(5))
          .build();

  private static final Table TOTALS =
      Table.in("metrics", "totals")
          .grain("one row per night")
          .column("amount", LongType, "what all sales brought")
          .key("as_of_date")
          .require("never negative", col("amount").geq(0))
          .published()
          .build();

  private static final Table REPORTS =
      Table.in("metrics", "reports")
          .grain("one row per night")
          .column("nights", LongType, "nights with a total")
          .key("as_of_date")
          .published()
          .build();

  private final SparkSession spark = SharedSpark.session();
  private final List<Row> delivered = new ArrayList<>();

  @TempDir Path folder;

  private final List<Job> jobs =
      List.of(
          Job.writes(LANDED).readsPrevious().as(this::landed),
          Job.writes(DAYS)
              .reads(LANDED)
              .settings(Factor.SETTING)
              .as(
                  in ->
                      in.rows(LANDED)
                          .groupBy("sold_date")
                          .agg(
                              sum("amount")
                                  .multiply(in.settings(Factor.SETTING).factor())
                                  .as("amount"))),
          Job.writes(TOTALS)
              .reads(DAYS)
              .as(
                  in ->
                      in.rows(DAYS)
                          .filter(col("sold_date").leq(lit(Date.valueOf(in.asOf()))))
                          .agg(sum("amount").as("amount"))
                          .filter("amount is not null")),
          Job.writes(REPORTS)
              .reads(TOTALS)
              .as(in -> in.history(TOTALS).agg(count(lit(1)).as("nights"))));

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
    return Lake.open(spark, folder.resolve("lake").toString());
  }

  private RunReport run(String asOf) {
    return run(asOf, "code", 1);
  }

  private RunReport run(String asOf, String code, int factor) {
    Settings settings =
        Settings.load(
            Optional.empty(), "test", Map.of(), Map.of("company.factor.factor", "" + factor));
    LocalDate night = LocalDate.parse(asOf);
    return new Runner(spark, lake(), settings, jobs, code, Progress.SILENT)
        .run(request(night, jobs, 2));
  }

  private Runner.Request request(LocalDate night, List<Job> chosen, int parallel) {
    return new Runner.Request(
        night,
        night,
        chosen,
        List.of(),
        false,
        folder.resolve("out").toString(),
        parallel,
        Duration.ofSeconds(5));
  }

  private static Map<String, Status> statuses(RunReport report) {
    return report.outcomes().stream()
        .collect(java.util.stream.Collectors.toMap(Outcome::name, Outcome::status));
  }

  @Test
  void aNightIsBuiltOnceAndSkippedWhenNothingChanged() {
    deliver("a", "2026-05-01", 10, "2026-05-01");

    RunReport first = run("2026-05-01");
    RunReport second = run("2026-05-01");

    assertThat(first.failure()).isEmpty();
    assertThat(first.isPublished()).isTrue();
    assertThat(statuses(first).values()).containsOnly(Status.BUILT);
    assertThat(statuses(second).values()).containsOnly(Status.SKIPPED);
    assertThat(lake().version(TOTALS)).isZero();
  }

  @Test
  void aLateRowTouchesItsOwnDayAndNoOther() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    deliver("b", "2026-05-02", 20, "2026-05-02");
    run("2026-05-02");
    deliver("late", "2026-05-01", 3, "2026-05-03");

    RunReport report = run("2026-05-03");

    Commit commit = lake().last(DAYS).orElseThrow().commit();
    assertThat(commit.days()).isEqualTo("2026-05-01");
    assertThat(commit.rows()).isOne();
    assertThat(report.isPublished()).isTrue();
    assertRows(
        lake().read(DAYS),
        """
        | sold_date  | amount |
        | 2026-05-01 | 13     |
        | 2026-05-02 | 20     |
        """);
    assertRows(
        lake().read(TOTALS),
        """
        | as_of_date | amount |
        | 2026-05-02 | 30     |
        | 2026-05-03 | 33     |
        """);
  }

  @Test
  void aKilledNightLosesNothing() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01");
    deliver("b", "2026-05-02", 20, "2026-05-02");
    LocalDate night = LocalDate.parse("2026-05-02");
    Settings settings =
        Settings.load(Optional.empty(), "test", Map.of(), Map.of("company.factor.factor", "1"));

    // The night ends after its rows have landed, and the next one finds no new rows.
    new Runner(spark, lake(), settings, jobs, "code", Progress.SILENT)
        .run(request(night, jobs.subList(0, 1), 1));
    run("2026-05-03");

    assertRows(
        lake().read(DAYS),
        """
        | sold_date  | amount |
        | 2026-05-01 | 10     |
        | 2026-05-02 | 20     |
        """);
  }

  @Test
  void aBrokenRuleLeavesItsTableAndAllThatReadItAsTheyWere() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01");
    deliver("wrong", "2026-05-02", -100, "2026-05-02");

    RunReport report = run("2026-05-02");

    assertThat(report.isPublished()).isFalse();
    assertThat(report.failure().orElseThrow().exitCode()).isEqualTo(3);
    assertThat(report.failure().orElseThrow())
        .hasMessageContaining("Cannot publish metrics.totals: \"never negative\" does not hold")
        .hasMessageContaining("for 1 of 1 rows, such as [[2026-05-02]]");
    assertThat(statuses(report)).containsEntry("metrics.reports", Status.BLOCKED);
    assertThat(lake().version(TOTALS)).isZero();
    assertRows(
        lake().read(Ledger.PUBLISHED).filter("table_id = 'metrics.totals'"),
        """
        | as_of_date |
        | 2026-05-01 |
        """);
  }

  @Test
  void stateOfOneConfigurationIsNotMixedWithThatOfAnother() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01", "code", 1);
    deliver("b", "2026-05-02", 20, "2026-05-02");

    RunReport report = run("2026-05-02", "code", 2);

    assertThat(report.failure().orElseThrow().exitCode()).isEqualTo(2);
    assertThat(report.failure().orElseThrow())
        .hasMessageContaining("Cannot go on with activity.sale_days")
        .hasMessageContaining("backfill nightly --from DATE --to DATE --rebuild");
    assertRows(
        lake().read(DAYS),
        """
        | sold_date  | amount |
        | 2026-05-01 | 10     |
        """);
  }

  @Test
  void changedCodeRecomputesThisNightAndNotHistory() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01", "old", 1);

    RunReport report = run("2026-05-01", "new", 1);

    assertThat(statuses(report))
        .containsEntry("activity.sale_days", Status.SKIPPED)
        .containsEntry("metrics.totals", Status.BUILT);
  }

  @Test
  void aNightBeforeALaterDeliveryIsRefused() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    deliver("b", "2026-05-02", 20, "2026-05-02");
    run("2026-05-02");

    assertThatThrownBy(() -> run("2026-05-01"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("already holds arrivals up to 2026-05-02")
        .hasMessageContaining("holdfast backfill nightly --from 2026-05-01 --to 2026-05-01");
  }

  @Test
  void aNightBeforeAllDataIsRefused() {
    deliver("a", "2026-05-05", 10, "2026-05-01");

    RunReport report = run("2026-05-01");

    assertThat(report.failure().orElseThrow().exitCode()).isEqualTo(2);
    assertThat(report.failure().orElseThrow())
        .hasMessageContaining("it is before all data, whose first row is of 2026-05-05");
  }

  @Test
  void oldNightsGoAndMonthEndsStay() {
    deliver("a", "2026-03-01", 10, "2026-03-01");
    for (String night : List.of("2026-03-30", "2026-03-31", "2026-04-01", "2026-05-05")) {
      run(night);
    }

    // 35 nights up to 2026-05-05 begin on 2026-04-01.
    assertRows(
        lake().read(TOTALS),
        """
        | as_of_date |
        | 2026-03-31 |
        | 2026-04-01 |
        | 2026-05-05 |
        """);
  }

  @Test
  void whatRanIsWrittenDownAndARowThatWarnsIsCounted() {
    deliver("a", "2026-05-01", 4, "2026-05-01");
    run("2026-05-01");

    assertRows(
        lake().read(Ledger.QUALITY_RESULTS),
        """
        | table_id           | rule       | broken_rows | rows |
        | activity.sale_days | a poor day | 1           | 1    |
        """);
    assertRows(
        lake().read(Ledger.COMMITS).filter("table_id = 'activity.sale_days'"),
        """
        | table_id           | version | as_of_date | rows | days |
        | activity.sale_days | 0       | 2026-05-01 | 1    | all  |
        """);
  }

  @Test
  void everyReaderCanReadWhatIsPublished() throws Exception {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01");

    for (Job job : jobs) {
      try (Stream<Path> log =
          Files.list(Path.of(lake().path(job.table()).toUri().getPath(), "_delta_log"))) {
        Path first =
            log.filter(file -> file.toString().endsWith(".json")).sorted().findFirst().get();
        String text = Files.readString(first, StandardCharsets.UTF_8);
        assertThat(text).contains("\"protocol\":{\"minReaderVersion\":1,");
        assertThat(text).contains(job.table().columns().get(0).meaning());
      }
    }
  }

  @Test
  void aDryRunSaysWhatWouldBeBuiltAndBuildsNothing() {
    deliver("a", "2026-05-01", 10, "2026-05-01");
    run("2026-05-01");
    Settings settings =
        Settings.load(Optional.empty(), "test", Map.of(), Map.of("company.factor.factor", "1"));
    LocalDate night = LocalDate.parse("2026-05-02");

    RunReport report =
        new Runner(spark, lake(), settings, jobs, "code", Progress.SILENT)
            .dryRun(request(night, jobs, 1));

    assertThat(statuses(report).values()).containsOnly(Status.PLANNED);
    assertThat(lake().version(TOTALS)).isZero();
    assertThat(Days.parse(lake().last(DAYS).orElseThrow().commit().days())).isEqualTo(Days.ALL);
  }

  @Test
  void whomTheLongestChainWaitsForHasTheFirstTurn() {
    List<Table> tables =
        Stream.of("a", "short", "long", "middle", "end").map(RunnerTest::numbers).toList();
    List<String> order = new CopyOnWriteArrayList<>();
    List<Job> chain =
        List.of(
            numbered(tables.get(0), order, List.of()),
            numbered(tables.get(1), order, List.of(tables.get(0))),
            numbered(tables.get(2), order, List.of(tables.get(0))),
            numbered(tables.get(3), order, List.of(tables.get(2))),
            numbered(tables.get(4), order, List.of(tables.get(3))));

    run(chain, 1);

    assertThat(order).containsExactly("a", "long", "middle", "short", "end");
  }

  @Test
  void queriesOverFewRowsAreInterpretedAndOthersAreCompiled() {
    Table few = numbers("few");
    Table many = numbers("many");
    Table ofFew = numbers("of_few");
    Table ofMany = numbers("of_many");
    Map<String, String> compiled = new ConcurrentHashMap<>();

    run(
        List.of(
            Job.writes(few).as(in -> spark.range(50_000).toDF("number")),
            Job.writes(many).as(in -> spark.range(50_001).toDF("number")),
            Job.writes(ofFew).reads(few).as(in -> watched(in.rows(few), "few", compiled)),
            Job.writes(ofMany).reads(many).as(in -> watched(in.rows(many), "many", compiled))),
        2);

    assertThat(compiled).containsExactlyInAnyOrderEntriesOf(Map.of("few", "false", "many", "true"));
    assertThat(lake().read(ofFew).count()).isEqualTo(50_000);
    assertThat(lake().read(ofMany).count()).isEqualTo(50_001);
  }

  @Test
  void queriesOverFewRowsKeepTheSettingsOfTheCommand() {
    String key = "spark.sql.debug.maxToStringFields";
    String before = spark.conf().get(key);
    Table few = numbers("few");
    Table ofFew = numbers("of_few");
    Map<String, String> found = new ConcurrentHashMap<>();
    try {
      spark.conf().set(key, "77");

      run(
          List.of(
              Job.writes(few).as(in -> spark.range(1).toDF("number")),
              Job.writes(ofFew)
                  .reads(few)
                  .as(
                      in -> {
                        Dataset<Row> rows = in.rows(few);
                        found.put(key, rows.sparkSession().conf().get(key));
                        return rows;
                      })),
          2);
    } finally {
      spark.conf().set(key, before);
    }

    assertThat(found).containsEntry(key, "77");
  }

  private static Dataset<Row> watched(
      Dataset<Row> rows, String name, Map<String, String> compiled) {
    compiled.put(name, rows.sparkSession().conf().get("spark.sql.codegen.wholeStage"));
    return rows;
  }

  private static Table numbers(String name) {
    return Table.in("metrics", name)
        .grain("one row per number")
        .column("number", LongType, "the number")
        .key("number")
        .build();
  }

  private Job numbered(Table table, List<String> order, List<Table> reads) {
    return Job.writes(table)
        .reads(reads.toArray(Table[]::new))
        .as(
            in -> {
              order.add(table.name());
              return spark.range(1).toDF("number");
            });
  }

  private void run(List<Job> chain, int parallel) {
    LocalDate night = LocalDate.parse("2026-05-01");
    Settings settings = Settings.load(Optional.empty(), "test", Map.of(), Map.of());
    RunReport report =
        new Runner(spark, lake(), settings, chain, "code", Progress.SILENT)
            .run(request(night, chain, parallel));
    assertThat(report.failure()).isEmpty();
  }
}
