package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.Cases;
import io.holdfast.activity.RevenueCases;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.failure.BrokenRule;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class MrrMovementsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 6, 30);

  private static RevenueLedger ledger(String subscriptions, LocalDate asOf) {
    var lines = rows(Subscriptions.TABLE, subscriptions);
    return RevenueLedger.of(
        RevenueCases.mrrOf(lines), RevenueCases.spellsOf(lines), RevenueCases.PRICING, asOf);
  }

  @Test
  void theWorkedCasesMoveAsTheDefinitionsSay() {
    RevenueLedger ledger =
        RevenueLedger.of(RevenueCases.mrr(), RevenueCases.spells(), RevenueCases.PRICING, AS_OF);
    Dataset<Row> movements = MrrMovements.movements(ledger).localCheckpoint();
    assertRows(movements, Cases.of("revenue/movements.csv", "customer_id"));
    assertRulesKept(MrrMovements.TABLE, movements, AS_OF);
    MrrMovements.requireReconciled(movements, ledger);
  }

  /** It left on 2026-03-01 and is back on the 20th. */
  private static final String BACK =
      """
      | subscription_id | customer_id | mrr | start_date | end_date   | end_reason |
      | s1              | a           | 100 | 2026-01-01 | 2026-03-01 | price      |
      | s2              | a           | 100 | 2026-03-20 |            |            |
      """;

  @Test
  void aChurnStandsUntilTheReturnAndIsConfirmedWhenNoneCanComeAnyMore() {
    assertRows(
        MrrMovements.movements(ledger(BACK, LocalDate.of(2026, 3, 19))),
        """
        | counting  | movement_date | movement | change | is_confirmed | is_voluntary | end_reason |
        | snapshot  | 2026-01-01    | new      | 100    |              |              |            |
        | confirmed | 2026-01-01    | new      | 100    |              |              |            |
        | snapshot  | 2026-03-01    | churn    | -100   | false        | true         | price      |
        | confirmed | 2026-03-01    | churn    | -100   | false        | true         | price      |
        """);
    assertRows(
        MrrMovements.movements(ledger(BACK, LocalDate.of(2026, 3, 20)))
            .filter(col("counting").equalTo("confirmed")),
        """
        | movement_date | movement | change | is_confirmed |
        | 2026-01-01    | new      | 100    |              |
        """);
    String gone = BACK.lines().limit(2).reduce("", (all, line) -> all + line + "\n");
    assertRows(
        MrrMovements.movements(ledger(gone, LocalDate.of(2026, 3, 31)))
            .filter(col("counting").equalTo("confirmed")),
        """
        | movement_date | movement | change | is_confirmed |
        | 2026-01-01    | new      | 100    |              |
        | 2026-03-01    | churn    | -100   | true         |
        """);
  }

  @Test
  void whatIsAnnouncedForLaterHasNotHappened() {
    assertRows(
        MrrMovements.movements(ledger(BACK, LocalDate.of(2026, 2, 28)))
            .filter(col("counting").equalTo("confirmed")),
        """
        | movement_date | movement | change |
        | 2026-01-01    | new      | 100    |
        """);
  }

  @Test
  void aLedgerThatDoesNotAddUpIsNotPublished() {
    RevenueLedger ledger = ledger(BACK, AS_OF);
    Dataset<Row> movements = MrrMovements.movements(ledger);
    Dataset<Row> incomplete =
        movements.filter(
            col("counting").equalTo("confirmed").or(col("movement").notEqual("churn")));
    assertThatThrownBy(() -> MrrMovements.requireReconciled(incomplete, ledger))
        .isInstanceOf(BrokenRule.class)
        .hasMessageContaining("the movements do not add up to what customers pay at the end of")
        .hasMessageContaining("[snapshot,a,200.0000,100.0000]");
  }
}
