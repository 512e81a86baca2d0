package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Worlds in which nothing tells who leaves, however many leave: none of them gets a champion. */
@Tag("integration")
class PermutedLabelsTest {

  private static final int CUSTOMERS = 600;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void labelsThatNothingTellsGiveNoChampion(long seed) {
    Dataset<Row> world = TrainingTest.observations(CUSTOMERS, days -> 0.06, seed).cache();
    long churned =
        world.agg(count_distinct(when(col("is_churned"), col("customer_id")))).first().getLong(0);
    assertThat(churned).isGreaterThan(300);
    Training.Outcome outcome = TrainingTest.training().on(world);
    assertThat(outcome.models())
        .hasSize(3)
        .extracting((Map<String, Object> model) -> model.get("is_champion"))
        .containsOnly(false);
    world.unpersist();
  }
}
