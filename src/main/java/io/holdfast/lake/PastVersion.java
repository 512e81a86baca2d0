package io.holdfast.lake;

import io.holdfast.failure.BadInput;
import io.holdfast.table.Table;
import java.io.FileNotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.VersionNotFoundException;

/**
 * A table as it stood at a version: readable until its files or its log are cleaned up.
 *
 * @param path the table's folder
 * @param table what messages call it
 * @param asked the version that was asked for
 */
record PastVersion(SparkSession spark, FileSystem files, Path path, Table table, long asked) {

  /** The rows of a version of the log, whose files are known to be there. */
  Dataset<Row> rows(long version) {
    try {
      return loaded(version);
    } catch (VersionNotFoundException cleanedUp) {
      throw gone("its log was cleaned up after maintenance.log_days", cleanedUp);
    }
  }

  /**
   * The rows of a version of the log, if it still has all of its files.
   *
   * @throws BadInput if the version's files or log were cleaned up
   */
  Dataset<Row> rowsOfKeptFiles(long version) {
    Dataset<Row> rows = rows(version);
    Set<String> kept = TableFiles.of(files, path).bytes().keySet();
    List<String> of = Arrays.stream(rows.inputFiles()).map(TableFiles::name).toList();
    List<String> missing = of.stream().filter(file -> !kept.contains(file)).toList();
    if (!missing.isEmpty()) {
      throw gone(
          "VACUUM deleted %d of its %d files, which were replaced longer ago than maintenance.vacuum_days"
              .formatted(missing.size(), of.size()),
          new FileNotFoundException(missing.get(0)));
    }
    return rows;
  }

  /** Scala does not declare what it throws. */
  private Dataset<Row> loaded(long version) throws VersionNotFoundException {
    return spark.read().format("delta").option("versionAsOf", version).load(path.toString());
  }

  private BadInput gone(String why, Exception cause) {
    return new BadInput(
        "Cannot read %s as it stood at version %d: %s. Build the night again with today's knowledge: `holdfast backfill nightly --from DATE --to DATE`."
            .formatted(table, asked, why),
        cause);
  }
}
