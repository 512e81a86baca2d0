package io.holdfast.generate;

import static io.holdfast.generate.Planted.REPEATED_SUBSCRIPTION;
import static io.holdfast.generate.Planted.SUBSCRIPTION_ENDED_BEFORE_ITS_START;
import static io.holdfast.generate.Planted.SUBSCRIPTION_IN_UNKNOWN_CURRENCY;
import static io.holdfast.generate.Planted.SUBSCRIPTION_WITHOUT_ACCOUNT;
import static io.holdfast.generate.Planted.SUBSCRIPTION_WITH_NEGATIVE_AMOUNT;

import java.math.BigDecimal;

/** Lands the lines of contracts whenever they change, and the dirt among them. */
final class SubscriptionRows {
  private static final int ACCOUNT = 1;
  private static final int AMOUNT = 4;
  private static final int CURRENCY = 5;
  private static final int START = 8;
  private static final int END = 9;

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private int planted;

  SubscriptionRows(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
  }

  void land(Line line, int day) {
    if (!landing.isOpen()) {
      return;
    }
    long at = Math.max(calendar.officeHour(day, dice), profile.signupAt() + 60);
    Object[] row = line.row(at, calendar);
    landing.row(Feed.SUBSCRIPTIONS, day, row);
    if (dice.chance(REPEATED_SUBSCRIPTION.rate)) {
      landing.planted(REPEATED_SUBSCRIPTION, line.id, Feed.SUBSCRIPTIONS, day, row);
    }
    if (dice.chance(SUBSCRIPTION_ENDED_BEFORE_ITS_START.rate)) {
      Object[] ended = spoilt(row, END, calendar.date(line.from - dice.between(1, 40)));
      ended[START] = calendar.date(line.from);
      plant(SUBSCRIPTION_ENDED_BEFORE_ITS_START, day, ended);
    }
    if (dice.chance(SUBSCRIPTION_WITH_NEGATIVE_AMOUNT.rate)) {
      BigDecimal below = BigDecimal.valueOf(-dice.between(1, 90_000), 2);
      plant(SUBSCRIPTION_WITH_NEGATIVE_AMOUNT, day, spoilt(row, AMOUNT, below));
    }
    if (dice.chance(SUBSCRIPTION_WITHOUT_ACCOUNT.rate)) {
      plant(SUBSCRIPTION_WITHOUT_ACCOUNT, day, spoilt(row, ACCOUNT, null));
    }
    if (dice.chance(SUBSCRIPTION_IN_UNKNOWN_CURRENCY.rate)) {
      plant(SUBSCRIPTION_IN_UNKNOWN_CURRENCY, day, spoilt(row, CURRENCY, "XTS"));
    }
  }

  private static Object[] spoilt(Object[] row, int cell, Object value) {
    Object[] spoilt = row.clone();
    spoilt[cell] = value;
    return spoilt;
  }

  private void plant(Planted kind, int day, Object... row) {
    planted++;
    row[0] = "sub" + profile.id().substring(3) + "-x" + planted;
    landing.planted(kind, row[0].toString(), Feed.SUBSCRIPTIONS, day, row);
  }
}
