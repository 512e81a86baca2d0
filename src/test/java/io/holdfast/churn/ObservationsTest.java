package io.holdfast.churn;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.print;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.Tickets;
import io.holdfast.sources.ExchangeRates;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ObservationsTest {

  /** A Tuesday: the last Monday is 2026-06-01, scores are of 2026-06-03. */
  private static final LocalDate AS_OF = LocalDate.parse("2026-06-02");

  private static final DatasetSettings TWO_MONDAYS = new DatasetSettings(7, 30, 7, 28, 2);

  private static final Pricing PRICING =
      new Pricing(
          new RevenueSettings(30, 30, List.of("payment"), Optional.empty()),
          ExchangeRates.none(),
          "USD");

  private static final String CUSTOMERS =
      """
      | customer_id | country | company_size | signup_date | is_internal | known_from | known_until | is_current | known_at                  |
      | a           | DE      | 10-49        | 2025-06-01  | false       | 2025-06-01 | 2026-05-28  | false      |                           |
      | a           | FR      | 50-99        | 2025-06-01  | false       | 2026-05-28 |             | true       | {company_size=9999-12-31} |
      | in-house    | DE      |              | 2025-06-01  | true        | 2025-06-01 |             | true       |                           |
      | young       | DE      |              | 2026-05-05  | false       | 2026-05-05 |             | true       |                           |
      """;

  private static final String SUBSCRIPTIONS =
      """
      | subscription_id | customer_id | plan  | seats | mrr | is_trial | billing_period | start_date | end_date   | known_from | known_until | is_current | known_at              |
      | s1              | a           | basic | 5     | 100 | false    | month          | 2025-06-01 | 2026-04-01 | 2025-06-01 |             | true       | {end_date=2026-04-01} |
      | s2              | a           | pro   | 10    | 250 | false    | year           | 2026-04-01 | 2026-06-03 | 2026-04-01 |             | true       | {end_date=2026-06-03} |
      | s3              | in-house    | pro   | 1     | 250 | false    | year           | 2025-06-01 |            | 2025-06-01 |             | true       |                       |
      | s4              | young       | basic | 1     | 20  | false    | month          | 2026-05-05 |            | 2026-05-05 |             | true       |                       |
      """;

  private static final String TICKETS =
      """
      | ticket_id | customer_id | opened_date | closed_date | first_response_minutes | is_escalated | known_from | known_until | is_current | known_at                 |
      | t0        | other       | 2025-06-01  |             |                        |              | 2025-06-01 |             | true       |                          |
      | t1        | a           | 2026-03-10  | 2026-03-12  | 60                     | true         | 2026-03-10 |             | true       |                          |
      | t2        | a           | 2026-05-10  |             | 180                    | false        | 2026-05-10 | 2026-05-26  | false      |                          |
      | t2        | a           | 2026-05-10  | 2026-05-26  | 180                    | false        | 2026-05-26 |             | true       |                          |
      | t3        | a           | 2026-05-20  | 2026-05-31  |                        | false        | 2026-05-20 |             | true       | {closed_date=2026-06-01} |
      """;

  private static final String EVENTS =
      """
      | customer_id | user_id | event | feature | event_date | arrival_date | quantity |
      | other       | x       | view  | home    | 2026-02-01 | 2026-02-01   | 1        |
      | a           | u1      | view  | home    | 2026-03-30 | 2026-03-30   | 1        |
      | a           | u1      | view  | home    | 2026-04-20 | 2026-04-20   | 1        |
      | a           | u1      | view  | home    | 2026-05-04 | 2026-05-04   | 1        |
      | a           | u2      | view  | export  | 2026-05-04 | 2026-05-04   | 3        |
      | a           | u1      | ping  |         | 2026-05-24 | 2026-05-24   | 1        |
      | a           | u3      | view  | home    | 2026-05-23 | 2026-05-25   | 2        |
      | a           | u1      | view  | home    | 2026-05-31 | 2026-05-31   | 1        |
      | a           | u1      | view  | home    | 2026-05-31 | 2026-06-01   | 1        |
      | a           | u1      | login |         | 2026-05-31 | 2026-05-31   | 1        |
      """;

  private static Dataset<Row> arrived(Dataset<Row> events) {
    return ArrivedDays.arrivedDays(
        events, col("event").isin("view", "login"), col("event").equalTo("login"));
  }

  private static Dataset<Row> features(
      Dataset<Row> customers,
      Dataset<Row> subscriptions,
      Dataset<Row> tickets,
      Dataset<Row> events) {
    return Observations.features(
        customers, subscriptions, tickets, arrived(events), PRICING, TWO_MONDAYS, AS_OF);
  }

  private static Dataset<Row> features() {
    return FEATURES;
  }

  private static final Dataset<Row> FEATURES =
      features(
              rows(Customers.TABLE, CUSTOMERS),
              rows(Subscriptions.TABLE, SUBSCRIPTIONS),
              rows(Tickets.TABLE, TICKETS),
              rows(Events.TABLE, EVENTS))
          .localCheckpoint();

  @Test
  void aCustomerIsObservedOnMondaysWhilePayingAndFromItsTwentyEighthDay() {
    // a: its line ends on 2026-06-03, which nobody knew on 2026-06-02. young: 27 days on 06-01.
    assertRows(
        features(),
        """
        | observation_date | customer_id | tenure_days |
        | 2026-05-25       | a           | 358         |
        | 2026-06-01       | a           | 365         |
        | 2026-06-03       | a           | 367         |
        | 2026-06-03       | young       | 29          |
        """);
  }

  @Test
  void useIsCountedFromWhatHadArrived() {
    // 2026-05-25 does not see the row of 05-23, which arrived that day; 2026-06-01 does.
    // Windows of 28 days begin on 04-27, 05-04 and 05-06; of 56 on 03-30, 04-06 and 04-08.
    assertRows(
        features().filter(col("customer_id").equalTo("a")),
        """
        | observation_date | active_days_7d | active_days_28d | active_days_56d | active_days_91d | active_days_change_28d | days_since_active_max_91 | events_28d | events_change_28d | quantity_28d | active_users_28d | used_seats_28d_rate | features_used_28d | logins_per_week_28d |
        | 2026-05-25       | 0              | 1               | 3               | 3               | -1                     | 21                       | 3          | 1                 | 4            | 2                | 0.2                 | 2                 | 0                   |
        | 2026-06-01       | 1              | 3               | 4               | 5               | 2                      | 1                        | 6          | 5                 | 8            | 3                | 0.3                 | 2                 | 0.25                |
        | 2026-06-03       | 1              | 2               | 4               | 5               | 0                      | 3                        | 5          | 2                 | 5            | 2                | 0.2                 | 1                 | 0.25                |
        """);
  }

  @Test
  void supportIsCountedAsItWasKnown() {
    // t2 is open until its closing arrives on 05-26; t3's closing is known from 06-01 on.
    assertRows(
        features().filter(col("customer_id").equalTo("a")),
        """
        | observation_date | tickets_opened_28d | tickets_opened_91d | open_tickets | escalations_91d | first_response_hours_91d |
        | 2026-05-25       | 2                  | 3                  | 2            | 1               | 2                        |
        | 2026-06-01       | 2                  | 3                  | 1            | 1               | 2                        |
        | 2026-06-03       | 2                  | 3                  | 0            | 1               | 2                        |
        """);
  }

  @Test
  void contractAndAccountAreThoseKnownOnTheDayBefore() {
    assertRows(
        features().filter(col("customer_id").equalTo("a")),
        """
        | observation_date | mrr | mrr_change_91d | seats | plan | billing_period | plan_days | country | company_size |
        | 2026-05-25       | 250 | 150            | 10    | pro  | year           | 54        | DE      | 10-49        |
        | 2026-06-01       | 250 | 150            | 10    | pro  | year           | 61        | FR      |              |
        | 2026-06-03       | 250 | 150            | 10    | pro  | year           | 63        | FR      |              |
        """);
  }

  @Test
  void whatHappensOrArrivesLaterChangesNoFeature() {
    // Everything that 2026-05-25 could not know is different: rows added, closed, renamed, gone.
    Dataset<Row> changed =
        features(
            rows(
                    Customers.TABLE,
                    """
                | customer_id | country | company_size | signup_date | is_internal | known_from | known_until | is_current | known_at                                    |
                | a           | DE      | 10-49        | 2025-06-01  | false       | 2025-06-01 | 2026-05-25  | false      | {acquisition_channel=2026-05-25}            |
                | a           | XX      | 1            | 2026-05-24  | false       | 2026-05-25 |             | true       |                                             |
                | new         | XX      | 1            | 2026-05-24  | false       | 2026-05-25 |             | true       |                                             |
                """)
                .withColumn("acquisition_channel", lit("told later")),
            rows(
                Subscriptions.TABLE,
                """
                | subscription_id | customer_id | plan  | seats | mrr | is_trial | billing_period | start_date | end_date   | known_from | known_until | is_current | known_at              |
                | s1              | a           | basic | 5     | 100 | false    | month          | 2025-06-01 | 2026-04-01 | 2025-06-01 |             | true       | {end_date=2026-04-01} |
                | s2              | a           | pro   | 10    | 250 | false    | year           | 2026-04-01 |            | 2026-04-01 | 2026-05-25  | false      |                       |
                | s2              | a           | free  | 99    | 999 | false    | week           | 2026-05-01 | 2026-05-25 | 2026-05-25 |             | true       |                       |
                | s5              | a           | extra | 99    | 999 | false    | week           | 2026-01-01 |            | 2026-05-25 |             | true       |                       |
                | s6              | new         | extra | 99    | 999 | false    | week           | 2026-01-01 |            | 2026-05-25 |             | true       |                       |
                """),
            rows(
                Tickets.TABLE,
                """
                | ticket_id | customer_id | opened_date | closed_date | first_response_minutes | is_escalated | known_from | known_until | is_current | known_at                                                                  |
                | t0        | other       | 2025-06-01  | 2026-05-25  |                        |              | 2025-06-01 |             | true       | {closed_date=2026-05-25}                                                  |
                | t1        | a           | 2026-03-10  | 2026-03-12  | 60                     | true         | 2026-03-10 |             | true       |                                                                           |
                | t2        | a           | 2026-05-10  |             | 180                    | false        | 2026-05-10 | 2026-05-25  | false      |                                                                           |
                | t2        | a           | 2026-05-10  | 2026-05-11  | 999                    | true         | 2026-05-25 |             | true       |                                                                           |
                | t3        | a           | 2026-05-20  | 2026-05-21  | 999                    | true         | 2026-05-20 |             | true       | {closed_date=2026-05-25, first_response_minutes=2026-05-25, is_escalated=2026-05-25} |
                | t4        | a           | 2026-05-25  |             | 999                    | true         | 2026-05-25 |             | true       |                                                                           |
                | t5        | a           | 2024-05-20  |             | 999                    | true         | 2026-05-25 |             | true       |                                                                           |
                """),
            rows(
                Events.TABLE,
                """
                | customer_id | user_id | event | feature | event_date | arrival_date | quantity |
                | other       | x       | view  | home    | 2026-02-01 | 2026-02-01   | 1        |
                | a           | u1      | view  | home    | 2026-03-30 | 2026-03-30   | 1        |
                | a           | u1      | view  | home    | 2026-04-20 | 2026-04-20   | 1        |
                | a           | u1      | view  | home    | 2026-05-04 | 2026-05-04   | 1        |
                | a           | u2      | view  | export  | 2026-05-04 | 2026-05-04   | 3        |
                | a           | u1      | ping  |         | 2026-05-24 | 2026-05-24   | 1        |
                | a           | u9      | view  | late    | 2026-05-24 | 2026-05-25   | 9        |
                | a           | u9      | login | late    | 2026-05-25 | 2026-05-25   | 9        |
                | a           | u9      | view  | early   | 2026-05-25 | 2026-05-20   | 9        |
                | other       | x       | view  | home    | 2020-02-01 | 2026-05-25   | 1        |
                """));
    assertThat(print(on("2026-05-25", changed))).isEqualTo(print(on("2026-05-25", features())));
    assertThat(print(on("2026-06-01", changed))).isNotEqualTo(print(on("2026-06-01", features())));
  }

  @Test
  void withoutFeedsTheirFeaturesAreUnknown() {
    assertRows(
        features(
                rows(Customers.TABLE, CUSTOMERS),
                rows(Subscriptions.TABLE, SUBSCRIPTIONS),
                none(Tickets.TABLE),
                none(Events.TABLE))
            .filter(col("observation_date").equalTo("2026-06-01")),
        """
        | customer_id | active_days_7d | events_28d | days_since_active_max_91 | active_users_28d | logins_per_week_28d | open_tickets | tickets_opened_28d | mrr |
        | a           |                |            |                          |                  |                     |              |                    | 250 |
        """);
  }

  private static Dataset<Row> on(String date, Dataset<Row> features) {
    return features.filter(col("observation_date").equalTo(date));
  }
}
