package io.holdfast.churn;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;

import io.holdfast.activity.PayingSpells;
import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ChurnLabelsTest {

  private static final DatasetSettings SETTINGS =
      new DatasetSettings(7, 30, 7, 28, 80, 24, Map.of());
  private static final int GAP = 30;

  /** Monday 2026-01-05; the label counts 2026-01-13 to 2026-02-11. */
  private static Dataset<Row> observed(String... customers) {
    return rows(
        Observations.TABLE,
        "| observation_date | customer_id |\n"
            + String.join(
                "\n",
                java.util.Arrays.stream(customers).map("| 2026-01-05 | %s |"::formatted).toList()));
  }

  private static final Dataset<Row> SPELLS =
      rows(
          PayingSpells.TABLE,
          """
          | customer_id | counting  | spell | start_date | end_date   | confirmed_date | is_voluntary |
          | day7        | confirmed | 1     | 2025-01-01 | 2026-01-12 | 2026-02-11     | true         |
          | day8        | confirmed | 1     | 2025-01-01 | 2026-01-13 | 2026-02-12     | true         |
          | day37       | confirmed | 1     | 2025-01-01 | 2026-02-11 | 2026-03-13     | false        |
          | day38       | confirmed | 1     | 2025-01-01 | 2026-02-12 | 2026-03-14     | true         |
          | unclear     | confirmed | 1     | 2025-01-01 | 2026-01-20 | 2026-02-19     |              |
          | back        | snapshot  | 1     | 2025-01-01 | 2026-01-20 | 2026-02-19     | true         |
          | back        | confirmed | 1     | 2025-01-01 |            |                |              |
          | stays       | confirmed | 1     | 2025-01-01 |            |                |              |
          """);

  @Test
  void aChurnCountsFromTheDayAfterTheLeadToTheEndOfTheHorizon() {
    assertRows(
        ChurnLabels.of(
            observed("day7", "day8", "day37", "day38", "unclear", "back", "stays"),
            SPELLS,
            SETTINGS,
            GAP,
            LocalDate.parse("2026-12-31")),
        """
        | customer_id | is_mature | is_churned | is_churned_voluntary | is_churned_involuntary | churn_date |
        | day7        | true      | false      | false                | false                  |            |
        | day8        | true      | true       | true                 | false                  | 2026-01-13 |
        | day37       | true      | true       | false                | true                   | 2026-02-11 |
        | day38       | true      | false      | false                | false                  |            |
        | unclear     | true      | true       |                      |                        | 2026-01-20 |
        | back        | true      | false      | false                | false                  |            |
        | stays       | true      | false      | false                | false                  |            |
        """);
  }

  @Test
  void aLabelIsUnknownUntilNothingCanChangeIt() {
    // 2026-01-05 + 7 + 30 + 30 + 7 days.
    Dataset<Row> one = observed("day8");
    assertRows(
        ChurnLabels.of(one, SPELLS, SETTINGS, GAP, LocalDate.parse("2026-03-19")),
        """
        | customer_id | is_mature | is_churned | is_churned_voluntary | churn_date |
        | day8        | false     |            |                      |            |
        """);
    assertRows(
        ChurnLabels.of(one, SPELLS, SETTINGS, GAP, LocalDate.parse("2026-03-20")),
        """
        | customer_id | is_mature | is_churned | is_churned_voluntary | churn_date |
        | day8        | true      | true       | true                 | 2026-01-13 |
        """);
  }
}
