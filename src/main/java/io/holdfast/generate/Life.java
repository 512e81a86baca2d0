package io.holdfast.generate;

import io.holdfast.generate.Billing.Exit;
import java.time.LocalDate;
import java.util.List;

/** Lives one customer's days, from signup to the company's last day. */
final class Life {
  private static final int TRIAL_DAYS = 14;

  private final Profile profile;
  private final Effects effects;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private final Account account;
  private final People people;
  private final Support support;
  private final Usage usage;
  private final Billing billing;
  private final Engagement engagement;
  private int paysFrom;
  private int returnsOn = -1;
  private int usedSince;

  Life(
      long number,
      Company.Parameters of,
      Effects effects,
      CompanyCalendar calendar,
      Catalogue catalogue,
      Landing landing) {
    this.effects = effects;
    this.calendar = calendar;
    this.landing = landing;
    this.profile = Profile.draw(number, of, calendar);
    this.dice = Dice.of(of.seed(), number, "life");
    this.account = new Account(profile, calendar, landing, Dice.of(of.seed(), number, "account"));
    this.people = new People(profile, calendar, landing, Dice.of(of.seed(), number, "people"));
    this.support = new Support(profile, calendar, landing, Dice.of(of.seed(), number, "support"));
    this.billing = new Billing(profile, calendar, landing, Dice.of(of.seed(), number, "billing"));
    this.engagement = new Engagement(effects, Dice.of(of.seed(), number, "engagement"));
    var events = new EventLines(profile, calendar, landing, Dice.of(of.seed(), number, "events"));
    this.usage =
        new Usage(profile, catalogue, calendar, events, Dice.of(of.seed(), number, "usage"));
    this.usedSince = profile.signupDay();
  }

  void live() {
    for (int day = profile.signupDay(); day <= calendar.lastDay(); day++) {
      account.day(day);
      if (profile.isInternal()) {
        people.day(day, true, 12);
        usage.day(day, people.all(), Plan.ENTERPRISE, 1.5);
      } else {
        bill(day);
        people.day(day, billing.isRunning(), billing.seats());
        use(day);
        if (billing.isStaying()) {
          decide(day);
        }
      }
    }
    tellTheTruth();
  }

  private void bill(int day) {
    int tenure = day - profile.signupDay();
    if (tenure == 0) {
      begin(day);
    }
    if (tenure == TRIAL_DAYS && billing.isRunning() && !billing.isPaying()) {
      billing.endTrial(day);
      paysFrom = converts(day) ? day + (dice.chance(0.12) ? dice.between(1, 25) : 0) : -1;
    }
    if (day == paysFrom) {
      startToPay(day);
    }
    if (billing.day(day)) {
      left(day);
    }
    if (day == returnsOn) {
      billing.comeBack(day);
      engagement.revive();
      usedSince = day;
    }
    if (billing.isStaying() && billing.isBilledOn(day) && dice.chance(effects.failedPayment())) {
      billing.failPayment(day);
      left(day);
    }
  }

  /** Large customers sign a contract; the others try first. */
  private void begin(int day) {
    boolean signs = dice.chance(profile.plan() == Plan.ENTERPRISE ? 0.5 : 0.08);
    paysFrom = signs ? day + dice.between(0, 5) : -1;
    if (!signs) {
      billing.startTrial(day);
    }
  }

  /** Who has seen value in the trial, and worked in it, mostly stays. */
  private boolean converts(int day) {
    double seen = usage.lateness(day) == 0 && usage.hasSeenValue() ? 1.1 : 0;
    double worked = Math.min(1.5, usage.usesInFourWeeks(day) / 60);
    double leaning = -0.5 + seen + worked + 0.35 * profile.fit();
    return dice.chance(1 / (1 + StrictMath.exp(-leaning)));
  }

  private void startToPay(int day) {
    double annual =
        switch (profile.plan()) {
          case BASIC -> 0.1;
          case PRO -> 0.2;
          case ENTERPRISE -> 0.45;
        };
    billing.startToPay(day, dice.chance(annual));
    account.startsToPay(day, profile.plan());
  }

  private void use(int day) {
    if (billing.isRunning() || day < paysFrom) {
      support.day(day, people, billing.plan());
      double wish = engagement.level(day) * (billing.isInNotice() ? 0.7 : 1);
      usage.day(day, people.all(), billing.plan(), wish);
      usage.newsletter(day, people, Math.min(1.3, 0.5 + 0.5 * wish));
    } else {
      usage.newsletter(day, people, 0.2);
    }
  }

  private void decide(int day) {
    Troubles troubles = troubles(day);
    engagement.day(day, troubles);
    double attention = attention(day);
    boolean isWonOver = dice.chance(effects.rival() * attention);
    if (isWonOver || dice.chance(troubles.chanceToLeave(effects) * attention)) {
      Cause known = engagement.cause();
      Cause cause = known != null ? known : troubles.cause(effects, dice);
      billing.decideToLeave(day, isWonOver ? Cause.COMPETITION : cause);
    } else if (dice.chance(troubles.fallingUse() < 0.1 ? 0.0016 : 0.0003)) {
      billing.upgrade(day);
    } else if (dice.chance(0.0002 + 0.001 * troubles.pricePerUse())) {
      billing.downgrade(day);
    }
  }

  private double attention(int day) {
    int left = billing.daysToRenewal(day);
    return left == 0 ? 1 : left <= 56 ? effects.renewalAttention() : 0;
  }

  private Troubles troubles(int day) {
    int tenure = day - profile.signupDay();
    double dollarsPerUse = billing.dollarsAMonth() / Math.max(1, usage.usesInFourWeeks(day));
    double dear = StrictMath.log10(dollarsPerUse / 2);
    boolean isNew = day - usedSince < 21;
    return new Troubles(
        usage.fall(day, usedSince),
        isNew ? 0 : Math.max(0, 1 - 2 * usage.breadth(day, billing.plan())),
        usage.lateness(day),
        support.badExperience(),
        isNew ? 0 : Math.max(0, Math.min(1, dear)),
        tenure,
        account.hasManager());
  }

  private void left(int day) {
    List<Exit> exits = billing.exits();
    Exit exit = exits.get(exits.size() - 1);
    if (exit.cause().isPresent()) {
      giveReason(day, exit.cause().get());
      boolean returns = dice.chance(0.09);
      returnsOn =
          returns ? day + (dice.chance(0.4) ? dice.between(4, 30) : dice.between(31, 150)) : -1;
    } else {
      returnsOn = dice.chance(0.45) ? day + (int) Math.ceil(dice.exponential(12)) : -1;
    }
  }

  /** Not everybody says why, and not everybody who does says the truth. */
  private void giveReason(int day, Cause cause) {
    if (dice.chance(0.6)) {
      Cause told = dice.chance(0.85) ? cause : dice.pick(List.of(Cause.values()));
      landing.row(
          Feed.CHURN_REASONS,
          day + dice.between(0, 4),
          "chr" + profile.id().substring(3) + "-" + billing.exits().size(),
          profile.id(),
          calendar.date(day),
          told.text(),
          told.comment(dice));
    }
  }

  private void tellTheTruth() {
    landing.row(
        Feed.CUSTOMERS,
        calendar.lastDay(),
        profile.id(),
        profile.isInternal(),
        calendar.date(profile.signupDay()),
        date(billing.firstPaidDay()),
        date(usage.valueDay()));
    int number = 0;
    for (Exit exit : billing.exits()) {
      number++;
      if (exit.day() <= calendar.lastDay()) {
        landing.row(
            Feed.EXITS,
            calendar.lastDay(),
            profile.id(),
            number,
            calendar.date(exit.day()),
            exit.cause().isPresent() ? "voluntary" : "involuntary",
            exit.cause().map(Cause::text).orElse("payment"),
            date(exit.returnedDay()));
      }
    }
  }

  private LocalDate date(int day) {
    return day < 0 ? null : calendar.date(day);
  }
}
