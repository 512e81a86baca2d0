package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/**
 * Who a customer is before it does anything.
 *
 * @param onboarding how well the start goes, 0 on average, 1 a standard deviation better
 * @param fit how well the product suits the work, on the same scale
 * @param intensity how much its people work in such products at all; means nothing for churn
 * @param people how many users it grows to
 */
record Profile(
    String id,
    String name,
    Market market,
    String channel,
    String industry,
    int employees,
    int signupDay,
    long signupAt,
    boolean isInternal,
    double onboarding,
    double fit,
    double intensity,
    int people,
    Plan plan) {

  private static final List<String> FIRST =
      List.of(
          "Acorn",
          "Birch",
          "Copper",
          "Delta",
          "Ember",
          "Fjord",
          "Granite",
          "Harbor",
          "Indigo",
          "Juniper",
          "Keystone",
          "Lantern",
          "Meadow",
          "Northern",
          "Orchard",
          "Pioneer",
          "Quarry",
          "Riverside",
          "Summit",
          "Tidewater",
          "Upland",
          "Vista",
          "Willow",
          "Yarrow",
          "Zephyr");
  private static final List<String> SECOND =
      List.of(
          "Analytics",
          "Bakeries",
          "Clinics",
          "Design",
          "Energy",
          "Foods",
          "Games",
          "Homes",
          "Insurance",
          "Labs",
          "Logistics",
          "Media",
          "Networks",
          "Outfitters",
          "Partners",
          "Robotics",
          "Schools",
          "Studios",
          "Systems",
          "Travel");
  private static final List<String> FORM = List.of("", "", " GmbH", " Ltd", ", Inc.", " & Co.");
  private static final List<String> INDUSTRIES =
      List.of(
          "software",
          "retail",
          "healthcare",
          "education",
          "finance",
          "manufacturing",
          "media",
          "professional_services");

  /** A place that customers come from. */
  record Market(String country, List<String> zones) {
    private static final List<Market> ALL =
        List.of(
            new Market(
                "US",
                List.of(
                    "America/New_York",
                    "America/Chicago",
                    "America/Denver",
                    "America/Los_Angeles")),
            new Market("GB", List.of("Europe/London")),
            new Market("DE", List.of("Europe/Berlin")),
            new Market("CA", List.of("America/Toronto", "America/Vancouver")),
            new Market("FR", List.of("Europe/Paris")),
            new Market("IN", List.of("Asia/Kolkata")),
            new Market("AU", List.of("Australia/Sydney")),
            new Market("BR", List.of("America/Sao_Paulo")),
            new Market("JP", List.of("Asia/Tokyo")));
  }

  /** A channel, and how it shifts the chances of those who come by it. */
  private record Channel(String name, double onboarding, double fit) {
    private static final List<Channel> ALL =
        List.of(
            new Channel("organic", 0.0, 0.1),
            new Channel("ads", -0.3, -0.4),
            new Channel("partner", 0.5, 0.2),
            new Channel("event", -0.1, -0.1),
            new Channel("referral", 0.3, 0.5));

    /** Ads and fairs bring the waves. */
    static Channel draw(boolean inCampaign, Dice dice) {
      double pushed = inCampaign ? 2.5 : 1;
      return ALL.get(dice.weighted(0.36, 0.22 * pushed, 0.17, 0.08 * pushed, 0.17));
    }
  }

  /** Customers are numbered in the order in which they sign up. */
  static Profile draw(long number, Company.Parameters of, CompanyCalendar calendar) {
    var dice = Dice.of(of.seed(), number, "profile");
    int day = calendar.signupDay((number + dice.uniform()) / of.customers());
    Channel channel = Channel.draw(calendar.inCampaign(day), dice);
    Market market =
        Market.ALL.get(dice.weighted(0.5, 0.12, 0.09, 0.08, 0.06, 0.05, 0.04, 0.03, 0.03));
    int employees = (int) Math.min(Math.ceil(dice.logNormal(40, 1.4)), 20_000);
    double spread = dice.logNormal(1, 0.4);
    return new Profile(
        String.format(Locale.ROOT, "acc-%06d", number + 1),
        dice.pick(FIRST) + " " + dice.pick(SECOND) + dice.pick(FORM),
        market,
        channel.name(),
        dice.pick(INDUSTRIES),
        employees,
        day,
        calendar.officeHour(day, dice),
        dice.chance(0.01),
        channel.onboarding() + dice.normal(),
        channel.fit() + dice.normal(),
        dice.logNormal(1, 0.45),
        (int) Math.max(1, Math.min(12, Math.round(StrictMath.pow(employees, 0.4) * spread))),
        plan(employees * dice.logNormal(1, 0.5)));
  }

  private static Plan plan(double size) {
    if (size < 35) {
      return Plan.BASIC;
    }
    return size < 350 ? Plan.PRO : Plan.ENTERPRISE;
  }
}
