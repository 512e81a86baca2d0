package io.holdfast.lake;

import static io.holdfast.Rows.assertRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.exceptions.DeltaConcurrentModificationException;
import io.holdfast.SharedSpark;
import io.holdfast.failure.Conflict;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a commit replaces and what stays, by the files that the last version's checksum names and,
 * where there is no checksum, by Delta's own queries.
 */
class CommitsTest {

  private static final Table NIGHTS =
      Table.in("metrics", "by_night")
          .grain("one row per night and number")
          .column("number", LongType, "the number")
          .key("number")
          .build();

  private static final Table DAYS =
      Table.in("activity", "by_day")
          .grain("one row per day and number")
          .column("day", DateType, "the day; NULL: unknown")
          .column("number", LongType, "the number")
          .column("part", StringType, "what it is a part of")
          .key("day", "number")
          .touched("day", "part")
          .build();

  private static final Table WHOLE =
      Table.in("activity", "whole")
          .grain("one row per number")
          .column("number", LongType, "the number")
          .key("number")
          .whole()
          .build();

  private static final Table ADDED =
      Table.in("sources", "added")
          .grain("one row per number")
          .column("day", DateType, "the day")
          .column("number", LongType, "the number")
          .key("number")
          .append("day", "")
          .build();

  private final SparkSession spark = SharedSpark.session();

  @TempDir Path folder;
  private Lake lake;

  static List<Arguments> everyTableBothWays() {
    List<Arguments> all = new ArrayList<>();
    for (Table table : List.of(NIGHTS, DAYS, WHOLE, ADDED)) {
      all.add(Arguments.of(table, true));
      all.add(Arguments.of(table, false));
    }
    return all;
  }

  @BeforeEach
  void openLake() {
    lake = Lake.open(spark, folder.resolve("lake").toString());
  }

  /** Rows of a table by its columns but {@code as_of_date}, which is the night. */
  private Dataset<Row> rows(Table table, String night, Object[]... rows) {
    StructType schema = new StructType();
    List<Row> list = new ArrayList<>();
    for (var field : table.columns()) {
      if (!field.name().equals(Table.AS_OF_DATE)) {
        schema = schema.add(field.name(), field.type());
      }
    }
    for (Object[] row : rows) {
      list.add(RowFactory.create(row));
    }
    Dataset<Row> made = spark.createDataFrame(list, schema);
    return table.columnNames().contains(Table.AS_OF_DATE)
        ? made.withColumn(Table.AS_OF_DATE, lit(Date.valueOf(night)))
        : made;
  }

  private Dataset<Row> numbers(Table table, String night, long... numbers) {
    Object[][] rows = new Object[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      Date day = Date.valueOf("2026-06-01");
      rows[i] =
          table.equals(DAYS)
              ? new Object[] {day, numbers[i], "a"}
              : table.equals(ADDED) ? new Object[] {day, numbers[i]} : new Object[] {numbers[i]};
    }
    return rows(table, night, rows);
  }

  private static Commit commit(String run, String night, long rows) {
    return new Commit(
        run, night, night, Map.of(), "", "", "", List.of(), "", rows, "", 0, Map.of(), List.of());
  }

  private void write(Table table, String night, Days days, Set<String> parts, Dataset<Row> rows) {
    lake.write(
        table,
        rows,
        days,
        parts,
        commit("run of " + night, night, rows.count()),
        LocalDate.parse(night),
        lake.version(table));
  }

  private void night(String night, long... numbers) {
    write(NIGHTS, night, Days.ALL, Set.of(), numbers(NIGHTS, night, numbers));
  }

  private static Object[] day(String day, long number, String part) {
    return new Object[] {day == null ? null : Date.valueOf(day), number, part};
  }

  /** What the log says of files that a version added and removed. */
  private List<Long> addedAndRemoved(Table table, long version) throws IOException {
    List<String> lines = Files.readAllLines(log(table).resolve("%020d.json".formatted(version)));
    return List.of(
        lines.stream().filter(line -> line.startsWith("{\"add\"")).count(),
        lines.stream().filter(line -> line.startsWith("{\"remove\"")).count());
  }

  private Path log(Table table) {
    return Path.of(lake.path(table).toUri().getPath(), "_delta_log");
  }

  private void forgetTheFiles(Table table) throws IOException {
    try (var files = Files.list(log(table))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".crc")).toList()) {
        Files.delete(file);
      }
    }
    DeltaLog.clearCache();
  }

  @Test
  void aNightTakesThePlaceOfItsOwnAndOldNightsGoButForMonthEnds() throws IOException {
    night("2026-05-30", 1);
    night("2026-05-31", 2);
    night("2026-07-04", 3);
    night("2026-07-05", 4);
    night("2026-07-05", 5, 6);

    // 35 nights are kept: at that of 2026-07-04 the one of 2026-05-30 goes, at the next one that of
    // 2026-05-31 would, but it is a month's end.
    assertThat(addedAndRemoved(NIGHTS, 2)).containsExactly(1L, 1L);
    assertThat(addedAndRemoved(NIGHTS, 3)).containsExactly(1L, 0L);
    assertThat(addedAndRemoved(NIGHTS, 4)).containsExactly(1L, 1L);
    assertRows(
        spark.read().format("delta").load(lake.path(NIGHTS).toString()),
        """
        | number | as_of_date |
        | 2      | 2026-05-31 |
        | 3      | 2026-07-04 |
        | 5      | 2026-07-05 |
        | 6      | 2026-07-05 |
        """);
  }

  @Test
  void touchedDaysAndPartsAreReplacedAndWhatHasNoDayStays() throws IOException {
    write(
        DAYS,
        "2026-06-03",
        Days.ALL,
        Set.of(),
        rows(
            DAYS,
            "",
            day("2026-06-01", 1, "a"),
            day("2026-06-02", 2, "a"),
            day("2026-06-02", 3, "b"),
            day("2026-06-03", 4, "b"),
            day(null, 5, "a"),
            day("2026-06-01", 6, null)));
    String expected =
        """
        | day        | number | part |
        | 2026-06-01 | 1      | a    |
        | 2026-06-02 | 7      | a    |
        |            | 5      | a    |
        | 2026-06-01 | 6      |      |
        """;
    Days second = Days.of(List.of(LocalDate.parse("2026-06-02")));
    Dataset<Row> seventh = rows(DAYS, "", day("2026-06-02", 7, "a"));

    write(DAYS, "2026-06-04", second, Set.of("b"), seventh);

    assertRows(spark.read().format("delta").load(lake.path(DAYS).toString()), expected);
    assertThat(addedAndRemoved(DAYS, 1)).containsExactly(1L, 1L);

    forgetTheFiles(DAYS);
    write(DAYS, "2026-06-05", second, Set.of("b"), seventh);

    assertRows(spark.read().format("delta").load(lake.path(DAYS).toString()), expected);
  }

  @Test
  void aColumnThatComesIsAdded() {
    write(WHOLE, "2026-06-01", Days.ALL, Set.of(), numbers(WHOLE, "", 1));
    Table wider =
        Table.in("activity", "whole")
            .grain("one row per number")
            .column("number", LongType, "the number, as it is now")
            .column("word", StringType, "its name")
            .key("number")
            .whole()
            .build();

    write(wider, "2026-06-02", Days.ALL, Set.of(), rows(wider, "", new Object[] {2L, "two"}));

    assertRows(lake.read(wider), "| number | word |\n| 2 | two |\n");
  }

  @ParameterizedTest
  @MethodSource("everyTableBothWays")
  void whoReadAnOlderVersionCommitsNothing(Table table, boolean filesAreKnown) throws IOException {
    Days first = Days.of(List.of(LocalDate.parse("2026-06-01")));
    write(table, "2026-06-01", Days.ALL, Set.of(), numbers(table, "2026-06-01", 1));
    long read = lake.version(table);
    write(table, "2026-06-02", first, Set.of(), numbers(table, "2026-06-02", 2));
    List<Row> stands = lake.read(table).orderBy("number").collectAsList();
    if (!filesAreKnown) {
      forgetTheFiles(table);
    }

    assertThatThrownBy(
            () ->
                lake.write(
                    table,
                    numbers(table, "2026-06-03", 3),
                    first,
                    commit("late", "2026-06-03", 1),
                    LocalDate.parse("2026-06-03"),
                    read))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("another writer changed it");

    assertThat(lake.read(table).orderBy("number").collectAsList()).isEqualTo(stands);
  }

  static List<Table> everyTable() {
    return List.of(NIGHTS, DAYS, WHOLE, ADDED);
  }

  @ParameterizedTest
  @MethodSource("everyTable")
  void whoKnowsNoTableMakesNoneOverOneThatStands(Table table) {
    write(table, "2026-06-01", Days.ALL, Set.of(), numbers(table, "2026-06-01", 1));

    assertThatThrownBy(
            () ->
                lake.write(
                    table,
                    numbers(table, "2026-06-01", 2),
                    Days.ALL,
                    commit("late", "2026-06-01", 1),
                    LocalDate.parse("2026-06-01"),
                    -1))
        .isInstanceOf(Conflict.class);

    assertThat(lake.version(table)).isZero();
    assertThat(lake.read(table).filter("number = 1").count()).isOne();
  }

  @Test
  void aNewTableLiesByNightAndLogsTheBoundsOfItsKey() throws IOException {
    night("2026-06-01", 1);
    write(DAYS, "2026-06-01", Days.ALL, Set.of(), numbers(DAYS, "", 1));

    assertThat(Files.readString(log(NIGHTS).resolve("00000000000000000000.json")))
        .contains("\"partitionColumns\":[\"as_of_date\"]")
        .contains("\"delta.dataSkippingNumIndexedCols\":\"1\"")
        .contains("\"minReaderVersion\":1,\"minWriterVersion\":2");
    assertThat(Files.readString(log(DAYS).resolve("00000000000000000000.json")))
        .contains("\"partitionColumns\":[]")
        .contains("\"delta.dataSkippingNumIndexedCols\":\"2\"");
  }

  /** Such a commit adds and removes no file: its number alone tells that it was there. */
  @Test
  void aCommitOfNoRowsConflictsToo() {
    write(WHOLE, "2026-06-01", Days.ALL, Set.of(), numbers(WHOLE, ""));
    KnownFiles late = KnownFiles.of(spark, lake.path(WHOLE)).orElseThrow();
    write(WHOLE, "2026-06-02", Days.ALL, Set.of(), numbers(WHOLE, ""));

    assertThatThrownBy(
            () ->
                late.commit(
                    file -> true,
                    file -> true,
                    numbers(WHOLE, "", 3),
                    new KnownFiles.NewTable(List.of(), Map.of()),
                    SaveMode.Overwrite,
                    commit("late", "2026-06-02", 1).toJson(),
                    1))
        .isInstanceOf(DeltaConcurrentModificationException.class);

    assertThat(lake.read(WHOLE).isEmpty()).isTrue();
  }

  @Test
  void rowsOfWhatIsNotReplacedAreRefused() {
    night("2026-06-01", 1);
    assertThatThrownBy(
            () -> write(NIGHTS, "2026-06-02", Days.ALL, Set.of(), numbers(NIGHTS, "2026-06-01", 2)))
        .hasMessageContaining("is not of what is replaced");
    assertThat(lake.read(NIGHTS).count()).isOne();

    write(DAYS, "2026-06-01", Days.ALL, Set.of(), numbers(DAYS, "", 1));
    for (String day : new String[] {"2026-06-02", null}) {
      assertThatThrownBy(
              () ->
                  write(
                      DAYS,
                      "2026-06-03",
                      Days.of(List.of(LocalDate.parse("2026-06-01"))),
                      Set.of(),
                      rows(DAYS, "", day(day, 2, "a"))))
          .hasStackTraceContaining("a row is not of the days replaced");
    }
    assertThat(lake.read(DAYS).count()).isOne();
  }

  @ParameterizedTest
  @MethodSource("everyTableBothWays")
  void ofWritersAtOnceOneCommits(Table table, boolean filesAreKnown) throws Exception {
    write(table, "2026-06-01", Days.ALL, Set.of(), numbers(table, "2026-06-01", 1));
    if (!filesAreKnown) {
      forgetTheFiles(table);
    }
    assertOneOfThreeCommits(table);
  }

  @ParameterizedTest
  @MethodSource("everyTable")
  void ofWritersAtOnceOneMakesATable(Table table) throws Exception {
    assertOneOfThreeCommits(table);
  }

  private void assertOneOfThreeCommits(Table table) throws Exception {
    long read = lake.version(table);
    int writers = 3;
    CyclicBarrier start = new CyclicBarrier(writers);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Boolean>> races = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        String run = "writer " + writer;
        long number = 10L + writer;
        races.add(
            () -> {
              start.await();
              try {
                lake.write(
                    table,
                    numbers(table, "2026-06-02", number),
                    Days.of(List.of(LocalDate.parse("2026-06-01"))),
                    commit(run, "2026-06-02", 1),
                    LocalDate.parse("2026-06-02"),
                    read);
                return true;
              } catch (Conflict e) {
                return false;
              }
            });
      }
      int winners = 0;
      for (Future<Boolean> race : threads.invokeAll(races)) {
        winners += race.get() ? 1 : 0;
      }
      assertThat(winners).isOne();
    } finally {
      threads.shutdownNow();
    }
    assertThat(lake.version(table)).isEqualTo(read + 1);
    assertThat(lake.read(table).filter(col("number").geq(10)).count()).isOne();
  }
}
