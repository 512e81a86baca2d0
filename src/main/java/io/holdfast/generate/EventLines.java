package io.holdfast.generate;

import static io.holdfast.generate.Planted.CLASHING_EVENT;
import static io.holdfast.generate.Planted.EVENT_AT_NO_TIME;
import static io.holdfast.generate.Planted.EVENT_A_CENTURY_EARLY;
import static io.holdfast.generate.Planted.EVENT_BEFORE_SIGNUP;
import static io.holdfast.generate.Planted.EVENT_WITHOUT_ACCOUNT;
import static io.holdfast.generate.Planted.EVENT_WITH_WORDS_FOR_QUANTITY;
import static io.holdfast.generate.Planted.EVENT_YEARS_AHEAD;
import static io.holdfast.generate.Planted.NOTHING;
import static io.holdfast.generate.Planted.REPEATED_EVENT;
import static io.holdfast.generate.Planted.TORN_EVENT;

import java.util.List;
import java.util.Optional;

/** Lands the events of one customer, some late, some twice, some spoilt. */
final class EventLines {
  private static final double LATE = 0.02;
  private static final double VERY_LATE = 0.0005;
  private static final double BY_OTHER_CLOCKS = 0.08;
  private static final double WITHOUT_ZONE = 0.02;
  private static final int DAY_SECONDS = 86_400;
  private static final int DAYS_AHEAD = 3_652;
  private static final int DAYS_BACK = 36_525;
  private static final List<Planted> SPOILT =
      List.of(
          TORN_EVENT,
          EVENT_WITHOUT_ACCOUNT,
          EVENT_AT_NO_TIME,
          EVENT_WITH_WORDS_FOR_QUANTITY,
          EVENT_A_CENTURY_EARLY,
          EVENT_YEARS_AHEAD);
  private static final double SPOILT_RATE = SPOILT.stream().mapToDouble(kind -> kind.rate).sum();

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Optional<Duplicate> duplicate;
  private final Dice dice;
  private int events;

  EventLines(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Truth truth,
      Optional<Duplicate> duplicate,
      Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = truth;
    this.duplicate = duplicate;
    this.dice = dice;
  }

  /** An event; session and feature are null where there is none. */
  record Event(
      Person person,
      String session,
      String name,
      String feature,
      long second,
      int quantity,
      String platform) {}

  /** An event as it lands: under an account and an id, at a time as somebody's clock says it. */
  private record Sent(
      Event event, String account, String user, String id, String at, Object quantity) {
    Sent id(String other) {
      return new Sent(event, account, user, other, at, quantity);
    }

    Sent account(String other) {
      return new Sent(event, other, user, id, at, quantity);
    }

    Sent at(String other) {
      return new Sent(event, account, user, id, other, quantity);
    }

    Sent quantity(Object other) {
      return new Sent(event, account, user, id, at, other);
    }

    String line() {
      var line = new JsonLine().text("event_id", id);
      if (account != null) {
        line.text("account_id", account);
      }
      line.text("user_id", user);
      if (event.session() != null) {
        line.text("session_id", event.session());
      }
      line.text("name", event.name());
      if (event.feature() != null) {
        line.text("feature", event.feature());
      }
      return line.text("at", at)
          .value("quantity", quantity)
          .value("properties", "{\"platform\":\"" + event.platform() + "\"}")
          .end();
    }
  }

  void add(Event event) {
    if (!landing.isOpen()) {
      return;
    }
    int happened = calendar.dayOf(event.second());
    if (happened < 0) {
      return;
    }
    int arrived = happened + delay();
    String account =
        duplicate
            .map(second -> second.accountOf(event.person(), happened, profile.id()))
            .orElse(profile.id());
    String user = event.person().idOn(happened);
    Sent sent = new Sent(event, account, user, nextId(), clock(event), event.quantity());
    land(sent, happened, arrived, NOTHING);
    if (dice.chance(REPEATED_EVENT.rate)) {
      landing.line(
          Feed.EVENTS, arrived + dice.between(0, 1), REPEATED_EVENT, sent.id(), sent.line());
    }
    if (dice.chance(CLASHING_EVENT.rate)) {
      int again = arrived + dice.between(0, 1);
      land(sent.quantity(event.quantity() + dice.between(1, 9)), happened, again, CLASHING_EVENT);
    }
    if (dice.chance(SPOILT_RATE)) {
      double[] rates = SPOILT.stream().mapToDouble(kind -> kind.rate).toArray();
      spoil(SPOILT.get(dice.weighted(rates)), sent.id(nextId()), arrived);
    }
    if (dice.chance(EVENT_BEFORE_SIGNUP.rate) && duplicate.isEmpty()) {
      beforeSignup(sent, arrived);
    }
  }

  private int delay() {
    double drawn = dice.uniform();
    if (drawn < VERY_LATE) {
      return dice.between(4, 30);
    }
    return drawn < VERY_LATE + LATE ? dice.between(1, 3) : 0;
  }

  /** Most clients send UTC, some their own clock with its offset, an old one no zone at all. */
  private String clock(Event event) {
    double drawn = dice.uniform();
    if (drawn < BY_OTHER_CLOCKS) {
      return CompanyCalendar.instant(event.second(), event.person().zone());
    }
    return drawn < BY_OTHER_CLOCKS + WITHOUT_ZONE
        ? calendar.localTime(event.second()).orElse(CompanyCalendar.instant(event.second()))
        : CompanyCalendar.instant(event.second());
  }

  /** What is kept, even with a warning, counts. */
  private void land(Sent sent, int happened, int arrived, Planted kind) {
    landing.line(Feed.EVENTS, arrived, kind, sent.id(), sent.line());
    if (landing.isDue(arrived) && sent.event().feature() != null) {
      truth.used(sent.account(), sent.user(), sent.event().feature(), happened);
    }
  }

  private void spoil(Planted kind, Sent sent, int arrived) {
    long second = sent.event().second();
    String instant = CompanyCalendar.instant(second);
    String line =
        switch (kind) {
          case TORN_EVENT -> {
            String whole = sent.line();
            yield whole.substring(0, dice.between(sent.id().length() + 16, whole.length() - 2));
          }
          case EVENT_WITHOUT_ACCOUNT -> sent.account(null).line();
          case EVENT_AT_NO_TIME -> sent.at(instant.replace("-", "/").replace("T", " at ")).line();
          case EVENT_WITH_WORDS_FOR_QUANTITY -> sent.quantity("\"several\"").line();
          case EVENT_A_CENTURY_EARLY ->
              sent.at(CompanyCalendar.instant(second - (long) DAYS_BACK * DAY_SECONDS)).line();
          default ->
              sent.at(CompanyCalendar.instant(second + (long) DAYS_AHEAD * DAY_SECONDS)).line();
        };
    landing.line(Feed.EVENTS, arrived, kind, sent.id(), line);
  }

  /** A test of the product, say, from before the account was opened. */
  private void beforeSignup(Sent sent, int arrived) {
    int day = profile.signupDay() - dice.between(1, 30);
    if (day >= 0) {
      var event =
          new Event(
              sent.event().person(),
              null,
              "feature_used",
              "create_task",
              calendar.noon(day),
              1,
              sent.event().platform());
      String user = event.person().id();
      String at = CompanyCalendar.instant(event.second());
      land(new Sent(event, profile.id(), user, nextId(), at, 1), day, arrived, EVENT_BEFORE_SIGNUP);
    }
  }

  private String nextId() {
    events++;
    return "evt" + profile.id().substring(3) + "-" + events;
  }
}
