package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/** Asks people how content they are; fewer than half of them answer. */
final class Surveys {
  private static final int NPS_DAYS = 91;
  private static final List<String> PRAISE =
      List.of("Does what we need", "Quick and friendly", "The team likes it");
  private static final List<String> BLAME =
      List.of("Too slow", "Hard to find things", "Waited days for an answer");

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Truth truth;
  private final Dice dice;
  private int asked;

  Surveys(Profile profile, CompanyCalendar calendar, Landing landing, Truth truth, Dice dice) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.truth = truth;
    this.dice = dice;
  }

  private enum Scale {
    FIVE(1, 5),
    ELEVEN(0, 10);

    private final int low;
    private final int high;

    Scale(int low, int high) {
      this.low = low;
      this.high = high;
    }

    private int mark(double content) {
      double mark = low + (high - low) * content;
      return (int) Math.max(low, Math.min(high, Math.round(mark)));
    }
  }

  private record Question(
      String id,
      String survey,
      String touchpoint,
      String about,
      Person person,
      long at,
      Scale on) {}

  /** After three weeks about the start, each quarter about the product, and NPS in between. */
  void day(int day, List<Person> people, boolean isPaying, double level) {
    int tenure = day - profile.signupDay();
    if (!landing.isOpen() || tenure == 0) {
      return;
    }
    double content = content(level);
    if (tenure == 21) {
      ask("csat", "onboarding", "", people, day, Scale.ELEVEN, content - 0.05);
    }
    if (isPaying && tenure % NPS_DAYS == 50) {
      ask("csat", "product", "", people, day, Scale.ELEVEN, content);
    }
    if (isPaying && tenure % NPS_DAYS == 80) {
      ask("nps", "", "", people, day, Scale.ELEVEN, content + 0.08);
    }
    if (isPaying && tenure % 180 == 100) {
      ask("csat", "billing", "", people, day, Scale.FIVE, content - 0.02);
    }
  }

  /** How content people are, 0 to 1: the product's fit, and how much they still care to use it. */
  private double content(double level) {
    return 0.68 + 0.08 * profile.fit() + 0.15 * Math.min(1, level - 1) + 0.16 * dice.normal();
  }

  void afterTicket(String ticket, Person person, long closedAt, double bad) {
    int day = calendar.dayOf(closedAt);
    if (day <= calendar.lastDay()) {
      double content = 0.82 - 0.3 * bad + 0.16 * dice.normal();
      ask("csat", "support", ticket, List.of(person), day, Scale.FIVE, content);
    }
  }

  private void ask(
      String survey,
      String touchpoint,
      String about,
      List<Person> people,
      int day,
      Scale scale,
      double content) {
    asked++;
    String id = "srv" + profile.id().substring(3) + String.format(Locale.ROOT, "-%03d", asked);
    Person person = dice.pick(people);
    long at = calendar.officeHourAfter(person.createdAt(), day, dice);
    var question = new Question(id, survey, touchpoint, about, person, at, scale);
    landing.line(Feed.SURVEYS, calendar.dayOf(at), line(question, id, null, null, null, at));
    Truth.Answer answer = null;
    if (dice.chance(0.38)) {
      long answered = at + 120 + (long) dice.exponential(1.2 * 86_400);
      int mark = scale.mark(content);
      String words = dice.chance(0.3) ? dice.pick(content > 0.6 ? PRAISE : BLAME) : null;
      int day2 = calendar.dayOf(answered);
      landing.line(Feed.SURVEYS, day2, line(question, id, answered, mark, words, answered));
      answer = landing.isDue(day2) ? new Truth.Answer(day2, answered, mark, scale.high) : null;
      if (dice.chance(Planted.ANSWER_IN_WORDS_FOR_SCORE.rate * 3)) {
        String odd = id + "-x";
        landing.line(
            Feed.SURVEYS,
            day2,
            Planted.ANSWER_IN_WORDS_FOR_SCORE,
            odd,
            line(question, odd, answered, "\"very good\"", words, answered));
      }
    }
    truth.asked(
        profile.id(),
        new Truth.Question(id, survey, touchpoint, about, person.id(), calendar.dayOf(at), answer));
  }

  private String line(
      Question of, String id, Long answered, Object mark, String words, long updatedAt) {
    return new JsonLine()
        .text("response_id", id)
        .text("survey", of.survey())
        .text("touchpoint", of.touchpoint().isEmpty() ? null : of.touchpoint())
        .text("about", of.about().isEmpty() ? null : of.about())
        .text("account_id", profile.id())
        .text("user_id", of.person().id())
        .text("sent_at", CompanyCalendar.instant(of.at()))
        .text("answered_at", answered == null ? null : CompanyCalendar.instant(answered))
        .value("score", mark)
        .value("scale", "{\"min\":" + of.on().low + ",\"max\":" + of.on().high + "}")
        .text("comment", words)
        .text("updated_at", CompanyCalendar.instant(updatedAt))
        .end();
  }
}
