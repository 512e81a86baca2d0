package io.holdfast.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What the checksum file of a table's version says of it: optional in Delta's protocol ("Version
 * Checksum File"), and with all of the files only where they are few.
 *
 * @param schema the stored columns
 * @param bytes the size of all files
 * @param files the files of the version
 */
record Checksum(StructType schema, long bytes, List<Path> files) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The checksum of a version; empty if there is no whole one, if it does not name the files, or if
   * reading them takes more than reading Parquet: deletion vectors and mapped columns need a later
   * protocol than the first.
   */
  static Optional<Checksum> of(FileSystem system, Path table, long version) throws IOException {
    Path path = new Path(table, "_delta_log/%020d.crc".formatted(version));
    JsonNode found;
    try (InputStream in = system.open(path)) {
      found = JSON.readTree(in);
    } catch (FileNotFoundException | JsonProcessingException | ChecksumException notWhole) {
      return Optional.empty(); // It is written after the commit, which may have been the last word.
    }
    JsonNode all = found.path("allFiles");
    boolean isPlain =
        found.path("protocol").path("minReaderVersion").asInt() == 1
            && found.path("metadata").path("format").path("provider").asText().equals("parquet");
    if (!isPlain || !all.isArray() || all.size() != found.path("numFiles").asInt(-1)) {
      return Optional.empty();
    }
    List<Path> files = new ArrayList<>();
    for (JsonNode file : all) {
      // The path is encoded as in a URI, and may be absolute.
      files.add(new Path(table, new Path(URI.create(file.path("path").asText()))));
    }
    String schema = found.path("metadata").path("schemaString").asText();
    return Optional.of(
        new Checksum(
            (StructType) DataType.fromJson(schema),
            found.path("tableSizeBytes").asLong(),
            List.copyOf(files)));
  }
}
