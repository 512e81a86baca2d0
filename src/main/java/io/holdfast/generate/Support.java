package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/** The tickets of one customer, and what is left of the bad ones in its memory. */
final class Support {
  private static final List<String> PRIORITIES = List.of("low", "normal", "high", "urgent");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private final double[] badExperience;
  private double memory;
  private int tickets;

  Support(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
    this.badExperience = new double[calendar.lastDay() + 1];
  }

  double badExperience() {
    return Math.min(memory, 2);
  }

  /** Beginners ask more, and so do teams that the product does not suit. */
  void day(int day, People people, Plan plan) {
    memory = memory * 0.967 + badExperience[day];
    double newcomer = 1 + 1.5 * StrictMath.exp(-(day - profile.signupDay()) / 25.0);
    double misfit = StrictMath.exp(-0.5 * profile.fit());
    double mean = 0.013 * newcomer * misfit * Math.sqrt(people.all().size());
    if (dice.chance(Math.min(0.5, mean))) {
      open(day, dice.pick(people.all()), plan);
    }
  }

  private void open(int day, Person person, Plan plan) {
    tickets++;
    long openedAt = Math.max(calendar.officeHour(day, dice), person.createdAt() + 300);
    int priority = dice.weighted(3, 5, 2, 0.6);
    double usualMinutes =
        switch (plan) {
          case BASIC -> 240;
          case PRO -> 120;
          case ENTERPRISE -> 45;
        };
    int firstResponse =
        (int) Math.ceil(dice.logNormal(usualMinutes / (1 + 0.4 * priority), 1.5)) + 2;
    double hours = firstResponse / 60.0 + dice.logNormal(20, 1.1);
    boolean escalated = dice.chance(hours > 72 ? 0.3 : 0.05);
    long closedAt = openedAt + (long) (hours * 3600);
    double bad = (firstResponse > 1440 ? 0.5 : 0) + (escalated ? 1 : 0) + (hours > 120 ? 0.3 : 0);
    remember(day + Math.min(firstResponse / 1440, 3), bad);
    ticket(openedAt, null, null, priority, null, false, person);
    ticket(
        openedAt, closedAt, firstResponse, priority, satisfaction(bad, hours), escalated, person);
  }

  private void remember(int day, double bad) {
    if (day < badExperience.length) {
      badExperience[day] += bad;
    }
  }

  /** Fewer than half answer the survey. */
  private Integer satisfaction(double bad, double hours) {
    if (!dice.chance(0.42)) {
      return null;
    }
    double felt = 4.4 - 1.3 * bad - (hours > 48 ? 0.5 : 0) + 0.9 * dice.normal();
    return (int) Math.max(1, Math.min(5, Math.round(felt)));
  }

  private void ticket(
      long openedAt,
      Long closedAt,
      Integer firstResponseMinutes,
      int priority,
      Integer satisfaction,
      boolean escalated,
      Person person) {
    long updatedAt = closedAt == null ? openedAt : closedAt;
    String line =
        new JsonLine()
            .text(
                "ticket_id",
                "tic" + profile.id().substring(3) + String.format(Locale.ROOT, "-%03d", tickets))
            .text("account_id", profile.id())
            .text("user_id", person.id())
            .text("opened_at", CompanyCalendar.instant(openedAt))
            .text("closed_at", closedAt == null ? null : CompanyCalendar.instant(closedAt))
            .value("first_response_minutes", firstResponseMinutes)
            .text("priority", PRIORITIES.get(priority))
            .value("satisfaction", satisfaction)
            .value("escalated", escalated)
            .text("updated_at", CompanyCalendar.instant(updatedAt))
            .end();
    landing.line(Feed.TICKETS, calendar.dayOf(updatedAt), Planted.NOTHING, line);
  }
}
