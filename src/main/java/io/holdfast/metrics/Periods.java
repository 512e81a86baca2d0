package io.holdfast.metrics;

import static org.apache.spark.sql.functions.add_months;
import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.year;

import io.holdfast.activity.Grain;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;

/**
 * Numbers the local hours, days, weeks or months, so that two dates lie as many period starts apart
 * as their numbers do.
 *
 * @param grain how long a period is
 * @param weekStartsOn the first day of a week
 * @param tz the business time zone
 */
record Periods(Grain grain, DayOfWeek weekStartsOn, ZoneId tz) {

  static final long HOUR = 3_600_000_000L;

  private static final LocalDate EPOCH = LocalDate.of(1970, 1, 1);

  /**
   * What follows from the grain of a row's setting, planned for the grains that there are.
   *
   * @param settings the settings, of which a row holds the number
   * @param grain the grain of each
   */
  static <T> Column byGrain(
      Lookup<T> settings,
      Function<T, Grain> grain,
      DayOfWeek weekStartsOn,
      ZoneId tz,
      Function<Periods, Column> of) {
    List<Grain> grains = settings.settings().stream().map(grain).distinct().sorted().toList();
    Column text = settings.text(one -> grain.apply(one).text());
    Column chosen = of.apply(new Periods(grains.get(0), weekStartsOn, tz));
    for (Grain other : grains.subList(1, grains.size())) {
      chosen =
          when(text.equalTo(other.text()), of.apply(new Periods(other, weekStartsOn, tz)))
              .otherwise(chosen);
    }
    return chosen;
  }

  /**
   * The number of the period that holds a moment.
   *
   * @param date its local day
   * @param at the moment itself, which only hours need
   */
  Column index(Column date, Column at) {
    return switch (grain) {
      case HOUR -> wholes(unix_micros(at).plus(pastTheHour(at)), lit(HOUR));
      case DAY -> datediff(date, lit(EPOCH));
      case WEEK -> floor(datediff(date, lit(firstWeek())).divide(lit(7))).cast("int");
      case MONTH ->
          year(date).minus(lit(EPOCH.getYear())).multiply(lit(12)).plus(month(date)).minus(lit(1));
    };
  }

  /** How often a length fits whole into some microseconds, of before 1970 too. */
  static Column wholes(Column micros, Column length) {
    return call_function("div", micros.minus(pmod(micros, length)), length).cast("int");
  }

  /** The first day of a period of days, weeks or months. */
  Column start(Column index) {
    return switch (grain) {
      case HOUR -> throw new IllegalStateException("an hour has no first day");
      case DAY -> date_add(lit(EPOCH), index);
      case WEEK -> date_add(lit(firstWeek()), index.multiply(lit(7)));
      case MONTH -> add_months(lit(EPOCH), index);
    };
  }

  /** The instant at which the period of a moment starts. */
  Column startAt(Column date, Column at) {
    return grain == Grain.HOUR
        ? timestamp_micros(hourOf(unix_micros(at)))
        : midnight(start(index(date, at)));
  }

  /** The instant at which the period ends that starts at an instant. */
  Column endAt(Column startAt, Column index) {
    return grain == Grain.HOUR
        ? timestamp_micros(unix_micros(startAt).plus(lit(HOUR)))
        : midnight(start(index.plus(1)));
  }

  /** The instant at which a local day starts. */
  Column midnight(Column date) {
    return to_utc_timestamp(date.cast("timestamp"), tz.getId());
  }

  /** The local day of an instant. */
  Column day(Column at) {
    return from_utc_timestamp(at, tz.getId()).cast("date");
  }

  /** The start of the local hour of an instant, both in microseconds. */
  Column hourOf(Column micros) {
    return micros.minus(
        pmod(unix_micros(from_utc_timestamp(timestamp_micros(micros), tz.getId())), lit(HOUR)));
  }

  /** How far local hours start before those of UTC: 45 minutes in Nepal. */
  private Column pastTheHour(Column at) {
    Column local = unix_micros(from_utc_timestamp(at, tz.getId()));
    return pmod(local.minus(unix_micros(at)), lit(HOUR));
  }

  private LocalDate firstWeek() {
    return EPOCH.with(TemporalAdjusters.previousOrSame(weekStartsOn));
  }
}
