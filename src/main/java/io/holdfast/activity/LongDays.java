package io.holdfast.activity;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.hour;
import static org.apache.spark.sql.functions.when;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * The local days of a time zone that are longer than 24 hours, as when clocks are set back. Two
 * ends of windows of 24 hours can lie within such a day; in each of its halves lies one at most.
 *
 * @param tz the time zone
 * @param days its long days from 1970 to 2100
 */
record LongDays(ZoneId tz, List<LocalDate> days) {

  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("2100-12-31T00:00:00Z");

  /** Those of a time zone. */
  static LongDays of(ZoneId tz) {
    TreeSet<LocalDate> days = new TreeSet<>();
    ZoneOffsetTransition change = tz.getRules().nextTransition(FIRST);
    while (change != null && change.getInstant().isBefore(LAST)) {
      Stream.of(change.getDateTimeBefore(), change.getDateTimeAfter())
          .map(at -> at.toLocalDate())
          .filter(day -> length(day, tz).compareTo(Duration.ofHours(24)) > 0)
          .forEach(days::add);
      change = tz.getRules().nextTransition(change.getInstant());
    }
    return new LongDays(tz, List.copyOf(days));
  }

  private static Duration length(LocalDate day, ZoneId tz) {
    return Duration.between(day.atStartOfDay(tz), day.plusDays(1).atStartOfDay(tz));
  }

  /** Whether a row's day is one of these. */
  Column contain(String dayColumn) {
    return col(dayColumn).isin(days.toArray());
  }

  /** An event's instant, where it lies before noon of a long day; else NULL. */
  Column beforeNoon() {
    return when(contain("event_date").and(localHour().lt(12)), col("occurred_at"));
  }

  /** An event's instant, where it lies from noon of a long day on; else NULL. */
  Column fromNoon() {
    return when(contain("event_date").and(localHour().geq(12)), col("occurred_at"));
  }

  private Column localHour() {
    return hour(from_utc_timestamp(col("occurred_at"), tz.getId()));
  }
}
