package io.holdfast.ops;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;

import io.holdfast.conformed.LandedDays;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class FeedDeliveriesTest {

  @Test
  void aRowOfALaterDayIsNotYetDueAndARowOfNoDayIsCountedAllTheSame() {
    var days =
        rows(
            LandedDays.TABLE,
            """
            | contract | feed | row_date   | landed_rows | kept_rows | rejected_rows | merged_rows |
            | events   | web  | 1970-01-01 | 2           | 0         | 2             | 0           |
            | events   | web  | 2026-05-30 | 10          | 7         | 1             | 2           |
            | events   | web  | 2026-05-31 | 4           | 4         | 0             | 0           |
            | events   | web  | 2026-06-01 | 3           | 2         | 0             | 1           |
            """);

    assertRows(
        FeedDeliveries.deliveries(days, LocalDate.of(2026, 5, 31)),
        """
        | feed | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows | first_date | last_date  |
        | web  | 19          | 11        | 3             | 3           | 2                | 2026-05-30 | 2026-05-31 |
        """);
  }
}
