package io.holdfast.config;

import io.holdfast.failure.BadInput;

/**
 * How long a lake keeps what is no longer current, and which of its files are small.
 *
 * @param vacuumDays how many days the files of replaced versions are kept
 * @param logDays how many days the entries of the tables' logs are kept
 * @param smallFileMb files below this size are compacted, in MiB
 * @param targetFileMb the size that compacted files do not exceed, in MiB
 */
public record MaintenanceSettings(
    int vacuumDays, int logDays, long smallFileMb, long targetFileMb) {

  /** Delta's own safety period: a run or a reader may still need what was just replaced. */
  private static final int LEAST_DAYS = 7;

  public static final Setting<MaintenanceSettings> SETTING =
      Setting.of("maintenance", MaintenanceSettings.class);

  /**
   * Checked.
   *
   * @throws BadInput if a period is not safe, or the sizes contradict each other
   */
  public MaintenanceSettings {
    if (vacuumDays < LEAST_DAYS) {
      throw new BadInput(
          "Cannot maintain the lake: maintenance.vacuum_days = %d is below %d, the safety period of Delta. Files of replaced versions may still be read; give %d or more."
              .formatted(vacuumDays, LEAST_DAYS, LEAST_DAYS));
    }
    if (logDays < vacuumDays) {
      throw new BadInput(
          "Cannot maintain the lake: maintenance.log_days = %d is below maintenance.vacuum_days = %d, and files without their log are of no use. Give at least as many."
              .formatted(logDays, vacuumDays));
    }
    if (smallFileMb < 1 || targetFileMb < smallFileMb) {
      throw new BadInput(
          "Cannot maintain the lake: maintenance.small_file_mb = %d and maintenance.target_file_mb = %d contradict each other. Give 1 <= small_file_mb <= target_file_mb."
              .formatted(smallFileMb, targetFileMb));
    }
  }
}
