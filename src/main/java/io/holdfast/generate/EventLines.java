package io.holdfast.generate;

/** Lands the events of one customer, some late, some twice, some spoilt. */
final class EventLines {
  private static final double LATE = 0.02;
  private static final double REPEATED = 0.005;
  private static final double SPOILT = 0.0005;

  private final String account;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private int events;

  EventLines(Profile profile, CompanyCalendar calendar, Landing landing, Dice dice) {
    this.account = profile.id();
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
  }

  /** An event; session and feature are null where there is none. */
  record Event(
      String user,
      String session,
      String name,
      String feature,
      long second,
      int quantity,
      String platform) {}

  /** A spoilt line is one more line: it never takes the place of a good one. */
  void add(Event event) {
    int happened = calendar.dayOf(event.second());
    if (happened < 0) {
      return;
    }
    int arrived = happened + (dice.chance(LATE) ? dice.between(1, 3) : 0);
    String at = CompanyCalendar.instant(event.second());
    String line = line(event, account, at);
    landing.line(Feed.EVENTS, arrived, Planted.NOTHING, line);
    if (dice.chance(REPEATED)) {
      landing.line(Feed.EVENTS, arrived + dice.between(0, 1), Planted.REPEAT, line);
    }
    if (dice.chance(SPOILT)) {
      switch (dice.between(1, 3)) {
        case 1 -> {
          String whole = line(event, account, at);
          String torn = whole.substring(0, dice.between(20, whole.length() - 2));
          landing.line(Feed.EVENTS, arrived, Planted.MALFORMED_LINE, torn);
        }
        case 2 ->
            landing.line(Feed.EVENTS, arrived, Planted.MISSING_ACCOUNT, line(event, null, at));
        default ->
            landing.line(
                Feed.EVENTS,
                arrived,
                Planted.UNREADABLE_TIME,
                line(event, account, at.replace("-", "/").replace("T", " at ")));
      }
    }
  }

  private String line(Event event, String accountId, String at) {
    events++;
    var line = new JsonLine().text("event_id", "evt" + account.substring(3) + "-" + events);
    if (accountId != null) {
      line.text("account_id", accountId);
    }
    line.text("user_id", event.user());
    if (event.session() != null) {
      line.text("session_id", event.session());
    }
    line.text("name", event.name());
    if (event.feature() != null) {
      line.text("feature", event.feature());
    }
    return line.text("at", at)
        .value("quantity", event.quantity())
        .value("properties", "{\"platform\":\"" + event.platform() + "\"}")
        .end();
  }
}
