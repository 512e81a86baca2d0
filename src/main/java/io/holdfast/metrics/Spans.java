package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Bracket;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * The periods of a retention definition: which one a return lies in, when it has begun, who has
 * lived through it, and when nothing of it can change.
 *
 * <p>Source: metrics, "Cohort retention". Rows of members have {@code birth_date}, {@code
 * birth_at}, {@code cohort_index} and {@code cohort_start_at}; those of returns {@code touch_date}
 * and {@code touch_at}. Period k is a column of integers.
 *
 * @param shape a definition whose window, anchor, grain and brackets are meant
 * @param periods the cohorts' periods
 * @param asOf the last local day that counts
 */
record Spans(RetentionDefinition shape, Periods periods, LocalDate asOf) {

  private static final long DAY = 24 * Periods.HOUR;

  /** The first instant that does not count any more. */
  private Column end() {
    long micros = asOf.plusDays(1).atStartOfDay(periods.tz()).toEpochSecond() * 1_000_000L;
    return lit(micros);
  }

  private boolean hasBrackets() {
    return !shape.ranges().isEmpty();
  }

  /** Elapsed time of one period of a rolling window. */
  private long length() {
    if (hasBrackets()) {
      return DAY;
    }
    return switch (shape.grain()) {
      case HOUR -> Periods.HOUR;
      case DAY -> DAY;
      case WEEK -> 7 * DAY;
      case MONTH -> 30 * DAY;
    };
  }

  /** The number of the cohort's period in which {@code asOf} ends. */
  Column lastIndex() {
    return periods.index(lit(asOf), timestamp_micros(end().minus(1)));
  }

  /** Whether days alone say if a return comes after birth: not so where a period is one day. */
  boolean isByDay() {
    boolean isLong = shape.grain() == Grain.WEEK || shape.grain() == Grain.MONTH;
    return isLong && !shape.isRolling() && !hasBrackets();
  }

  /** Whether a return comes after the birth: on a later day, or where days are short, later. */
  Column isLater() {
    if (isByDay()) {
      return col("touch_date").gt(col("birth_date"));
    }
    Column isLaterAt = col("touch_at").gt(col("birth_at"));
    return shape.needsInstants()
        ? isLaterAt
        : col("touch_date")
            .gt(col("birth_date"))
            .or(col("touch_date").equalTo(col("birth_date")).and(isLaterAt));
  }

  /** The period in which a return lies; NULL between two brackets. */
  Column period() {
    if (!hasBrackets()) {
      return shape.isRolling()
          ? elapsed(col("touch_at"))
          : periods.index(col("touch_date"), col("touch_at")).minus(col("cohort_index"));
    }
    Column day =
        shape.isRolling()
            ? elapsed(col("touch_at"))
            : datediff(col("touch_date"), col("birth_date"));
    List<Bracket> ranges = shape.ranges();
    Column number = when(day.lt(ranges.get(0).from()), 0);
    for (int i = 0; i < ranges.size(); i++) {
      number = number.when(day.between(ranges.get(i).from(), ranges.get(i).to()), i + 1);
    }
    return number;
  }

  private Column elapsed(Column at) {
    return whole(unix_micros(at).minus(anchor()));
  }

  /** How many periods fit whole into some microseconds. */
  private Column whole(Column micros) {
    return floor(micros.divide(lit(length()).cast("decimal(20,0)"))).cast("int");
  }

  /** From when a member's periods run. */
  private Column anchor() {
    return switch (shape.anchored()) {
      case INSTANT -> unix_micros(col("birth_at"));
      case HOUR -> periods.hourOf(unix_micros(col("birth_at")));
      case DAY -> unix_micros(periods.midnight(col("birth_date")));
    };
  }

  /** The latest anchor that a member of the cohort could have, or the first that none can. */
  private Column lastAnchor() {
    Column end = unix_micros(periods.endAt(col("cohort_start_at"), col("cohort_index")));
    return switch (shape.anchored()) {
      case INSTANT -> end;
      case HOUR -> periods.hourOf(end.minus(1));
      case DAY -> unix_micros(periods.midnight(periods.day(timestamp_micros(end.minus(1)))));
    };
  }

  /** How many periods of elapsed time are over when period k is. */
  private Column lengths(Column k) {
    return (hasBrackets() ? lastDay(k) : k).plus(1).cast("bigint").multiply(lit(length()));
  }

  /** The last day of a bracket, since birth; that of 0 is the day before the first. */
  private Column lastDay(Column k) {
    List<Bracket> ranges = shape.ranges();
    Column[] days = new Column[ranges.size() + 1];
    days[0] = lit(ranges.get(0).from() - 1);
    for (int i = 0; i < ranges.size(); i++) {
      days[i + 1] = lit(ranges.get(i).to());
    }
    return element_at(array(days), k.plus(1));
  }

  private Column firstDay(Column k) {
    List<Bracket> ranges = shape.ranges();
    Column[] days = new Column[ranges.size() + 1];
    days[0] = lit(0);
    for (int i = 0; i < ranges.size(); i++) {
      days[i + 1] = lit(ranges.get(i).from());
    }
    return element_at(array(days), k.plus(1));
  }

  /** What a bracket is called; NULL in other windows and in period 0. */
  Column bracket(Column k) {
    if (!hasBrackets()) {
      return lit(null).cast("string");
    }
    Column[] names = shape.ranges().stream().map(b -> lit(b.toString())).toArray(Column[]::new);
    return when(
        k.gt(0), element_at(array(names), org.apache.spark.sql.functions.greatest(k, lit(1))));
  }

  /**
   * The largest period that a member has lived through: it counts in the denominator up to it. -1
   * before the first is over; NULL in calendar windows, in which all members count.
   */
  Column lived() {
    if (!shape.isRolling()) {
      return lit(null).cast("int");
    }
    Column age = end().minus(anchor());
    if (!hasBrackets()) {
      return whole(age).minus(1);
    }
    Column number = lit(-1);
    for (int k = 0; k <= shape.ranges().size(); k++) {
      number = when(lengths(lit(k)).leq(age), k).otherwise(number);
    }
    return number;
  }

  /** The largest period that has begun for the cohort, at most {@code longest}. */
  Column begun(int longest) {
    if (!hasBrackets()) {
      return least(
          lit(longest),
          shape.isRolling()
              ? whole(end().minus(1).minus(unix_micros(col("cohort_start_at"))))
              : lastIndex().minus(col("cohort_index")));
    }
    Column day =
        shape.isRolling()
            ? whole(end().minus(1).minus(unix_micros(col("cohort_start_at"))))
            : datediff(lit(asOf), periods.day(col("cohort_start_at")));
    Column number = lit(0);
    for (int k = 1; k <= longest; k++) {
      number = when(firstDay(lit(k)).leq(day), k).otherwise(number);
    }
    return number;
  }

  /** Whether the last possible birth of the cohort has lived through all of period k. */
  Column isComplete(Column k) {
    if (shape.isRolling()) {
      return lastAnchor().plus(lengths(k)).leq(end());
    }
    if (shape.grain() == Grain.HOUR) {
      return unix_micros(col("cohort_start_at"))
          .plus(k.plus(1).cast("bigint").multiply(lit(Periods.HOUR)))
          .leq(end());
    }
    Column next = periods.start(col("cohort_index").plus(1));
    return hasBrackets()
        ? date_add(date_sub(next, 1), lastDay(k)).leq(asOf)
        : periods.start(col("cohort_index").plus(k).plus(1)).leq(asOf.plusDays(1));
  }

  /** The first local day of period k of a cohort; NULL where members have periods of their own. */
  Column startDate(Column k) {
    if (shape.isRolling() || hasBrackets()) {
      return lit(null).cast("date");
    }
    return shape.grain() == Grain.HOUR
        ? periods.day(
            timestamp_micros(
                unix_micros(col("cohort_start_at"))
                    .plus(k.cast("bigint").multiply(lit(Periods.HOUR)))))
        : periods.start(col("cohort_index").plus(k));
  }

  /** The last local day of a member's period k, at most {@code asOf}. */
  Column endDate(Column k) {
    Column last;
    if (shape.isRolling()) {
      last = periods.day(timestamp_micros(anchor().plus(lengths(k)).minus(1)));
    } else if (hasBrackets()) {
      last = date_add(col("birth_date"), lastDay(k));
    } else if (shape.grain() == Grain.HOUR) {
      last = startDate(k);
    } else {
      last = date_sub(periods.start(col("cohort_index").plus(k).plus(1)), 1);
    }
    return least(last, lit(asOf));
  }

  /** The last local day of the cohort's own period, at most {@code asOf}. */
  Column cohortEndDate() {
    Column end = periods.endAt(col("cohort_start_at"), col("cohort_index"));
    return least(periods.day(timestamp_micros(unix_micros(end).minus(1))), lit(asOf));
  }
}
