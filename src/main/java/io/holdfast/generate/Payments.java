package io.holdfast.generate;

import static io.holdfast.generate.Planted.NEGATIVE_PAYMENT;
import static io.holdfast.generate.Planted.PAYMENT_OF_WORDS;
import static io.holdfast.generate.Planted.REPEATED_PAYMENT;
import static io.holdfast.generate.Planted.TORN_PAYMENT;

import java.math.BigDecimal;
import java.util.List;

/** Lands every attempt to collect money, and the dirt among them. */
final class Payments {
  private static final int AMOUNT = 6;
  private static final List<String> FAILURES =
      List.of("insufficient_funds", "card_expired", "card_declined");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private int attempts;
  private int planted;

  Payments(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
  }

  void paid(Line line, int due, int day) {
    attempt(line, due, day, line.billedCents(due), "paid", "recurring", null);
  }

  void failed(Line line, int due, int day) {
    String why = landing.isOpen() ? dice.pick(FAILURES) : "";
    attempt(line, due, day, line.billedCents(due), "failed", "recurring", why);
  }

  /** The large are set up by hand, and pay for it once. */
  void oneOff(Line line, int day) {
    if (line.plan == Plan.ENTERPRISE) {
      attempt(line, day, day, 150_000, "paid", "one_off", null);
    }
  }

  /** Some who leave get the last payment back. */
  void refund(Line line, int day) {
    attempt(line, day, day, line.cents, "refunded", "refund", null);
  }

  private void attempt(
      Line line, int due, int day, long cents, String status, String kind, String failure) {
    if (!landing.isOpen() || cents == 0) {
      return;
    }
    attempts++;
    String id = profile.id().substring(3) + "-" + attempts;
    Object[] row = {
      "pay" + id,
      line.account,
      line.id,
      "inv" + line.id.substring(3) + "-" + due + "-" + kind,
      CompanyCalendar.instant(Math.max(calendar.officeHour(day, dice), profile.signupAt() + 120)),
      calendar.date(due),
      BigDecimal.valueOf(cents, 2),
      line.currency,
      status,
      kind,
      line.term == Line.Term.YEAR ? "transfer" : "card",
      failure
    };
    landing.row(Feed.PAYMENTS, day, row);
    plant(day, row);
  }

  private void plant(int day, Object... row) {
    if (dice.chance(REPEATED_PAYMENT.rate)) {
      int again = day + dice.between(0, 1);
      landing.planted(REPEATED_PAYMENT, row[0].toString(), Feed.PAYMENTS, again, row);
    }
    if (dice.chance(NEGATIVE_PAYMENT.rate)) {
      spoil(NEGATIVE_PAYMENT, day, BigDecimal.valueOf(-dice.between(1, 90_000), 2), row);
    }
    if (dice.chance(PAYMENT_OF_WORDS.rate)) {
      spoil(PAYMENT_OF_WORDS, day, "n/a", row);
    }
    if (dice.chance(TORN_PAYMENT.rate)) {
      planted++;
      String id = "pay" + profile.id().substring(3) + "-x" + planted;
      landing.planted(TORN_PAYMENT, id, Feed.PAYMENTS, day, id, row[1], row[2]);
    }
  }

  private void spoil(Planted kind, int day, Object amount, Object... row) {
    planted++;
    Object[] spoilt = row.clone();
    spoilt[0] = "pay" + profile.id().substring(3) + "-x" + planted;
    spoilt[AMOUNT] = amount;
    landing.planted(kind, spoilt[0].toString(), Feed.PAYMENTS, day, spoilt);
  }
}
