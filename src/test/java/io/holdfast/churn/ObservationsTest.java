package io.holdfast.churn;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.churn.Feature.Kind.CATEGORY;
import static io.holdfast.churn.Feature.Kind.NUMBER;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.PaymentSettings;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.activity.ValueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.Messages;
import io.holdfast.conformed.Payments;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.conformed.Tickets;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.conformed.Users;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ObservationsTest {

  /** A Tuesday: the last Monday is 2026-06-01, scores are of 2026-06-03. */
  private static final LocalDate AS_OF = LocalDate.parse("2026-06-02");

  private static final DatasetSettings SETTINGS =
      new DatasetSettings(7, 30, 7, 28, 2, 24, Map.of("industry", CATEGORY, "staff", NUMBER));

  private static final ActivitySettings ACTIVITY =
      new ActivitySettings(List.of("view", "login"), List.of("login"), 30, 240);

  private static final ValueSettings VALUE = new ValueSettings(List.of(), List.of("export"));

  private static final PaymentSettings PAYMENT_WORDS =
      new PaymentSettings(List.of("paid"), List.of("failed"));

  private static final Pricing PRICING =
      new Pricing(
          new RevenueSettings(30, 30, List.of("payment"), Optional.empty()),
          ExchangeRates.none(),
          "USD");

  private static final String CUSTOMERS =
      """
      | customer_id | country | company_size | signup_date | is_internal | known_from | known_until | is_current | attributes                         | known_at                                              |
      | a           | DE      | 10-49        | 2025-06-01  | false       | 2025-06-01 | 2026-05-28  | false      | {industry=retail,staff=12,other=1} |                                                       |
      | a           | FR      | 50-99        | 2025-06-01  | false       | 2026-05-28 |             | true       | {industry=retail,staff=13,other=2} | {company_size=9999-12-31,attributes.staff=9999-12-31} |
      | in-house    | DE      |              | 2025-06-01  | true        | 2025-06-01 |             | true       |                                    |                                                       |
      | young       | DE      |              | 2026-05-05  | false       | 2026-05-05 |             | true       |                                    |                                                       |
      """;

  private static final String CATALOGUE =
      """
      | feature | tier      | plans | launch_date | known_from | is_current |
      | home    | core      |       | 2025-01-01  | 2025-01-01 | true       |
      | export  | reporting | [pro] | 2025-01-01  | 2025-01-01 | true       |
      | graphs  | reporting | [pro] | 2026-05-20  | 2025-01-01 | true       |
      | admin   | advanced  | [max] | 2025-01-01  | 2025-01-01 | true       |
      """;

  private static final String PAYMENTS =
      """
      | payment_id | customer_id | invoice_id | attempted_date | due_date   | status | known_from | known_until | is_current |
      | p0         | other       | i0         | 2025-06-01     | 2025-06-01 | paid   | 2025-06-01 |             | true       |
      | p1         | a           | i1         | 2026-04-20     | 2026-04-20 | paid   | 2026-04-20 |             | true       |
      | p2         | a           | i2         | 2026-05-20     | 2026-05-21 | Failed | 2026-05-20 |             | true       |
      | p3         | a           | i2         | 2026-05-26     | 2026-05-21 | paid   | 2026-05-27 |             | true       |
      """;

  private static final String SURVEYS =
      """
      | response_id | customer_id | sent_date  | responded_date | score | scale_min | scale_max | known_from | is_current | known_at                                     |
      | v0          | other       | 2025-06-01 |                |       |           |           | 2025-06-01 | true       |                                              |
      | v1          | a           | 2026-05-20 | 2026-05-24     | 10    | 0         | 10        | 2026-05-20 | true       | {responded_date=2026-05-24,score=2026-05-24} |
      | v2          | a           | 2026-05-28 | 2026-06-02     | 3     | 1         | 5         | 2026-05-28 | true       | {responded_date=2026-06-02,score=2026-06-02} |
      """;

  private static final String TOUCHPOINTS =
      """
      | touchpoint_id | customer_id | occurred_date | known_from | is_current |
      | h0            | other       | 2025-06-01    | 2025-06-01 | true       |
      | h1            | a           | 2026-05-20    | 2026-05-20 | true       |
      """;

  private static final String MESSAGES =
      """
      | message_id | customer_id | sent_date  | opened_date | known_from | is_current | known_at                 |
      | m0         | other       | 2025-06-01 |             | 2025-06-01 | true       |                          |
      | m1         | a           | 2026-05-10 | 2026-05-11  | 2026-05-10 | true       | {opened_date=2026-05-11} |
      | m2         | a           | 2026-05-11 | 2026-06-02  | 2026-05-11 | true       | {opened_date=2026-06-02} |
      """;

  private static final String USERS =
      """
      | user_id | customer_id | created_date | known_from | is_current |
      | x       | other       | 2025-01-01   | 2025-01-01 | true       |
      | u1      | a           | 2025-06-01   | 2025-06-01 | true       |
      | u2      | a           | 2026-05-26   | 2026-05-26 | true       |
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

  /** Features on two Mondays and on the morning after {@link #AS_OF}. */
  private static Dataset<Row> features(Map<Table, Dataset<Row>> feeds) {
    Function<Table, Dataset<Row>> known =
        table ->
            table.equals(ArrivedDays.TABLE)
                ? ArrivedDays.arrivedDays(
                    feeds.getOrDefault(Events.TABLE, none(Events.TABLE)), ACTIVITY, VALUE)
                : feeds.getOrDefault(table, none(table));
    return PointInTime.features(
            known,
            PRICING,
            new ObservationGrid(LocalDate.parse("2026-06-01"), 2),
            SETTINGS,
            PAYMENT_WORDS,
            VALUE)
        .unionByName(
            PointInTime.features(
                known,
                PRICING,
                new ObservationGrid(AS_OF.plusDays(1), 1),
                SETTINGS,
                PAYMENT_WORDS,
                VALUE));
  }

  private static Dataset<Row> features() {
    return FEATURES;
  }

  private static final Dataset<Row> FEATURES =
      features(
              Map.of(
                  Customers.TABLE, rows(Customers.TABLE, CUSTOMERS),
                  Subscriptions.TABLE, rows(Subscriptions.TABLE, SUBSCRIPTIONS),
                  Tickets.TABLE, rows(Tickets.TABLE, TICKETS),
                  Events.TABLE, rows(Events.TABLE, EVENTS),
                  Features.TABLE, rows(Features.TABLE, CATALOGUE),
                  Payments.TABLE, rows(Payments.TABLE, PAYMENTS),
                  SurveyResponses.TABLE, rows(SurveyResponses.TABLE, SURVEYS),
                  Touchpoints.TABLE, rows(Touchpoints.TABLE, TOUCHPOINTS),
                  Messages.TABLE, rows(Messages.TABLE, MESSAGES),
                  Users.TABLE, rows(Users.TABLE, USERS)))
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
  void paymentsSurveysTouchesAndMessagesAreCountedAsTheyWereKnown() {
    // Payments: p2 failed on 05-20 and was paid on 05-26, which arrived on 05-27.
    // Surveys: v1 was answered 10 of 10 on 05-24; v2 is asked on 05-28, answered 3 of 5 on 06-02.
    assertRows(
        features().filter(col("customer_id").equalTo("a")),
        """
        | observation_date | payments_failed_28d | payments_failed_91d | has_unpaid_failure | payments_late_182d | payment_late_days_182d | survey_response_182d_rate | survey_mark_182d | survey_mark_last | touchpoints_28d | days_since_touchpoint_max_182 | messages_opened_91d_rate | users | users_created_91d |
        | 2026-05-25       | 1                   | 1                   | 1                  | 0                  | 0                      | 1                         | 10               | 10               | 1               | 5                             | 0.5                      | 1     | 0                 |
        | 2026-06-01       | 1                   | 1                   | 0                  | 1                  | 2.5                    | 0.5                       | 10               | 10               | 1               | 12                            | 0.5                      | 2     | 1                 |
        | 2026-06-03       | 1                   | 1                   | 0                  | 1                  | 2.5                    | 1                         | 7.5              | 5                | 1               | 14                            | 1                        | 2     | 1                 |
        """);
  }

  @Test
  void breadthIsTheShareOfWhatThePlanIncludes() {
    // Plan pro includes home, export and graphs from 05-20 on; admin is of another plan.
    assertRows(
        features().filter(col("customer_id").equalTo("a")),
        """
        | observation_date | breadth_28d_rate   | core_breadth_28d_rate | reporting_breadth_28d_rate | dropped_features_28d | tried_features_28d | lost_users_28d |
        | 2026-05-25       | 0.6666666666666666 | 1                     | 0.5                        | 0                    | 1                  | 0              |
        | 2026-06-01       | 0.6666666666666666 | 1                     | 0.5                        | 0                    | 1                  | 0              |
        | 2026-06-03       | 0.3333333333333333 | 1                     | 0                          | 1                    | 0                  | 1              |
        """);
  }

  @Test
  void valueCountsFromSignupOnceItHasArrivedAndSoFarUntilThen() {
    // a signed up before events were told of. fast: first value on 05-26; slow: on 05-20, told of
    // on 06-02. 05-25 is 54 days after 04-01, 05-20 is 15 days after 05-05.
    assertRows(
        features(
            Map.of(
                Customers.TABLE,
                rows(
                    Customers.TABLE,
                    """
                    | customer_id | signup_date | is_internal | known_from | is_current |
                    | a           | 2025-06-01  | false       | 2025-06-01 | true       |
                    | fast        | 2026-04-01  | false       | 2026-04-01 | true       |
                    | slow        | 2026-05-05  | false       | 2026-05-05 | true       |
                    """),
                Subscriptions.TABLE,
                rows(
                    Subscriptions.TABLE,
                    """
                    | subscription_id | customer_id | plan  | seats | mrr | is_trial | start_date | known_from | is_current |
                    | s1              | a           | basic | 1     | 20  | false    | 2025-06-01 | 2025-06-01 | true       |
                    | s2              | fast        | basic | 1     | 20  | false    | 2026-04-01 | 2026-04-01 | true       |
                    | s3              | slow        | basic | 1     | 20  | false    | 2026-05-05 | 2026-05-05 | true       |
                    """),
                Events.TABLE,
                rows(
                    Events.TABLE,
                    """
                    | customer_id | user_id | event | feature | event_date | arrival_date | quantity |
                    | a           | u1      | view  | export  | 2026-02-01 | 2026-02-01   | 1        |
                    | fast        | u2      | view  | home    | 2026-04-01 | 2026-04-01   | 1        |
                    | fast        | u2      | view  | export  | 2026-05-26 | 2026-05-26   | 1        |
                    | fast        | u2      | view  | export  | 2026-05-28 | 2026-05-28   | 1        |
                    | slow        | u3      | view  | export  | 2026-05-20 | 2026-06-02   | 1        |
                    """))),
        """
        | observation_date | customer_id | has_seen_value | days_to_value |
        | 2026-05-25       | a           |                |               |
        | 2026-05-25       | fast        | 0              | 54            |
        | 2026-06-01       | a           |                |               |
        | 2026-06-01       | fast        | 1              | 55            |
        | 2026-06-03       | a           |                |               |
        | 2026-06-03       | fast        | 1              | 55            |
        | 2026-06-03       | slow        | 1              | 15            |
        """);
  }

  @Test
  void attributesThatAreNamedTakePartFromWhenTheyWereKnown() {
    assertRows(
        ChurnFeatures.withAttributes(features().filter(col("customer_id").equalTo("a")), SETTINGS),
        """
        | observation_date | attribute_industry | attribute_staff |
        | 2026-05-25       | retail             | 12              |
        | 2026-06-01       | retail             |                 |
        | 2026-06-03       | retail             |                 |
        """);
  }

  @Test
  void aValueIsSaidInWords() {
    Row row =
        features()
            .filter(
                col("customer_id").equalTo("a").and(col("observation_date").equalTo("2026-06-01")))
            .first();
    Map<String, String> said = new HashMap<>();
    ChurnFeatures.ALL.forEach(one -> said.put(one.name(), one.words().sentence(row)));
    assertThat(said)
        .containsEntry("active_days_28d", "used on 3 of the last 28 days; on 1 of the 28 before")
        .containsEntry(
            "events_change_28d", "6 events in the last 28 days; 5 more than in the 28 before")
        .containsEntry("has_unpaid_failure", "its last payment went through")
        .containsEntry("breadth_28d_rate", "uses 67% of what its plan includes")
        .containsEntry("days_since_touchpoint_max_182", "last touched 12 days ago")
        .containsEntry(
            "days_to_scheduled_end",
            "not known: days until the last line ends, where that is known; left out by default");
    assertThat(said.values())
        .noneMatch(sentence -> sentence.contains("{") || sentence.contains("null"));
  }

  @Test
  void thereAreSixtyFeaturesAndMoreEachWithItsOwnMeaning() {
    assertThat(ChurnFeatures.ALL).hasSizeGreaterThanOrEqualTo(60);
    assertThat(ChurnFeatures.ALL.stream().map(Feature::meaning)).doesNotHaveDuplicates();
  }

  @Test
  void withoutFeedsTheirFeaturesAreUnknown() {
    assertRows(
        features(
                Map.of(
                    Customers.TABLE, rows(Customers.TABLE, CUSTOMERS),
                    Subscriptions.TABLE, rows(Subscriptions.TABLE, SUBSCRIPTIONS)))
            .filter(col("observation_date").equalTo("2026-06-01")),
        """
        | customer_id | active_days_7d | events_28d | days_since_active_max_91 | active_users_28d | logins_per_week_28d | open_tickets | tickets_opened_28d | mrr |
        | a           |                |            |                          |                  |                     |              |                    | 250 |
        """);
  }
}
