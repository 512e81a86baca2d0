package io.holdfast.metrics;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.util.ArrayList;
import java.util.List;

/**
 * How time to value is banded, and from when what came of it is measured.
 *
 * @param bandDays where one band of days ends and the next begins, upwards
 * @param landmarkDays retention is measured from so many local days after signup
 * @param retentionDays and over so many
 * @param claimedRetentionRates the retention that the strategy claims of each band, the fastest
 *     first; fewer, or none: nothing is claimed of the rest
 */
public record TimeToValueSettings(
    List<Integer> bandDays,
    int landmarkDays,
    int retentionDays,
    List<Double> claimedRetentionRates) {

  public static final Setting<TimeToValueSettings> SETTING =
      Setting.of("time_to_value", TimeToValueSettings.class);

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if the bands do not go upwards
   */
  public TimeToValueSettings {
    for (int i = 1; i < bandDays.size(); i++) {
      if (bandDays.get(i) <= bandDays.get(i - 1)) {
        throw new BadInput(
            "Cannot band time to value: time_to_value.band_days is %s. Write it upwards, such as [7, 21, 45]."
                .formatted(bandDays));
      }
    }
  }

  /** The names of the bands, the fastest first. */
  List<String> bands() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < bandDays.size(); i++) {
      names.add(
          i == 0
              ? "under_%d".formatted(bandDays.get(0))
              : "%d_to_%d".formatted(bandDays.get(i - 1), bandDays.get(i)));
    }
    names.add(
        bandDays.isEmpty()
            ? "reached"
            : "%d_and_more".formatted(bandDays.get(bandDays.size() - 1)));
    return names;
  }
}
