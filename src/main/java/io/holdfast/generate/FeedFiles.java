package io.holdfast.generate;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes blocks, sorted by file, as the files of the feeds and returns how many rows it wrote.
 *
 * <p>Spark would name files by chance and split them by partition; here a file's name and bytes
 * follow from its rows.
 */
final class FeedFiles implements MapPartitionsFunction<Row, Row> {
  private final String out;
  private final SerializableConfiguration hadoop;

  FeedFiles(String out, SerializableConfiguration hadoop) {
    this.out = out;
    this.hadoop = hadoop;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    Map<String, Long> figures = new TreeMap<>();
    String open = "";
    FeedFile file = FeedFile.text(OutputStream.nullOutputStream());
    try {
      while (rows.hasNext()) {
        Block block = Block.of(rows.next());
        if (!block.path().equals(open)) {
          file.close();
          open = block.path();
          file = FeedFile.of(block.feed(), new Path(out, open), hadoop.value());
        }
        file.write(block.text());
        count(block, figures);
      }
    } finally {
      file.close();
    }
    return figures.entrySet().stream()
        .map(figure -> RowFactory.create(figure.getKey(), figure.getValue()))
        .iterator();
  }

  /**
   * Creates a file, or the file anew.
   *
   * <p>On a local disk Hadoop would add a checksum file to each; the file system below it does not.
   */
  static FSDataOutputStream create(Path path, Configuration hadoop) throws IOException {
    FileSystem given = path.getFileSystem(hadoop);
    FileSystem files = given instanceof LocalFileSystem local ? local.getRaw() : given;
    return files.create(
        path,
        true,
        1 << 16,
        files.getDefaultReplication(path),
        files.getDefaultBlockSize(path),
        null);
  }

  /** How many lines of figures there are says nothing: those of one name are one. */
  private static void count(Block block, Map<String, Long> figures) {
    if (block.feed() != Feed.FIGURES) {
      figures.merge(block.feed().figure(), (long) block.rows(), Long::sum);
    }
    if (block.planted() != Planted.NOTHING) {
      figures.merge(block.planted().figure(), (long) block.rows(), Long::sum);
    }
  }
}
