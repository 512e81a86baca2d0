package io.holdfast.lake;

import static io.holdfast.Rows.assertRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.files.TahoeFileIndex;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small tables are read by the files that their checksum names, and hold what Delta says. */
class SmallTablesTest {

  private static final Table NUMBERS =
      Table.in("metrics", "numbers")
          .grain("one row per night and number")
          .column("number", LongType, "the number")
          .column("word", StringType, "what no row is looked for by")
          .key("number")
          .build();

  private static final String AS_OF_29_AND_30 =
      """
      | number | word | as_of_date |
      | 3      | odd  | 2026-06-29 |
      | 1      | odd  | 2026-06-30 |
      | 2      | even | 2026-06-30 |
      """;

  private final SparkSession spark = SharedSpark.session();

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void nights() {
    lake = Lake.open(spark, folder.resolve("a lake, 100% full").toString());
    night("2026-06-29", 1, 9);
    night("2026-06-30", 1, 2);
    night("2026-06-29", 3);
  }

  private void night(String asOf, long... numbers) {
    LocalDate night = LocalDate.parse(asOf);
    Dataset<Row> rows =
        spark
            .createDataset(
                Arrays.stream(numbers).boxed().toList(), org.apache.spark.sql.Encoders.LONG())
            .toDF("number")
            .withColumn("word", when(col("number").mod(2).equalTo(0), "even").otherwise("odd"))
            .withColumn("as_of_date", lit(Date.valueOf(night)));
    Commit commit =
        new Commit(
            asOf,
            asOf,
            asOf,
            Map.of(),
            "",
            "",
            "",
            List.of(),
            "",
            numbers.length,
            "",
            0,
            Map.of(),
            List.of());
    lake.write(NUMBERS, rows, Days.ALL, commit, night, lake.version(NUMBERS));
  }

  private static boolean isReadByDelta(Dataset<Row> rows) {
    return rows.queryExecution().analyzed().collectLeaves().head() instanceof LogicalRelation read
        && read.relation() instanceof HadoopFsRelation files
        && files.location() instanceof TahoeFileIndex;
  }

  private Path checksum() {
    return Path.of(lake.path(NUMBERS).toUri().getPath(), "_delta_log/00000000000000000002.crc");
  }

  @Test
  void theFilesOfTheLastVersionAreRead() {
    Dataset<Row> rows = lake.read(NUMBERS);

    assertThat(isReadByDelta(rows)).isFalse();
    assertRows(rows, AS_OF_29_AND_30);
    assertThat(rows.schema().apply("as_of_date").dataType()).isEqualTo(DateType);
    assertThat(rows.filter(col("as_of_date").equalTo(lit(Date.valueOf("2026-06-29")))).count())
        .isOne();
  }

  @Test
  void ofAFileTheBoundsOfItsKeyAloneAreLogged() throws IOException {
    String added =
        Files.readAllLines(
                Path.of(
                    lake.path(NUMBERS).toUri().getPath(), "_delta_log/00000000000000000001.json"))
            .stream()
            .filter(line -> line.startsWith("{\"add\""))
            .reduce("", String::concat);

    assertThat(added)
        .contains("\\\"numRecords\\\":2")
        .contains("\\\"minValues\\\":{\\\"number\\\":1}")
        .contains("\\\"maxValues\\\":{\\\"number\\\":2}");
  }

  @Test
  void withoutAChecksumDeltaReads() throws IOException {
    Files.delete(checksum());

    assertThat(isReadByDelta(lake.read(NUMBERS))).isTrue();
    assertRows(lake.read(NUMBERS), AS_OF_29_AND_30);
  }

  @Test
  void deltaReadsWhatALaterProtocolNeeds() throws IOException {
    change("\"minReaderVersion\":1", "\"minReaderVersion\":2");

    assertThat(isReadByDelta(lake.read(NUMBERS))).isTrue();
  }

  @Test
  void deltaReadsWhereTheChecksumDoesNotNameAllFiles() throws IOException {
    change("\"numFiles\":2", "\"numFiles\":3");

    assertThat(isReadByDelta(lake.read(NUMBERS))).isTrue();
  }

  @Test
  void deltaReadsWhereTheChecksumIsTorn() throws IOException {
    String text = Files.readString(checksum());
    write(text.substring(0, text.length() / 2));

    assertThat(isReadByDelta(lake.read(NUMBERS))).isTrue();
    write("");
    assertThat(isReadByDelta(lake.read(NUMBERS))).isTrue();
  }

  private void change(String from, String to) throws IOException {
    String text = Files.readString(checksum());
    assertThat(text).contains(from);
    write(text.replace(from, to));
  }

  private void write(String text) throws IOException {
    Files.writeString(checksum(), text);
    // Hadoop's own sum of the file no longer holds.
    Files.deleteIfExists(checksum().resolveSibling("." + checksum().getFileName() + ".crc"));
  }
}
