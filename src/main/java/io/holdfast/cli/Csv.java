package io.holdfast.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.to_json;

import io.holdfast.failure.PlatformFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/** Rows as a CSV file by RFC 4180: NULL is an empty cell, an empty text two quotes. */
public final class Csv {

  private Csv() {}

  /**
   * Writes all rows, one by one.
   *
   * @return how many
   * @throws PlatformFailure if the file cannot be written
   */
  public static long write(Dataset<Row> rows, Path file) {
    Dataset<Row> plain = plain(rows);
    long written = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      line(out, Arrays.asList(plain.columns()));
      Iterator<Row> each = plain.toLocalIterator();
      while (each.hasNext()) {
        Row row = each.next();
        line(out, IntStream.range(0, row.size()).mapToObj(i -> text(row.get(i))).toList());
        written++;
      }
      return written;
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot write %s: %s. Name a file in a folder that can be written.".formatted(file, e),
          e);
    }
  }

  /** Lists, maps and records as JSON; without what is no text at all. */
  static Dataset<Row> plain(Dataset<Row> rows) {
    return rows.select(
        Arrays.stream(rows.schema().fields())
            .filter(field -> !(field.dataType() instanceof BinaryType))
            .map(Csv::plain)
            .toArray(Column[]::new));
  }

  private static Column plain(StructField field) {
    boolean isNested =
        field.dataType() instanceof ArrayType
            || field.dataType() instanceof MapType
            || field.dataType() instanceof StructType;
    if (isNested) {
      return to_json(col(field.name())).as(field.name());
    }
    return field.dataType() instanceof TimestampType
        ? date_format(col(field.name()), "yyyy-MM-dd'T'HH:mm:ss.SSSXXX").as(field.name())
        : col(field.name());
  }

  private static String text(Object value) {
    if (value == null) {
      return "";
    }
    String text = value instanceof BigDecimal amount ? amount.toPlainString() : value.toString();
    return text.isEmpty() ? "\"\"" : quoted(text);
  }

  private static String quoted(String text) {
    boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static void line(Writer out, List<String> cells) throws IOException {
    out.write(cells.stream().collect(Collectors.joining(",", "", "\r\n")));
  }
}
