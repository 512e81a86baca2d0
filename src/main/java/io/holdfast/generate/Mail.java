package io.holdfast.generate;

import io.holdfast.generate.EventLines.Event;
import java.util.List;
import java.util.TreeSet;

/** What the company sends: a welcome series, a newsletter every other Tuesday, news of features. */
final class Mail {
  private static final List<Integer> WELCOME_DAYS = List.of(0, 1, 3, 7, 14);
  private static final double BOUNCES = 0.01;
  private static final double CLICKS = 0.16;
  private static final double UNSUBSCRIBES = 0.004;

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final EventLines events;
  private final TreeSet<Integer> launches;
  private final Dice dice;
  private int messages;

  Mail(
      Profile profile,
      CompanyCalendar calendar,
      Catalogue catalogue,
      Landing landing,
      EventLines events,
      Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.events = events;
    this.launches = new TreeSet<>();
    catalogue.features().forEach(feature -> launches.add(calendar.day(feature.launchedOn())));
    this.dice = dice;
  }

  /** Marketing goes to those who agreed; who has left still gets it for a while. */
  void day(int day, People people, double interest) {
    if (!landing.isOpen()) {
      return;
    }
    int tenure = day - profile.signupDay();
    if (WELCOME_DAYS.contains(tenure)) {
      send(day, people, 0, "welcome-" + tenure, "email", 0.5);
    }
    boolean isNewsletter =
        calendar.date(day).getDayOfWeek().getValue() == 2 && calendar.weekIndex(day) % 2 == 0;
    boolean isLaunch = launches.contains(day) && interest > 0.5;
    for (int number = 0; number < people.all().size(); number++) {
      if (isNewsletter && people.hasConsented(number)) {
        send(day, people, number, "newsletter", "email", 0.36 * interest);
      }
      if (isLaunch) {
        send(day, people, number, "launch", "in_app", 0.4 * interest);
      }
    }
  }

  private void send(
      int day, People people, int number, String campaign, String channel, double opens) {
    Person person = people.all().get(number);
    long at = calendar.officeHourAfter(person.createdAt(), day, dice);
    messages++;
    Object[] row = new Object[11];
    row[0] = "msg" + profile.id().substring(3) + "-" + messages;
    row[1] = profile.id();
    row[2] = person.id();
    row[3] = campaign;
    row[4] = channel;
    row[5] = CompanyCalendar.instant(at);
    row[10] = row[5];
    landing.row(Feed.MESSAGES, calendar.dayOf(at), row);
    boolean isEmail = channel.equals("email");
    if (isEmail && dice.chance(BOUNCES)) {
      news(row, 8, at + dice.between(1, 90));
    } else if (dice.chance(opens)) {
      open(row, people, number, at + 60 + (long) dice.exponential(isEmail ? 30_000 : 4_000));
    }
  }

  private void open(Object[] row, People people, int number, long at) {
    Person person = people.all().get(number);
    news(row, 6, at);
    if (row[4].equals("email")) {
      events.add(new Event(person, null, "email_open", null, at, 1, "web"));
    }
    if (dice.chance(CLICKS)) {
      news(row, 7, at + dice.between(5, 300));
    } else if (row[3].equals("newsletter") && dice.chance(UNSUBSCRIBES)) {
      long later = at + dice.between(5, 300);
      news(row, 9, later);
      if (calendar.dayOf(later) <= calendar.lastDay()) {
        people.consent(number, calendar.dayOf(later), false);
      }
    }
  }

  /** Each piece of news lands the message anew. */
  private void news(Object[] row, int cell, long at) {
    row[cell] = CompanyCalendar.instant(at);
    row[10] = row[cell];
    landing.row(Feed.MESSAGES, calendar.dayOf(at), row);
  }
}
