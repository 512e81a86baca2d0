package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition.Anchor;
import io.holdfast.activity.RetentionDefinition.Bracket;
import io.holdfast.metrics.CohortTracks.Track;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;

/**
 * The periods of tracks: which one a return lies in, when it has begun, who has lived through it,
 * and when nothing of it can change.
 *
 * <p>Source: metrics, "Cohort retention". Rows have the number of their track; those of members
 * {@code birth_date}, {@code birth_at}, {@code cohort_index} and {@code cohort_start_at}; those of
 * returns {@code touch_date} and {@code touch_at}. Period k is a column of integers.
 *
 * @param tracks the tracks
 * @param weekStartsOn the first day of a week
 * @param tz the business time zone
 * @param asOf the last local day that counts
 */
record Spans(Lookup<Track> tracks, DayOfWeek weekStartsOn, ZoneId tz, LocalDate asOf) {

  private static final long DAY = 24 * Periods.HOUR;

  /** Stands between two brackets, where no period is. */
  private static final int NONE = -1;

  /** The first instant that does not count any more. */
  private Column end() {
    long micros = asOf.plusDays(1).atStartOfDay(tz).toEpochSecond() * 1_000_000L;
    return lit(micros);
  }

  /** Elapsed time of one period of a rolling window. */
  private static long length(Track track) {
    if (track.hasBrackets()) {
      return DAY;
    }
    return switch (track.grain()) {
      case HOUR -> Periods.HOUR;
      case DAY -> DAY;
      case WEEK -> 7 * DAY;
      case MONTH -> 30 * DAY;
    };
  }

  private Column length() {
    return tracks.bigint(Spans::length);
  }

  /** One of two ways, as the track asks; the other is not planned where no track asks for it. */
  private Column either(Predicate<Track> which, Supplier<Column> one, Supplier<Column> other) {
    if (!tracks.any(which)) {
      return other.get();
    }
    return tracks.any(which.negate())
        ? when(tracks.is(which), one.get()).otherwise(other.get())
        : one.get();
  }

  private Column byGrain(Function<Periods, Column> of) {
    return Periods.byGrain(tracks, Track::grain, weekStartsOn, tz, of);
  }

  private Column byGrain(Function<Periods, Column> ofDays, Column ofHours) {
    return byGrain(periods -> periods.grain() == Grain.HOUR ? ofHours : ofDays.apply(periods));
  }

  /** What does not depend on the grain. */
  private Periods clock() {
    return new Periods(Grain.DAY, weekStartsOn, tz);
  }

  /** The number of the period of birth. */
  Column cohortIndex() {
    return index(col("birth_date"), col("birth_at"));
  }

  /** The instant at which the period of birth starts. */
  Column cohortStartAt() {
    return byGrain(periods -> periods.startAt(col("birth_date"), col("birth_at")));
  }

  /** The local day on which a cohort starts. */
  Column cohortStart() {
    return clock().day(col("cohort_start_at"));
  }

  private Column index(Column date, Column at) {
    return byGrain(periods -> periods.index(date, at));
  }

  /** How many of the latest cohorts there are from a member's on. */
  Column cohortsSince() {
    return index(lit(asOf), timestamp_micros(end().minus(1))).minus(col("cohort_index")).plus(1);
  }

  /** Whether a return comes after the birth: on a later day, or where days are short, later. */
  Column isLater() {
    Column isOnLaterDay = col("touch_date").gt(col("birth_date"));
    return either(
        Track::isByDay,
        () -> isOnLaterDay,
        () ->
            isOnLaterDay.or(
                col("touch_date")
                    .equalTo(col("birth_date"))
                    .and(col("touch_at").gt(col("birth_at")))));
  }

  /** The period in which a return lies; NULL between two brackets. */
  Column period() {
    Column days = datediff(col("touch_date"), col("birth_date"));
    return either(
        Track::hasBrackets,
        () -> {
          Column day = either(Track::isRolling, () -> elapsed(col("touch_at")), () -> days);
          Column number = get(tracks.integers(Spans::bracketsByDay), day);
          return when(number.notEqual(NONE), number);
        },
        () ->
            either(
                Track::isRolling,
                () -> elapsed(col("touch_at")),
                () -> index(col("touch_date"), col("touch_at")).minus(cohortIndex())));
  }

  private Column elapsed(Column at) {
    return Periods.wholes(unix_micros(at).minus(anchor()), length());
  }

  /** From when a member's periods run. */
  private Column anchor() {
    Column birth = unix_micros(col("birth_at"));
    return either(
        track -> track.anchor() == Anchor.DAY,
        () -> unix_micros(clock().midnight(col("birth_date"))),
        () ->
            either(
                track -> track.anchor() == Anchor.HOUR, () -> clock().hourOf(birth), () -> birth));
  }

  /** The latest anchor that a member of the cohort could have, or the first that none can. */
  private Column lastAnchor() {
    Column end = unix_micros(cohortEndAt());
    Column last = timestamp_micros(end.minus(1));
    return either(
        track -> track.anchor() == Anchor.DAY,
        () -> unix_micros(clock().midnight(clock().day(last))),
        () ->
            either(
                track -> track.anchor() == Anchor.HOUR,
                () -> clock().hourOf(end.minus(1)),
                () -> end));
  }

  private Column cohortEndAt() {
    return byGrain(periods -> periods.endAt(col("cohort_start_at"), col("cohort_index")));
  }

  /** How much elapsed time is over when period k is. */
  private Column lengths(Column k) {
    return either(Track::hasBrackets, () -> lastDay(k), () -> k)
        .plus(1)
        .cast("bigint")
        .multiply(length());
  }

  /** The last day of a bracket, since birth; that of 0 is the day before the first. */
  private Column lastDay(Column k) {
    return get(tracks.integers(track -> brackets(track, -1, Bracket::to)), k);
  }

  private static int[] brackets(Track track, int before, ToIntFunction<Bracket> day) {
    if (!track.hasBrackets()) {
      return new int[0];
    }
    int first = before < 0 ? track.ranges().get(0).from() + before : before;
    return IntStream.concat(IntStream.of(first), track.ranges().stream().mapToInt(day)).toArray();
  }

  /** The period of each day since birth: 0 before the first bracket, {@link #NONE} between two. */
  private static int[] bracketsByDay(Track track) {
    return byDay(
        track,
        day -> {
          int[] from = brackets(track, 0, Bracket::from);
          int[] to = brackets(track, -1, Bracket::to);
          return IntStream.range(0, from.length)
              .filter(k -> from[k] <= day && day <= to[k])
              .findFirst()
              .orElse(NONE);
        });
  }

  /** The last period that has begun on each day since the cohort's start. */
  private static int[] begunByDay(Track track) {
    int[] from = brackets(track, 0, Bracket::from);
    return byDay(track, day -> (int) IntStream.of(from).filter(first -> first <= day).count() - 1);
  }

  /** The last period that is over after so many whole days; {@link #NONE} before the first. */
  private static int[] livedByDay(Track track) {
    int[] to = brackets(track, -1, Bracket::to);
    return byDay(track, day -> (int) IntStream.of(to).filter(last -> last < day).count() - 1);
  }

  /** A figure of each day since birth, up to the one after the last bracket; none without. */
  private static int[] byDay(Track track, IntUnaryOperator figure) {
    if (!track.hasBrackets()) {
      return new int[0];
    }
    int last = track.ranges().get(track.ranges().size() - 1).to();
    return IntStream.rangeClosed(0, last + 1).map(figure).toArray();
  }

  /** What stands on a day, or on the last day that there is. */
  private static Column on(Column byDay, Column day) {
    return get(byDay, least(day, size(byDay).minus(1)));
  }

  /** What a bracket is called; NULL in other windows and in period 0. */
  Column bracket(Column k) {
    return get(
        tracks.texts(track -> track.ranges().stream().map(Bracket::toString).toList()), k.minus(1));
  }

  /**
   * The largest period that a member has lived through: it counts in the denominator up to it. -1
   * before the first is over; NULL in calendar windows, in which all members count.
   */
  Column lived() {
    return either(
        Track::isRolling,
        () -> {
          Column lengths = Periods.wholes(end().minus(anchor()), length());
          return either(
              Track::hasBrackets,
              () -> on(tracks.integers(Spans::livedByDay), lengths),
              () -> lengths.minus(1));
        },
        () -> lit(null).cast("int"));
  }

  /** The largest period that has begun for the cohort. */
  Column begun() {
    Column lengths =
        Periods.wholes(end().minus(1).minus(unix_micros(col("cohort_start_at"))), length());
    return either(
        Track::hasBrackets,
        () ->
            on(
                tracks.integers(Spans::begunByDay),
                either(Track::isRolling, () -> lengths, () -> datediff(lit(asOf), cohortStart()))),
        () -> either(Track::isRolling, () -> lengths, () -> cohortsSince().minus(1)));
  }

  /** Whether the last possible birth of the cohort has lived through all of period k. */
  Column isComplete(Column k) {
    return either(
        Track::isRolling,
        () -> lastAnchor().plus(lengths(k)).leq(end()),
        () ->
            either(
                Track::hasBrackets,
                () -> date_add(cohortLastDay(), lastDay(k)).leq(asOf),
                () ->
                    byGrain(
                        periods ->
                            periods
                                .start(col("cohort_index").plus(k).plus(1))
                                .leq(asOf.plusDays(1)),
                        unix_micros(hoursLater(k.plus(1))).leq(end()))));
  }

  /** The last local day of the cohort's own period. */
  private Column cohortLastDay() {
    return clock().day(timestamp_micros(unix_micros(cohortEndAt()).minus(1)));
  }

  /** The first local day of period k of a cohort; NULL where members have periods of their own. */
  Column startDate(Column k) {
    return either(
        track -> track.isRolling() || track.hasBrackets(),
        () -> lit(null).cast("date"),
        () ->
            byGrain(
                periods -> periods.start(col("cohort_index").plus(k)), clock().day(hoursLater(k))));
  }

  private Column hoursLater(Column k) {
    return timestamp_micros(
        unix_micros(col("cohort_start_at")).plus(k.cast("bigint").multiply(lit(Periods.HOUR))));
  }

  /** The last local day of a member's period k, at most {@code asOf}. */
  Column endDate(Column k) {
    Column last =
        either(
            Track::isRolling,
            () -> clock().day(timestamp_micros(anchor().plus(lengths(k)).minus(1))),
            () ->
                either(
                    Track::hasBrackets,
                    () -> date_add(col("birth_date"), lastDay(k)),
                    () ->
                        byGrain(
                            periods ->
                                date_sub(periods.start(col("cohort_index").plus(k).plus(1)), 1),
                            clock().day(hoursLater(k)))));
    return least(last, lit(asOf));
  }

  /** The last local day of the cohort's own period, at most {@code asOf}. */
  Column cohortEndDate() {
    return least(cohortLastDay(), lit(asOf));
  }
}
