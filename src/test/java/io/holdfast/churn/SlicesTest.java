package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.config.Settings;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class SlicesTest {

  private static final TrainingSettings SETTINGS =
      Settings.load(Optional.empty(), "", Map.of(), Map.of()).get(TrainingSettings.SETTING);
  private static final int PURGE = 7 + 30 + 30;

  /** So many Mondays with as many observations each as a function of their place says. */
  private static NavigableMap<LocalDate, Long> mondays(int count, IntToLongFunction observations) {
    NavigableMap<LocalDate, Long> rows = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      rows.put(LocalDate.parse("2026-01-05").plusWeeks(i), observations.applyAsLong(i));
    }
    return rows;
  }

  @Test
  void everyOutcomeIsSettledBeforeTheNextSliceBegins() {
    // 38 Mondays - 2 purges of 9 = 20: 12 train, 4 calibrate, 4 test.
    Slices slices = Slices.of(mondays(38, i -> 500), PURGE, SETTINGS);
    assertThat(slices.ranges())
        .containsExactly(
            range("2026-01-05", "2026-03-23"),
            range("2026-06-01", "2026-06-22"),
            range("2026-08-31", "2026-09-21"));
  }

  @Test
  void aGrowingCompanyTrainsOnItsShareOfObservationsNotOfDates() {
    // 20 Mondays of 10 observations, 20 of 20 and 20 of 40. By dates, 60 - 2 purges of 9 = 42 would
    // be cut into 25, 8 and 9: 300, 180 and 360 observations, of which 36% train.
    NavigableMap<LocalDate, Long> rows = mondays(60, i -> 10L << (i / 20));
    Slices slices = Slices.of(rows, PURGE, SETTINGS);
    // 34 train: 20 x 10 + 14 x 20 = 480 of 800. Then 9 are purged, and 4 calibrate: 4 x 40 = 160.
    // Then 9 are purged, and 4 of 40 test: 160.
    assertThat(slices.ranges())
        .containsExactly(range(rows, 0, 33), range(rows, 43, 46), range(rows, 56, 59));
  }

  @Test
  void tooFewDatesAreSplitByCustomer() {
    Slices slices = Slices.of(mondays(36, i -> 500), PURGE, SETTINGS);
    assertThat(slices.isByTime()).isFalse();
    assertThat(slices.folds()).hasSize(2);
  }

  private static Slices.Range range(NavigableMap<LocalDate, Long> rows, int from, int to) {
    List<LocalDate> dates = List.copyOf(rows.keySet());
    return new Slices.Range(dates.get(from), dates.get(to));
  }

  private static Slices.Range range(String from, String to) {
    return new Slices.Range(LocalDate.parse(from), LocalDate.parse(to));
  }
}
