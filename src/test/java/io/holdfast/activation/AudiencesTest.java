package io.holdfast.activation;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.GivenInputs;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.churn.Predictions;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.Users;
import io.holdfast.programs.Segments;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class AudiencesTest {

  private static final LocalDate AS_OF = LocalDate.parse("2026-11-21");

  @Test
  void aCustomersValuesStandWithEachOfItsUsersAndOnceWithoutAny() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | email      | owner | signup_date | is_current |
            | c1          | office@c1  | Ann   | 2026-01-01  | true       |
            | c2          | office@c2  |       | 2026-01-01  | true       |
            """);
    var users =
        rows(
            Users.TABLE,
            """
            | user_id | customer_id | email | has_marketing_consent | is_current |
            | u1      | c1          | u1@c1 | true                  | true       |
            | u2      | c1          |       |                       | true       |
            """);
    var predictions =
        rows(
            Predictions.TABLE,
            """
            | customer_id | probability | risk_decile | mrr_at_risk | reason_1  | reason_2 | reason_3 |
            | c1          | 0.12345     | 2           | 12.3450     | few seats | b        | c        |
            """);
    var segments =
        rows(Segments.TABLE, "| customer_id | segment |\n| c1 | at_risk |\n| c2 | new |");
    var mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr | lines |
            | c1          | 2026-01-01 | 2026-11-21 | 50  | 1     |
            | c1          | 2026-11-21 |            | 100 | 1     |
            """);

    assertRows(
        Audiences.audiences(
            customers, users, none(Subscriptions.TABLE), mrr, predictions, segments, AS_OF),
        """
        | customer_id | member_id | user_id | email     | has_marketing_consent | churn_probability | risk_decile | segment | reason_1  | reason_2 | reason_3 | mrr | mrr_at_risk | owner | health_score | trigger | score_date |
        | c1          | u1        | u1      | u1@c1     | true                  | 0.1235            | 2           | at_risk | few seats | b        | c        | 100 | 12.345      | Ann   |              |         | 2026-11-21 |
        | c1          | u2        | u2      |           |                       | 0.1235            | 2           | at_risk | few seats | b        | c        | 100 | 12.345      | Ann   |              |         | 2026-11-21 |
        | c2          | c2        |         | office@c2 |                       |                   |             | new     |           |          |          | 0   |             |       |              |         | 2026-11-21 |
        """);
  }

  @Test
  void internalOnesOutdatedVersionsAndWhatIsAfterTheNightAreLeftOut() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | is_internal | is_current |
            | c1          | 2026-11-21  | false       | true       |
            | undated     |             |             | true       |
            | internal    | 2026-01-01  | true        | true       |
            | future      | 2026-11-22  |             | true       |
            | outdated    | 2026-01-01  |             | false      |
            """);
    var users =
        rows(
            Users.TABLE,
            """
            | user_id  | customer_id | created_date | is_internal | is_current |
            | ours     | c1          | 2026-01-01   | true        | true       |
            | tomorrow | c1          | 2026-11-22   |             | true       |
            | old      | c1          | 2026-01-01   |             | false      |
            | today    | undated     | 2026-11-21   |             | true       |
            | staff    | internal    | 2026-01-01   |             | true       |
            """);

    assertRows(
        audiences(customers, users, none(Subscriptions.TABLE), none(CustomerMrr.TABLE)),
        """
        | customer_id | member_id | user_id | mrr |
        | c1          | c1        |         |     |
        | undated     | today     | today   |     |
        """);
  }

  @Test
  void anMrrThatNobodyKnowsIsNotZero() {
    var customers =
        rows(Customers.TABLE, "| customer_id | is_current |\n| unpriced | true |\n| left | true |");
    var mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr | lines |
            | unpriced    | 2026-01-01 |            |     | 1     |
            | left        | 2026-01-01 | 2026-06-01 | 80  | 1     |
            """);

    assertRows(
        audiences(customers, none(Users.TABLE), none(Subscriptions.TABLE), mrr),
        """
        | customer_id | mrr |
        | unpriced    |     |
        | left        | 0   |
        """);
  }

  @Test
  void theRenewalIsTheFirstEndOfARunningLineThatWasKnownByThen() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | is_current |
            | two_lines   | true       |
            | hindsight   | true       |
            | open        | true       |
            | ended       | true       |
            """);
    var subscriptions =
        rows(
            Subscriptions.TABLE,
            """
            | subscription_id | customer_id | start_date | end_date   | known_at              | is_current |
            | s1              | two_lines   | 2026-01-01 | 2027-01-01 |                       | true       |
            | s2              | two_lines   | 2026-06-01 | 2026-12-01 | {end_date=2026-11-21} | true       |
            | s3              | two_lines   | 2026-11-22 | 2026-11-23 |                       | true       |
            | s4              | hindsight   | 2026-01-01 | 2026-12-05 | {end_date=2026-11-22} | true       |
            | s5              | open        | 2026-01-01 |            |                       | true       |
            | s6              | ended       | 2026-01-01 | 2026-11-21 |                       | true       |
            | s7              | ended       | 2026-01-01 | 2026-12-31 |                       | false      |
            """);

    assertRows(
        audiences(customers, none(Users.TABLE), subscriptions, none(CustomerMrr.TABLE)),
        """
        | customer_id | renewal_date |
        | two_lines   | 2026-12-01   |
        | hindsight   |              |
        | open        |              |
        | ended       |              |
        """);
  }

  @Test
  void theRunSaysThatThereIsNoHealth() {
    var in = new GivenInputs(AS_OF);
    assertThat(Audiences.JOB.build().apply(in).isEmpty()).isTrue();
    assertThat(in.notes())
        .containsExactly("No health scores are computed: health_score and its bands are NULL.");
  }

  private static Dataset<Row> audiences(
      Dataset<Row> customers, Dataset<Row> users, Dataset<Row> subscriptions, Dataset<Row> mrr) {
    return Audiences.audiences(
        customers, users, subscriptions, mrr, none(Predictions.TABLE), none(Segments.TABLE), AS_OF);
  }
}
