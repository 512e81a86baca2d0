package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/** The tickets of one customer, and what is left of the bad ones in its memory. */
final class Support {
  private static final List<String> PRIORITIES = List.of("low", "normal", "high", "urgent");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Surveys surveys;
  private final Truth truth;
  private final Dice dice;
  private final double[] badExperience;
  private double memory;
  private int tickets;

  Support(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Surveys surveys,
      Truth truth,
      Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.surveys = surveys;
    this.truth = truth;
    this.dice = dice;
    this.badExperience = new double[calendar.lastDay() + 1];
  }

  /** What support might do from here on. */
  Support fork(Landing nowhere, Surveys none, Dice other) {
    var fork = new Support(profile, calendar, nowhere, none, truth, other);
    System.arraycopy(badExperience, 0, fork.badExperience, 0, badExperience.length);
    fork.memory = memory;
    fork.tickets = tickets;
    return fork;
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
    if (!landing.isOpen()) {
      return;
    }
    Ticket ticket =
        new Ticket(id(tickets), person, openedAt, closedAt, firstResponse, priority, escalated);
    int closedDay = calendar.dayOf(closedAt);
    land(ticket, calendar.dayOf(openedAt), line(ticket.opened(), null));
    land(ticket, closedDay, line(ticket, satisfaction(bad, hours)));
    tell(landing.isDue(closedDay) ? ticket : ticket.opened(), calendar.dayOf(openedAt));
    surveys.afterTicket(ticket.id(), person, closedAt, bad);
    beforeSignup(ticket, calendar.dayOf(openedAt));
  }

  /** A ticket; closedAt and firstResponse are null while it is open. */
  private record Ticket(
      String id,
      Person person,
      long openedAt,
      Long closedAt,
      Integer firstResponse,
      int priority,
      boolean isEscalated) {
    Ticket opened() {
      return new Ticket(id, person, openedAt, null, null, priority, false);
    }
  }

  private String id(int number) {
    return "tic" + profile.id().substring(3) + String.format(Locale.ROOT, "-%03d", number);
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

  private void land(Ticket ticket, int day, String line) {
    landing.line(Feed.TICKETS, day, line);
    if (dice.chance(Planted.REPEATED_TICKET.rate)) {
      landing.line(Feed.TICKETS, day, Planted.REPEATED_TICKET, ticket.id(), line);
    }
    if (dice.chance(Planted.TORN_TICKET.rate)) {
      String torn = line.substring(0, dice.between(30, line.length() - 2));
      landing.line(Feed.TICKETS, day, Planted.TORN_TICKET, ticket.id(), torn);
    }
  }

  private void beforeSignup(Ticket ticket, int day) {
    if (dice.chance(Planted.TICKET_BEFORE_SIGNUP.rate)) {
      long early = profile.signupAt() - dice.between(2, 60) * 86_400L;
      Ticket odd = new Ticket(ticket.id() + "-x", ticket.person(), early, null, null, 0, false);
      landing.line(Feed.TICKETS, day, Planted.TICKET_BEFORE_SIGNUP, odd.id(), line(odd, null));
      tell(odd, day);
    }
  }

  private void tell(Ticket ticket, int arrivalDay) {
    truth.ticket(
        profile.id(),
        arrivalDay,
        new Truth.Ticket(
            calendar.dayOf(ticket.openedAt()),
            ticket.closedAt() == null ? -1 : calendar.dayOf(ticket.closedAt()),
            ticket.firstResponse() == null ? -1 : ticket.firstResponse(),
            ticket.isEscalated()));
  }

  private String line(Ticket ticket, Integer satisfaction) {
    long updatedAt = ticket.closedAt() == null ? ticket.openedAt() : ticket.closedAt();
    return new JsonLine()
        .text("ticket_id", ticket.id())
        .text("account_id", profile.id())
        .text("user_id", ticket.person().id())
        .text("opened_at", CompanyCalendar.instant(ticket.openedAt()))
        .text(
            "closed_at",
            ticket.closedAt() == null ? null : CompanyCalendar.instant(ticket.closedAt()))
        .value("first_response_minutes", ticket.firstResponse())
        .text("priority", PRIORITIES.get(ticket.priority()))
        .value("satisfaction", satisfaction)
        .value("escalated", ticket.isEscalated())
        .text("updated_at", CompanyCalendar.instant(updatedAt))
        .end();
  }
}
