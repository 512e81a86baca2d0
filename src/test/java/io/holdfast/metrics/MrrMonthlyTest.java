package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;

import io.holdfast.activity.RevenueCases;
import io.holdfast.conformed.Subscriptions;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class MrrMonthlyTest {

  private static Dataset<Row> monthly(String subscriptions, LocalDate asOf) {
    var lines = rows(Subscriptions.TABLE, subscriptions);
    RevenueLedger ledger =
        RevenueLedger.of(
            RevenueCases.mrrOf(lines), RevenueCases.spellsOf(lines), RevenueCases.PRICING, asOf);
    Dataset<Row> monthly =
        MrrMonthly.monthly(ledger, MrrMovements.movements(ledger).localCheckpoint(), 30)
            .localCheckpoint();
    assertRulesKept(MrrMonthly.TABLE, monthly, asOf);
    return monthly;
  }

  /**
   * In February one shrinks by 80, one of 50 leaves, one of 80 leaves and comes back for 90, one of
   * 30 is new. On January 31 they pay 430, on February 28 100 + 120 + 90 + 30 = 340.
   */
  @Test
  void aMonthGoesFromItsStartToItsEndAndItsCohortFromTheFirstDayToTheDayAfter() {
    Dataset<Row> monthly =
        monthly(
            """
            | subscription_id | customer_id | mrr | start_date | end_date   | end_reason |
            | s1              | grows       | 100 | 2026-01-01 | 2026-03-10 |            |
            | s2              | grows       | 150 | 2026-03-10 |            |            |
            | s3              | shrinks     | 200 | 2026-01-01 | 2026-02-15 |            |
            | s4              | shrinks     | 120 | 2026-02-15 |            |            |
            | s5              | leaves      | 50  | 2026-01-01 | 2026-02-20 | price      |
            | s6              | returns     | 80  | 2026-01-01 | 2026-02-05 |            |
            | s7              | returns     | 90  | 2026-02-12 |            |            |
            | s8              | comes       | 30  | 2026-02-10 |            |            |
            """,
            LocalDate.of(2026, 4, 15));
    assertRows(
        monthly,
        """
        | counting  | window_kind | window_start | start_mrr | new_mrr | reactivation_mrr | expansion_mrr | contraction_mrr | churn_mrr | fx_mrr | end_mrr | is_complete |
        | snapshot  | month       | 2026-01-01   | 0         | 430     | 0                | 0             | 0               | 0         | 0      | 430     | true        |
        | snapshot  | month       | 2026-02-01   | 430       | 30      | 90               | 0             | 80              | 130       | 0      | 340     | true        |
        | snapshot  | month       | 2026-03-01   | 340       | 0       | 0                | 50            | 0               | 0         | 0      | 390     | true        |
        | snapshot  | month       | 2026-04-01   | 390       | 0       | 0                | 0             | 0               | 0         | 0      | 390     | false       |
        | confirmed | month       | 2026-01-01   | 0         | 430     | 0                | 0             | 0               | 0         | 0      | 430     | true        |
        | confirmed | month       | 2026-02-01   | 430       | 30      | 0                | 10            | 80              | 50        | 0      | 340     | true        |
        | confirmed | month       | 2026-03-01   | 340       | 0       | 0                | 50            | 0               | 0         | 0      | 390     | false       |
        | confirmed | month       | 2026-04-01   | 390       | 0       | 0                | 0             | 0               | 0         | 0      | 390     | false       |
        """);
    // Gross: 210 / 430 and 130 / 430. Cohort: 430 became 100 + 120 + 0 + 90 = 310, of which
    // 100 + 120 + 0 + 80 = 300 are kept; without the return 220.
    assertRows(
        monthly.filter(col("window_start").equalTo("2026-02-01")),
        """
        | counting  | start_customers | new_customers | reactivated_customers | churned_customers | end_customers | arpa | gross_churn_rate | net_churn_rate | quick_ratio  |
        | snapshot  | 4               | 1             | 1                     | 2                 | 4             | 85   | 0.4883720930     | 0.2790697674   | 0.5714285714 |
        | confirmed | 4               | 1             | 0                     | 1                 | 4             | 85   | 0.3023255814     | 0.2790697674   | 0.3076923077 |
        """);
    assertRows(
        monthly.filter(col("window_start").equalTo("2026-02-01")),
        """
        | counting  | cohort_customers | cohort_start_mrr | cohort_end_mrr | cohort_kept_mrr | nrr          | grr          | movement_nrr | cohort_returned_mrr | constant_nrr | is_small |
        | snapshot  | 4                | 430              | 310            | 300             | 0.7209302326 | 0.6976744186 | 0.5116279070 | 90                  | 0.7209302326 | true     |
        | confirmed | 4                | 430              | 310            | 300             | 0.7209302326 | 0.6976744186 | 0.7209302326 | 0                   | 0.7209302326 | true     |
        """);
    assertRows(
        monthly.filter("window_start = DATE'2026-01-01' AND counting = 'snapshot'"),
        """
        | gross_churn_rate | net_churn_rate | quick_ratio | nrr |
        |                  |                |             | 1.0 |
        """);
  }

  /** 100 euros are worth 100 in January and 120 in February: constant currency sees no change. */
  @Test
  void anotherRateIsNoExpansion() {
    assertRows(
        monthly(
                """
                | subscription_id | customer_id | currency | mrr | start_date |
                | s1              | a           | EUR      | 100 | 2026-01-15 |
                """,
                LocalDate.of(2026, 3, 1))
            .filter("counting = 'snapshot' AND window_start <= DATE'2026-02-01'"),
        """
        | window_start | start_mrr | new_mrr | expansion_mrr | fx_mrr | end_mrr | constant_start_mrr | constant_end_mrr | nrr | constant_nrr | is_complete |
        | 2026-01-01   | 0         | 100     | 0             | 0      | 100     | 0                  | 100              |     |              | false       |
        | 2026-02-01   | 100       | 0       | 0             | 20     | 120     | 100                | 100              | 1.0 | 1.0          | true        |
        """);
  }

  /** Of the 200 of 2025-01-01, 100 are left a year later; the 50 that came since are no part. */
  @Test
  void twelveMonthsAreMeasuredByTheirOwnCohort() {
    assertRows(
        monthly(
                """
                | subscription_id | customer_id | mrr | start_date | end_date   |
                | s1              | stays       | 100 | 2025-01-01 |            |
                | s2              | leaves      | 100 | 2025-01-01 | 2025-06-01 |
                | s3              | comes       | 50  | 2025-03-01 |            |
                """,
                LocalDate.of(2026, 1, 31))
            .filter("counting = 'confirmed' AND window_kind = 'trailing_12_months'"),
        """
        | window_start | window_end | start_mrr | new_mrr | churn_mrr | end_mrr | cohort_start_mrr | cohort_end_mrr | nrr | grr | is_complete |
        | 2025-01-01   | 2026-01-01 | 0         | 250     | 100       | 150     | 200              | 100            | 0.5 | 0.5 | true        |
        | 2025-02-01   | 2026-02-01 | 200       | 50      | 100       | 150     | 200              | 100            | 0.5 | 0.5 | false       |
        """);
  }
}
