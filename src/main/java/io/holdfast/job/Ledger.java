package io.holdfast.job;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps the {@code ops} tables in step with the commits, which are the truth: whatever a killed run
 * did not write here is written by the next.
 */
public final class Ledger {

  public static final Table COMMITS =
      Table.in("ops", "commits")
          .grain("one row per commit of a table")
          .column("table_id", StringType, "the table")
          .column("version", LongType, "the table's version that the commit made")
          .column("run_id", StringType, "the run that made it")
          .column("as_of_date", DateType, "the run's last local day that counts")
          .column("arrived_by", DateType, "the run's last arrival date that counts")
          .column("committed_at", TimestampType, "when")
          .column("rows", LongType, "rows written")
          .column("changed_rows", LongType, "rows that differ from what stood for the same night")
          .column("days", StringType, "days replaced or added to")
          .column("content_hash", StringType, "hash of the content, whatever its order")
          .column("settings_hash", StringType, "hash of the configuration that the job read")
          .column("code_hash", StringType, "hash of the program")
          .column("notes", StringType, "what a reader should know")
          .key("table_id", "version")
          .append("as_of_date", "")
          .build();

  public static final Table QUALITY_RESULTS =
      Table.in("ops", "quality_results")
          .grain("one row per commit and warning that counted rows")
          .column("table_id", StringType, "the table")
          .column("version", LongType, "the table's version that the commit made")
          .column("as_of_date", DateType, "the run's last local day that counts")
          .column("rule", StringType, "what the rows break")
          .column("broken_rows", LongType, "how many of the written rows break it")
          .column("rows", LongType, "rows written")
          .key("table_id", "version", "rule")
          .append("as_of_date", "")
          .build();

  public static final Table PUBLISHED =
      Table.in("ops", "published")
          .grain("one row per night and published table, each time all tables of the night stood")
          .column("as_of_date", DateType, "the night")
          .column("run_id", StringType, "the run after which they all stood")
          .column("published_at", TimestampType, "when")
          .column("table_id", StringType, "a published table")
          .column("version", LongType, "its version")
          .key("as_of_date", "run_id", "table_id")
          .append("as_of_date", "")
          .build();

  public static final Table RESTATEMENTS =
      Table.in("ops", "restatements")
          .grain("one row per commit and figure that it changed of a night that was published")
          .column("table_id", StringType, "the published table")
          .column("version", LongType, "the table's version that the commit made")
          .column("run_id", StringType, "the run that made it")
          .column("as_of_date", DateType, "the night whose figure changed")
          .column("restated_at", TimestampType, "when")
          .column("row_key", StringType, "the key of the row: column=value, with a comma between")
          .column("column_name", StringType, "the column")
          .column("from_value", StringType, "what stood before; NULL: no value, or no such row")
          .column("to_value", StringType, "what stands now; NULL: no value, or no such row")
          .column(
              "restated_figures",
              LongType,
              "figures of this column that the commit changed; the first ones by key have a row")
          .key("table_id", "version", "row_key", "column_name")
          .append("as_of_date", "")
          .build();

  /** What is derived from the commits and from what was published. */
  public static final List<Table> TABLES =
      List.of(COMMITS, QUALITY_RESULTS, PUBLISHED, RESTATEMENTS);

  private final SparkSession spark;
  private final Lake lake;
  private final Plan.Night night;
  private final String runId;
  private final String code;
  private final Restatements restatements;

  /**
   * The bookkeeping of a run.
   *
   * @param maxRestatements how many figures of one column are listed that one commit restated
   */
  Ledger(
      SparkSession spark,
      Lake lake,
      Plan.Night night,
      String runId,
      String code,
      int maxRestatements) {
    this.spark = spark;
    this.lake = lake;
    this.night = night;
    this.runId = runId;
    this.code = code;
    this.restatements = new Restatements(lake, maxRestatements);
  }

  /** Writes a row for each commit of these tables that has none yet, and what follows from it. */
  void record(List<Table> tables) {
    Map<String, Long> recorded = recorded(COMMITS);
    Map<String, Long> withResults = recorded(QUALITY_RESULTS);
    Map<String, Long> withRestatements = recorded(RESTATEMENTS);
    Map<String, Long> now = new TreeMap<>(recorded);
    List<Row> commits = new ArrayList<>();
    List<Row> results = new ArrayList<>();
    List<Row> restated = new ArrayList<>();
    for (Table table : tables) {
      for (Commit.Logged logged : since(table, recorded.getOrDefault(table.id(), -1L))) {
        if (!logged.isMaintenance()) {
          now.put(table.id(), logged.version());
        }
        if (logged.commit() != null) {
          commits.add(row(table, logged));
          if (isAfter(withResults, table, logged)) {
            results.addAll(results(table, logged));
          }
          if (isAfter(withRestatements, table, logged)) {
            restated.addAll(restatements.of(table, logged));
          }
        }
      }
    }
    if (!commits.isEmpty()) {
      // The commits last: were the run killed before, the next one finds what is missing.
      if (!results.isEmpty()) {
        append(QUALITY_RESULTS, results, now);
      }
      if (!restated.isEmpty()) {
        append(RESTATEMENTS, restated, now);
      }
      append(COMMITS, commits, now);
    }
  }

  /**
   * The version of each table up to which an {@code ops} table has its rows: that of the commits,
   * or a later one where a run was killed before it wrote the commits.
   */
  private Map<String, Long> recorded(Table ops) {
    Optional<Commit.Logged> commits = lake.last(COMMITS);
    Optional<Commit.Logged> own = lake.last(ops);
    boolean isAhead =
        own.isPresent() && (commits.isEmpty() || own.get().at().isAfter(commits.get().at()));
    return (isAhead ? own : commits).map(last -> last.commit().inputs()).orElse(Map.of());
  }

  private boolean isAfter(Map<String, Long> versions, Table table, Commit.Logged logged) {
    long version = versions.getOrDefault(table.id(), -1L);
    // A table that was deleted and built anew begins again at 0.
    return version > lake.version(table) || logged.version() > version;
  }

  private List<Commit.Logged> since(Table table, long version) {
    long start = version > lake.version(table) ? -1 : version;
    return lake.commitsAfter(table, start)
        .or(() -> lake.last(table).map(List::of))
        .orElse(List.of());
  }

  private static Row row(Table table, Commit.Logged logged) {
    Commit commit = logged.commit();
    return RowFactory.create(
        table.id(),
        logged.version(),
        commit.runId(),
        Date.valueOf(commit.asOf()),
        Date.valueOf(commit.arrivedBy()),
        Timestamp.from(logged.at()),
        commit.rows(),
        commit.changed(),
        commit.days(),
        commit.content(),
        commit.settings(),
        commit.code(),
        String.join(" ", commit.notes()));
  }

  private static List<Row> results(Table table, Commit.Logged logged) {
    Commit commit = logged.commit();
    return commit.warnings().entrySet().stream()
        .filter(warning -> warning.getValue() > 0)
        .map(
            warning ->
                RowFactory.create(
                    table.id(),
                    logged.version(),
                    Date.valueOf(commit.asOf()),
                    warning.getKey(),
                    warning.getValue(),
                    commit.rows()))
        .toList();
  }

  /** Names this night as published, with the versions that make it; once for the same versions. */
  void publish(List<Table> published) {
    Map<String, Long> versions = new TreeMap<>();
    published.forEach(table -> versions.put(table.id(), lake.version(table)));
    Optional<Commit.Logged> before = lake.last(PUBLISHED, night.asOf());
    if (before.isPresent() && before.get().commit().inputs().equals(versions)) {
      return;
    }
    Timestamp now = Timestamp.from(Instant.now());
    append(
        PUBLISHED,
        versions.entrySet().stream()
            .map(
                table ->
                    RowFactory.create(
                        Date.valueOf(night.asOf()), runId, now, table.getKey(), table.getValue()))
            .toList(),
        versions);
  }

  /** Every published night, with the commit that last published it. */
  public static NavigableMap<LocalDate, Commit.Logged> nights(Lake lake) {
    NavigableMap<LocalDate, Commit.Logged> nights = new TreeMap<>();
    lake.commitsAfter(PUBLISHED, -1).stream()
        .flatMap(List::stream)
        .filter(logged -> logged.commit() != null)
        .forEach(logged -> nights.put(LocalDate.parse(logged.commit().asOf()), logged));
    // A log that was cleaned up still holds the latest nights.
    lake.last(PUBLISHED).ifPresent(last -> nights.put(LocalDate.parse(last.commit().asOf()), last));
    return nights;
  }

  /** The latest night that was published. */
  public static Optional<LocalDate> latestNight(Lake lake) {
    NavigableMap<LocalDate, Commit.Logged> nights = nights(lake);
    return nights.isEmpty() ? Optional.empty() : Optional.of(nights.lastKey());
  }

  /** Whether a night was ever published. */
  public static boolean isPublished(Lake lake, LocalDate asOf) {
    return lake.last(PUBLISHED, asOf).isPresent();
  }

  private void append(Table table, List<Row> rows, Map<String, Long> inputs) {
    Commit commit =
        new Commit(
            runId,
            night.asOf().toString(),
            night.arrivedBy().toString(),
            inputs,
            "",
            code,
            Days.of(List.of(night.asOf())).toString(),
            List.of(),
            "",
            rows.size(),
            "",
            0,
            Map.of(),
            List.of());
    try {
      lake.write(
          table,
          spark.createDataFrame(rows, table.schema()),
          Days.NONE,
          commit,
          night.asOf(),
          lake.version(table));
    } catch (Exception
        | FSError thrown) { // Scala declares no checked ones; a full disk is an Error.
      throw Failures.of(thrown, "write " + table, lake.root().toString());
    }
  }
}
