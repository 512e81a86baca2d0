package io.holdfast.lake;

import io.delta.tables.DeltaTable;
import io.holdfast.config.MaintenanceSettings;
import io.holdfast.failure.Conflict;
import io.holdfast.table.Table;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps the tables of a lake small: compacts their small files, deletes the files of versions that
 * were replaced long enough ago, and says how long Delta keeps both them and the log.
 *
 * <p>Rows stay as they are, and so does the version of a table's content: no night builds anything
 * anew because of it.
 */
public final class Maintenance {

  private static final String KEEP_FILES = "delta.deletedFileRetentionDuration";
  private static final String KEEP_LOG = "delta.logRetentionDuration";
  private static final Map<String, String> BY_DEFAULT =
      Map.of(KEEP_FILES, "interval 7 days", KEEP_LOG, "interval 30 days");
  private static final String METADATA = "spark.databricks.delta.commitInfo.userMetadata";
  private static final long MIB = 1L << 20;

  private final SparkSession spark;
  private final Lake lake;
  private final MaintenanceSettings settings;

  /** The maintenance of a lake. */
  public Maintenance(SparkSession spark, Lake lake, MaintenanceSettings settings) {
    this.spark =
        SessionCopy.of(
            spark,
            Map.of(
                "spark.databricks.delta.optimize.minFileSize",
                String.valueOf(settings.smallFileMb() * MIB),
                "spark.databricks.delta.optimize.maxFileSize",
                String.valueOf(settings.targetFileMb() * MIB),
                // Deleting files changes no table: a commit of it would only lengthen the log.
                "spark.databricks.delta.vacuum.logging.enabled",
                "false"));
    this.lake = lake.in(this.spark);
    this.settings = settings;
  }

  /**
   * What is to be done to a table, or was.
   *
   * @param table the table
   * @param filesBefore files of its last version
   * @param filesAfter the same after compaction
   * @param compacted how many of the files before are compacted
   * @param deleted files that no version needs any more
   * @param deletedBytes their size
   * @param properties properties of the table that change, with their new values
   */
  public record Work(
      Table table,
      long filesBefore,
      long filesAfter,
      long compacted,
      long deleted,
      long deletedBytes,
      Map<String, String> properties) {

    /** Whether there is nothing to do. */
    public boolean isNothing() {
      return compacted == 0 && deleted == 0 && properties.isEmpty();
    }
  }

  /** Says what is to be done to a table, and does nothing. */
  public Work plan(Table table) {
    if (lake.version(table) < 0) {
      return new Work(table, 0, 0, 0, 0, 0, Map.of());
    }
    TableFiles files = files(table);
    List<String> live = live(table);
    List<List<String>> bins = bins(live, files);
    long compacted = bins.stream().mapToLong(List::size).sum();
    List<String> deletable = deletable(table, live, files);
    return new Work(
        table,
        live.size(),
        live.size() - compacted + bins.size(),
        compacted,
        deletable.size(),
        bytes(deletable, files),
        changedProperties(table));
  }

  /**
   * Does what is to be done to a table.
   *
   * @param lease held by the caller, and required before each change
   * @return what was done
   * @throws Conflict if another writer changed the table meanwhile
   */
  public Work run(Table table, Lease lease) {
    Work plan = plan(table);
    if (plan.isNothing()) {
      return plan;
    }
    // The log may be cleaned up at any commit: the latest one says how the rows were made.
    spark.conf().set(METADATA, lake.last(table).map(it -> it.commit().toJson()).orElse(""));
    try {
      lease.require();
      setProperties(table, plan.properties());
      lease.require();
      long compacted = plan.compacted() == 0 ? 0 : compact(table);
      lease.require();
      TableFiles before = files(table);
      if (plan.deleted() > 0 || plan.properties().containsKey(KEEP_FILES)) {
        vacuum(table);
      }
      List<String> deleted = new ArrayList<>(before.bytes().keySet());
      deleted.removeAll(files(table).bytes().keySet());
      return new Work(
          table,
          plan.filesBefore(),
          live(table).size(),
          compacted,
          deleted.size(),
          bytes(deleted, before),
          plan.properties());
    } catch (io.delta.exceptions.DeltaConcurrentModificationException e) {
      throw new Conflict(
          "Cannot maintain %s: another writer changed it meanwhile. Run again.".formatted(table),
          e);
    } finally {
      spark.conf().unset(METADATA);
    }
  }

  private void setProperties(Table table, Map<String, String> properties) {
    if (!properties.isEmpty()) {
      List<String> terms = new ArrayList<>();
      properties.forEach((key, value) -> terms.add("'%s' = '%s'".formatted(key, value)));
      spark.sql(
          "ALTER TABLE %s SET TBLPROPERTIES (%s)".formatted(sql(table), String.join(", ", terms)));
    }
  }

  /** How many files were compacted. */
  private long compact(Table table) {
    Row metrics = delta(table).optimize().executeCompaction().select("metrics.*").head();
    return metrics.<Long>getAs("numFilesRemoved");
  }

  /** Deletes what no version of the last days needs; Delta would print how much to the console. */
  private void vacuum(Table table) {
    scala.Console.withOut(OutputStream.nullOutputStream(), () -> delta(table).vacuum());
  }

  private DeltaTable delta(Table table) {
    return DeltaTable.forPath(spark, lake.path(table).toString());
  }

  private String sql(Table table) {
    return "delta.`%s`".formatted(lake.path(table).toString().replace("`", "``"));
  }

  private TableFiles files(Table table) {
    return TableFiles.of(lake.fileSystem(), lake.path(table));
  }

  /** The paths of the files of a table's last version. */
  private List<String> live(Table table) {
    return List.of(spark.read().format("delta").load(lake.path(table).toString()).inputFiles());
  }

  /** As Delta fills them: within a partition, the smallest files first. */
  private List<List<String>> bins(List<String> live, TableFiles files) {
    Map<String, List<String>> partitions = new TreeMap<>();
    for (String path : live) {
      if (bytes(path, files) < settings.smallFileMb() * MIB) {
        String partition = path.substring(0, path.lastIndexOf('/'));
        partitions.computeIfAbsent(partition, any -> new ArrayList<>()).add(path);
      }
    }
    List<List<String>> bins = new ArrayList<>();
    for (List<String> partition : partitions.values()) {
      partition.sort(Comparator.comparingLong(path -> bytes(path, files)));
      List<String> bin = new ArrayList<>();
      long size = 0;
      for (String path : partition) {
        if (size + bytes(path, files) > settings.targetFileMb() * MIB) {
          bins.add(bin);
          bin = new ArrayList<>();
          size = 0;
        }
        bin.add(path);
        size += bytes(path, files);
      }
      bins.add(bin);
    }
    return bins.stream().filter(bin -> bin.size() > 1).toList();
  }

  /** The names of the files that VACUUM deletes. */
  private List<String> deletable(Table table, List<String> live, TableFiles files) {
    Set<String> needed = live.stream().map(TableFiles::name).collect(Collectors.toSet());
    long before = Instant.now().minus(Duration.ofDays(settings.vacuumDays())).toEpochMilli();
    boolean mayHaveSome =
        files.modifiedAt().entrySet().stream()
            .anyMatch(file -> file.getValue() < before && !needed.contains(file.getKey()));
    return mayHaveSome
        ? spark.sql("VACUUM %s DRY RUN".formatted(sql(table))).collectAsList().stream()
            .map(row -> TableFiles.name(row.getString(0)))
            .filter(name -> files.bytes().containsKey(name))
            .toList()
        : List.of();
  }

  private static long bytes(String path, TableFiles files) {
    return files.bytes().getOrDefault(TableFiles.name(path), 0L);
  }

  private static long bytes(List<String> names, TableFiles files) {
    return names.stream().mapToLong(name -> bytes(name, files)).sum();
  }

  /** How long Delta is to keep things, where the table says otherwise. */
  private Map<String, String> changedProperties(Table table) {
    Map<String, String> present = delta(table).detail().select("properties").head().getJavaMap(0);
    Map<String, String> wanted = new TreeMap<>();
    wanted.put(KEEP_FILES, "interval %d days".formatted(settings.vacuumDays()));
    wanted.put(KEEP_LOG, "interval %d days".formatted(settings.logDays()));
    wanted
        .entrySet()
        .removeIf(
            it ->
                present
                    .getOrDefault(it.getKey(), BY_DEFAULT.get(it.getKey()))
                    .equals(it.getValue()));
    return wanted;
  }
}
