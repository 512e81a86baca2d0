package io.holdfast.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * What one customer paid, day by day, and when it left the paying set: worked out from its lines
 * one day after the other, as metrics, "Subscription churn and revenue", says it in words.
 */
final class TrueLedger {
  /** A return within so many days of the churn date, inclusive, undoes it. */
  static final int GAP_DAYS = 30;

  private final long[] mrr;
  private final boolean[] suspended;

  TrueLedger(List<Line> lines, CompanyCalendar calendar) {
    this.mrr = new long[calendar.lastDay() + 1];
    this.suspended = new boolean[calendar.lastDay() + 1];
    for (Line line : lines) {
      for (int day = Math.max(0, line.from); day < mrr.length && line.runs(day); day++) {
        mrr[day] += line.mrr(day, calendar);
        suspended[day] |= line.isSuspended(day);
      }
    }
  }

  /** A day on which a customer left the paying set, and the day of its return; -1 if none. */
  record Left(int day, int returnedDay) {
    boolean isAway(int on) {
      return day <= on && (returnedDay < 0 || on < returnedDay);
    }

    boolean isUndone() {
      return returnedDay >= 0 && returnedDay - day <= GAP_DAYS;
    }

    /** Whether the last day on which a return would undo it has passed. */
    boolean isMature(int lastDay) {
      return day + GAP_DAYS <= lastDay;
    }
  }

  /** In ten-thousandths of a dollar. */
  long mrr(int day) {
    return mrr[day];
  }

  /** -1 if it never paid. */
  int firstPaidDay() {
    for (int day = 0; day < mrr.length; day++) {
      if (mrr[day] > 0) {
        return day;
      }
    }
    return -1;
  }

  /** A stretch of paying that gaps do not end: its first day, and the day of its end; -1: none. */
  record Spell(int start, int end) {
    boolean covers(int day) {
      return start <= day && (end < 0 || day < end);
    }
  }

  /** What stands after a return within the gap is counted as if the customer had never left. */
  List<Spell> confirmedSpells() {
    List<Spell> spells = new ArrayList<>();
    int start = firstPaidDay();
    for (Left left : left()) {
      if (!left.isUndone()) {
        spells.add(new Spell(start, left.day()));
        start = left.returnedDay();
      }
    }
    if (start >= 0) {
      spells.add(new Spell(start, -1));
    }
    return spells;
  }

  /** Whether the customer had begun to pay and not left, gaps bridged. */
  boolean isStaying(int day) {
    return confirmedSpells().stream().anyMatch(spell -> spell.covers(day));
  }

  /** Every leaving, in order. Suspended days neither begin nor end the paying. */
  List<Left> left() {
    List<Left> all = new ArrayList<>();
    boolean isIn = false;
    for (int day = 0; day < mrr.length; day++) {
      if (mrr[day] > 0) {
        if (!isIn && !all.isEmpty()) {
          int last = all.size() - 1;
          all.set(last, new Left(all.get(last).day(), day));
        }
        isIn = true;
      } else if (isIn && !suspended[day]) {
        all.add(new Left(day, -1));
        isIn = false;
      }
    }
    return all;
  }
}
