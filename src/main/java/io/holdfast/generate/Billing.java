package io.holdfast.generate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The subscriptions of one customer: the trial, what it pays for, and how that ends. */
final class Billing {
  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private final List<Exit> exits = new ArrayList<>();
  private Line line;
  private Exit leaving;
  private int announced;
  private String reason;
  private int lines;
  private int firstPaidDay = -1;

  Billing(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
  }

  private record Line(String id, Plan plan, int seats, boolean annual, boolean trial, int from) {}

  /** A customer's leaving; only a voluntary one has a cause of its own. */
  record Exit(int day, Optional<Cause> cause, int returnedDay) {
    Exit returned(int on) {
      return new Exit(day, cause, on);
    }
  }

  boolean isRunning() {
    return line != null;
  }

  boolean isPaying() {
    return line != null && !line.trial();
  }

  /** Paying, and not yet decided to leave. */
  boolean isStaying() {
    return isPaying() && leaving == null;
  }

  boolean isInNotice() {
    return leaving != null;
  }

  Plan plan() {
    return line == null ? profile.plan() : line.plan();
  }

  int seats() {
    return line == null ? 0 : line.seats();
  }

  int firstPaidDay() {
    return firstPaidDay;
  }

  List<Exit> exits() {
    return exits;
  }

  double dollarsAMonth() {
    return line.plan().cents(line.seats(), false) / 100.0;
  }

  void startTrial(int day) {
    start(day, profile.plan(), Math.min(profile.people(), 5), false, true);
  }

  void endTrial(int day) {
    end(day, "trial_ended", day);
  }

  void startToPay(int day, boolean annual) {
    int extra = profile.plan() == Plan.ENTERPRISE ? Math.min(profile.employees() / 100, 40) : 0;
    pay(day, profile.plan(), Math.max(1, profile.people() + extra), annual);
  }

  /** Back on the lowest terms, by the month. */
  void comeBack(int day) {
    exits.set(exits.size() - 1, exits.get(exits.size() - 1).returned(day));
    pay(day, profile.plan(), Math.max(1, profile.people() * 2 / 3), false);
  }

  private void pay(int day, Plan plan, int seats, boolean annual) {
    firstPaidDay = firstPaidDay < 0 ? day : firstPaidDay;
    start(day, plan, seats, annual, false);
  }

  void upgrade(int day) {
    boolean toNextPlan = line.plan() != Plan.ENTERPRISE && dice.chance(0.3);
    int more = Math.max(1, (int) Math.round(line.seats() * dice.between(0.15, 0.5)));
    Line old = line;
    end(day, "upgrade", day);
    start(
        day,
        toNextPlan ? old.plan().above() : old.plan(),
        toNextPlan ? old.seats() : old.seats() + more,
        old.annual(),
        false);
  }

  void downgrade(int day) {
    boolean toLowerPlan = line.plan() != Plan.BASIC && (line.seats() < 3 || dice.chance(0.4));
    if (!toLowerPlan && line.seats() == 1) {
      return;
    }
    Line old = line;
    end(day, "downgrade", day);
    start(
        day,
        toLowerPlan ? old.plan().below() : old.plan(),
        toLowerPlan ? old.seats() : Math.max(1, old.seats() * 2 / 3),
        old.annual(),
        false);
  }

  boolean isBilledOn(int day) {
    return !line.annual() && day > line.from() && (day - line.from()) % 30 == 0;
  }

  /** Days until an annual customer can leave; 0 by the month. */
  int daysToRenewal(int day) {
    if (!line.annual()) {
      return 0;
    }
    int year = (day - line.from()) / 365;
    return line.from() + 365 * (year + 1) - day;
  }

  /** Most monthly customers leave at once, the others some days ahead; the annual at the term. */
  void decideToLeave(int day, Cause cause) {
    boolean annual = line.annual();
    int notice = dice.chance(0.5) ? 1 : dice.between(2, 14);
    int last = annual ? day + daysToRenewal(day) : day + notice;
    int known = annual && dice.chance(0.5) ? last : day;
    leaving = new Exit(last, Optional.of(cause), -1);
    announced = known;
    reason = annual ? "not_renewed" : "cancelled";
    announce(day);
  }

  private void announce(int day) {
    if (leaving != null && announced == day) {
      exits.add(leaving);
      land(line, leaving.day(), reason, day);
    }
  }

  void failPayment(int day) {
    exits.add(new Exit(day, Optional.empty(), -1));
    end(day, "payment", day);
  }

  /** What was announced for this day happens; true if the customer leaves on it. */
  boolean day(int day) {
    if (leaving == null) {
      return false;
    }
    if (announced == day) {
      announce(day);
    }
    if (leaving.day() > day) {
      return false;
    }
    leaving = null;
    line = null;
    return true;
  }

  private void start(int day, Plan plan, int seats, boolean annual, boolean trial) {
    lines++;
    String id = "sub" + profile.id().substring(3) + String.format(Locale.ROOT, "-%02d", lines);
    line = new Line(id, plan, seats, annual, trial, day);
    land(line, -1, "", day);
  }

  private void end(int day, String why, int known) {
    land(line, day, why, known);
    line = null;
  }

  private void land(Line of, int endDay, String endReason, int day) {
    long cents = of.trial() ? 0 : of.plan().cents(of.seats(), of.annual());
    long updatedAt = Math.max(calendar.officeHour(day, dice), profile.signupAt() + 60);
    landing.row(
        Feed.SUBSCRIPTIONS,
        day,
        of.id(),
        profile.id(),
        of.plan().text(),
        of.seats(),
        BigDecimal.valueOf(cents, 2),
        "USD",
        of.annual() ? "year" : "month",
        of.trial(),
        calendar.date(of.from()),
        endDay < 0 ? null : calendar.date(endDay),
        endReason,
        CompanyCalendar.instant(updatedAt));
  }
}
