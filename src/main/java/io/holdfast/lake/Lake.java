package io.holdfast.lake;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Conflict;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.table.Days;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.delta.actions.AddFile;

/**
 * The tables of one company on any Hadoop file system: {@code <lake>/<stage>/<table>}.
 *
 * <p>Versions and commits are read from the Delta log itself, without a Spark job.
 */
public final class Lake {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "_holdfast.json";

  /** Rows that one file takes; of more than these, one file in about a day of a large company. */
  private static final int ROWS_OF_ONE_FILE = 500_000;

  private static final int ROWS_PER_FILE = 64_000;

  /** So many rows are read for the few of them that somebody looks for. */
  private static final int ROWS_READ_FOR_FEW = 10_000;

  private static final long SMALL_BYTES = 128L << 20;
  private static final int SMALL_FILES = 16;

  /** Up to this size all of a table is written again sooner than it is found out what stays. */
  private static final long REWRITTEN_BYTES = 2L << 20;

  private static final String INDEXED_COLUMNS = "delta.dataSkippingNumIndexedCols";

  /** The name under which commits are numbered in the log. */
  static final String APPLICATION = "holdfast";

  private final SparkSession spark;
  private final Path root;
  private final FileSystem files;

  /** By path, time and size: what a file of a log says never changes. */
  private final Map<String, JsonNode> commitInfos;

  private Lake(SparkSession spark, Path root, FileSystem files) {
    this(spark, root, files, new ConcurrentHashMap<>());
  }

  private Lake(SparkSession spark, Path root, FileSystem files, Map<String, JsonNode> commitInfos) {
    this.spark = spark;
    this.root = root;
    this.files = files;
    this.commitInfos = commitInfos;
  }

  /**
   * Opens a lake, and makes it if there is nothing at the path.
   *
   * @throws BadInput if the path holds something else
   * @throws PlatformFailure if it cannot be read
   */
  public static Lake open(SparkSession spark, String path) {
    Path root = new Path(path);
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      Path qualified = files.makeQualified(root);
      Lake lake = new Lake(spark, qualified, files);
      lake.checkOrMark();
      return lake;
    } catch (IOException | IllegalArgumentException e) {
      throw new PlatformFailure(
          "Cannot open the lake %s: %s. Check lake.path, its file system and its rights."
              .formatted(path, e),
          e);
    }
  }

  /**
   * Opens a lake to read it; empty if there is none at the path. Makes nothing.
   *
   * @throws PlatformFailure if it cannot be read
   */
  public static Optional<Lake> existing(SparkSession spark, String path) {
    Path root = new Path(path);
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      return files.exists(new Path(root, MARK))
          ? Optional.of(new Lake(spark, files.makeQualified(root), files))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new PlatformFailure(
          "Cannot open the lake %s: %s. Check lake.path, its file system and its rights."
              .formatted(path, e),
          e);
    }
  }

  /** The same lake, whose rows are read and written in another session. */
  public Lake in(SparkSession session) {
    return new Lake(session, root, files, commitInfos);
  }

  private void checkOrMark() throws IOException {
    Path mark = new Path(root, MARK);
    if (files.exists(mark)) {
      return;
    }
    if (files.exists(root)) {
      if (files.getFileStatus(root).isFile() || files.listStatus(root).length > 0) {
        throw new BadInput(
            "Cannot use %s as a lake: it holds something else (there is no %s in it)."
                    .formatted(root, MARK)
                + " Point lake.path at a lake or at an empty folder.");
      }
    }
    try (FSDataOutputStream out = files.create(mark, true)) {
      out.write("{\"format\":1}\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The version of Delta that writes lakes. */
  public static String deltaVersion() {
    String version = io.delta.tables.DeltaTable.class.getPackage().getImplementationVersion();
    return version == null ? "(in the jar)" : version;
  }

  /** The folder of the lake. */
  public Path root() {
    return root;
  }

  /** The file system that holds it. */
  public FileSystem fileSystem() {
    return files;
  }

  /** Where a table's files are. */
  public Path path(Table table) {
    return new Path(new Path(root, table.stage()), table.name());
  }

  /**
   * The version of a table's content; -1 if it was never built. Maintenance makes versions of the
   * log that hold the rows of the version before: they are none of the content.
   */
  public long version(Table table) {
    NavigableMap<Long, FileStatus> log = log(table);
    for (var entry : log.descendingMap().entrySet()) {
      if (!isMaintenance(commitInfo(table, entry.getValue()))) {
        return entry.getKey();
      }
    }
    return log.isEmpty() ? -1 : log.firstKey() - 1;
  }

  /** The latest version of a table's log, that of its files; -1 if it was never built. */
  long head(Table table) {
    NavigableMap<Long, FileStatus> log = log(table);
    return log.isEmpty() ? -1 : log.lastKey();
  }

  /** The latest commit that this program made to a table. */
  public Optional<Commit.Logged> last(Table table) {
    return latest(table, "", Long.MAX_VALUE);
  }

  /** The latest commit that this program made to a table for a night. */
  public Optional<Commit.Logged> last(Table table, LocalDate asOf) {
    return latest(table, asOf.toString(), Long.MAX_VALUE);
  }

  /** The latest commit that this program made to a table for a night before a version. */
  public Optional<Commit.Logged> lastBefore(Table table, LocalDate asOf, long version) {
    return latest(table, asOf.toString(), version);
  }

  private Optional<Commit.Logged> latest(Table table, String asOf, long before) {
    NavigableMap<Long, FileStatus> log = log(table).headMap(before, false);
    for (var entry : log.descendingMap().entrySet()) {
      Commit.Logged logged = logged(table, entry.getKey(), entry.getValue());
      if (logged.commit() != null && (asOf.isEmpty() || asOf.equals(logged.commit().asOf()))) {
        return Optional.of(logged);
      }
    }
    return log.isEmpty()
        ? Optional.empty()
        : carried(table, log.firstKey(), log.firstEntry().getValue())
            .filter(it -> asOf.isEmpty() || asOf.equals(it.commit().asOf()));
  }

  /**
   * The commit before the first that the log still has: maintenance repeats what it said, so that
   * cleaning up the log of a table that nothing changed for long does not forget how it was made.
   */
  private Optional<Commit.Logged> carried(Table table, long first, FileStatus file) {
    JsonNode info = commitInfo(table, file);
    String metadata = info.path("userMetadata").asText("");
    return isMaintenance(info) && !metadata.isEmpty()
        ? Optional.of(
            new Commit.Logged(
                first - 1, at(info), Commit.fromJson(metadata, file.getPath().toString()), false))
        : Optional.empty();
  }

  /** The commit that made a version; empty if there is none, or its log was cleaned up. */
  public Optional<Commit.Logged> commit(Table table, long version) {
    return Optional.ofNullable(log(table).get(version)).map(file -> logged(table, version, file));
  }

  /**
   * The commits after a version, oldest first; empty if the log no longer reaches back to it.
   *
   * @param version a version of the table, or -1 for all commits
   */
  public Optional<List<Commit.Logged>> commitsAfter(Table table, long version) {
    NavigableMap<Long, FileStatus> later = log(table).tailMap(version, false);
    if (!later.isEmpty() && later.firstKey() != version + 1) {
      return Optional.empty();
    }
    return Optional.of(
        later.entrySet().stream()
            .map(entry -> logged(table, entry.getKey(), entry.getValue()))
            .toList());
  }

  /** The files of a table's log by version; none if it was never built. */
  private NavigableMap<Long, FileStatus> log(Table table) {
    NavigableMap<Long, FileStatus> log = new TreeMap<>();
    try {
      for (FileStatus file : files.listStatus(new Path(path(table), "_delta_log"))) {
        String name = file.getPath().getName();
        if (name.matches("\\d{20}\\.json")) {
          log.put(Long.parseLong(name.substring(0, 20)), file);
        }
      }
    } catch (FileNotFoundException e) {
      return new TreeMap<>();
    } catch (IOException e) {
      throw unreadable(table, e);
    }
    return log;
  }

  private Commit.Logged logged(Table table, long version, FileStatus file) {
    JsonNode info = commitInfo(table, file);
    String metadata = info.path("userMetadata").asText("");
    boolean isMaintenance = isMaintenance(info);
    return new Commit.Logged(
        version,
        at(info),
        metadata.isEmpty() || isMaintenance
            ? null
            : Commit.fromJson(metadata, file.getPath().toString()),
        isMaintenance);
  }

  private static boolean isMaintenance(JsonNode info) {
    String operation = info.path("operation").asText("");
    return operation.equals("OPTIMIZE")
        || operation.startsWith("VACUUM")
        || operation.endsWith("SET TBLPROPERTIES");
  }

  private static Instant at(JsonNode info) {
    return Instant.ofEpochMilli(info.path("timestamp").asLong());
  }

  private JsonNode commitInfo(Table table, FileStatus file) {
    return commitInfos.computeIfAbsent(
        "%s#%d#%d".formatted(file.getPath(), file.getModificationTime(), file.getLen()),
        any -> commitInfo(table, file.getPath()));
  }

  private JsonNode commitInfo(Table table, Path path) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode info = JSON.readTree(line).path("commitInfo");
        if (!info.isMissingNode()) {
          return info;
        }
      }
    } catch (IOException e) {
      throw unreadable(table, e);
    }
    return MissingNode.getInstance();
  }

  private PlatformFailure unreadable(Table table, IOException e) {
    return new PlatformFailure(
        "Cannot read the log of %s in %s: %s. Check the file system; if the table's folder is"
                .formatted(table, path(table), e)
            + " damaged, delete it and run `holdfast backfill --rebuild`.",
        e);
  }

  /** How much a table's files take, those of older versions that are still kept included. */
  public long bytes(Table table) {
    try {
      return version(table) < 0 ? 0 : files.getContentSummary(path(table)).getLength();
    } catch (IOException e) {
      throw unreadable(table, e);
    }
  }

  /** A table's rows; none if it was never built. Columns added since it was built are NULL. */
  public Dataset<Row> read(Table table) {
    return isEmpty(table) ? read(table, -1) : declared(table, stored(table, head(table)));
  }

  /**
   * The files of a small table are read as what they are: else Delta asks, by a query of its own at
   * each place where a table is read, which of them may hold a row that is looked for.
   */
  private Dataset<Row> stored(Table table, long version) {
    Optional<Checksum> small;
    try {
      small =
          Checksum.of(files, path(table), version)
              .filter(it -> it.bytes() <= SMALL_BYTES && it.files().size() <= SMALL_FILES);
    } catch (IOException e) {
      throw unreadable(table, e);
    }
    if (small.isEmpty()) {
      return spark.read().format("delta").load(path(table).toString());
    }
    if (small.get().files().isEmpty()) {
      return spark.createDataFrame(List.of(), small.get().schema());
    }
    return spark
        .read()
        .schema(small.get().schema())
        .option("basePath", path(table).toString())
        .parquet(small.get().files().stream().map(Path::toString).toArray(String[]::new));
  }

  /**
   * A table's rows as they stood at a version; none before the first.
   *
   * @throws BadInput if the version's files or log were cleaned up
   */
  public Dataset<Row> read(Table table, long version) {
    if (version < 0) {
      return spark.createDataFrame(List.of(), table.schema());
    }
    long head = head(table);
    long same = maintained(table, version);
    PastVersion past = new PastVersion(spark, files, path(table), table, version);
    return declared(table, same == head ? past.rows(same) : past.rowsOfKeptFiles(same));
  }

  /** The latest version of the log that holds a version's rows. */
  private long maintained(Table table, long version) {
    NavigableMap<Long, FileStatus> log = log(table);
    long same = version;
    while (log.containsKey(same + 1) && isMaintenance(commitInfo(table, log.get(same + 1)))) {
      same++;
    }
    return same;
  }

  private static Dataset<Row> declared(Table table, Dataset<Row> stored) {
    List<String> names = List.of(stored.columns());
    Dataset<Row> rows = stored;
    for (var field : table.columns()) {
      if (!names.contains(field.name())) {
        rows = rows.withColumn(field.name(), lit(null).cast(field.type()));
      }
    }
    return rows.select(table.columnNames().stream().map(name -> col(name)).toArray(Column[]::new));
  }

  /** Commits rows to a table that has no parts. */
  public long write(
      Table table, Dataset<Row> rows, Days days, Commit commit, LocalDate asOf, long readVersion) {
    return write(table, rows, days, Set.of(), commit, asOf, readVersion);
  }

  /**
   * Whether the log alone tells that a table has no rows: a feed that a company lacks leaves many
   * such tables, and a plan over one that is known to be empty costs nothing.
   */
  public boolean isEmpty(Table table) {
    long version = version(table);
    if (version < 0) {
      return true;
    }
    boolean holdsLastCommitOnly = version == 0 || table.refresh() instanceof Refresh.Whole;
    return holdsLastCommitOnly
        && last(table)
            .filter(last -> last.version() == version)
            .map(last -> last.commit().rows() == 0)
            .orElse(false);
  }

  /**
   * Commits rows to a table: replaces the night, the days or the whole, or adds.
   *
   * @param rows conformed rows
   * @param days the days that are replaced, where the table is replaced by day
   * @param parts the parts that are replaced on all days
   * @param commit what the commit says of itself
   * @param readVersion the version of the content that the caller read; -1 for none
   * @throws Conflict if another writer committed since
   */
  public long write(
      Table table,
      Dataset<Row> rows,
      Days days,
      Set<String> parts,
      Commit commit,
      LocalDate asOf,
      long readVersion) {
    Change change = new Change(table, rows, days, parts, commit, asOf, readVersion);
    try {
      Optional<KnownFiles> known = known(change);
      if (known.isPresent()) {
        replace(change, known.get());
      } else {
        save(change);
      }
    } catch (io.delta.exceptions.DeltaConcurrentModificationException e) {
      throw conflict(table, e);
    }
    Commit.Logged mine = last(table).orElseThrow(() -> conflict(table, null));
    if (!mine.commit().runId().equals(commit.runId())
        || isContentBetween(table, readVersion, mine.version())) {
      throw conflict(table, null);
    }
    return mine.version();
  }

  /** What is to be committed, as {@link #write} takes it. */
  private record Change(
      Table table,
      Dataset<Row> rows,
      Days days,
      Set<String> parts,
      Commit commit,
      LocalDate asOf,
      long readVersion) {

    boolean isOfDays() {
      return table.refresh() instanceof Refresh.Touched && !days.isAll();
    }

    boolean isWhole() {
      return table.refresh() instanceof Refresh.Whole
          || (table.refresh() instanceof Refresh.Touched && days.isAll());
    }
  }

  /**
   * The files of a table if what a commit does to them can be told from their names: all go, or
   * those of some nights, or none; or some days' rows of a table that is small.
   */
  private Optional<KnownFiles> known(Change change) {
    Optional<KnownFiles> known = KnownFiles.of(spark, path(change.table()));
    if (change.readVersion() < 0) {
      return known;
    }
    Dataset<Row> rows = change.rows();
    return known
        .filter(it -> change.isWhole() ? isSameToTheWord(it, rows) : hasSameColumns(it, rows))
        .filter(
            it ->
                !change.isOfDays() || (it.count() <= SMALL_FILES && it.bytes() <= REWRITTEN_BYTES));
  }

  /** What is replaced as a whole gets the meanings of its columns anew, too. */
  private static boolean isSameToTheWord(KnownFiles known, Dataset<Row> rows) {
    return known.schema().toNullable().equals(rows.schema().toNullable());
  }

  private static boolean hasSameColumns(KnownFiles known, Dataset<Row> rows) {
    return DataTypeUtils.equalsIgnoreNullability(known.schema(), rows.schema());
  }

  private void replace(Change change, KnownFiles known) {
    Table table = change.table();
    if (isContentBetween(table, change.readVersion(), known.version() + 1)) {
      throw conflict(table, null);
    }
    Refresh refresh = table.refresh();
    Predicate<AddFile> replaced = file -> true;
    Predicate<AddFile> added = file -> true;
    Dataset<Row> written = change.rows();
    SaveMode mode = SaveMode.Overwrite;
    if (refresh instanceof Refresh.AsOf night) {
      replaced =
          file -> isReplaced(night, change.asOf(), KnownFiles.partition(file, Table.AS_OF_DATE));
      added = replaced;
    } else if (refresh instanceof Refresh.Append) {
      replaced = file -> false;
      mode = SaveMode.Append;
    } else if (refresh instanceof Refresh.Touched touched
        && !change.days().isAll()
        && change.readVersion() >= 0) {
      Column isTouched =
          coalesce(expr(touched(touched, change.days(), change.parts())), lit(false));
      Column isRefused =
          raise_error(lit("Cannot commit %s: a row is not of the days replaced.".formatted(table)));
      written =
          declared(table, stored(table, known.version()))
              .filter(not(isTouched))
              .unionByName(
                  change.rows().filter(when(isTouched, true).otherwise(isRefused.cast("boolean"))));
    }
    known.commit(
        replaced,
        added,
        arranged(table, written, change.commit().rows()),
        new KnownFiles.NewTable(
            refresh instanceof Refresh.AsOf ? List.of(Table.AS_OF_DATE) : List.of(),
            Map.of(INDEXED_COLUMNS, Integer.toString(columnsLookedInto(table)))),
        mode,
        change.commit().toJson(),
        change.readVersion() + 1);
  }

  private static boolean isReplaced(Refresh.AsOf night, LocalDate asOf, String partition) {
    LocalDate date = LocalDate.parse(partition);
    LocalDate oldest = asOf.minusDays(Refresh.AsOf.NIGHTS - 1L);
    boolean isMonthEnd = date.plusDays(1).getDayOfMonth() == 1;
    return date.equals(asOf) || (!night.keepsAll() && date.isBefore(oldest) && !isMonthEnd);
  }

  private void save(Change change) {
    Table table = change.table();
    DataFrameWriter<Row> writer =
        arranged(table, change.rows(), change.commit().rows())
            .write()
            .format("delta")
            .option("userMetadata", change.commit().toJson())
            .option("txnAppId", APPLICATION)
            .option("txnVersion", change.readVersion() + 1);
    Refresh refresh = table.refresh();
    if (refresh instanceof Refresh.AsOf night) {
      writer =
          writer
              .partitionBy(Table.AS_OF_DATE)
              .mode(SaveMode.Overwrite)
              .option("mergeSchema", "true")
              .option("replaceWhere", nights(night, change.asOf()));
    } else if (refresh instanceof Refresh.Append) {
      writer = writer.mode(SaveMode.Append).option("mergeSchema", "true");
    } else if (refresh instanceof Refresh.Touched touched && !change.days().isAll()) {
      writer =
          writer
              .mode(SaveMode.Overwrite)
              .option("mergeSchema", "true")
              .option("replaceWhere", touched(touched, change.days(), change.parts()));
    } else {
      writer = writer.mode(SaveMode.Overwrite).option("overwriteSchema", "true");
    }
    writer.save(path(table).toString());
  }

  /** Whether another commit than one of maintenance lies between two versions. */
  private boolean isContentBetween(Table table, long first, long last) {
    return log(table).entrySet().stream()
        .filter(entry -> entry.getKey() > first && entry.getKey() < last)
        .anyMatch(entry -> !isMaintenance(commitInfo(table, entry.getValue())));
  }

  /**
   * How many of a table's first columns have their least and greatest value logged for each file,
   * by which readers leave files out: up to the last that names a row or its day. Of all columns,
   * as Delta would by itself, they cost more than the rows of a small table do.
   */
  private static int columnsLookedInto(Table table) {
    List<String> inFiles =
        table.columnNames().stream().filter(name -> !name.equals(Table.AS_OF_DATE)).toList();
    int last = inFiles.indexOf(table.refresh().day());
    for (String name : table.key()) {
      last = Math.max(last, inFiles.indexOf(name));
    }
    return last + 1;
  }

  private static String touched(Refresh.Touched touched, Days days, Set<String> parts) {
    List<String> terms = new ArrayList<>();
    if (!days.isEmpty()) {
      terms.add(days.sql(touched.dayColumn()));
    }
    for (String part : parts) {
      terms.add(
          "`%s` = '%s'"
              .formatted(touched.partColumn(), part.replace("\\", "\\\\").replace("'", "\\'")));
    }
    return String.join(" OR ", terms);
  }

  private static Conflict conflict(Table table, Exception cause) {
    return new Conflict(
        "Cannot commit %s: another writer changed it since this run read it. Run again."
            .formatted(table),
        cause);
  }

  /** This night, and the nights that are no longer kept. */
  private static String nights(Refresh.AsOf night, LocalDate asOf) {
    String thisNight = "as_of_date = DATE'%s'".formatted(asOf);
    if (night.keepsAll()) {
      return thisNight;
    }
    LocalDate oldest = asOf.minusDays(Refresh.AsOf.NIGHTS - 1L);
    return "%s OR (as_of_date < DATE'%s' AND as_of_date <> last_day(as_of_date))"
        .formatted(thisNight, oldest);
  }

  private static Dataset<Row> arranged(Table table, Dataset<Row> rows, long count) {
    if (count > ROWS_READ_FOR_FEW
        && table.refresh() instanceof Refresh.Append append
        && append.apart().isPresent()) {
      Column isApart = coalesce(append.apart().get(), lit(false));
      return byDays(table, rows.filter(not(isApart)), count)
          .unionByName(rows.filter(isApart).coalesce(1));
    }
    return byDays(table, rows, count);
  }

  /**
   * One file, or files of few days each: a night brings late rows of many days, and what lies in a
   * file with one of them is written anew.
   */
  private static Dataset<Row> byDays(Table table, Dataset<Row> rows, long count) {
    if (count <= ROWS_OF_ONE_FILE) {
      return rows.coalesce(1);
    }
    String day = table.refresh().day();
    return day.isEmpty()
        ? rows.coalesce((int) (count / ROWS_OF_ONE_FILE + 1))
        : rows.repartitionByRange((int) (count / ROWS_PER_FILE + 1), col(day));
  }
}
