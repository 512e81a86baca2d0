package io.holdfast.generate;

import java.time.LocalDate;
import java.util.BitSet;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Counts who of a kind of unit is new, returning, back or dormant in a period, and who was active
 * how often of late: metrics, "Activity". Its defaults are those of the settings.
 */
final class TrueActivity {
  private static final int MONTH_DAYS = 28;

  private final CompanyCalendar calendar;
  private final Figures figures;

  TrueActivity(CompanyCalendar calendar, Figures figures) {
    this.calendar = calendar;
    this.figures = figures;
  }

  void unit(String unit, BitSet active) {
    if (active.isEmpty()) {
      return;
    }
    int lastDay = calendar.lastDay();
    periods(unit + ":day", active, day -> day, calendar::date, 90, 28);
    periods(
        unit + ":week",
        active,
        this::week,
        week -> CompanyCalendar.weekStart(week + firstWeek()),
        26,
        12);
    periods(unit + ":month", active, calendar::monthIndex, calendar::monthStart, 24, 12);
    LocalDate asOf = calendar.date(lastDay);
    for (int days : new int[] {1, 7, MONTH_DAYS}) {
      boolean isActive = active.previousSetBit(lastDay) > lastDay - days;
      figures.add("active_units_" + days + "d", asOf, unit, 0, isActive ? 1 : 0);
    }
    int from = Math.max(0, lastDay - MONTH_DAYS + 1);
    int days = active.get(from, lastDay + 1).cardinality();
    figures.add("active_unit_days_28d", asOf, unit, 0, days);
  }

  private int firstWeek() {
    return calendar.weekIndex(0);
  }

  private int week(int day) {
    return calendar.weekIndex(day) - firstWeek();
  }

  private void periods(
      String key,
      BitSet active,
      IntUnaryOperator index,
      IntFunction<LocalDate> start,
      int shown,
      int latest) {
    int last = index.applyAsInt(calendar.lastDay());
    BitSet periods = new BitSet();
    active.stream().map(index).forEach(periods::set);
    for (int period = Math.max(0, last - shown + 1); period <= last; period++) {
      String state = state(periods, period);
      if (!state.isEmpty()) {
        figures.add(state + "_units", start.apply(period), key, 0, 1);
      }
    }
    int often = periods.get(Math.max(0, last - latest + 1), last + 1).cardinality();
    if (often > 0) {
      figures.add("units", calendar.date(calendar.lastDay()), key, often, 1);
    }
  }

  private static String state(BitSet periods, int period) {
    boolean wasActive = period > 0 && periods.get(period - 1);
    if (!periods.get(period)) {
      return wasActive ? "dormant" : "";
    }
    if (periods.nextSetBit(0) == period) {
      return "new";
    }
    return wasActive ? "returning" : "resurrecting";
  }
}
