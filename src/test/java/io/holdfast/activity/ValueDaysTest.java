package io.holdfast.activity;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;

import io.holdfast.conformed.Events;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueDaysTest {

  @Test
  void anEventOrTheUseOfAFeatureShowsValue() {
    assertRows(
        ValueDays.days(
            rows(
                Events.TABLE,
                """
                | event_id | customer_id | event        | feature | event_date |
                | 1        | c1          | report_sent  |         | 2026-01-01 |
                | 2        | c1          | feature_used | publish | 2026-01-01 |
                | 3        | c1          | feature_used | search  | 2026-01-02 |
                | 4        |             | report_sent  |         | 2026-01-02 |
                | 5        | c2          | feature_used | publish | 2026-01-03 |
                """),
            new ValueSettings(List.of("report_sent"), List.of("publish"))),
        """
        | customer_id | event_date | events |
        | c1          | 2026-01-01 | 2      |
        | c2          | 2026-01-03 | 1      |
        """);
  }
}
