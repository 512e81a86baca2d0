package io.holdfast.generate;

import io.holdfast.generate.Truth.Customer;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Counts who pays, who begins to, who leaves, and who of those who paid at the start of a window is
 * gone at its end, as metrics, "Subscription churn and revenue", says it in words.
 */
final class TrueRevenue {
  private static final String ALL = "all";

  private final CompanyCalendar calendar;
  private final Figures figures;

  TrueRevenue(CompanyCalendar calendar, Figures figures) {
    this.calendar = calendar;
    this.figures = figures;
  }

  /** Absence alone, or only an absence that is a churn for certain. */
  private enum Counting {
    SNAPSHOT("snapshot"),
    CONFIRMED("confirmed");

    private final String text;

    Counting(String text) {
      this.text = text;
    }
  }

  /** How long a window is. */
  private enum Span {
    MONTH("month", 1),
    QUARTER("quarter", 3),
    YEAR("year", 12),
    TRAILING("trailing_12_months", 12);

    private final String text;
    private final int months;

    Span(String text, int months) {
      this.text = text;
      this.months = months;
    }

    /** The first day of the window that a month lies in, or of that which it ends. */
    private LocalDate start(LocalDate month) {
      return month.minusMonths(this == TRAILING ? 11 : (month.getMonthValue() - 1) % months);
    }
  }

  void customer(Customer customer, TrueLedger ledger) {
    List<TrueLedger.Left> leavings = ledger.left();
    paying(ledger);
    leavings.forEach(this::leaving);
    beginnings(ledger, leavings);
    spells(ledger);
    for (Span span : Span.values()) {
      for (LocalDate from : starts(span)) {
        for (Counting counting : Counting.values()) {
          window(customer, ledger, leavings, from, span, counting);
        }
      }
    }
  }

  /** Of twelve months there are only those that lie within the data. */
  private Set<LocalDate> starts(Span span) {
    Set<LocalDate> starts = new TreeSet<>();
    for (int index = 0; index <= calendar.monthIndex(calendar.lastDay()); index++) {
      LocalDate start = span.start(calendar.monthStart(index));
      if (span != Span.TRAILING || !start.isBefore(calendar.monthStart(0))) {
        starts.add(start);
      }
    }
    return starts;
  }

  private void paying(TrueLedger ledger) {
    for (int day = 0; day <= calendar.lastDay(); day++) {
      boolean isEnd = calendar.isMonthEnd(day) || day == calendar.lastDay();
      if (isEnd && ledger.mrr(day) > 0) {
        figures.add("paying_customers", calendar.date(day), ALL, 0, 1);
        figures.add(Figures.MONEY, calendar.date(day), ALL, 0, ledger.mrr(day));
      }
    }
  }

  private void leaving(TrueLedger.Left left) {
    LocalDate month = month(left.day());
    figures.add("exits", month, ALL, 0, 1);
    if (isConfirmed(left)) {
      figures.add("confirmed_churn", month, ALL, 0, 1);
    }
  }

  private boolean isConfirmed(TrueLedger.Left left) {
    return !left.isUndone() && left.isMature(calendar.lastDay());
  }

  private void beginnings(TrueLedger ledger, List<TrueLedger.Left> leavings) {
    int first = ledger.firstPaidDay();
    if (first >= 0) {
      figures.add("new_customers", month(first), ALL, 0, 1);
    }
    for (TrueLedger.Left left : leavings) {
      if (left.returnedDay() >= 0) {
        figures.add("reactivated_customers", month(left.returnedDay()), "snapshot", 0, 1);
        if (!left.isUndone()) {
          figures.add("reactivated_customers", month(left.returnedDay()), "confirmed", 0, 1);
        }
      }
    }
  }

  private LocalDate month(int day) {
    return calendar.date(day).withDayOfMonth(1);
  }

  /** Who is followed up to the last day of which everything is certain, and leaves by then. */
  private void spells(TrueLedger ledger) {
    int lastCertain = calendar.lastDay() - TrueLedger.GAP_DAYS;
    String spells = "first";
    for (TrueLedger.Spell spell : ledger.confirmedSpells()) {
      if (spell.start() < lastCertain) {
        boolean isGone = spell.end() >= 0 && spell.end() <= lastCertain;
        LocalDate asOf = calendar.date(calendar.lastDay());
        figures.add("followed_customers", asOf, spells, 0, 1);
        figures.add("all_churned_customers", asOf, spells, 0, isGone ? 1 : 0);
      }
      spells = "later";
    }
  }

  private void window(
      Customer customer,
      TrueLedger ledger,
      List<TrueLedger.Left> leavings,
      LocalDate from,
      Span span,
      Counting counting) {
    int start = calendar.day(from);
    int end = Math.min(calendar.day(from.plusMonths(span.months)), calendar.lastDay());
    String key = span.text + ":" + counting.text;
    Optional<TrueLedger.Left> gone =
        leavings.stream()
            .filter(left -> left.isAway(end))
            .filter(left -> counting == Counting.SNAPSHOT || isConfirmed(left))
            .findFirst();
    int first = ledger.firstPaidDay();
    if (start >= 0 && isPaying(ledger, leavings, start, counting)) {
      figures.add("start_customers", from, key, 0, 1);
      figures.add("churned_customers", from, key, 0, gone.isPresent() ? 1 : 0);
      boolean isInvoluntary = gone.isPresent() && isForWantOfPayment(customer, gone.get().day());
      figures.add("involuntary_customers", from, key, 0, isInvoluntary ? 1 : 0);
    } else if (first > start && gone.isPresent()) {
      figures.add("intra_period_churn", from, key, 0, 1);
    }
  }

  /** A gap that is bridged goes on with what was paid before it. */
  private static boolean isPaying(
      TrueLedger ledger, List<TrueLedger.Left> leavings, int day, Counting counting) {
    boolean isBridged =
        counting == Counting.CONFIRMED
            && leavings.stream()
                .anyMatch(
                    left -> left.isUndone() && left.isAway(day) && ledger.mrr(left.day() - 1) > 0);
    return ledger.mrr(day) > 0 || isBridged;
  }

  private static boolean isForWantOfPayment(Customer customer, int day) {
    return customer.lines.stream()
        .filter(line -> line.runs(day - 1) && !line.runs(day))
        .anyMatch(line -> line.pastDueSince >= 0 || line.endReason.equals("payment"));
  }
}
