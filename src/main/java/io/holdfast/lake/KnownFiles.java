package io.holdfast.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.VersionChecksum;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.delta.actions.Format;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A table whose latest checksum names its files, and commits that replace some of them.
 *
 * <p>Delta's own writer asks by queries over the log which transactions and files there are, which
 * takes longer than to write a small table. The commit itself is Delta's: it fails where another
 * writer has committed since the files were named.
 */
final class KnownFiles {

  private final SparkSession spark;
  private final DeltaLog log;
  private final Snapshot snapshot;
  private final List<AddFile> files;

  /**
   * How a table is made.
   *
   * @param partitions the columns by whose values its files lie apart
   * @param properties Delta's, by name
   */
  record NewTable(List<String> partitions, Map<String, String> properties) {
    private Metadata metadata(StructType schema) {
      return new Metadata(
          UUID.randomUUID().toString(),
          null,
          null,
          new Format("parquet", Map$.MODULE$.empty()),
          schema.toNullable().json(),
          CollectionConverters.asScala(partitions).toSeq(),
          scala.collection.immutable.Map.from(CollectionConverters.asScala(properties)),
          Option.apply(System.currentTimeMillis()));
    }
  }

  private KnownFiles(SparkSession spark, DeltaLog log, Snapshot snapshot, List<AddFile> files) {
    this.spark = spark;
    this.log = log;
    this.snapshot = snapshot;
    this.files = files;
  }

  /** The files of a table, of a new one none; empty if no checksum names them, or not plainly. */
  static Optional<KnownFiles> of(SparkSession spark, Path table) {
    DeltaLog log = DeltaLog.forTable(spark, table);
    Snapshot snapshot = log.update(false, Option.empty(), Option.empty());
    if (snapshot.version() < 0) {
      return Optional.of(new KnownFiles(spark, log, snapshot, List.of()));
    }
    Option<VersionChecksum> checksum = snapshot.checksumOpt();
    if (snapshot.protocol().minReaderVersion() != 1
        || checksum.isEmpty()
        || checksum.get().allFiles().isEmpty()) {
      return Optional.empty();
    }
    List<AddFile> files =
        CollectionConverters.asJava(checksum.get().allFiles().get()).stream().toList();
    return files.size() == checksum.get().numFiles()
        ? Optional.of(new KnownFiles(spark, log, snapshot, files))
        : Optional.empty();
  }

  /** The version of the log that has these files; -1 for a new table. */
  long version() {
    return snapshot.version();
  }

  /** The stored columns. */
  StructType schema() {
    return snapshot.metadata().schema();
  }

  int count() {
    return files.size();
  }

  long bytes() {
    return files.stream().mapToLong(AddFile::size).sum();
  }

  /** The value of a partition column that all rows of a file have. */
  static String partition(AddFile file, String column) {
    return file.partitionValues().apply(column);
  }

  /**
   * Commits rows in the place of some files.
   *
   * @param replaced which files go
   * @param added which files may come: those of what is replaced
   * @param rows with the stored columns
   * @param created what a new table is
   * @param userMetadata what the commit says of itself
   * @param transaction the number of the commit among those of this program
   * @throws io.delta.exceptions.DeltaConcurrentModificationException if another writer has
   *     committed since
   */
  void commit(
      Predicate<AddFile> replaced,
      Predicate<AddFile> added,
      Dataset<Row> rows,
      NewTable created,
      SaveMode mode,
      String userMetadata,
      long transaction) {
    Option<SparkSession> before = SparkSession.getActiveSession();
    // What Delta runs besides the rows' own query runs in the session that is active.
    SparkSession.setActiveSession(spark);
    try {
      OptimisticTransaction transactionOfDelta =
          log.startTransaction(Option.empty(), Option.apply(snapshot));
      transactionOfDelta.readWholeTable();
      // A commit that changes no file is one, too: it has this number.
      transactionOfDelta.readTxn().addOne(Lake.APPLICATION);
      if (snapshot.version() < 0) {
        transactionOfDelta.updateMetadata(created.metadata(rows.schema()), false);
      }
      long now = System.currentTimeMillis();
      List<Action> actions = new ArrayList<>();
      actions.add(new SetTransaction(Lake.APPLICATION, transaction, Option.apply(now)));
      for (FileAction written : CollectionConverters.asJava(transactionOfDelta.writeFiles(rows))) {
        if (written instanceof AddFile file && !added.test(file)) {
          throw new IllegalStateException(
              "Cannot commit %s: a row of %s is not of what is replaced."
                  .formatted(log.dataPath(), file.partitionValues()));
        }
        actions.add(written);
      }
      for (AddFile file : files) {
        if (replaced.test(file)) {
          actions.add(file.removeWithTimestamp(now, true));
        }
      }
      transactionOfDelta.commit(
          CollectionConverters.asScala(actions).toSeq(),
          write(transactionOfDelta.metadata(), mode, userMetadata),
          Map$.MODULE$.<String, String>empty());
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }

  private static DeltaOperations.Operation write(
      Metadata metadata, SaveMode mode, String userMetadata) {
    return new DeltaOperations.Write(
        mode,
        Option.apply(metadata.partitionColumns()),
        Option.empty(),
        Option.apply(userMetadata),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty());
  }
}
