package io.holdfast.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class HeldRowsTest {

  /** Rows that differ each time they are made. */
  private static Dataset<Row> plan() {
    return SharedSpark.session().range(3).withColumn("made", uuid());
  }

  private static List<String> made(Dataset<Row> rows) {
    return rows.select("made").as(Encoders.STRING()).collectAsList();
  }

  private static Set<Integer> held() {
    return JavaSparkContext.fromSparkContext(SharedSpark.session().sparkContext())
        .getPersistentRDDs()
        .keySet();
  }

  @Test
  void rowsAreMadeOnceHoweverOftenTheyAreRead() {
    try (HeldRows held = HeldRows.of(plan())) {
      List<String> first = made(held.rows());

      assertThat(first).hasSize(3).doesNotHaveDuplicates();
      assertThat(made(held.rows())).isEqualTo(first);
      assertThat(made(held.rows().filter(col("id").gt(0)))).isEqualTo(first.subList(1, 3));
      assertThat(held.rows().join(held.rows(), "made").count()).isEqualTo(3);
    }
  }

  @Test
  void whatTwoHoldOfEqualPlansIsLetGoOfApart() {
    Set<Integer> before = held();
    Dataset<Row> plan = plan();
    HeldRows one = HeldRows.of(plan);
    HeldRows other = HeldRows.of(plan);
    made(one.rows());
    List<String> ofTheOther = made(other.rows());

    one.close();

    assertThat(made(other.rows())).isEqualTo(ofTheOther);
    other.close();
    assertThat(held()).isEqualTo(before);
  }

  @Test
  void whatIsNotHeldLeavesNothingBehind() {
    Set<Integer> before = held();
    try (HeldRows held = HeldRows.notAtAll(plan())) {
      assertThat(made(held.rows())).hasSize(3);
      assertThat(held()).isEqualTo(before);
    }
  }
}
