package io.holdfast.generate;

import io.holdfast.generate.Line.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The subscriptions of one customer: the trial, what it pays for, and how that ends. */
final class Billing {
  private static final int WRITE_OFF_DAYS = 60;
  private static final int PATIENCE_WITH_A_PAUSE = 90;

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Effects effects;
  private final SubscriptionRows rows;
  private final Payments payments;
  private final Dice dice;
  private final List<Exit> exits;
  private final List<Line> all;
  private Line line;
  private Line unpaid;
  private Exit leaving;
  private int announced;
  private String reason = "";
  private int lines;
  private int firstPaidDay = -1;

  Billing(
      Profile profile,
      CompanyCalendar calendar,
      Effects effects,
      SubscriptionRows rows,
      Payments payments,
      Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.effects = effects;
    this.rows = rows;
    this.payments = payments;
    this.dice = dice;
    this.exits = new ArrayList<>();
    this.all = new ArrayList<>();
  }

  /** What might become of the same contracts. */
  Billing fork(SubscriptionRows nowhere, Payments none, Dice other) {
    var fork = new Billing(profile, calendar, effects, nowhere, none, other);
    fork.exits.addAll(exits);
    fork.line = line == null ? null : line.copy();
    fork.unpaid = unpaid == null ? null : unpaid.copy();
    fork.leaving = leaving;
    fork.announced = announced;
    fork.reason = reason;
    fork.lines = lines;
    fork.firstPaidDay = firstPaidDay;
    return fork;
  }

  /** A customer's leaving; only a voluntary one has a cause of its own. */
  record Exit(int day, Optional<Cause> cause, int returnedDay) {
    Exit returned(int on) {
      return new Exit(day, cause, on);
    }

    /** Whether the customer is not back within the days in which a return undoes it. */
    boolean isConfirmed() {
      return returnedDay < 0 || returnedDay - day > TrueLedger.GAP_DAYS;
    }
  }

  boolean isRunning() {
    return line != null;
  }

  boolean isPaying() {
    return line != null && !line.isTrial;
  }

  /** Paying in full, and not yet decided to leave. */
  boolean isStaying(int day) {
    return isPaying() && leaving == null && line.pastDueSince < 0 && !line.isPaused(day);
  }

  boolean isPaused(int day) {
    return line != null && line.isPaused(day);
  }

  /** Whether the customer is of the paying set. */
  boolean isInPayingSet(int day) {
    return line != null && line.mrr(day, calendar) > 0;
  }

  boolean isInNotice() {
    return leaving != null;
  }

  boolean isNoticeAnnounced(int day) {
    return leaving != null && announced <= day;
  }

  /** Forgets a decision to leave: what somebody who cannot know of it has to reckon with. */
  void forgetNotice() {
    leaving = null;
    if (line != null) {
      line.end = -1;
    }
  }

  Plan plan() {
    return line == null ? profile.plan() : line.plan;
  }

  int seats() {
    return line == null ? 0 : line.seats;
  }

  int firstPaidDay() {
    return firstPaidDay;
  }

  List<Exit> exits() {
    return exits;
  }

  /** Every line that there ever was. */
  List<Line> lines() {
    return all;
  }

  double dollarsAMonth() {
    return line.cents / 100.0 / line.term.months;
  }

  void startTrial(int day) {
    start(day, profile.plan(), Math.min(profile.people(), 5), Term.MONTH, true);
    rows.land(line, day);
  }

  void endTrial(int day) {
    end(day, "trial_ended");
  }

  void startToPay(int day, Term term) {
    int extra = profile.plan() == Plan.ENTERPRISE ? Math.min(profile.employees() / 100, 40) : 0;
    pay(day, profile.plan(), Math.max(1, profile.people() + extra), term);
    coupon(day);
    rows.land(line, day);
    payments.oneOff(line, day);
  }

  /** Back on the lowest terms, by the month. */
  void comeBack(int day) {
    exits.set(exits.size() - 1, exits.get(exits.size() - 1).returned(day));
    pay(day, profile.plan(), Math.max(1, profile.people() * 2 / 3), Term.MONTH);
    rows.land(line, day);
  }

  private void pay(int day, Plan plan, int seats, Term term) {
    firstPaidDay = firstPaidDay < 0 ? day : firstPaidDay;
    start(day, plan, seats, term, false);
  }

  /** Some begin with a coupon: by the month a share off, by the year an amount. */
  private void coupon(int day) {
    if (line.term == Term.MONTH) {
      int drawn = dice.weighted(0.12, 0.04, 0.02, 0.82);
      if (drawn < 3) {
        discount(day, List.of(20, 50, 100).get(drawn), List.of(90, 60, 30).get(drawn));
      }
    } else if (line.term == Term.YEAR && dice.chance(0.15)) {
      line.discountCents = 2400L * line.seats;
      line.discountFrom = day;
      line.discountUntil = dice.chance(0.5) ? -1 : day + 365;
    }
  }

  private void discount(int day, int percent, int days) {
    line.discountPercent = percent;
    line.discountFrom = day;
    line.discountUntil = day + days;
  }

  /** A month for nothing, to make up for something. */
  void giveAMonth(int day) {
    if (line.term == Term.MONTH && !line.hasDiscount() && line.pausedFrom < 0) {
      discount(day, 100, 30);
      rows.land(line, day);
    }
  }

  void upgrade(int day) {
    boolean toNextPlan = line.plan != Plan.ENTERPRISE && dice.chance(0.3);
    int more = Math.max(1, (int) Math.round(line.seats * dice.between(0.15, 0.5)));
    change(
        day,
        "upgrade",
        toNextPlan ? line.plan.above() : line.plan,
        toNextPlan ? line.seats : line.seats + more);
  }

  void downgrade(int day) {
    boolean toLowerPlan = line.plan != Plan.BASIC && (line.seats < 3 || dice.chance(0.4));
    if (!toLowerPlan && line.seats == 1) {
      return;
    }
    change(
        day,
        "downgrade",
        toLowerPlan ? line.plan.below() : line.plan,
        toLowerPlan ? line.seats : Math.max(1, line.seats * 2 / 3));
  }

  private void change(int day, String why, Plan plan, int seats) {
    Line old = line;
    end(day, why);
    start(day, plan, seats, old.term, false);
    rows.land(line, day);
    payments.paid(line, day, day);
  }

  /** Those who pay by the month pay the new price from two weeks after it is announced. */
  void followPriceList(int day) {
    int rise = calendar.priceRiseDay();
    if (day == rise + 14 && line.term == Term.MONTH && line.from < rise - 60) {
      change(day, "price_change", line.plan, line.seats);
    }
  }

  /** Days until a customer bound to a term can leave; 0 by the month. */
  int daysToRenewal(int day) {
    int term = line.term.days;
    return line.term == Term.MONTH ? 0 : term - (day - line.from) % term;
  }

  int termDays() {
    return line.term.days;
  }

  /** Most monthly customers leave at once, the others some days ahead; the bound at the term. */
  void decideToLeave(int day, Cause cause) {
    boolean isBound = line.term != Term.MONTH;
    int notice = dice.chance(0.5) ? 1 : dice.between(2, 14);
    int last = isBound ? day + daysToRenewal(day) : day + notice;
    leaving = new Exit(last, Optional.of(cause), -1);
    announced = isBound && dice.chance(0.5) ? last : day;
    reason = isBound ? "not_renewed" : "cancelled";
    announce(day);
  }

  private void announce(int day) {
    if (announced == day) {
      exits.add(leaving);
      line.end = leaving.day();
      line.endReason = reason;
      rows.land(line, day);
    }
  }

  /** Works by the month can rest; a tenth of those who stop do not say until when. */
  void pause(int day) {
    if (line.term == Term.MONTH && line.pausedFrom < 0 && !line.hasDiscount()) {
      line.pausedFrom = day;
      if (dice.chance(0.85)) {
        line.pausedUntil = day + dice.between(14, 60);
      } else {
        exits.add(new Exit(day, Optional.of(Cause.OTHER), -1));
      }
      rows.land(line, day);
    }
  }

  /** Asks for what is due; a customer that does not pay is past due, and asked again. */
  void collect(int day) {
    int age = isPaying() ? day - line.from : -1;
    if (age < 0 || age % line.term.days != 0 || line.pastDueSince >= 0 || line.isPaused(day)) {
      return;
    }
    if (line.billedCents(day) == 0) {
      return;
    }
    boolean byCard = line.term != Term.YEAR;
    if (byCard && age > 0 && leaving == null && dice.chance(effects.failedPayment())) {
      payments.failed(line, day, day);
      line.pastDueSince = day;
      rows.land(line, day);
    } else {
      payments.paid(line, day, day);
    }
  }

  /** What was to happen on this day does; true if the customer leaves on it. */
  boolean day(int day) {
    if (unpaid != null && day == unpaid.pastDueSince + WRITE_OFF_DAYS) {
      unpaid.end = day;
      unpaid.endReason = "payment";
      rows.land(unpaid, day);
      unpaid = null;
    }
    if (!isPaying()) {
      return false;
    }
    if (leaving != null) {
      return leaves(day);
    }
    if (line.pastDueSince >= 0) {
      return chase(day, day - line.pastDueSince);
    }
    return line.pausedFrom >= 0 && line.pausedUntil < 0 && waitForWord(day);
  }

  private boolean leaves(int day) {
    if (announced == day && line.end < 0) {
      announce(day);
    }
    if (leaving.day() > day) {
      return false;
    }
    if (dice.chance(0.03)) {
      payments.refund(line, day);
    }
    leaving = null;
    line = null;
    return true;
  }

  /** Three more tries; then half are cancelled, and the others drop out after the grace. */
  private boolean chase(int day, int overdue) {
    if (overdue == 3 || overdue == 7 || overdue == 14) {
      if (dice.chance(effects.recoveredPayment())) {
        payments.paid(line, line.pastDueSince, day);
        line.pastDueSince = -1;
        rows.land(line, day);
        return false;
      }
      payments.failed(line, line.pastDueSince, day);
      if (overdue == 14 && dice.chance(0.5)) {
        exits.add(new Exit(day, Optional.empty(), -1));
        end(day, "payment");
        return true;
      }
    }
    if (overdue < Line.GRACE_DAYS) {
      return false;
    }
    exits.add(new Exit(day, Optional.empty(), -1));
    unpaid = line;
    line = null;
    return true;
  }

  /** An open pause ends some day, and then never was a leaving; or it turns out to be one. */
  private boolean waitForWord(int day) {
    int rested = day - line.pausedFrom;
    if (rested >= 20 && dice.chance(0.02)) {
      exits.remove(exits.size() - 1);
      line.pausedUntil = day;
      rows.land(line, day);
      return false;
    }
    if (rested < PATIENCE_WITH_A_PAUSE) {
      return false;
    }
    line = null;
    return true;
  }

  private void start(int day, Plan plan, int seats, Term term, boolean isTrial) {
    lines++;
    String id = "sub" + profile.id().substring(3) + String.format(Locale.ROOT, "-%02d", lines);
    long cents = term.cents(seats, plan.listPrice(day, calendar));
    Currency currency = Currency.of(profile.market().country());
    line = new Line(id, profile.id(), plan, seats, term, isTrial, day, cents, currency);
    all.add(line);
  }

  private void end(int day, String why) {
    line.end = day;
    line.endReason = why;
    rows.land(line, day);
    line = null;
  }
}
