package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.RevenueCases;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Subscriptions;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class CustomerChurnTest {

  private static final String LINES =
      """
      | subscription_id | customer_id  | plan | mrr | start_date | end_date   | end_reason | pause_start | pause_end  |
      | s1              | stays        | pro  | 100 | 2026-01-01 |            |            |             |            |
      | s2              | to_month_end | pro  | 100 | 2026-01-01 | 2026-03-01 |            |             |            |
      | s3              | unpaid       | pro  | 100 | 2026-01-01 | 2026-03-15 | payment    |             |            |
      | s4              | returns      | pro  | 100 | 2026-01-01 | 2026-03-20 |            |             |            |
      | s5              | returns      | pro  | 100 | 2026-04-10 |            |            |             |            |
      | s6              | pauses       | pro  | 100 | 2026-01-01 |            |            | 2026-03-15  | 2026-04-15 |
      | s7              | passes       | pro  | 100 | 2026-03-05 | 2026-03-25 | price      |             |            |
      """;

  private static Dataset<Row> churn(
      String subscriptions, Dataset<Row> customers, List<String> dimensions, LocalDate asOf) {
    var lines = rows(Subscriptions.TABLE, subscriptions);
    Dataset<Row> churn =
        CustomerChurn.churn(
                RevenueLedger.of(
                    RevenueCases.mrrOf(lines),
                    RevenueCases.spellsOf(lines),
                    RevenueCases.PRICING,
                    asOf),
                customers,
                none(Aliases.TABLE),
                new RevenueFigures(dimensions),
                5)
            .localCheckpoint();
    assertRulesKept(CustomerChurn.TABLE, churn, asOf);
    return churn;
  }

  /**
   * March: of the four that pay on the 1st one is unpaid and one away on April 1; the paused one is
   * not gone. What ends on March 1 was there on February 1 and is not on March 1. A quarter's
   * months lose 0 of 5, 1 of 5 and 2 (confirmed: 1) of 4.
   */
  @Test
  void whoPaidAtTheStartAndNotAtTheEndHasLeftUnlessItIsSuspendedOrComesBack() {
    Dataset<Row> churn = churn(LINES, none(Customers.TABLE), List.of(), LocalDate.of(2026, 6, 30));
    assertRows(
        churn.filter("window_kind = 'month' AND window_start <= DATE'2026-04-01'"),
        """
        | counting  | window_start | start_customers | churned_customers | churn_rate | voluntary_customers | involuntary_customers | unexplained_customers | intra_period_churn | implied | is_complete | is_small |
        | snapshot  | 2026-01-01   | 5               | 0                 | 0.0        | 0                   | 0                     | 0                     | 0                  |         | true        | false    |
        | snapshot  | 2026-02-01   | 5               | 1                 | 0.2        | 0                   | 0                     | 1                     | 0                  |         | true        | false    |
        | snapshot  | 2026-03-01   | 4               | 2                 | 0.5        | 0                   | 1                     | 1                     | 1                  |         | true        | true     |
        | snapshot  | 2026-04-01   | 1               | 0                 | 0.0        | 0                   | 0                     | 0                     | 0                  |         | true        | true     |
        | confirmed | 2026-01-01   | 5               | 0                 | 0.0        | 0                   | 0                     | 0                     | 0                  |         | true        | false    |
        | confirmed | 2026-02-01   | 5               | 1                 | 0.2        | 0                   | 0                     | 1                     | 0                  |         | true        | false    |
        | confirmed | 2026-03-01   | 4               | 1                 | 0.25       | 0                   | 1                     | 0                     | 1                  |         | true        | true     |
        | confirmed | 2026-04-01   | 2               | 0                 | 0.0        | 0                   | 0                     | 0                     | 0                  |         | true        | true     |
        """);
    // 1 - (11/14)^3 and 1 - (12/14)^3; 95% Wilson interval of 3 of 5 and 2 of 5.
    assertRows(
        churn.filter("window_kind = 'quarter' AND window_start = DATE'2026-01-01'"),
        """
        | counting  | window_end | start_customers | churned_customers | churn_rate | rate_low     | rate_high    | implied      | voluntary_churn_rate | involuntary_churn_rate | intra_period_churn | is_complete |
        | snapshot  | 2026-04-01 | 5               | 3                 | 0.6        | 0.2307242812 | 0.8823792258 | 0.5149416910 | 0.0                  | 0.2                    | 1                  | true        |
        | confirmed | 2026-04-01 | 5               | 2                 | 0.4        | 0.1176207742 | 0.7692757188 | 0.3702623907 | 0.0                  | 0.2                    | 1                  | true        |
        """);
    assertRows(
        churn.filter("window_kind = 'year' AND counting = 'snapshot'"),
        """
        | window_start | window_end | start_customers | churned_customers | is_complete |
        | 2026-01-01   | 2027-01-01 | 5               | 2                 | false       |
        """);
  }

  /** The gap of who left on March 20 is over on April 19. */
  @Test
  void aLeavingCountsAsConfirmedOnlyOnceItsGapIsOver() {
    String gone =
        LINES.lines().filter(line -> !line.contains("s5")).reduce("", (a, b) -> a + b + "\n");
    assertRows(
        churn(gone, none(Customers.TABLE), List.of(), LocalDate.of(2026, 4, 18))
            .filter("window_kind = 'month' AND window_start = DATE'2026-03-01'"),
        """
        | counting  | churned_customers | is_complete |
        | snapshot  | 2                 | true        |
        | confirmed | 1                 | false       |
        """);
    assertRows(
        churn(gone, none(Customers.TABLE), List.of(), LocalDate.of(2026, 5, 1))
            .filter("window_kind = 'month' AND window_start = DATE'2026-03-01'"),
        """
        | counting  | churned_customers | is_complete |
        | snapshot  | 2                 | true        |
        | confirmed | 2                 | true        |
        """);
  }

  @Test
  void segmentsAreThoseOfTheStartOfTheWindow() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | country | attributes      | known_from | known_until | is_current |
            | a           | DE      | {industry=toys} | 2026-01-01 | 2026-02-10  | false      |
            | a           | FR      | {industry=toys} | 2026-02-10 |             | true       |
            | b           | DE      |                 | 2026-02-20 |             | true       |
            """);
    assertRows(
        churn(
                """
                | subscription_id | customer_id | plan  | mrr | start_date | end_date   |
                | s1              | a           | basic | 10  | 2026-01-01 | 2026-02-15 |
                | s2              | a           | pro   | 20  | 2026-02-15 | 2026-03-15 |
                | s3              | b           | pro   | 20  | 2026-01-01 |            |
                """,
                customers,
                List.of("plan", "country", "industry"),
                LocalDate.of(2026, 6, 30))
            .filter(
                col("counting")
                    .equalTo("confirmed")
                    .and(col("window_kind").equalTo("month"))
                    .and(col("window_start").between("2026-02-01", "2026-03-01"))),
        """
        | window_start | segment_dimension | segment_value | start_customers | churned_customers |
        | 2026-02-01   | all               | all           | 2               | 0                 |
        | 2026-02-01   | plan              | basic         | 1               | 0                 |
        | 2026-02-01   | plan              | pro           | 1               | 0                 |
        | 2026-02-01   | country           | DE            | 2               | 0                 |
        | 2026-02-01   | industry          | toys          | 1               | 0                 |
        | 2026-02-01   | industry          | unknown       | 1               | 0                 |
        | 2026-03-01   | all               | all           | 2               | 1                 |
        | 2026-03-01   | plan              | pro           | 2               | 1                 |
        | 2026-03-01   | country           | FR            | 1               | 1                 |
        | 2026-03-01   | country           | DE            | 1               | 0                 |
        | 2026-03-01   | industry          | toys          | 1               | 1                 |
        | 2026-03-01   | industry          | unknown       | 1               | 0                 |
        """);
  }
}
