package io.holdfast.generate;

import java.util.List;

/** The company's record of a customer: created at signup, changed when its owner or size does. */
final class Account {
  private static final List<String> MANAGERS =
      List.of("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dev Patel", "Erik Lund", "Fay Chen");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private int employees;
  private String owner = "";

  Account(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
    this.employees = profile.employees();
    land(profile.signupDay(), profile.signupAt());
  }

  boolean hasManager() {
    return !owner.isEmpty();
  }

  /** The larger a contract, the likelier somebody looks after it. */
  void startsToPay(int day, Plan plan) {
    double covered =
        switch (plan) {
          case BASIC -> 0.05;
          case PRO -> 0.4;
          case ENTERPRISE -> 0.9;
        };
    if (!hasManager() && dice.chance(covered)) {
      owner = dice.pick(MANAGERS);
      land(day, calendar.officeHour(day, dice));
    }
  }

  void day(int day) {
    if (day > profile.signupDay() && dice.chance(0.0012)) {
      if (hasManager() && dice.chance(0.5)) {
        owner = dice.pick(MANAGERS);
      } else {
        employees = (int) Math.ceil(employees * dice.logNormal(1.08, 0.2));
      }
      land(day, calendar.officeHour(day, dice));
    }
  }

  private void land(int day, long updatedAt) {
    landing.row(
        Feed.ACCOUNTS,
        day,
        profile.id(),
        profile.name(),
        profile.market().country(),
        profile.channel(),
        profile.industry(),
        employees,
        CompanyCalendar.instant(profile.signupAt()),
        profile.isInternal(),
        owner,
        CompanyCalendar.instant(Math.max(updatedAt, profile.signupAt())));
  }
}
