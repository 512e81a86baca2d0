package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.round;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Cases;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class WilsonTest {

  /** Published: 8 of 10 is 0.4902 to 0.9433 (R, binom.confint, method wilson). */
  @Test
  void theIntervalIsThePublishedOne() {
    var counts =
        rows(
            StructType.fromDDL("hits BIGINT, size BIGINT"),
            """
            | hits | size |
            | 8    | 10   |
            | 0    | 10   |
            | 10   | 10   |
            | 0    | 0    |
            """);
    assertRows(
        counts.select(
            col("hits"),
            col("size"),
            Wilson.rate(col("hits"), col("size")).as("rate"),
            round(Wilson.low(col("hits"), col("size")), 4).as("low"),
            round(Wilson.high(col("hits"), col("size")), 4).as("high")),
        """
        | hits | size | rate | low    | high   |
        | 8    | 10   | 0.8  | 0.4902 | 0.9433 |
        | 0    | 10   | 0.0  | 0.0    | 0.2775 |
        | 10   | 10   | 1.0  | 0.7225 | 1.0    |
        | 0    | 0    |      |        |        |
        """);
  }

  /** The figures of statsmodels: src/test/python/reference_figures.py wrote the file. */
  @Test
  void theIntervalIsThatOfStatsmodels() {
    var expected =
        rows(
            StructType.fromDDL(
                "world STRING, hits BIGINT, size BIGINT, rate DOUBLE, low DOUBLE, high DOUBLE"),
            Cases.of("reference/wilson.csv", "world"));
    var differing =
        expected
            .withColumn("my_rate", Wilson.rate(col("hits"), col("size")))
            .withColumn("my_low", Wilson.low(col("hits"), col("size")))
            .withColumn("my_high", Wilson.high(col("hits"), col("size")))
            .filter(
                "NOT coalesce(abs(rate - my_rate) < 1e-9 AND abs(low - my_low) < 1e-9"
                    + " AND abs(high - my_high) < 1e-9, false)");
    assertThat(expected.count()).isGreaterThan(30);
    assertThat(differing.collectAsList()).isEmpty();
  }
}
