package io.holdfast.generate;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The users of one customer: first whoever signed up, then the rest of the team. */
final class People {
  private static final List<String> GIVEN =
      List.of(
          "alex", "bo", "carmen", "dana", "eli", "fatima", "grace", "hugo", "ines", "jonas", "kim",
          "lee", "maya", "noor", "omar", "priya");
  private static final List<String> FAMILY =
      List.of(
          "adams", "brandt", "costa", "dubois", "evans", "fischer", "garcia", "hughes", "ito",
          "jones", "khan", "lopez", "mori", "novak", "silva", "weber");
  private static final List<String> ZONES =
      List.of("America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kolkata");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private final String home;
  private final List<Person> all = new ArrayList<>();
  private final List<Boolean> consents = new ArrayList<>();

  People(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
    this.home = dice.pick(profile.market().zones());
    join(profile.signupDay(), profile.signupAt());
  }

  List<Person> all() {
    return all;
  }

  boolean hasConsented(int person) {
    return consents.get(person);
  }

  /** Good starts fill the team within weeks; bad ones leave most of it uninvited. */
  void day(int day, boolean isCustomer, int seats) {
    int tenure = day - profile.signupDay();
    if (isCustomer && tenure > 0 && all.size() < Math.max(profile.people(), seats)) {
      double pace = 0.07 * StrictMath.exp(0.4 * profile.onboarding() - tenure / 60.0) + 0.004;
      if (dice.chance(Math.min(0.6, pace * Math.max(1, profile.people() - all.size())))) {
        join(day, calendar.officeHour(day, dice));
      }
    }
    if (dice.chance(0.0006 * all.size())) {
      changeMind(dice.between(0, all.size() - 1), day);
    }
  }

  private void join(int day, long at) {
    int number = all.size() + 1;
    String role =
        number == 1 ? "admin" : List.of("member", "manager", "viewer").get(dice.weighted(6, 2, 1));
    String zone = dice.chance(0.85) ? home : dice.pick(ZONES);
    all.add(
        new Person(
            "usr" + profile.id().substring(3) + String.format(Locale.ROOT, "-%02d", number),
            role,
            ZoneId.of(zone),
            day,
            at,
            dice.logNormal(role.equals("viewer") ? 0.4 : 1, 0.6),
            dice.between(9.5, 16)));
    consents.add(dice.chance(0.7));
    land(number - 1, day, at);
  }

  private void changeMind(int person, int day) {
    consents.set(person, !consents.get(person));
    land(person, day, Math.max(calendar.officeHour(day, dice), all.get(person).createdAt()));
  }

  private void land(int number, int day, long updatedAt) {
    Person person = all.get(number);
    landing.row(
        Feed.USERS,
        day,
        person.id(),
        profile.id(),
        email(person),
        person.role(),
        person.zone(),
        CompanyCalendar.instant(person.createdAt()),
        consents.get(number),
        CompanyCalendar.instant(updatedAt));
  }

  private String email(Person person) {
    int hash = Math.floorMod(person.id().hashCode() * 31, GIVEN.size() * FAMILY.size());
    String word = profile.name().split(" ", -1)[0].toLowerCase(Locale.ROOT);
    return GIVEN.get(hash % GIVEN.size())
        + "."
        + FAMILY.get(hash / GIVEN.size())
        + "@"
        + (profile.isInternal() ? "tasklane" : word + profile.id().substring(4))
        + ".example";
  }
}
