package io.holdfast.generate;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.util.List;

/** What the company spends, on winning customers and on serving them. */
final class Books {
  /** What a signup costs by channel, in dollars; sales come on top. */
  private record Channel(String name, double share, double dollars) {}

  private static final List<Channel> CHANNELS =
      List.of(
          new Channel("organic", 0.36, 60),
          new Channel("ads", 0.22, 310),
          new Channel("partner", 0.17, 140),
          new Channel("event", 0.08, 420),
          new Channel("referral", 0.17, 90));

  /** What a customer costs a month by category, in dollars. */
  private record Cost(String category, String program, double dollars) {}

  private static final List<Cost> COSTS =
      List.of(
          new Cost("cost_of_revenue", null, 55),
          new Cost("support", null, 22),
          new Cost("customer_success", null, 26),
          new Cost("programme", "onboarding", 9),
          new Cost("programme", "re_engagement", 6),
          new Cost("programme", "loyalty", 5),
          new Cost("programme", "referral", 4));

  private static final double STAYING = 0.55;
  private static final double SALES_PER_SIGNUP = 130;
  private static final int SETUP_DOLLARS_A_CUSTOMER = 20;

  private final long customers;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private int bookings;

  Books(Company.Parameters of, CompanyCalendar calendar, Landing landing) {
    this.customers = of.customers();
    this.calendar = calendar;
    this.landing = landing;
    this.dice = Dice.of(of.seed(), -1, "books");
  }

  /** Spend is booked each Monday for the week before, costs on the last day of a month. */
  void land() {
    setUp();
    for (int day = 0; day <= calendar.lastDay(); day++) {
      if (calendar.date(day).getDayOfWeek() == DayOfWeek.MONDAY) {
        week(day);
      }
      if (calendar.isMonthEnd(day)) {
        month(day);
      }
    }
  }

  /** What is spent on the first day is spent once. */
  private void setUp() {
    for (String program : List.of("onboarding", "re_engagement", "loyalty", "referral")) {
      cost(0, "programme", program, SETUP_DOLLARS_A_CUSTOMER * customers / 10.0);
    }
  }

  private void week(int monday) {
    double signups = 0;
    for (int day = Math.max(0, monday - 7); day < monday; day++) {
      signups += customers * calendar.signupShare(day);
    }
    String campaign = calendar.inCampaign(Math.max(0, monday - 4)) ? "wave" : "always_on";
    for (Channel channel : CHANNELS) {
      double dollars = signups * channel.share() * channel.dollars() * dice.logNormal(1, 0.1);
      spend(monday, channel.name(), "marketing", campaign, dollars);
    }
    spend(monday, null, "sales", null, signups * SALES_PER_SIGNUP * dice.logNormal(1, 0.1));
  }

  private void spend(int day, String channel, String kind, String campaign, double dollars) {
    bookings++;
    landing.row(
        Feed.MARKETING_SPEND,
        day,
        "spd-" + bookings,
        calendar.date(day).minusDays(1),
        channel,
        kind,
        campaign,
        cents(dollars),
        Currency.USD);
  }

  private void month(int day) {
    for (Cost cost : COSTS) {
      double dollars =
          cost.dollars() * customers * calendar.signupsBy(day) * STAYING * dice.logNormal(1, 0.05);
      cost(day, cost.category(), cost.program(), dollars);
      if (dice.chance(Planted.CREDIT_NOTE.rate)) {
        Object[] note = booking(day, cost.category(), cost.program(), -dollars * 0.02);
        landing.planted(Planted.CREDIT_NOTE, note[0].toString(), Feed.COSTS, day, note);
      }
    }
  }

  private void cost(int day, String category, String program, double dollars) {
    landing.row(Feed.COSTS, day, booking(day, category, program, dollars));
  }

  private Object[] booking(int day, String category, String program, double dollars) {
    bookings++;
    return new Object[] {
      "cst-" + bookings,
      calendar.date(day),
      category,
      program,
      null,
      cents(dollars),
      Currency.USD,
      day == 0
    };
  }

  private static BigDecimal cents(double dollars) {
    return BigDecimal.valueOf(Math.round(dollars * 100), 2);
  }
}
