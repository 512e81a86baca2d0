package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.ValueDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import io.holdfast.failure.BadInput;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class TimeToValueTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 6, 30);
  private static final TimeToValueSettings SETTINGS =
      new TimeToValueSettings(List.of(7, 21, 45), 45, 90, List.of(0.95, 0.85, 0.65, 0.35));

  /** All signed up on January 1: the landmark is February 15, the end of 90 days May 16. */
  private static final Dataset<Row> CUSTOMERS =
      rows(
          Customers.TABLE,
          """
          | customer_id | signup_date |
          | fast        | 2026-01-01  |
          | early       | 2026-01-01  |
          | week        | 2026-01-01  |
          | slow        | 2026-01-01  |
          | never       | 2026-01-01  |
          | gone        | 2026-01-01  |
          | unpaid      | 2026-01-01  |
          | fresh       | 2026-02-16  |
          | tomorrow    | 2026-07-01  |
          | undated     |             |
          """);

  /** Day 6, before the signup, day 7, day 45 (not yet on the landmark), the day after the night. */
  private static final Dataset<Row> VALUES =
      rows(
          ValueDays.TABLE,
          """
          | customer_id | event_date |
          | fast        | 2026-01-07 |
          | fast        | 2026-01-09 |
          | early       | 2025-12-30 |
          | week        | 2026-01-08 |
          | slow        | 2026-02-15 |
          | never       | 2026-07-01 |
          | fresh       | 2026-02-20 |
          """);

  private static final Dataset<Row> SPELLS =
      Counted.staying(
          rows(
              PayingSpells.TABLE,
              """
              | customer_id | counting  | spell | start_date | end_date   |
              | fast        | confirmed | 1     | 2026-01-01 |            |
              | early       | confirmed | 1     | 2026-02-15 | 2026-05-16 |
              | week        | confirmed | 1     | 2026-01-01 | 2026-06-01 |
              | slow        | confirmed | 1     | 2026-01-01 |            |
              | never       | confirmed | 1     | 2026-01-01 | 2026-05-17 |
              | gone        | confirmed | 1     | 2026-01-01 | 2026-02-15 |
              | fresh       | confirmed | 1     | 2026-02-16 |            |
              """));

  @Test
  void retentionByBandDependsOnTheDayFromWhichItIsMeasured() {
    Dataset<Row> times = TimeToValue.times(CUSTOMERS, VALUES, SPELLS, SETTINGS, 3, AS_OF);
    assertRulesKept(TimeToValue.TABLE, times, AS_OF);
    assertRows(
        times,
        """
        | basis    | band        | customers | band_share | followed_customers | retained_customers | retention_rate | claimed_retention_rate | is_small |
        | naive    | under_7     | 3         | 0.375      | 3                  | 2                  | 0.6666666667   | 0.95                   | false    |
        | naive    | 7_to_21     | 1         | 0.125      | 1                  | 0                  | 0.0            | 0.85                   | true     |
        | naive    | 45_and_more | 1         | 0.125      | 1                  | 1                  | 1.0            | 0.35                   | true     |
        | naive    | not_reached | 3         | 0.375      | 2                  | 0                  | 0.0            |                        | true     |
        | naive    | all         | 8         | 1.0        | 7                  | 3                  | 0.4285714286   |                        | false    |
        | landmark | under_7     | 2         | 0.4        | 2                  | 1                  | 0.5            | 0.95                   | true     |
        | landmark | 7_to_21     | 1         | 0.2        | 1                  | 1                  | 1.0            | 0.85                   | true     |
        | landmark | not_reached | 2         | 0.4        | 2                  | 2                  | 1.0            |                        | true     |
        | landmark | all         | 5         | 1.0        | 5                  | 4                  | 0.8            |                        | false    |
        """);
  }

  /**
   * Days 0, 4, 6, 7 and 45; three have not got there in the 180 days up to the night. Of eight half
   * have by day 7. Of three of whom two never do, half have not.
   */
  @Test
  void theMedianCountsThoseWhoAreNotThereYet() {
    assertRows(
        TimeToValue.times(CUSTOMERS, VALUES, SPELLS, SETTINGS, 3, AS_OF)
            .filter("band = 'all' and basis = 'naive'"),
        """
        | customers | median_days |
        | 8         | 7.0         |
        """);
    assertRows(
        TimeToValue.times(
                CUSTOMERS.filter("customer_id in ('fast', 'never', 'gone')"),
                VALUES,
                SPELLS,
                SETTINGS,
                3,
                AS_OF)
            .filter("band = 'all' and basis = 'naive'"),
        """
        | customers | median_days |
        | 3         |             |
        """);
  }

  @Test
  void bandsGoUpwards() {
    assertThatThrownBy(() -> new TimeToValueSettings(List.of(7, 7), 45, 90, List.of()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("time_to_value.band_days is [7, 7]");
  }

  /** On the landmark fast has pro and may use both features; the others have basic. */
  @Test
  void adoptersAreComparedWithThoseWhoMightHaveAdopted() {
    Dataset<Row> survivors = Landmark.survivors(CUSTOMERS, SPELLS, SETTINGS, AS_OF);
    Dataset<Row> features =
        rows(
            Features.TABLE,
            """
            | feature | tier     | launch_date | retire_date | plans |
            | docs    | core     |             |             |       |
            | api     | advanced | 2026-02-15  |             | [pro] |
            | beams   | core     | 2026-02-16  |             |       |
            | fax     | core     |             | 2026-02-15  |       |
            """);
    Dataset<Row> mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr | plans   |
            | fast        | 2026-01-01 | 2026-02-15 | 10  | [basic] |
            | fast        | 2026-02-15 |            | 20  | [pro]   |
            | week        | 2026-01-01 |            | 10  | [basic] |
            | slow        | 2026-01-01 |            | 10  | [basic] |
            """);
    Dataset<Row> uses =
        rows(
            FeatureDays.TABLE,
            """
            | customer_id | feature | event_date | events |
            | fast        | docs    | 2026-02-14 | 1      |
            | early       | docs    | 2026-01-14 | 3      |
            | week        | docs    | 2026-02-15 | 1      |
            | gone        | docs    | 2026-01-14 | 1      |
            """);
    Dataset<Row> retention = AdopterRetention.retention(survivors, features, mrr, uses, 1, 3);
    assertRulesKept(AdopterRetention.TABLE, retention, AS_OF);
    assertRows(
        retention,
        """
        | level   | tier     | feature | adopters | adopters_retained | adopter_retention_rate | others | others_retained | other_retention_rate | difference | is_small |
        | feature | core     | docs    | 2        | 1                 | 0.5                    | 3      | 3               | 1.0                  | -0.5       | true     |
        | feature | advanced | api     | 0        | 0                 |                        | 1      | 1               | 1.0                  |            | true     |
        | tier    | core     | all     | 2        | 1                 | 0.5                    | 3      | 3               | 1.0                  | -0.5       | true     |
        | tier    | advanced | all     | 0        | 0                 |                        | 1      | 1               | 1.0                  |            | true     |
        | overall | all      | all     | 2        | 1                 | 0.5                    | 3      | 3               | 1.0                  | -0.5       | true     |
        """);
  }
}
