package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/** What success managers do with their customers: calls, checks, reviews, trainings. */
final class Success {
  private static final List<String> OUTCOMES = List.of("reached", "reached", "no_answer", "moved");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Dice dice;
  private int touches;

  Success(Profile profile, CompanyCalendar calendar, Landing landing, Truth truth, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = truth;
    this.dice = dice;
  }

  /** Outreach about monthly, checks and reviews about quarterly, training when it is asked for. */
  void day(int day, String owner, List<Person> people, Plan plan) {
    if (!landing.isOpen() || day == profile.signupDay()) {
      return;
    }
    if (owner.isEmpty()) {
      if (dice.chance(0.0008)) {
        touch(day, "sales desk", "call", "phone", people);
      }
      return;
    }
    if (dice.chance(1 / 30.0)) {
      touch(day, owner, "outreach", dice.chance(0.7) ? "email" : "phone", people);
    }
    if (dice.chance(1 / 90.0)) {
      touch(day, owner, "health_check", "meeting", people);
    }
    if (plan == Plan.ENTERPRISE && dice.chance(1 / 90.0)) {
      touch(day, owner, "business_review", "meeting", people);
    }
    if (dice.chance(0.004)) {
      touch(day, owner, "training", "meeting", people);
    }
  }

  private void touch(int day, String owner, String kind, String channel, List<Person> people) {
    touches++;
    Person person = dice.pick(people);
    long at = calendar.officeHourAfter(person.createdAt(), day, dice);
    truth.touched(profile.id(), calendar.dayOf(at));
    landing.row(
        Feed.TOUCHPOINTS,
        day,
        "tch" + profile.id().substring(3) + String.format(Locale.ROOT, "-%03d", touches),
        profile.id(),
        person.id(),
        owner,
        kind,
        channel,
        CompanyCalendar.instant(at),
        channel.equals("email") ? null : dice.between(10, 60),
        dice.pick(OUTCOMES));
  }
}
