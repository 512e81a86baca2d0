package io.holdfast.generate;

import io.holdfast.generate.Billing.Exit;
import io.holdfast.generate.Line.Term;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lives one customer's days, from signup to the company's last day. */
final class Life {
  private static final int TRIAL_DAYS = 14;
  private static final int NEWS_OF_PRICES_DAYS = 60;

  private final Profile profile;
  private final Effects effects;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Dice dice;
  private final Account account;
  private final People people;
  private final Support support;
  private final Surveys surveys;
  private final Success success;
  private final Mail mail;
  private final Referral referral;
  private final Usage usage;
  private final Billing billing;
  private final Engagement engagement;
  private final Optional<Duplicate> duplicate;
  private final Optional<Duplicate.Around> around;
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
    Function<String, Dice> diceOf = concern -> Dice.of(of.seed(), number, concern);
    this.effects = effects;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = new Truth(calendar, landing);
    this.profile = Profile.draw(number, of, calendar);
    this.dice = diceOf.apply("life");
    this.duplicate = Duplicate.draw(profile, diceOf.apply("duplicate"));
    truth.account(profile.id(), profile.signupDay(), profile.isInternal());
    this.account = Account.create(profile, calendar, landing, truth, diceOf.apply("account"));
    this.people =
        People.create(profile, calendar, landing, truth, duplicate, diceOf.apply("people"));
    this.surveys = new Surveys(profile, calendar, landing, truth, diceOf.apply("surveys"));
    this.support = new Support(profile, calendar, landing, surveys, truth, diceOf.apply("support"));
    this.success = new Success(profile, calendar, landing, truth, diceOf.apply("success"));
    var rows = new SubscriptionRows(profile, calendar, landing, diceOf.apply("rows"));
    var payments = new Payments(profile, calendar, landing, diceOf.apply("payments"));
    this.billing = new Billing(profile, calendar, effects, rows, payments, diceOf.apply("billing"));
    this.engagement = new Engagement(effects, diceOf.apply("engagement"));
    var events =
        new EventLines(profile, calendar, landing, truth, duplicate, diceOf.apply("events"));
    this.usage = Usage.create(profile, catalogue, calendar, events, diceOf.apply("usage"));
    this.mail = new Mail(profile, calendar, catalogue, landing, events, diceOf.apply("mail"));
    this.referral = Referral.of(number, profile, of, calendar, landing, diceOf.apply("referral"));
    this.usedSince = profile.signupDay();
    this.around =
        duplicate.map(
            second ->
                new Duplicate.Around(
                    profile,
                    calendar,
                    landing,
                    truth,
                    account,
                    people,
                    rows,
                    payments,
                    diceOf.apply("second")));
  }

  /** The same life up to now, with other dice from here on and nothing landed. */
  private Life(Life past, Function<String, Dice> diceOf) {
    this.effects = past.effects;
    this.calendar = past.calendar;
    this.landing = Landing.nowhere(calendar);
    this.truth = past.truth;
    this.profile = past.profile;
    this.dice = diceOf.apply("life");
    this.duplicate = Optional.empty();
    this.around = Optional.empty();
    this.account = past.account.fork(landing, diceOf.apply("account"));
    this.people = past.people.fork(landing, diceOf.apply("people"));
    this.surveys = new Surveys(profile, calendar, landing, truth, dice);
    this.support = past.support.fork(landing, surveys, diceOf.apply("support"));
    this.success = past.success;
    this.mail = past.mail;
    this.referral = past.referral;
    this.billing =
        past.billing.fork(
            new SubscriptionRows(profile, calendar, landing, dice),
            new Payments(profile, calendar, landing, dice),
            diceOf.apply("billing"));
    this.engagement = past.engagement.fork(diceOf.apply("engagement"));
    var nowhere = new EventLines(profile, calendar, landing, truth, duplicate, dice);
    this.usage = past.usage.fork(nowhere, diceOf.apply("usage"));
    this.paysFrom = past.paysFrom;
    this.returnsOn = past.returnsOn;
    this.usedSince = past.usedSince;
  }

  Life fork(Function<String, Dice> diceOf) {
    return new Life(this, diceOf);
  }

  Profile profile() {
    return profile;
  }

  Billing billing() {
    return billing;
  }

  boolean hasDuplicate() {
    return duplicate.isPresent();
  }

  /** Lives all days. */
  void live() {
    live(profile.signupDay(), calendar.lastDay());
  }

  void live(int from, int to) {
    for (int day = from; day <= to; day++) {
      day(day);
    }
  }

  private void day(int day) {
    account.day(day);
    if (profile.isInternal()) {
      people.day(day, true, 12);
      usage.day(day, people.all(), Plan.ENTERPRISE, 1.5);
      return;
    }
    bill(day);
    people.day(day, billing.isRunning(), billing.seats());
    duplicate.ifPresent(second -> second.day(day, billing.isRunning(), around.orElseThrow()));
    use(day);
    if (billing.isStaying(day)) {
      decide(day);
    }
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
    billing.collect(day);
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
    int drawn = dice.weighted(annual, 0.05, 0.95 - annual);
    billing.startToPay(day, List.of(Term.YEAR, Term.QUARTER, Term.MONTH).get(drawn));
    account.startsToPay(day, profile.plan());
  }

  private void use(int day) {
    boolean isIn = billing.isRunning() || day < paysFrom;
    double wish = 0;
    if (isIn) {
      support.day(day, people, billing.plan());
      wish = engagement.level(day) * (billing.isInNotice() ? 0.7 : 1);
      wish = billing.isPaused(day) ? 0.08 * wish : wish;
      usage.day(day, people.all(), billing.plan(), wish);
      surveys.day(day, people.all(), billing.isPaying(), wish);
    }
    if (landing.isOpen()) {
      mail.day(day, people, isIn ? Math.min(1.3, 0.5 + 0.5 * wish) : 0.2);
      if (billing.isPaying()) {
        success.day(day, account.owner(), people.all(), billing.plan());
      }
      referral.day(day, billing.isPaying(), people.email(people.all().get(0)));
    }
  }

  private void decide(int day) {
    Troubles troubles = troubles(day);
    engagement.day(day, troubles);
    double attention = attention(day);
    double leaves = Math.min(1, troubles.chanceToLeave(effects) * attention);
    double isLured = effects.rival() * attention;
    tellHazard(day, 1 - (1 - leaves) * (1 - isLured), troubles);
    boolean isWonOver = dice.chance(isLured);
    if (isWonOver || dice.chance(leaves)) {
      Cause known = engagement.cause();
      Cause cause = known != null ? known : troubles.cause(effects, dice);
      billing.decideToLeave(day, isWonOver ? Cause.COMPETITION : cause);
    } else if (dice.chance(troubles.fallingUse() < 0.1 ? 0.0016 : 0.0003)) {
      billing.upgrade(day);
    } else if (dice.chance(0.0002 + 0.001 * troubles.pricePerUse())) {
      billing.downgrade(day);
    } else if (dice.chance(0.0004)) {
      billing.pause(day);
    } else if (dice.chance(troubles.badSupport() > 1 ? 0.02 : 0)) {
      billing.giveAMonth(day);
    } else {
      billing.followPriceList(day);
    }
  }

  /** Who is bound to a term decides in its last weeks: a seventh of it. */
  private double attention(int day) {
    int left = billing.daysToRenewal(day);
    return left == 0 ? 1 : left <= billing.termDays() * 56 / 365 ? effects.renewalAttention() : 0;
  }

  private Troubles troubles(int day) {
    int tenure = day - profile.signupDay();
    double dollarsPerUse = billing.dollarsAMonth() / Math.max(1, usage.usesInFourWeeks(day));
    double dear = StrictMath.log10(dollarsPerUse / 2);
    boolean isNew = day - usedSince < 21;
    int sinceRise = day - calendar.priceRiseDay();
    return new Troubles(
        usage.fall(day, usedSince),
        isNew ? 0 : Math.max(0, 1 - 2 * usage.breadth(day, billing.plan())),
        usage.lateness(day),
        support.badExperience(),
        isNew ? 0 : Math.max(0, Math.min(1, dear)),
        sinceRise >= 0 && sinceRise < NEWS_OF_PRICES_DAYS ? 1 : 0,
        tenure,
        account.hasManager());
  }

  private void tellHazard(int day, double hazard, Troubles troubles) {
    if (landing.isOpen()) {
      landing.row(
          Feed.HAZARDS,
          day,
          profile.id(),
          Math.round(hazard * 1_000_000),
          troubles.leadingCause(effects).text(),
          times(effects.fallingUse() * troubles.fallingUse()),
          times(effects.narrowUse() * troubles.narrowUse()),
          times(effects.lateValue() * troubles.lateValue()),
          times(effects.badSupport() * troubles.badSupport()),
          times(
              effects.pricePerUse() * troubles.pricePerUse()
                  + effects.priceRise() * troubles.priceRise()));
    }
  }

  /** How many times as likely something makes leaving. */
  private static BigDecimal times(double weight) {
    return BigDecimal.valueOf(Math.round(StrictMath.exp(weight) * 100), 2);
  }

  private void left(int day) {
    List<Exit> exits = billing.exits();
    Exit exit = exits.get(exits.size() - 1);
    if (exit.cause().isPresent()) {
      giveReason(exit.day(), day, exit.cause().get());
      boolean returns = dice.chance(0.09);
      returnsOn =
          returns ? day + (dice.chance(0.4) ? dice.between(4, 30) : dice.between(31, 150)) : -1;
    } else {
      returnsOn = dice.chance(0.45) ? day + (int) Math.ceil(dice.exponential(12)) : -1;
    }
  }

  /** Not everybody says why, and not everybody who does says the truth. */
  private void giveReason(int left, int day, Cause cause) {
    if (dice.chance(0.6)) {
      Cause told = dice.chance(0.85) ? cause : dice.pick(List.of(Cause.values()));
      String id = "chr" + profile.id().substring(3) + "-" + billing.exits().size();
      int arrives = day + dice.between(0, 4);
      Object[] row = {id, profile.id(), calendar.date(left), told.text(), told.comment(dice)};
      landing.row(Feed.CHURN_REASONS, arrives, row);
      if (dice.chance(Planted.SECOND_CHURN_ON_A_DAY.rate)) {
        row[0] = id + "-x";
        row[4] = "Second form of the same day";
        landing.planted(Planted.SECOND_CHURN_ON_A_DAY, id + "-x", Feed.CHURN_REASONS, arrives, row);
      }
    }
  }

  /** What truly was, beside the feeds, and the counts of it. */
  void tellTheTruth(Figures figures, Catalogue catalogue) {
    truth
        .account(profile.id(), profile.signupDay(), profile.isInternal())
        .lines
        .addAll(billing.lines());
    landing.row(
        Feed.CUSTOMERS,
        calendar.lastDay(),
        profile.id(),
        profile.isInternal(),
        calendar.date(profile.signupDay()),
        calendar.dateOrNull(billing.firstPaidDay()),
        calendar.dateOrNull(usage.valueDay()),
        rounded(profile.onboarding()),
        rounded(profile.fit()),
        rounded(profile.intensity()));
    if (!profile.isInternal()) {
      truth.customers().forEach(this::tellExits);
    }
    truth.count(figures, catalogue);
  }

  private static String rounded(double value) {
    return BigDecimal.valueOf(Math.round(value * 1000), 3).toString();
  }

  private void tellExits(String id, Truth.Customer customer) {
    Map<Integer, Exit> decided =
        billing.exits().stream()
            .collect(Collectors.toMap(Exit::day, Function.identity(), (first, next) -> next));
    int number = 0;
    for (TrueLedger.Left left : new TrueLedger(customer.lines, calendar).left()) {
      number++;
      Optional<Exit> exit =
          id.equals(profile.id()) ? Optional.ofNullable(decided.get(left.day())) : Optional.empty();
      Optional<Cause> cause = exit.flatMap(Exit::cause);
      String kind = exit.isEmpty() || cause.isPresent() ? "voluntary" : "involuntary";
      Boolean isConfirmed = left.isMature(calendar.lastDay()) ? !left.isUndone() : null;
      landing.row(
          Feed.EXITS,
          calendar.lastDay(),
          id,
          number,
          calendar.date(left.day()),
          kind,
          exit.isEmpty() ? "other" : cause.map(Cause::text).orElse("payment"),
          calendar.dateOrNull(left.returnedDay()),
          left.isUndone() ? Boolean.FALSE : isConfirmed);
    }
  }
}
