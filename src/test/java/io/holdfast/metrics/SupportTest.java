package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.conformed.Tickets;
import io.holdfast.failure.BadInput;
import io.holdfast.metrics.SupportSettings.Tier;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class SupportTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 31);

  /** The window is March 2 to 31, the one before it January 31 to March 1. */
  private static final SupportSettings SETTINGS =
      new SupportSettings(
          30,
          Map.of(
              "basic", new Tier(120, false, List.of()),
              "technical", new Tier(60, true, List.of()),
              "enterprise", new Tier(30, false, List.of("enterprise"))));

  private static final Dataset<Row> MRR =
      rows(
          CustomerMrr.TABLE,
          """
          | customer_id | from_date  | until_date | mrr | plan       | plans             |
          | big         | 2025-01-01 |            | 900 | Enterprise | [Enterprise, Pro] |
          | payer       | 2025-01-01 | 2026-03-10 | 50  | Pro        | [Pro]             |
          | trial       | 2025-01-01 |            | 0   | Pro        | [Pro]             |
          """);

  private static Dataset<Row> measured(String tickets) {
    Dataset<Row> support = Support.support(rows(Tickets.TABLE, tickets), MRR, SETTINGS, 3, AS_OF);
    assertRulesKept(Support.TABLE, support, AS_OF);
    return support;
  }

  /** The payer's plan had ended when it opened t4: that is a ticket of the basic tier. */
  @Test
  void aTicketIsHeldAgainstTheTierOfTheDayOnWhichItWasOpened() {
    assertRows(
        measured(
            """
            | ticket_id | customer_id | opened_date | closed_date | first_response_minutes | is_escalated | known_from | is_current |
            | t1        | big         | 2026-03-05  | 2026-03-05  | 30                     | true         | 2026-03-05 | true       |
            | t2        | big         | 2026-03-06  | 2026-03-09  | 31                     | false        | 2026-03-06 | true       |
            | t3        | payer       | 2026-03-09  |             | 60                     | false        | 2026-03-09 | true       |
            | t4        | payer       | 2026-03-10  |             | 61                     | false        | 2026-03-10 | true       |
            | t5        | trial       | 2026-03-10  | 2026-04-01  | 200                    | false        | 2026-03-10 | true       |
            | t6        | unlisted    | 2026-03-11  |             | 10                     | false        | 2026-03-11 | true       |
            """),
        """
        | support_tier | target_minutes | tickets | answered_tickets | median_first_response_minutes | decided_tickets | in_time_tickets | attainment_rate | resolved_tickets | resolution_rate | median_resolution_days | open_tickets | median_open_days | max_open_days | escalated_tickets | reopened_tickets | is_small |
        | enterprise   | 30             | 2       | 2                | 30.5                          | 2               | 1               | 0.5             | 2                | 1.0             | 1.5                    | 0            |                  |               | 1                 |                  | true     |
        | technical    | 60             | 1       | 1                | 60.0                          | 1               | 1               | 1.0             | 0                | 0.0             |                        | 1            | 22.0             | 22            | 0                 |                  | true     |
        | basic        | 120            | 3       | 3                | 61.0                          | 3               | 2               | 0.6666666667    | 0                | 0.0             |                        | 3            | 21.0             | 21            | 0                 |                  | false    |
        | all          |                | 6       | 6                | 45.5                          | 6               | 4               | 0.6666666667    | 2                | 0.3333333333    | 1.5                    | 4            | 21.0             | 22            | 1                 |                  | false    |
        """);
  }

  /** 90% of the way through 10, 20, 30, 40: 30 + 0.7 * 10, as between neighbours it is a line. */
  @Test
  void theNinetiethPercentileLiesBetweenTheSlowest() {
    assertRows(
        measured(
                """
            | ticket_id | customer_id | opened_date | first_response_minutes | known_from | is_current |
            | t1        | x           | 2026-03-05  | 10                     | 2026-03-05 | true       |
            | t2        | x           | 2026-03-05  | 20                     | 2026-03-05 | true       |
            | t3        | x           | 2026-03-05  | 30                     | 2026-03-05 | true       |
            | t4        | x           | 2026-03-05  | 40                     | 2026-03-05 | true       |
            """)
            .filter("support_tier = 'all'"),
        """
        | median_first_response_minutes | p90_first_response_minutes | escalated_tickets |
        | 25.0                          | 37.0                       |                   |
        """);
  }

  /** Opened on the night itself the target may not have passed; the day before it has. */
  @Test
  void anUnansweredTicketHasMissedItsTargetOnceThatHasPassed() {
    assertRows(
        measured(
                """
            | ticket_id | customer_id | opened_date | closed_date | first_response_minutes | known_from | is_current |
            | answered  | x           | 2026-03-05  |             | 10                     | 2026-03-05 | true       |
            | waiting   | x           | 2026-03-31  |             |                        | 2026-03-31 | true       |
            | missed    | x           | 2026-03-30  |             |                        | 2026-03-30 | true       |
            | unsaid    | x           | 2026-03-05  | 2026-03-06  |                        | 2026-03-06 | true       |
            | too_late  | x           | 2026-03-29  |             | 4500                   | 2026-04-02 | true       |
            """)
            .filter("support_tier = 'all'"),
        """
        | tickets | answered_tickets | decided_tickets | in_time_tickets |
        | 5       | 1                | 3               | 1               |
        """);
  }

  @Test
  void whereNoFirstAnswersAreToldNothingIsMissed() {
    assertRows(
        measured(
                """
            | ticket_id | customer_id | opened_date | known_from | is_current |
            | t1        | x           | 2026-03-05  | 2026-03-05 | true       |
            """)
            .filter("support_tier = 'all'"),
        """
        | tickets | decided_tickets | attainment_rate | median_first_response_minutes |
        | 1       | 0               |                 |                               |
        """);
  }

  @Test
  void theTrendComparesTwoWholeWindowsAlone() {
    String recent =
        """
        | ticket_id | customer_id | opened_date | known_from | is_current |
        | t1        | x           | 2026-03-02  | 2026-03-02 | true       |
        | t2        | x           | 2026-03-31  | 2026-03-31 | true       |
        | t3        | x           | 2026-03-31  | 2026-03-31 | true       |
        | e1        | x           | 2026-03-01  | 2026-03-01 | true       |
        | e2        | x           | 2026-02-01  | 2026-02-01 | true       |
        """;
    assertRows(
        measured(recent).filter("support_tier = 'all'"),
        """
        | tickets | earlier_tickets | ticket_trend |
        | 3       | 2               |              |
        """);
    assertRows(
        measured(recent + "| e0 | x | 2026-01-30 | 2026-01-30 | true |\n")
            .filter("support_tier = 'all'"),
        """
        | tickets | earlier_tickets | ticket_trend |
        | 3       | 2               | 0.5          |
        """);
  }

  @Test
  void aTicketThatIsOpenAfterItWasClosedWasReopened() {
    assertRows(
        measured(
                """
            | ticket_id | customer_id | opened_date | closed_date | known_from | known_until | is_current |
            | t1        | x           | 2026-03-05  |             | 2026-03-05 | 2026-03-06  | false      |
            | t1        | x           | 2026-03-05  | 2026-03-06  | 2026-03-06 | 2026-03-08  | false      |
            | t1        | x           | 2026-03-05  |             | 2026-03-08 |             | true       |
            | t2        | x           | 2026-03-05  | 2026-03-05  | 2026-03-05 |             | true       |
            """)
            .filter("support_tier = 'all'"),
        """
        | tickets | reopened_tickets | resolved_tickets | open_tickets |
        | 2       | 1                | 1                | 1            |
        """);
  }

  @Test
  void someTierHasToTakeEveryone() {
    assertThatThrownBy(() -> new SupportSettings(30, Map.of("paid", new Tier(60, true, List.of()))))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no tier of support.tiers takes every customer ([paid])");
  }

  @Test
  void withoutTicketsThereIsNothing() {
    assertRows(Support.support(none(Tickets.TABLE), MRR, SETTINGS, 30, AS_OF), "| support_tier |");
  }
}
