package io.holdfast.generate;

import java.util.List;

/** The company's record of a customer: created at signup, changed when its owner or size does. */
final class Account {
  private static final List<String> MANAGERS =
      List.of("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dev Patel", "Erik Lund", "Fay Chen");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Dice dice;
  private int employees;
  private String owner = "";
  private long updatedAt;

  private Account(
      Profile profile, CompanyCalendar calendar, Landing landing, Truth truth, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = truth;
    this.dice = dice;
    this.employees = profile.employees();
    this.updatedAt = profile.signupAt();
  }

  static Account create(
      Profile profile, CompanyCalendar calendar, Landing landing, Truth truth, Dice dice) {
    var account = new Account(profile, calendar, landing, truth, dice);
    account.land(profile.signupDay());
    return account;
  }

  /** What might become of the same account. */
  Account fork(Landing nowhere, Dice other) {
    var fork = new Account(profile, calendar, nowhere, truth, other);
    fork.employees = employees;
    fork.owner = owner;
    return fork;
  }

  String owner() {
    return owner;
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
      update(day);
    }
  }

  void day(int day) {
    if (day > profile.signupDay() && dice.chance(0.0012)) {
      if (hasManager() && dice.chance(0.5)) {
        int now = MANAGERS.indexOf(owner);
        int next = now + dice.between(1, MANAGERS.size() - 1);
        owner = MANAGERS.get(next % MANAGERS.size());
      } else {
        employees = employees + Math.max(1, (int) (employees * Math.abs(dice.normal()) * 0.15));
      }
      update(day);
    }
  }

  private void update(int day) {
    updatedAt = calendar.officeHourAfter(updatedAt, day, dice);
    land(day);
  }

  private void land(int day) {
    if (!landing.isOpen()) {
      return;
    }
    Object[] row = row(profile.id(), profile.signupAt(), updatedAt);
    landing.row(Feed.ACCOUNTS, day, row);
    tell(profile.id(), day);
    if (dice.chance(Planted.ACCOUNT_WITHOUT_ID.rate)) {
      Object[] spoilt = row.clone();
      spoilt[0] = null;
      String changed = CompanyCalendar.instant(updatedAt);
      landing.planted(Planted.ACCOUNT_WITHOUT_ID, changed, Feed.ACCOUNTS, day, spoilt);
    }
  }

  /** A colleague opens a second account; the instant at which it signs up. */
  long duplicate(String id, int day) {
    long at = calendar.officeHour(day, dice);
    landing.row(Feed.ACCOUNTS, day, row(id, at, at));
    truth.account(id, day, false);
    tell(id, day);
    return at;
  }

  private void tell(String id, int day) {
    if (hasManager()) {
      truth.managed(id, day);
    }
  }

  private Object[] row(String id, long signupAt, long changedAt) {
    return new Object[] {
      id,
      profile.name(),
      profile.market().country(),
      profile.channel(),
      profile.industry(),
      employees,
      CompanyCalendar.instant(signupAt),
      profile.isInternal(),
      owner,
      CompanyCalendar.instant(changedAt)
    };
  }
}
