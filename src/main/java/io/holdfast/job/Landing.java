package io.holdfast.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Access to what others deliver: files on any file system that Hadoop knows, and tables of
 * databases.
 */
public interface Landing {

  /** The file systems that a session knows. */
  static Landing of(SparkSession spark) {
    return new HadoopLanding(spark);
  }

  /**
   * A delivered file.
   *
   * @param path full path with scheme
   * @param bytes its size
   * @param tag changes when the content does: the modification time, or a table's version
   */
  record LandedFile(String path, long bytes, String tag) {}

  /**
   * The files at a path, in order of their paths; none if there is nothing.
   *
   * @param path a file, a folder (with all its subfolders) or a glob. Names that start with {@code
   *     _} or {@code .} are left out, as Spark does.
   */
  List<LandedFile> list(String path);

  /** A Delta table as one file whose tag is its version; empty if there is no table. */
  Optional<LandedFile> deltaTable(String path);

  /** The first line of a text file, decompressed by its extension; empty for an empty file. */
  Optional<String> firstLine(String path);

  /**
   * Reads files with Spark.
   *
   * @param format a Spark data source: csv, json, parquet, delta
   * @param schema what to read, or none to take the files' own
   */
  Dataset<Row> read(
      String format, Map<String, String> options, Optional<StructType> schema, List<String> paths);

  /** A table or a query of a database. */
  Database database(Database.Source source);
}
