package io.holdfast.job;

import io.delta.tables.DeltaTable;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.PlatformFailure;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Delivered files on the file systems that Hadoop knows, and what Spark reads by JDBC. */
final class HadoopLanding implements Landing {

  private final SparkSession spark;
  private final Configuration hadoop;

  HadoopLanding(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  @Override
  public List<LandedFile> list(String path) {
    try {
      Path pattern = new Path(path);
      FileSystem files = pattern.getFileSystem(hadoop);
      FileStatus[] found = files.globStatus(pattern);
      List<LandedFile> landed = new ArrayList<>();
      if (found != null) {
        for (FileStatus status : found) {
          collect(files, status, landed);
        }
      }
      landed.sort(Comparator.comparing(LandedFile::path));
      return landed;
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  private static void collect(FileSystem files, FileStatus status, List<LandedFile> landed)
      throws IOException {
    String name = status.getPath().getName();
    if (name.startsWith("_") || name.startsWith(".")) {
      return;
    }
    if (status.isDirectory()) {
      for (FileStatus inside : files.listStatus(status.getPath())) {
        collect(files, inside, landed);
      }
    } else {
      landed.add(
          new LandedFile(
              status.getPath().toString(),
              status.getLen(),
              Long.toString(status.getModificationTime())));
    }
  }

  @Override
  public Optional<LandedFile> deltaTable(String path) {
    if (!DeltaTable.isDeltaTable(spark, path)) {
      return Optional.empty();
    }
    long version = DeltaTable.forPath(spark, path).history(1).select("version").head().getLong(0);
    return Optional.of(new LandedFile(path, 0, Long.toString(version)));
  }

  @Override
  public Optional<String> firstLine(String path) {
    Path file = new Path(path);
    if (bytes(file) == 0) {
      return Optional.empty();
    }
    try (InputStream raw = file.getFileSystem(hadoop).open(file)) {
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
      InputStream text = codec == null ? raw : codec.createInputStream(raw);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
        return Optional.ofNullable(lines.readLine());
      }
    } catch (EOFException | ZipException e) {
      throw damaged(path, e);
    } catch (IOException e) {
      // Hadoop has no type of its own for this.
      throw String.valueOf(e.getMessage()).startsWith("not a gzip file")
          ? damaged(path, e)
          : unreadable(path, e);
    }
  }

  private long bytes(Path file) {
    try {
      return file.getFileSystem(hadoop).getFileStatus(file).getLen();
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  @Override
  public Dataset<Row> read(
      String format, Map<String, String> options, Optional<StructType> schema, List<String> paths) {
    DataFrameReader reader = spark.read().format(format).options(options);
    if (schema.isPresent()) {
      reader = reader.schema(schema.get());
    }
    return reader.load(
        paths.stream()
            .map(path -> format.equals("delta") ? path : literally(path))
            .toArray(String[]::new));
  }

  @Override
  public Database database(Database.Source source) {
    return new Database(spark, source);
  }

  /** Spark would read a name such as {@code events[1].csv} as a pattern. */
  private static String literally(String path) {
    return path.replaceAll("([\\[\\]{}*?\\\\])", "\\\\$1");
  }

  private static BadInput damaged(String path, IOException e) {
    return new BadInput(
        "Cannot read %s: the file is damaged or cut off (%s). Deliver it again whole and run again; nothing of it was taken in."
            .formatted(path, e),
        e);
  }

  private static PlatformFailure unreadable(String path, Exception e) {
    return new PlatformFailure(
        "Cannot read %s: %s. Check the path, its file system and its rights.".formatted(path, e),
        e);
  }
}
