package io.holdfast.generate;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * One line of a contract as the company's records hold it; updated in place, as such records are.
 *
 * <p>Days that there are none of are -1. What it brings a day follows metrics, "Subscription churn
 * and revenue", and is exact: prices are such that no fraction of a ten-thousandth arises.
 */
final class Line {
  /** A line past due still counts for so many days. */
  static final int GRACE_DAYS = 30;

  final String id;
  final String account;
  final Plan plan;
  final int seats;
  final Term term;
  final boolean isTrial;
  final int from;
  final long cents;
  final Currency currency;
  int discountPercent;
  long discountCents;
  int discountFrom = -1;
  int discountUntil = -1;
  int pausedFrom = -1;
  int pausedUntil = -1;
  int pastDueSince = -1;
  int end = -1;
  String endReason = "";
  private long updatedAt;

  /** How long a price pays. */
  enum Term {
    MONTH(1, 30, 100),
    QUARTER(3, 91, 95),
    YEAR(12, 365, 85);

    final int months;
    final int days;
    private final int percent;

    Term(int months, int days, int percent) {
      this.months = months;
      this.days = days;
      this.percent = percent;
    }

    /** The longer in advance, the cheaper. */
    long cents(int seats, int listPrice) {
      return (long) seats * listPrice * months * percent;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Line(
      String id,
      String account,
      Plan plan,
      int seats,
      Term term,
      boolean isTrial,
      int from,
      long cents,
      Currency currency) {
    this.id = id;
    this.account = account;
    this.plan = plan;
    this.seats = seats;
    this.term = term;
    this.isTrial = isTrial;
    this.from = from;
    this.cents = cents;
    this.currency = currency;
  }

  /** The same line in another life. */
  Line copy() {
    var copy = new Line(id, account, plan, seats, term, isTrial, from, cents, currency);
    copy.discountPercent = discountPercent;
    copy.discountCents = discountCents;
    copy.discountFrom = discountFrom;
    copy.discountUntil = discountUntil;
    copy.pausedFrom = pausedFrom;
    copy.pausedUntil = pausedUntil;
    copy.pastDueSince = pastDueSince;
    copy.end = end;
    copy.endReason = endReason;
    copy.updatedAt = updatedAt;
    return copy;
  }

  /** A line that is past due ends with the grace, whether or not somebody writes that down. */
  boolean runs(int day) {
    return from <= day && (end < 0 || day < end) && isForgiven(day);
  }

  boolean isPaused(int day) {
    return pausedFrom >= 0 && day >= pausedFrom && (pausedUntil < 0 || day < pausedUntil);
  }

  private boolean isDiscounted(int day) {
    return discountFrom >= 0 && day >= discountFrom && (discountUntil < 0 || day < discountUntil);
  }

  boolean hasDiscount() {
    return discountFrom >= 0;
  }

  private boolean isForgiven(int day) {
    return pastDueSince < 0 || day < pastDueSince + GRACE_DAYS;
  }

  /** What is billed for one term that begins on a day. */
  long billedCents(int day) {
    long off = isDiscounted(day) ? discountCents : 0;
    int percent = isDiscounted(day) ? discountPercent : 0;
    return isTrial ? 0 : Math.max(0, divided(cents * (100 - percent), 100) - off);
  }

  /** MRR on a day in ten-thousandths of a dollar. */
  long mrr(int day, CompanyCalendar calendar) {
    if (!runs(day) || isPaused(day)) {
      return 0;
    }
    long monthly = divided(billedCents(day) * 100, term.months);
    return divided(monthly * currency.hundredths(calendar.date(day)), 100);
  }

  /** Nothing is paid on a day, and until when is known: that is not leaving. */
  boolean isSuspended(int day) {
    boolean isPause = isPaused(day) && pausedUntil >= 0;
    boolean isFree = isDiscounted(day) && billedCents(day) == 0 && discountUntil >= 0;
    return runs(day) && !isTrial && (isPause || isFree);
  }

  private static long divided(long sum, long by) {
    if (sum % by != 0) {
      throw new IllegalStateException("A price of " + sum + " / " + by + " is not exact.");
    }
    return sum / by;
  }

  /** The record as it stands, later than it stood before. */
  Object[] row(long at, CompanyCalendar calendar) {
    updatedAt = Math.max(at, updatedAt + 60);
    return new Object[] {
      id,
      account,
      plan.text(),
      seats,
      BigDecimal.valueOf(isTrial ? 0 : cents, 2),
      currency,
      term.text(),
      isTrial,
      calendar.date(from),
      calendar.dateOrNull(end),
      endReason,
      discountPercent == 0 ? null : BigDecimal.valueOf(discountPercent, 2),
      discountCents == 0 ? null : BigDecimal.valueOf(discountCents, 2),
      calendar.dateOrNull(discountFrom),
      calendar.dateOrNull(discountUntil),
      calendar.dateOrNull(pausedFrom),
      calendar.dateOrNull(pausedUntil),
      calendar.dateOrNull(pastDueSince),
      CompanyCalendar.instant(updatedAt)
    };
  }
}
