package io.holdfast.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Days;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The inputs of one job's turn, read from the lake. */
final class LakeInputs implements Inputs {

  private final DoubleFunction<SparkSession> sessionToTakeIn;
  private SparkSession spark;
  private Lake lake;
  private final Settings settings;
  private final Plan.Night night;
  private final String reader;
  private final List<Table> readable;
  private final List<Setting<?>> readableSettings;
  private final Table own;
  private final boolean readsPrevious;
  private final Days days;
  private final Set<String> newParts;
  private final BiFunction<Lake, Table, Dataset<Row>> stored;
  private final Map<String, Long> versions;
  private final String program;
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private boolean hasGivenNothing;

  private LakeInputs(
      DoubleFunction<SparkSession> sessionToTakeIn,
      SparkSession spark,
      Lake lake,
      Settings settings,
      Plan.Night night,
      String reader,
      List<Table> readable,
      List<Setting<?>> readableSettings,
      Table own,
      boolean readsPrevious,
      Days days,
      Set<String> newParts,
      Map<String, Long> versions,
      BiFunction<Lake, Table, Dataset<Row>> stored,
      String program) {
    this.sessionToTakeIn = sessionToTakeIn;
    this.spark = spark;
    this.lake = lake;
    this.settings = settings;
    this.night = night;
    this.reader = reader;
    this.readable = readable;
    this.readableSettings = readableSettings;
    this.own = own;
    this.readsPrevious = readsPrevious;
    this.days = days;
    this.newParts = newParts;
    this.stored = stored;
    this.versions = versions;
    this.program = program;
  }

  static LakeInputs of(
      Plan plan,
      Sessions sessions,
      SparkSession spark,
      Lake lake,
      Settings settings,
      Plan.Night night,
      String program) {
    Job job = plan.job();
    return new LakeInputs(
        sessions::toTakeIn,
        spark,
        lake,
        settings,
        night,
        job.table().id(),
        job.reads(),
        job.settings(),
        job.table(),
        job.readsPrevious(),
        plan.days(),
        plan.newParts(),
        plan.inputs(),
        Lake::read,
        program);
  }

  static LakeInputs of(
      Publication publication,
      Map<String, Long> versions,
      SparkSession spark,
      Lake lake,
      Settings settings,
      Plan.Night night,
      String program) {
    return new LakeInputs(
        bytes -> spark,
        spark,
        lake,
        settings,
        night,
        publication.name(),
        publication.reads(),
        publication.settings(),
        null,
        false,
        Days.ALL,
        Set.of(),
        versions,
        Lake::read,
        program);
  }

  /** What a job read when it made a night's rows. */
  static LakeInputs asTheyWere(
      Job job, Commit commit, SparkSession spark, Lake lake, Settings settings) {
    return new LakeInputs(
        bytes -> spark,
        spark,
        lake,
        settings,
        new Plan.Night(LocalDate.parse(commit.asOf()), LocalDate.parse(commit.arrivedBy()), false),
        job.table().id(),
        job.reads(),
        job.settings(),
        job.table(),
        job.readsPrevious(),
        Days.ALL,
        Set.of(),
        commit.inputs(),
        (there, table) -> there.read(table, commit.inputs().getOrDefault(table.id(), -1L)),
        commit.code());
  }

  @Override
  public LocalDate asOf() {
    if (own != null
        && (own.refresh() instanceof Refresh.Touched || own.refresh() instanceof Refresh.Whole)) {
      throw new IllegalStateException(
          reader + " holds all days that have arrived: its job must not ask for the night's date.");
    }
    return night.asOf();
  }

  @Override
  public LocalDate arrivedBy() {
    return night.arrivedBy();
  }

  @Override
  public Dataset<Row> rows(Table table) {
    Dataset<Row> all = all(table);
    boolean isCut = own != null && own.refresh() instanceof Refresh.Touched;
    return isCut && !table.refresh().day().isEmpty()
        ? all.filter(days.contain(table.refresh().day()))
        : all;
  }

  @Override
  public Dataset<Row> all(Table table) {
    Dataset<Row> rows = declared(table);
    return table.isByNight() ? rows.filter(col(Table.AS_OF_DATE).equalTo(lit(night.asOf()))) : rows;
  }

  @Override
  public Dataset<Row> nearby(Table table, int reach) {
    return declared(table).filter(days.widened(reach).contain(table.refresh().day()));
  }

  @Override
  public Dataset<Row> around(Table table, int reach) {
    return declared(table).filter(days.around(reach).contain(table.refresh().day()));
  }

  @Override
  public Dataset<Row> history(Table table) {
    return declared(table).filter(col(Table.AS_OF_DATE).leq(lit(night.asOf())));
  }

  @Override
  public Dataset<Row> previous() {
    if (!readsPrevious) {
      throw new IllegalArgumentException(
          reader + " reads its own earlier rows without declaring readsPrevious().");
    }
    Dataset<Row> rows = lake.read(own);
    return own.isByNight() ? rows.filter(col(Table.AS_OF_DATE).lt(lit(night.asOf()))) : rows;
  }

  @Override
  public long version(Table table) {
    declared(table);
    return versions.get(table.id());
  }

  @Override
  public String program() {
    return program;
  }

  private Dataset<Row> declared(Table table) {
    if (!readable.contains(table)) {
      throw new IllegalArgumentException(reader + " reads " + table + " without declaring it.");
    }
    hasGivenNothing |= lake.isEmpty(table);
    return stored.apply(lake, table);
  }

  /** Whether some rows that were handed over are none: what is made of them may be none too. */
  boolean hasGivenNothing() {
    return hasGivenNothing;
  }

  @Override
  public <T extends Record> T settings(Setting<T> setting) {
    if (!readableSettings.contains(setting)) {
      throw new IllegalArgumentException(
          reader + " reads the settings " + setting.path() + " without declaring them.");
    }
    return settings.get(setting);
  }

  @Override
  public Set<String> newParts() {
    return newParts;
  }

  @Override
  public void expect(double bytes) {
    spark = sessionToTakeIn.apply(bytes);
    lake = lake.in(spark);
  }

  @Override
  public Landing landing() {
    return new HadoopLanding(spark);
  }

  @Override
  public Dataset<Row> create(List<Row> rows, StructType schema) {
    hasGivenNothing |= rows.isEmpty();
    return spark.createDataFrame(rows, schema);
  }

  @Override
  public void note(String sentence) {
    if (!notes.contains(sentence)) {
      notes.add(sentence);
    }
  }

  List<String> notes() {
    return List.copyOf(notes);
  }
}
