package io.holdfast.activity;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;

import io.holdfast.Cases;
import io.holdfast.conformed.Subscriptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class PayingSpellsTest {

  @Test
  void aReturnOnTheLastDayOfTheGapUndoesTheChurnAndOneADayLaterDoesNot() {
    assertRows(
        spells(
            """
            | subscription_id | customer_id | mrr | start_date | end_date   | end_reason |
            | s1              | in_time     | 100 | 2026-01-01 | 2026-02-01 | price      |
            | s2              | in_time     | 100 | 2026-03-03 |            |            |
            | s3              | too_late    | 100 | 2026-01-01 | 2026-02-01 | price      |
            | s4              | too_late    | 100 | 2026-03-04 |            |            |
            """),
        """
        | customer_id | counting  | spell | start_date | end_date   | confirmed_date | is_voluntary | end_reason |
        | in_time     | snapshot  | 1     | 2026-01-01 | 2026-02-01 | 2026-03-03     | true         | price      |
        | in_time     | snapshot  | 2     | 2026-03-03 |            |                |              |            |
        | in_time     | confirmed | 1     | 2026-01-01 |            |                |              |            |
        | too_late    | snapshot  | 1     | 2026-01-01 | 2026-02-01 | 2026-03-03     | true         | price      |
        | too_late    | snapshot  | 2     | 2026-03-04 |            |                |              |            |
        | too_late    | confirmed | 1     | 2026-01-01 | 2026-02-01 | 2026-03-03     | true         | price      |
        | too_late    | confirmed | 2     | 2026-03-04 |            |                |              |            |
        """);
  }

  @Test
  void aDowngradeToAFreePlanIsChurnAndAChangeOfPriceIsNot() {
    assertRows(
        spells(
                """
                | subscription_id | customer_id | mrr | start_date | end_date   | end_reason |
                | s1              | to_free     | 100 | 2026-01-01 | 2026-02-01 | downgrade  |
                | s2              | to_free     | 0   | 2026-02-01 |            |            |
                | s3              | cheaper     | 100 | 2026-01-01 | 2026-02-01 | downgrade  |
                | s4              | cheaper     | 20  | 2026-02-01 |            |            |
                """)
            .filter("counting = 'confirmed'"),
        """
        | customer_id | spell | start_date | end_date   | end_reason |
        | to_free     | 1     | 2026-01-01 | 2026-02-01 | downgrade  |
        | cheaper     | 1     | 2026-01-01 |            |            |
        """);
  }

  @Test
  void theReasonIsThatOfTheDearestLineThatEndedLastAndNoReasonIsUnknown() {
    assertRows(
        spells(
                """
                | subscription_id | customer_id | mrr | start_date | end_date   | end_reason |
                | s1              | two_lines   | 10  | 2026-01-01 | 2026-03-01 | price      |
                | s2              | two_lines   | 50  | 2026-01-01 | 2026-03-01 | payment    |
                | s3              | two_lines   | 99  | 2026-01-01 | 2026-02-01 | support    |
                | s4              | silent      | 10  | 2026-01-01 | 2026-03-01 |            |
                """)
            .filter("counting = 'snapshot'"),
        """
        | customer_id | end_date   | is_voluntary | end_reason |
        | two_lines   | 2026-03-01 | false        | payment    |
        | silent      | 2026-03-01 |              |            |
        """);
  }

  @Test
  void theWorkedCasesLeaveWhenTheDefinitionsSay() {
    assertRows(RevenueCases.spells(), Cases.of("revenue/spells.csv", "customer_id"));
  }

  private static Dataset<Row> spells(String subscriptions) {
    return RevenueCases.spellsOf(rows(Subscriptions.TABLE, subscriptions));
  }
}
