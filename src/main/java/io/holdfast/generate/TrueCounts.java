package io.holdfast.generate;

import io.holdfast.generate.Truth.Customer;
import io.holdfast.generate.Truth.Days;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Counts customers and users one by one, as metrics says it in words: the figures that tables have
 * to equal. Its defaults are those of the settings: 28 days of use, 14 of tenure, 30 of gap.
 */
final class TrueCounts {
  private static final int WINDOW_DAYS = 28;
  private static final int LEAST_TENURE = 14;

  private final CompanyCalendar calendar;
  private final Catalogue catalogue;
  private final Figures figures;
  private final Periods months;
  private final Periods weeks;
  private final TrueRevenue revenue;
  private final TrueService service;
  private final TrueStart start;
  private final TrueActivity activity;

  TrueCounts(CompanyCalendar calendar, Catalogue catalogue, Figures figures) {
    this.calendar = calendar;
    this.catalogue = catalogue;
    this.figures = figures;
    this.months = new Periods(calendar::monthIndex, calendar::monthStart);
    this.weeks = new Periods(calendar::weekIndex, CompanyCalendar::weekStart);
    this.revenue = new TrueRevenue(calendar, figures);
    this.service = new TrueService(calendar, figures);
    this.start = new TrueStart(calendar, catalogue, figures);
    this.activity = new TrueActivity(calendar, figures);
  }

  private record Periods(IntUnaryOperator index, IntFunction<LocalDate> start) {}

  void customer(Customer customer) {
    var ledger = new TrueLedger(customer.lines, calendar);
    revenue.customer(customer, ledger);
    service.customer(customer, ledger);
    start.customer(customer, ledger);
    activity.unit("customer", customer.days.active);
    BitSet active = customer.days.active;
    cohort("signup_monthly", customer.signupDay, active, months, 24);
    cohort("first_core_event_weekly", active.nextSetBit(0), active, weeks, 26);
    cohort("first_paid_monthly", ledger.firstPaidDay(), active, months, 24);
    for (int day = 0; day <= calendar.lastDay(); day++) {
      if (calendar.isMonthEnd(day) || day == calendar.lastDay()) {
        adoption(customer, day);
      }
    }
  }

  void user(Days days) {
    activity.unit("user", days.active);
    cohort("user_first_core_event_monthly", days.active.nextSetBit(0), days.active, months, 12);
  }

  private void cohort(String definition, int birth, BitSet active, Periods of, int longest) {
    if (birth < 0) {
      return;
    }
    int cohort = of.index().applyAsInt(birth);
    int begun = Math.min(longest, of.index().applyAsInt(calendar.lastDay()) - cohort);
    BitSet periods = new BitSet();
    active.stream()
        .map(of.index())
        .filter(period -> period >= cohort)
        .forEach(period -> periods.set(period - cohort));
    LocalDate start = of.start().apply(cohort);
    for (int period = 0; period <= begun; period++) {
      figures.add("cohort_size", start, definition, period, 1);
      boolean isBack = period == 0 || periods.get(period);
      figures.add("retained", start, definition, period, isBack ? 1 : 0);
    }
    boolean isBackInStart =
        active.stream().anyMatch(day -> day > birth && of.index().applyAsInt(day) == cohort);
    figures.add("returns_in_start", start, definition, 0, isBackInStart ? 1 : 0);
  }

  /** One count each for a feature, for its tier and for all of them together. */
  private void adoption(Customer customer, int asOf) {
    if (asOf - customer.signupDay < LEAST_TENURE) {
      return;
    }
    LocalDate date = calendar.date(asOf);
    Set<String> entitled = new LinkedHashSet<>();
    Set<String> adopted = new LinkedHashSet<>();
    Set<String> everAdopted = new LinkedHashSet<>();
    for (Feature feature : catalogue.features()) {
      if (feature.isOffered(date) && customer.runs(asOf, feature::isEntitled)) {
        BitSet uses = customer.uses.getOrDefault(feature.id(), new BitSet());
        int last = uses.previousSetBit(asOf);
        for (String name : feature.groups()) {
          entitled.add(name);
          if (last > asOf - WINDOW_DAYS && last >= 0) {
            adopted.add(name);
          }
          if (last >= 0) {
            everAdopted.add(name);
          }
        }
      }
    }
    entitled.forEach(name -> figures.add("entitled_customers", date, name, 0, 1));
    adopted.forEach(name -> figures.add("adopters", date, name, 0, 1));
    everAdopted.forEach(name -> figures.add("ever_adopters", date, name, 0, 1));
  }
}
