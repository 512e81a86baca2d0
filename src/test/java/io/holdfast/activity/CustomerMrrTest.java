package io.holdfast.activity;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.Cases;
import io.holdfast.conformed.Subscriptions;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class CustomerMrrTest {

  @Test
  void linesThatRunAtOnceAddUpAndTheDearestNamesThePlan() {
    var lines =
        rows(
            Subscriptions.TABLE,
            """
            | subscription_id | customer_id | plan  | seats | mrr | is_trial | start_date | end_date   |
            | s1              | a           | basic | 5     | 100 | false    | 2026-01-10 | 2026-03-01 |
            | s2              | a           | pro   | 2     | 250 | false    | 2026-02-01 |            |
            | s3              | b           | pro   |       | 80  | true     | 2026-01-01 | 2026-01-15 |
            | s4              | b           | basic | 1     | 50  |          | 2026-01-15 | 2026-02-15 |
            """);
    assertRows(
        CustomerMrr.runs(lines, RevenueCases.PRICING),
        """
        | customer_id | from_date  | until_date | mrr | plan  | plans        | lines | seats |
        | a           | 2026-01-10 | 2026-02-01 | 100 | basic | [basic]      | 1     | 5     |
        | a           | 2026-02-01 | 2026-03-01 | 350 | pro   | [basic, pro] | 2     | 7     |
        | a           | 2026-03-01 |            | 250 | pro   | [pro]        | 1     | 2     |
        | b           | 2026-01-01 | 2026-01-15 | 0   | pro   | [pro]        | 1     |       |
        | b           | 2026-01-15 | 2026-02-15 | 50  | basic | [basic]      | 1     | 1     |
        """);
  }

  @Test
  void aLineThatEndsAsItStartsOrBeforeAddsNothing() {
    var lines =
        rows(
            Subscriptions.TABLE,
            """
            | subscription_id | customer_id | plan  | mrr | start_date | end_date   |
            | s1              | a           | pro   | 100 | 2026-01-10 | 2026-01-10 |
            | s2              | a           | pro   | 100 | 2026-01-12 | 2026-01-11 |
            | s3              | b           | basic | 10  | 2026-01-01 |            |
            | s4              | b           | pro   | 100 | 2026-01-12 | 2026-01-11 |
            """);
    assertRows(
        CustomerMrr.runs(lines, RevenueCases.PRICING),
        """
        | customer_id | from_date  | until_date | mrr | lines |
        | b           | 2026-01-01 |            | 10  | 1     |
        """);
  }

  @Test
  void aRenewalAtTheSameTermsContinuesTheRunAndAGapEndsIt() {
    var lines =
        rows(
            Subscriptions.TABLE,
            """
            | subscription_id | customer_id | plan | seats | mrr | start_date | end_date   |
            | s1              | a           | pro  | 1     | 100 | 2025-01-01 | 2026-01-01 |
            | s2              | a           | pro  | 1     | 100 | 2026-01-01 | 2026-02-01 |
            | s3              | a           | pro  | 1     | 100 | 2026-02-02 |            |
            """);
    assertRows(
        CustomerMrr.runs(lines, RevenueCases.PRICING),
        """
        | customer_id | from_date  | until_date | mrr |
        | a           | 2025-01-01 | 2026-02-01 | 100 |
        | a           | 2026-02-02 |            | 100 |
        """);
  }

  @Test
  void onADateLinesOfOneMrrAreRankedByLatestStartThenId() {
    var lines =
        rows(
                Subscriptions.TABLE,
                """
                | subscription_id | customer_id | plan  | seats | mrr | start_date | end_date   |
                | s1              | a           | early | 1     | 100 | 2026-01-01 |            |
                | s2              | a           | late  | 1     | 100 | 2026-01-05 |            |
                | s2              | b           | two   | 1     | 100 | 2026-01-05 |            |
                | s1              | b           | one   | 1     | 100 | 2026-01-05 |            |
                | s3              | c           | over  | 1     | 100 | 2026-01-05 | 2026-02-01 |
                | s4              | d           | next  | 1     | 100 | 2026-02-02 |            |
                | s5              | e           | what  | 1     |     | 2026-01-05 |            |
                """)
            .withColumn("observation_date", lit(LocalDate.of(2026, 2, 1)));
    assertRows(
        CustomerMrr.on(lines, "observation_date", RevenueCases.PRICING),
        """
        | customer_id | observation_date | mrr | plan | plans         | lines | seats |
        | a           | 2026-02-01       | 200 | late | [early, late] | 2     | 2     |
        | b           | 2026-02-01       | 200 | one  | [one, two]    | 2     | 2     |
        | e           | 2026-02-01       |     | what | [what]        | 1     | 1     |
        """);
  }

  @Test
  void theWorkedCasesPayWhatTheDefinitionsSay() {
    assertRows(RevenueCases.mrr(), Cases.of("revenue/mrr.csv", "customer_id"));
  }

  @Test
  void whatIsPaidInAnotherCurrencyIsKept() {
    assertRows(
        RevenueCases.mrr().filter("customer_id in ('two_currencies', 'trial_only')"),
        """
        | customer_id    | from_date  | amounts                  |
        | two_currencies | 2026-01-01 | [(EUR, 10), (USD, 100)]  |
        | two_currencies | 2026-02-01 | [(EUR, 10), (USD, 100)]  |
        | two_currencies | 2026-03-10 | [(USD, 100)]             |
        | trial_only     | 2026-01-01 | []                       |
        """);
  }
}
