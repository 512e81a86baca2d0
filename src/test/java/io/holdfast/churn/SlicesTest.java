package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.config.Settings;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlicesTest {

  private static final TrainingSettings SETTINGS =
      Settings.load(Optional.empty(), "", Map.of(), Map.of()).get(TrainingSettings.SETTING);
  private static final int PURGE = 7 + 30 + 30;

  private static List<LocalDate> mondays(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> LocalDate.parse("2026-01-05").plusWeeks(i))
        .toList();
  }

  @Test
  void everyOutcomeIsSettledBeforeTheNextSliceBegins() {
    // 38 Mondays - 2 purges of 9 = 20: 12 train, 4 calibrate, 4 test.
    Slices slices = Slices.of(mondays(38), PURGE, SETTINGS);
    assertThat(slices.ranges())
        .containsExactly(
            range("2026-01-05", "2026-03-23"),
            range("2026-06-01", "2026-06-22"),
            range("2026-08-31", "2026-09-21"));
  }

  @Test
  void tooFewDatesAreSplitByCustomer() {
    Slices slices = Slices.of(mondays(36), PURGE, SETTINGS);
    assertThat(slices.isByTime()).isFalse();
    assertThat(slices.folds()).hasSize(2);
  }

  private static Slices.Range range(String from, String to) {
    return new Slices.Range(LocalDate.parse(from), LocalDate.parse(to));
  }
}
