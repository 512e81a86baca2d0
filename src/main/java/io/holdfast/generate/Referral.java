package io.holdfast.generate;

import java.util.Locale;
import java.util.Optional;

/** How a customer that came by referral came, and the friends of it that never did. */
final class Referral {
  private static final int REACH = 400;
  private static final double LEADS_A_DAY = 0.0006;

  private final Profile profile;
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Dice dice;
  private final Optional<Profile> referrer;
  private final int createdDay;
  private int leads;
  private boolean isPaid;

  private Referral(
      Profile profile,
      CompanyCalendar calendar,
      Landing landing,
      Dice dice,
      Optional<Profile> referrer,
      int createdDay) {
    this.profile = profile;
    this.calendar = calendar;
    this.landing = landing;
    this.dice = dice;
    this.referrer = referrer;
    this.createdDay = createdDay;
  }

  /** Whoever comes by referral was sent by one of those who came shortly before. */
  static Referral of(
      long number,
      Profile profile,
      Company.Parameters parameters,
      CompanyCalendar calendar,
      Landing landing,
      Dice dice) {
    if (!profile.channel().equals("referral") || number == 0) {
      return new Referral(profile, calendar, landing, dice, Optional.empty(), -1);
    }
    long by = number - dice.between(1, (int) Math.min(REACH, number));
    Profile referrer = Profile.draw(by, parameters, calendar);
    int created = Math.max(referrer.signupDay(), profile.signupDay() - dice.between(1, 20));
    var referral = new Referral(profile, calendar, landing, dice, Optional.of(referrer), created);
    referral.land("lead", null, created, 0);
    referral.land("signed_up", profile.id(), profile.signupDay(), 3_600);
    return referral;
  }

  /** The referral of a customer succeeds when it first pays. */
  void day(int day, boolean isPaying, String email) {
    if (!landing.isOpen()) {
      return;
    }
    if (isPaying && !isPaid) {
      isPaid = true;
      land("paid", profile.id(), day, 7_200);
    }
    if (isPaying && dice.chance(LEADS_A_DAY)) {
      leads++;
      String address =
          dice.chance(0.05)
              ? email
              : "friend%d@prospect%s.example".formatted(leads, profile.id().substring(4));
      long at = calendar.noon(day);
      landing.row(
          Feed.REFERRALS,
          day,
          "ref" + profile.id().substring(3) + String.format(Locale.ROOT, "-%02d", leads),
          code(profile),
          profile.id(),
          null,
          address,
          CompanyCalendar.instant(at),
          "lead",
          CompanyCalendar.instant(at));
    }
  }

  private void land(String status, String referred, int day, int seconds) {
    referrer.ifPresent(
        by ->
            landing.row(
                Feed.REFERRALS,
                day,
                "ref" + profile.id().substring(3) + "-00",
                code(by),
                by.id(),
                referred,
                "team@" + profile.id().substring(4) + ".example",
                CompanyCalendar.instant(calendar.noon(createdDay)),
                status,
                CompanyCalendar.instant(calendar.noon(day) + seconds)));
  }

  private static String code(Profile of) {
    return "FRIEND" + of.id().substring(4);
  }
}
