package io.holdfast.programs;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.GivenInputs;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.churn.Predictions;
import io.holdfast.conformed.Customers;
import io.holdfast.metrics.CustomerAdoption;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class SegmentsTest {

  private static final LocalDate AS_OF = LocalDate.parse("2026-11-21");
  private static final Segments.Rules RULES = new Segments.Rules(List.of("high"), 30, 0.8, 0.6);

  @Test
  void theFirstConditionThatHoldsDecides() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | is_current |
            | risky_new   | 2026-11-20  | true       |
            | day_29      | 2026-10-23  | true       |
            | day_30      | 2026-10-22  | true       |
            | medium      | 2026-01-01  | true       |
            """);
    var predictions =
        rows(
            Predictions.TABLE,
            """
            | customer_id | risk_band |
            | risky_new   | high      |
            | medium      | medium    |
            """);

    assertRows(
        segments(customers, none(CustomerDays.TABLE), none(CustomerAdoption.TABLE), predictions),
        """
        | customer_id | segment | tenure_days | risk_band | trigger | because                         |
        | risky_new   | at_risk | 1           | high      |         | risk band high                  |
        | day_29      | new     | 29          |           |         | 29 days of tenure, fewer than 30 |
        | day_30      | casual  | 30          |           |         | no other condition holds        |
        | medium      | casual  | 324         | medium    |         | no other condition holds        |
        """);
  }

  /** Of 1, 2, 5, 5, 5 days the 80th percentile is 5 (rank 3.2 of 0..4): all ties are in. */
  @Test
  void powerUsersAreAmongTheMostActiveWithTiesAndHaveAdoptedMost() {
    var days =
        rows(
            CustomerDays.TABLE,
            "| customer_id | event_date | is_active |\n"
                + active("a", 1)
                + active("b", 2)
                + active("exact", 5)
                + active("narrow", 5)
                + active("unknown", 5));
    var adoption =
        rows(
            CustomerAdoption.TABLE,
            """
            | customer_id | feature_adoption |
            | a           | 1.0              |
            | b           | 1.0              |
            | exact       | 0.6              |
            | narrow      | 0.59             |
            | unknown     |                  |
            """);

    assertRows(
        segments(
            longStanding("a", "b", "exact", "narrow", "unknown"),
            days,
            adoption,
            none(Predictions.TABLE)),
        """
        | customer_id | segment | active_days_28d | feature_adoption | because |
        | a           | casual  | 1               | 1.0              | no other condition holds |
        | b           | casual  | 2               | 1.0              | no other condition holds |
        | exact       | power   | 5 | 0.6  | active on 5 of 28 days (from 5) and 60% of features adopted (from 60%) |
        | narrow      | casual  | 5               | 0.59             | no other condition holds |
        | unknown     | casual  | 5               |                  | no other condition holds |
        """);
  }

  @Test
  void nobodyIsAPowerUserByRest() {
    var days =
        rows(
            CustomerDays.TABLE,
            "| customer_id | event_date | is_active |\n| a | 2026-11-21 | false |");
    var adoption = rows(CustomerAdoption.TABLE, "| customer_id | feature_adoption |\n| a | 1.0 |");

    assertRows(
        segments(longStanding("a"), days, adoption, none(Predictions.TABLE)),
        """
        | customer_id | segment | active_days_28d |
        | a           | casual  | 0               |
        """);
  }

  @Test
  void theWindowIsTheTrailing28DaysAndWithoutActivityOfAnyoneItIsUnknown() {
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date | is_active |
            | a           | 2026-10-24 | true      |
            | a           | 2026-10-25 | true      |
            | a           | 2026-11-20 | false     |
            | a           | 2026-11-21 | true      |
            | a           | 2026-11-22 | true      |
            """);

    assertRows(
        segments(
            longStanding("a", "b"), days, none(CustomerAdoption.TABLE), none(Predictions.TABLE)),
        """
        | customer_id | active_days_28d |
        | a           | 2               |
        | b           | 0               |
        """);
    assertRows(
        segments(
            longStanding("a"),
            none(CustomerDays.TABLE),
            none(CustomerAdoption.TABLE),
            none(Predictions.TABLE)),
        """
        | customer_id | active_days_28d |
        | a           |                 |
        """);
  }

  @Test
  void onlyCustomersWithARunningLineAreInASegment() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | is_internal | is_current |
            | trial       | 2026-01-01  | false       | true       |
            | ended       | 2026-01-01  |             | true       |
            | tomorrow    | 2026-01-01  |             | true       |
            | lineless    | 2026-01-01  |             | true       |
            | internal    | 2026-01-01  | true        | true       |
            | future      | 2026-11-22  |             | true       |
            | undated     |             |             | true       |
            | outdated    | 2026-01-01  |             | false      |
            """);
    var mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr | lines |
            | trial       | 2026-11-21 | 2026-11-22 | 0   | 1     |
            | ended       | 2026-01-01 | 2026-11-21 | 10  | 1     |
            | tomorrow    | 2026-11-22 |            | 10  | 1     |
            | internal    | 2026-01-01 |            | 10  | 1     |
            | future      | 2026-01-01 |            | 10  | 1     |
            | undated     | 2026-01-01 |            | 10  | 1     |
            | outdated    | 2026-01-01 |            | 10  | 1     |
            """);

    assertRows(
        Segments.segments(
            customers,
            mrr,
            none(CustomerDays.TABLE),
            none(CustomerAdoption.TABLE),
            none(Predictions.TABLE),
            RULES,
            AS_OF),
        """
        | customer_id | segment | tenure_days |
        | trial       | casual  | 324         |
        | undated     | casual  |             |
        """);
  }

  @Test
  void withoutSubscriptionsWhoeverHasSignedUpIsInASegment() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | is_current |
            | today       | 2026-11-21  | true       |
            | tomorrow    | 2026-11-22  | true       |
            | by_event    |             | true       |
            | never_seen  |             | true       |
            """);
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date | is_active |
            | today       | 2026-01-01 | true      |
            | by_event    | 2026-11-01 | false     |
            | by_event    | 2026-11-05 | true      |
            | never_seen  | 2026-11-22 | true      |
            """);

    assertRows(
        segments(customers, days, none(CustomerAdoption.TABLE), none(Predictions.TABLE)),
        """
        | customer_id | segment | tenure_days |
        | today       | new     | 0           |
        | by_event    | new     | 20          |
        """);
  }

  @Test
  void theRunSaysWhichConditionsCouldNotHold() {
    var bare = new GivenInputs(AS_OF).with(Segments.SETTING, RULES);
    assertThat(Segments.JOB.build().apply(bare).isEmpty()).isTrue();
    assertThat(bare.notes())
        .containsExactly(
            "No signals are computed: no customer is at risk by a trigger.",
            "No model has scored this night: no customer is at risk by its risk band.",
            "No subscriptions have arrived: every customer that has signed up is in a segment.");

    var scored =
        new GivenInputs(AS_OF)
            .with(Segments.SETTING, RULES)
            .with(
                CustomerMrr.TABLE,
                rows(
                    CustomerMrr.TABLE,
                    "| customer_id | from_date | lines |\n| a | 2026-01-01 | 1 |"))
            .with(
                Predictions.TABLE,
                rows(Predictions.TABLE, "| customer_id | risk_band |\n| a | low |"));
    assertThat(Segments.JOB.build().apply(scored).isEmpty()).isTrue();
    assertThat(scored.notes())
        .containsExactly("No signals are computed: no customer is at risk by a trigger.");
  }

  /** The segments of a company without subscriptions. */
  private static Dataset<Row> segments(
      Dataset<Row> customers, Dataset<Row> days, Dataset<Row> adoption, Dataset<Row> predictions) {
    return Segments.segments(
        customers, none(CustomerMrr.TABLE), days, adoption, predictions, RULES, AS_OF);
  }

  private static Dataset<Row> longStanding(String... customers) {
    StringBuilder table = new StringBuilder("| customer_id | signup_date | is_current |\n");
    for (String customer : customers) {
      table.append("| %s | 2026-01-01 | true |%n".formatted(customer));
    }
    return rows(Customers.TABLE, table.toString());
  }

  /** Active days of a customer, the last of them {@link #AS_OF}. */
  private static String active(String customer, int days) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < days; i++) {
      lines.append("| %s | %s | true |%n".formatted(customer, AS_OF.minusDays(i)));
    }
    return lines.toString();
  }
}
