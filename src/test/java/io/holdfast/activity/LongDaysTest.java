package io.holdfast.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LongDaysTest {

  @Test
  void daysOnWhichClocksAreSetBackAreLong() {
    assertThat(LongDays.of(ZoneId.of("Europe/Berlin")).days())
        .contains(LocalDate.of(2025, 10, 26), LocalDate.of(2026, 10, 25))
        .doesNotContain(LocalDate.of(2026, 3, 29), LocalDate.of(2026, 10, 24));
  }

  @Test
  void halfAnHourMoreIsEnough() {
    assertThat(LongDays.of(ZoneId.of("Australia/Lord_Howe")).days())
        .contains(LocalDate.of(2026, 4, 5));
  }

  @Test
  void aClockThatIsSetBackAtMidnightMakesTheDayBeforeLong() {
    // Lebanon sets it back at 00:00 of the Sunday, to 23:00 of the Saturday.
    assertThat(LongDays.of(ZoneId.of("Asia/Beirut")).days())
        .contains(LocalDate.of(2025, 10, 25))
        .doesNotContain(LocalDate.of(2025, 10, 26));
  }

  @Test
  void aZoneWithoutChangesHasNone() {
    assertThat(LongDays.of(ZoneOffset.UTC).days()).isEmpty();
  }
}
