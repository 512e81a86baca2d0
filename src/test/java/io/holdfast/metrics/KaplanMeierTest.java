package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.Cases;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class KaplanMeierTest {

  private static final StructType SUBJECTS =
      StructType.fromDDL("segment STRING, entry_day INT, exit_day INT, is_gone BOOLEAN");

  /**
   * Five subjects: one gone on day 2 of 4 at risk (one entered on day 2 and is at risk from day 3),
   * one followed to day 3, one gone on day 5 of 3 (who is followed to day 5 is still at risk).
   */
  @Test
  void whoEntersLateOrIsFollowedNoLongerCountsWhileItIsAtRisk() {
    // 3/4, then 3/4 * 2/3. Greenwood: 1/(4*3), then + 1/(3*2).
    assertRows(
        KaplanMeier.curves(
            rows(
                SUBJECTS,
                """
                | segment | entry_day | exit_day | is_gone |
                | a       | 0         | 2        | true    |
                | a       | 0         | 3        | false   |
                | a       | 0         | 5        | true    |
                | a       | 0         | 5        | false   |
                | a       | 2         | 8        | false   |
                """),
            "segment"),
        """
        | segment | day | at_risk | gone | survival | standard_error |
        | a       | 2   | 4       | 1    | 0.75     | 0.2165063509   |
        | a       | 5   | 3       | 1    | 0.5      | 0.25           |
        | a       | 8   | 1       | 0    | 0.5      | 0.25           |
        """);
  }

  @Test
  void whenTheLastOneIsGoneNobodyIsLeftAndThereIsNoInterval() {
    assertRows(
        KaplanMeier.curves(
            rows(
                SUBJECTS,
                """
                | segment | entry_day | exit_day | is_gone |
                | a       | 0         | 2        | true    |
                | b       | 0         | 4        | false   |
                """),
            "segment"),
        """
        | segment | day | at_risk | gone | survival | survival_low | survival_high |
        | a       | 2   | 1       | 1    | 0.0      |              |               |
        | b       | 4   | 1       | 0    | 1.0      |              |               |
        """);
  }

  /** The figures of lifelines: src/test/python/reference_figures.py wrote both files. */
  @Test
  void estimatesAndIntervalsAreThoseOfLifelines() {
    Dataset<Row> subjects =
        rows(
            StructType.fromDDL("segment STRING, entry INT, exit INT, left INT"),
            Cases.of("reference/survival_subjects.csv", "segment"));
    Dataset<Row> expected =
        rows(
            StructType.fromDDL(
                "segment STRING, day INT, at_risk BIGINT, gone BIGINT, survival DOUBLE, low DOUBLE,"
                    + " high DOUBLE"),
            Cases.of("reference/survival.csv", "segment"));
    Map<String, Row> curves = new TreeMap<>();
    KaplanMeier.curves(
            subjects
                .withColumnRenamed("entry", "entry_day")
                .withColumnRenamed("exit", "exit_day")
                .withColumn("is_gone", col("left").equalTo(1))
                .drop("left"),
            "segment")
        .filter(col("gone").gt(0))
        .select("segment", "day", "at_risk", "gone", "survival", "survival_low", "survival_high")
        .collectAsList()
        .forEach(row -> curves.put(row.getString(0) + " " + row.getInt(1), row));

    List<Row> references = expected.collectAsList();
    assertThat(references).hasSizeGreaterThan(200);
    assertThat(curves).hasSize(references.size());
    for (Row reference : references) {
      String at = reference.getString(0) + " " + reference.getInt(1);
      Row row = curves.get(at);
      assertThat(row.getLong(2)).as(at).isEqualTo(reference.getLong(2));
      assertThat(row.getLong(3)).as(at).isEqualTo(reference.getLong(3));
      for (int i = 4; i < 7; i++) {
        if (reference.isNullAt(i)) {
          assertThat(row.isNullAt(i)).as(at).isTrue();
        } else {
          assertThat(row.getDouble(i)).as(at).isCloseTo(reference.getDouble(i), within(1e-9));
        }
      }
    }
  }
}
