package io.holdfast.generate;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

  private static final double BY_DEVICE = 0.04;

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Optional<Duplicate> duplicate;
  private final Dice dice;
  private final String home;
  private final List<Person> all = new ArrayList<>();
  private final List<Boolean> consents = new ArrayList<>();
  private final List<Long> updatedAt = new ArrayList<>();
  private final Map<Integer, List<Person>> mistakenDevices = new TreeMap<>();

  private People(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Truth truth,
      Optional<Duplicate> duplicate,
      Dice dice,
      String home) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = truth;
    this.duplicate = duplicate;
    this.dice = dice;
    this.home = home;
  }

  /** Whoever signed up is the first. */
  static People create(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Truth truth,
      Optional<Duplicate> duplicate,
      Dice dice) {
    String home = dice.pick(profile.market().zones());
    var people = new People(profile, calendar, landing, truth, duplicate, dice, home);
    people.join(profile.signupDay(), profile.signupAt(), profile.id());
    return people;
  }

  /** What might become of the same team. */
  People fork(Landing nowhere, Dice other) {
    var fork = new People(profile, calendar, nowhere, truth, Optional.empty(), other, home);
    fork.all.addAll(all);
    fork.consents.addAll(consents);
    fork.updatedAt.addAll(updatedAt);
    return fork;
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
        boolean isApart = duplicate.isPresent() && duplicate.get().takesPeople(day);
        join(day, calendar.officeHour(day, dice), isApart ? duplicate.get().id() : profile.id());
      }
    }
    if (dice.chance(0.0006 * all.size())) {
      int person = dice.between(0, all.size() - 1);
      consent(person, day, !consents.get(person));
    }
    for (Person person : mistakenDevices.getOrDefault(day, List.of())) {
      device(person, person.device(), day);
      truth.undo(person.device(), day);
    }
  }

  /** A second account has a first user too. */
  void joinDuplicate(int day, long at) {
    join(day, at, duplicate.orElseThrow().id());
  }

  private void join(int day, long at, String account) {
    int number = all.size() + 1;
    String role =
        number == 1 ? "admin" : List.of("member", "manager", "viewer").get(dice.weighted(6, 2, 1));
    String zone = dice.chance(0.85) ? home : dice.pick(ZONES);
    String suffix = profile.id().substring(3) + String.format(Locale.ROOT, "-%02d", number);
    boolean isByDevice = dice.chance(BY_DEVICE);
    Person person =
        new Person(
            "usr" + suffix,
            account,
            isByDevice ? "dev" + suffix : "",
            role,
            ZoneId.of(zone),
            day,
            at,
            dice.logNormal(role.equals("viewer") ? 0.4 : 1, 0.6),
            dice.between(9.5, 16));
    all.add(person);
    consents.add(dice.chance(0.7));
    updatedAt.add(at);
    land(number - 1, day);
    if (isByDevice && landing.isOpen()) {
      device(person, person.id(), day + 1);
      truth.alias(person.device(), person.id(), day + 1);
      if (dice.chance(0.15)) {
        mistakenDevices
            .computeIfAbsent(day + dice.between(5, 30), none -> new ArrayList<>())
            .add(person);
      }
    }
  }

  /** Says whose a device is; its own says that it was a mistake. */
  private void device(Person person, String canonical, int day) {
    if (landing.isDue(day)) {
      landing.row(
          Feed.ID_ALIASES,
          day,
          person.device(),
          "user",
          canonical,
          CompanyCalendar.instant(calendar.noon(day)),
          false,
          CompanyCalendar.instant(calendar.noon(day)));
    }
  }

  void consent(int person, int day, boolean isGiven) {
    consents.set(person, isGiven);
    updatedAt.set(person, calendar.officeHourAfter(updatedAt.get(person), day, dice));
    land(person, day);
  }

  private void land(int number, int day) {
    if (!landing.isOpen()) {
      return;
    }
    Person person = all.get(number);
    Object[] row = {
      person.id(),
      person.account(),
      email(person),
      person.role(),
      person.zone(),
      CompanyCalendar.instant(person.createdAt()),
      consents.get(number),
      CompanyCalendar.instant(updatedAt.get(number))
    };
    landing.row(Feed.USERS, day, row);
    if (dice.chance(Planted.USER_CREATED_AT_NO_TIME.rate)) {
      Object[] spoilt = row.clone();
      spoilt[0] = person.id() + "-x" + day;
      spoilt[5] = "31.13.25 25:61";
      landing.planted(
          Planted.USER_CREATED_AT_NO_TIME, spoilt[0].toString(), Feed.USERS, day, spoilt);
    }
  }

  String email(Person person) {
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
