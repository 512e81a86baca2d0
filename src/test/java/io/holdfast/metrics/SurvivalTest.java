package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueCases;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.sources.ExchangeRates;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class SurvivalTest {

  /** The last certain day is 2026-03-31. */
  private static final LocalDate AS_OF = LocalDate.of(2026, 4, 30);

  private static final String LINES =
      """
      | subscription_id | customer_id | plan | mrr | start_date | end_date   |
      | s1              | gone        | pro  | 10  | 2026-01-01 | 2026-01-31 |
      | s2              | gone        | pro  | 10  | 2026-03-20 |            |
      | s3              | bridged     | pro  | 10  | 2026-01-01 | 2026-02-01 |
      | s4              | bridged     | pro  | 10  | 2026-02-15 |            |
      | s5              | just_left   | pro  | 10  | 2026-01-01 | 2026-04-10 |
      | s6              | old         | pro  | 10  | 2025-01-01 | 2026-03-31 |
      | s7              | brand_new   | pro  | 10  | 2026-04-10 |            |
      """;

  private static RevenueLedger ledger(Optional<LocalDate> dataBegins) {
    var lines = rows(Subscriptions.TABLE, LINES);
    var pricing =
        new Pricing(
            new RevenueSettings(30, 30, List.of(), dataBegins), ExchangeRates.none(), "USD");
    return RevenueLedger.of(
        RevenueCases.mrrOf(lines), RevenueCases.spellsOf(lines), pricing, AS_OF);
  }

  /**
   * January has 31 days: 30 days of tenure for who left on the 31st, 89 to the last certain day.
   * Who left after it is not certain yet, and who came after it is not followed yet.
   */
  @Test
  void whoIsFollowedIsWhoCanBeSeenToLeave() {
    assertRows(
        Survival.subjects(ledger(Optional.empty())),
        """
        | customer_id | spells | entry_day | exit_day | is_gone | plan |
        | gone        | first  | 0         | 30       | true    | pro  |
        | gone        | later  | 0         | 11       | false   | pro  |
        | bridged     | first  | 0         | 89       | false   | pro  |
        | just_left   | first  | 0         | 89       | false   | pro  |
        | old         | first  | 0         | 454      | true    | pro  |
        """);
  }

  @Test
  void whoCameBeforeDataBeginEntersLate() {
    assertRows(
        Survival.subjects(ledger(Optional.of(LocalDate.of(2026, 1, 11))))
            .filter("customer_id <> 'gone'"),
        """
        | customer_id | spells | entry_day | exit_day | is_gone |
        | bridged     | first  | 10        | 89       | false   |
        | just_left   | first  | 10        | 89       | false   |
        | old         | first  | 375       | 454      | true    |
        """);
  }

  /** One of four leaves on day 30, the last one on day 454. */
  @Test
  void theCurveIsThatOfItsKindOfSpell() {
    Dataset<Row> survival =
        Survival.survival(
                ledger(Optional.empty()),
                none(Customers.TABLE),
                none(Aliases.TABLE),
                new RevenueFigures(List.of("plan")),
                4)
            .localCheckpoint();
    assertRows(
        survival.filter("segment_dimension = 'all'"),
        """
        | spells | segment_value | tenure_days | at_risk | churned_customers | survival_rate | followed_customers | all_churned_customers | is_small |
        | first  | all           | 30          | 4       | 1                 | 0.75          | 4                  | 2                     | false    |
        | first  | all           | 454         | 1       | 1                 | 0.0           | 4                  | 2                     | false    |
        | later  | all           | 11          | 1       | 0                 | 1.0           | 1                  | 0                     | true     |
        """);
    assertRows(
        survival.filter("segment_dimension = 'plan' AND tenure_days = 30"),
        """
        | segment_value | at_risk | survival_rate |
        | pro           | 4       | 0.75          |
        """);
    assertRulesKept(Survival.TABLE, survival, AS_OF);
  }
}
