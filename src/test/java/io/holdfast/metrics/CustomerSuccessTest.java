package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Touchpoints;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CustomerSuccessTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 31);
  private static final LocalDate START = LocalDate.of(2025, 12, 31);

  private static final Dataset<Row> MRR =
      rows(
          CustomerMrr.TABLE,
          """
          | customer_id | from_date  | until_date | mrr | plan  |
          | both        | 2025-01-01 |            | 600 | pro   |
          | unmanaged   | 2025-01-01 |            | 200 | pro   |
          | untouched   | 2025-01-01 |            | 100 | basic |
          | nobody      | 2025-01-01 |            | 100 | basic |
          | left        | 2025-01-01 | 2026-03-31 | 500 | basic |
          | trial       | 2025-01-01 |            | 0   | basic |
          """);

  private static final Dataset<Row> CUSTOMERS =
      rows(
          Customers.TABLE,
          """
          | customer_id | owner | known_from | is_current |
          | both        | Ada   | 2025-01-01 | true       |
          | unmanaged   |       | 2025-01-01 | true       |
          | untouched   | Ada   | 2025-01-01 | true       |
          """);

  /** 90 days up to March 31 begin on January 1. */
  private static final Dataset<Row> TOUCHES =
      rows(
          Touchpoints.TABLE,
          """
          | touchpoint_id | customer_id | kind     | occurred_date |
          | 1             | both        | outreach | 2026-01-01    |
          | 2             | both        | training | 2026-02-01    |
          | 3             | unmanaged   | outreach | 2026-03-31    |
          | 4             | untouched   | outreach | 2025-12-31    |
          | 5             | untouched   | outreach | 2026-04-01    |
          """);

  @Test
  void coveredIsWhoHasAManagerAndWasTouched() {
    Dataset<Row> coverage = CsCoverage.coverage(MRR, CUSTOMERS, TOUCHES, 90, 3, AS_OF);
    assertRulesKept(CsCoverage.TABLE, coverage, AS_OF);
    assertRows(
        coverage,
        """
        | plan  | customers | managed_customers | touched_customers | covered_customers | coverage_rate | mrr  | covered_mrr | mrr_coverage_rate | is_small |
        | all   | 4         | 2                 | 2                 | 1                 | 0.25          | 1000 | 600         | 0.6               | false    |
        | pro   | 2         | 1                 | 2                 | 1                 | 0.5           | 800  | 600         | 0.75              | true     |
        | basic | 2         | 1                 | 0                 | 0                 | 0.0           | 200  | 0           | 0.0               | true     |
        """);
  }

  @Test
  void whereTouchesAreNotToldNobodyKnowsWhoIsCovered() {
    assertRows(
        CsCoverage.coverage(MRR, CUSTOMERS, none(Touchpoints.TABLE), 90, 3, AS_OF)
            .filter("plan = 'all'"),
        """
        | customers | managed_customers | touched_customers | covered_customers | coverage_rate | mrr_coverage_rate |
        | 4         | 2                 |                   |                   |               |                   |
        """);
  }

  /**
   * MRR 10, 10, 20, 20, 100, 100, 200, 200: the quartiles are 17.5, 60 and 125, so two each. With a
   * manager 3 of 4 stay, without one 1 of 4. Of the quartiles the second has no manager and the
   * fourth nobody without: the first (0 of 1 against 0 of 1) and the third (1 of 1 against 1 of 1)
   * compare, and nothing is left of the difference.
   */
  @Test
  void managersGoToTheLargeWhichStayAnyway() {
    Dataset<Row> mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr |
            | a           | 2025-01-01 |            | 10  |
            | b           | 2025-01-01 |            | 10  |
            | c           | 2025-01-01 |            | 20  |
            | d           | 2025-01-01 |            | 20  |
            | e           | 2025-01-01 |            | 100 |
            | f           | 2025-01-01 |            | 100 |
            | g           | 2025-01-01 |            | 200 |
            | h           | 2025-01-01 |            | 200 |
            | later       | 2026-01-01 |            | 200 |
            """);
    Dataset<Row> spells =
        Counted.staying(
            rows(
                PayingSpells.TABLE,
                """
                | customer_id | counting  | spell | start_date | end_date   |
                | a           | confirmed | 1     | 2025-01-01 | 2026-03-31 |
                | b           | confirmed | 1     | 2025-01-01 | 2026-02-01 |
                | c           | confirmed | 1     | 2025-01-01 | 2026-02-01 |
                | d           | confirmed | 1     | 2025-01-01 | 2026-02-01 |
                | d           | snapshot  | 2     | 2026-03-01 |            |
                | e           | confirmed | 1     | 2025-01-01 |            |
                | f           | confirmed | 1     | 2025-01-01 |            |
                | g           | confirmed | 1     | 2025-01-01 |            |
                | h           | confirmed | 1     | 2025-01-01 | 2026-04-01 |
                """));
    Dataset<Row> managed =
        rows(
            new StructType().add("customer_id", "string"),
            """
            | customer_id |
            | a           |
            | e           |
            | g           |
            | h           |
            """);

    Dataset<Row> retention = CsRetention.retention(mrr, spells, managed, START, AS_OF);
    assertRulesKept(CsRetention.TABLE, retention, AS_OF);
    assertRows(
        retention,
        """
        | stratum    | start_date | managed_customers | managed_retained | managed_retention_rate | other_customers | other_retained | other_retention_rate | difference |
        | crude      | 2025-12-31 | 4                 | 3                | 0.75                   | 4               | 1              | 0.25                 | 0.5        |
        | quartile_1 | 2025-12-31 | 1                 | 0                | 0.0                    | 1               | 0              | 0.0                  | 0.0        |
        | quartile_2 | 2025-12-31 | 0                 | 0                |                        | 2               | 0              | 0.0                  |            |
        | quartile_3 | 2025-12-31 | 1                 | 1                | 1.0                    | 1               | 1              | 1.0                  | 0.0        |
        | quartile_4 | 2025-12-31 | 2                 | 2                | 1.0                    | 0               | 0              |                      |            |
        | stratified | 2025-12-31 | 2                 | 1                | 0.5                    | 2               | 1              | 0.5                  | 0.0        |
        """);
  }

  @Test
  void whereNoManagerIsKnownThereIsNothingToCompare() {
    assertRows(
        CsRetention.retention(
            MRR, Counted.staying(none(PayingSpells.TABLE)), CUSTOMERS.limit(0), START, AS_OF),
        "| stratum |");
  }

  /** The example of the paper that the interval is from: 56 of 70 against 48 of 80. */
  @Test
  void theIntervalOfADifferenceIsThatOfThePaper() {
    var counts =
        rows(
            new StructType().add("a", "long").add("m", "long").add("b", "long").add("n", "long"),
            """
            | a  | m  | b  | n  |
            | 56 | 70 | 48 | 80 |
            """);
    assertRows(
        Differences.of(
                counts,
                new Differences.Group("a", "m", "one"),
                new Differences.Group("b", "n", "two"))
            .selectExpr(
                "round(difference, 4) as difference",
                "round(difference_low, 4) as low",
                "round(difference_high, 4) as high"),
        """
        | difference | low    | high   |
        | 0.2        | 0.0524 | 0.3339 |
        """);
  }
}
