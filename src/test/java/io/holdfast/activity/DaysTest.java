package io.holdfast.activity;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;

import io.holdfast.conformed.Events;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class DaysTest {

  private static final ActivitySettings SETTINGS =
      new ActivitySettings(List.of("edit", "view"), List.of("login"), 30, 240);

  private static final Dataset<Row> EVENTS =
      rows(
          Events.TABLE,
          """
          | event_id | customer_id | user_id | session_id | event | feature | occurred_at         | event_date | quantity |
          | 1        | a           | u       |            | login |         | 2026-01-05T09:00:00 | 2026-01-05 | 1        |
          | 2        | a           | u       |            | edit  | docs    | 2026-01-05T09:30:00 | 2026-01-05 | 3        |
          | 3        | a           | u       |            | view  | docs    | 2026-01-05T10:00:01 | 2026-01-05 | 1        |
          | 4        | a           | v       |            | edit  | maps    | 2026-01-05T09:10:00 | 2026-01-05 | 1        |
          | 5        | a           |         | s1         | view  |         | 2026-01-05T20:00:00 | 2026-01-05 | 1        |
          | 6        | a           |         | s1         | login | maps    | 2026-01-05T20:05:00 | 2026-01-05 | 1        |
          | 7        | b           | w       |            | login |         |                     | 2026-01-05 | 1        |
          """);

  @Test
  void aUsersDayCountsCoreEventsLogInsAndSessionsWithoutALongerPause() {
    assertRows(
        UserDays.days(EVENTS, EVENTS, SETTINGS),
        """
        | customer_id | user_id | event_date | is_active | events | core_events | quantity | logins | sessions | session_minutes | timed_sessions | first_at            | last_at             |
        | a           | u       | 2026-01-05 | true      | 3      | 2           | 4        | 1      | 2        | 30              | 1              | 2026-01-05T09:30:00 | 2026-01-05T10:00:01 |
        | a           | v       | 2026-01-05 | true      | 1      | 1           | 1        | 0      | 1        |                 | 0              | 2026-01-05T09:10:00 | 2026-01-05T09:10:00 |
        | b           | w       | 2026-01-05 | false     | 1      | 0           |          | 1      |          |                 |                |                     |                     |
        """);
  }

  @Test
  void aCustomersDayIsThatOfItsUsersAndOfNobodyNamed() {
    assertRows(
        customerDays(EVENTS, EVENTS),
        """
        | customer_id | event_date | is_active | events | core_events | quantity | active_users | features_used | logins | sessions | session_minutes | timed_sessions | first_at            | last_at             |
        | a           | 2026-01-05 | true      | 6      | 4           | 6        | 2            | 2             | 2      | 4        | 35              | 2              | 2026-01-05T09:10:00 | 2026-01-05T20:00:00 |
        | b           | 2026-01-05 | false     | 1      | 0           |          | 0            | 0             | 1      |          |                 |                |                     |                     |
        """);
  }

  @Test
  void aFeaturesDayCountsUsesByRowsAndByQuantity() {
    assertRows(
        FeatureDays.days(EVENTS),
        """
        | customer_id | feature | event_date | events | quantity |
        | a           | docs    | 2026-01-05 | 2      | 4        |
        | a           | maps    | 2026-01-05 | 2      | 2        |
        """);
  }

  @Test
  void aSessionPastMidnightBelongsToItsStartDayAndIsSeenWholeFromEither() {
    var nearby =
        rows(
            Events.TABLE,
            """
            | event_id | customer_id | user_id | session_id | event | occurred_at         | event_date |
            | 1        | a           | u       |            | edit  | 2026-01-04T23:50:00 | 2026-01-04 |
            | 2        | a           | u       |            | edit  | 2026-01-05T00:10:00 | 2026-01-05 |
            | 3        | a           | u       |            | edit  | 2026-01-05T23:45:00 | 2026-01-05 |
            | 4        | a           | u       |            | edit  | 2026-01-06T00:15:00 | 2026-01-06 |
            """);
    var touched = nearby.filter(col("event_date").equalTo("2026-01-05"));
    assertRows(
        UserDays.days(touched, nearby, SETTINGS),
        """
        | event_date | events | sessions | session_minutes |
        | 2026-01-05 | 2      | 1        | 30              |
        """);
  }

  @Test
  void aSessionOfTheSourceIsOneWhateverItsPausesAndCountsUpToTheCap() {
    var events =
        rows(
            Events.TABLE,
            """
            | event_id | customer_id | user_id | session_id | event | occurred_at         | event_date |
            | 1        | a           | u       | s1         | edit  | 2026-01-05T08:00:00 | 2026-01-05 |
            | 2        | a           | u       | s1         | edit  | 2026-01-05T12:00:01 | 2026-01-05 |
            | 3        | a           |         | s1         | view  | 2026-01-05T07:59:00 | 2026-01-05 |
            """);
    assertRows(
        customerDays(events, events),
        """
        | customer_id | sessions | session_minutes | timed_sessions | active_users |
        | a           | 1        | 240             | 1              | 1            |
        """);
  }

  @Test
  void withNoNamesConfiguredEveryEventIsCoreAndLogInsAreUnknown() {
    var open = new ActivitySettings(List.of(), List.of(), 30, 240);
    assertRows(
        UserDays.days(EVENTS, EVENTS, open).filter(col("user_id").equalTo("w")),
        """
        | is_active | core_events | logins |
        | true      | 1           |        |
        """);
  }

  @Test
  void withoutEventsThereAreNoDays() {
    assertRows(customerDays(none(Events.TABLE), none(Events.TABLE)), "| customer_id |");
  }

  private static Dataset<Row> customerDays(Dataset<Row> events, Dataset<Row> nearby) {
    return CustomerDays.TABLE.conform(
        CustomerDays.days(
            events,
            nearby,
            UserDays.TABLE.conform(UserDays.days(events, nearby, SETTINGS)),
            FeatureDays.TABLE.conform(FeatureDays.days(events)),
            SETTINGS));
  }
}
