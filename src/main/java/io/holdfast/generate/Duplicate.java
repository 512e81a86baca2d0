package io.holdfast.generate;

import io.holdfast.generate.Line.Term;
import java.util.Locale;
import java.util.Optional;

/**
 * A second account that a colleague opened, merged into the first when somebody noticed; some
 * merges are undone, for they were two customers after all.
 */
final class Duplicate {
  private static final double SHARE = 0.03;

  private final String id;
  private final int from;
  private final int mergedDay;
  private final int undoneDay;
  private final boolean buys;
  private Line line;
  private boolean isOpen;

  private Duplicate(String id, int from, int mergedDay, int undoneDay, boolean buys) {
    this.id = id;
    this.from = from;
    this.mergedDay = mergedDay;
    this.undoneDay = undoneDay;
    this.buys = buys;
  }

  /** Whether a customer is one of those, and when. */
  static Optional<Duplicate> draw(Profile profile, Dice dice) {
    if (profile.isInternal() || profile.people() < 2 || !dice.chance(SHARE)) {
      return Optional.empty();
    }
    int from = profile.signupDay() + dice.between(5, 90);
    int merged = from + dice.between(15, 60);
    int undone = dice.chance(0.3) ? merged + dice.between(10, 40) : -1;
    String id = "acc-d" + profile.id().substring(4);
    return Optional.of(new Duplicate(id, from, merged, undone, dice.chance(0.5)));
  }

  String id() {
    return id;
  }

  /** The account that a person works under on a day. */
  String accountOf(Person person, int day, String main) {
    boolean isApart = day < mergedDay || (undoneDay >= 0 && day >= undoneDay);
    return person.account().equals(id) && isApart ? id : main;
  }

  /** Whether people who join on a day may land here. */
  boolean takesPeople(int day) {
    return isOpen && day >= from && day < mergedDay;
  }

  /** What the other objects of a life do for it. */
  record Around(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Truth truth,
      Account account,
      People people,
      SubscriptionRows rows,
      Payments payments,
      Dice dice) {}

  /** Opens only while the first account is in use. */
  void day(int day, boolean isCustomer, Around around) {
    if (day == from && isCustomer) {
      open(day, around);
    }
    if (!isOpen) {
      return;
    }
    if (line != null && line.runs(day) && (day - line.from) % line.term.days == 0) {
      around.payments().paid(line, day, day);
    }
    if (day == mergedDay) {
      if (line != null) {
        line.end = day;
        line.endReason = "merged";
        around.rows().land(line, day);
      }
      land(day, around, false);
      around.truth().alias(id, around.profile().id(), day);
    }
    if (day == undoneDay) {
      land(day, around, true);
      around.truth().undo(id, day);
    }
  }

  private void open(int day, Around around) {
    isOpen = true;
    long at = around.account().duplicate(id, day);
    Truth.Customer known = around.truth().account(id, day, false);
    around.people().joinDuplicate(day, at);
    if (buys) {
      String lineId =
          "sub-d" + around.profile().id().substring(4) + String.format(Locale.ROOT, "-%02d", 1);
      Currency currency = Currency.of(around.profile().market().country());
      long cents = Term.MONTH.cents(2, Plan.BASIC.listPrice(day, around.calendar()));
      line = new Line(lineId, id, Plan.BASIC, 2, Term.MONTH, false, day, cents, currency);
      known.lines.add(line);
      around.rows().land(line, day);
    }
  }

  private void land(int day, Around around, boolean isUndone) {
    int since = isUndone ? mergedDay : day;
    around
        .landing()
        .row(
            Feed.ID_ALIASES,
            day,
            id,
            "customer",
            around.profile().id(),
            CompanyCalendar.instant(around.calendar().noon(since)),
            isUndone,
            CompanyCalendar.instant(around.calendar().noon(day)));
  }
}
