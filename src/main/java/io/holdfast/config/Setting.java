package io.holdfast.config;

/**
 * A part of the configuration that a job reads, as a record.
 *
 * <p>The record's components are the keys: {@code weekStartsOn} is {@code week_starts_on}. A
 * component can be a text, number, boolean, {@code LocalDate}, {@code ZoneId}, {@code Duration},
 * enum, {@link Secret}, another record, or a {@code List}, {@code Map} by name or {@code Optional}
 * of these. A missing {@code Map} is empty; of all others only an {@code Optional} may be missing.
 * A record with a static {@code of(String)} or {@code of(List)} can also be written as that text or
 * list.
 *
 * @param path where it stands, dots between the levels
 * @param type the record
 */
public record Setting<T extends Record>(String path, Class<T> type) {

  /** A part of the configuration at a path. */
  public static <T extends Record> Setting<T> of(String path, Class<T> type) {
    return new Setting<>(path, type);
  }
}
