package io.holdfast.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaysTest {

  private static final LocalDate FIRST = LocalDate.of(2024, 2, 28);

  @Test
  void neighboursAreWrittenAsARunAndReadAgain() {
    Days days = Days.of(List.of(FIRST, FIRST.plusDays(1), FIRST.plusDays(2), FIRST.plusDays(9)));

    assertThat(days).hasToString("2024-02-28..2024-03-01,2024-03-08");
    assertThat(Days.parse(days.toString())).isEqualTo(days);
    assertThat(Days.parse("all")).isEqualTo(Days.ALL);
    assertThat(Days.parse("")).isEqualTo(Days.NONE);
  }

  @Test
  void allAndSomeIsAll() {
    assertThat(Days.of(List.of(FIRST)).and(Days.ALL)).isEqualTo(Days.ALL);
    assertThat(Days.of(List.of(FIRST)).and(Days.NONE)).isEqualTo(Days.of(List.of(FIRST)));
  }

  @Test
  void wideningReachesBothWays() {
    assertThat(Days.of(List.of(FIRST)).widened(2)).hasToString("2024-02-26..2024-03-01");
    assertThat(Days.ALL.widened(1)).isEqualTo(Days.ALL);
  }

  @Test
  void thePredicateNamesEachRun() {
    assertThat(Days.of(List.of(FIRST, FIRST.plusDays(9))).sql("event_date"))
        .isEqualTo(
            "(`event_date` >= DATE'2024-02-28' AND `event_date` <= DATE'2024-02-28')"
                + " OR (`event_date` >= DATE'2024-03-08' AND `event_date` <= DATE'2024-03-08')");
  }
}
