package io.holdfast.generate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** Turns the numbered days of a company's life into local dates and instants, and back. */
final class CompanyCalendar {
  private static final int DAY_SECONDS = 86_400;

  private final LocalDate firstDate;
  private final int days;
  private final long[] midnights;
  private final double[] signupsUpTo;

  CompanyCalendar(LocalDate firstDate, int days, ZoneId zone) {
    this.firstDate = firstDate;
    this.days = days;
    this.midnights = new long[days + 1];
    for (int day = 0; day <= days; day++) {
      midnights[day] = firstDate.plusDays(day).atStartOfDay(zone).toEpochSecond();
    }
    this.signupsUpTo = signups(days);
  }

  private double[] signups(int length) {
    var upTo = new double[length];
    double sum = 0;
    for (int day = 0; day < length; day++) {
      double launch = 1 + 3 * StrictMath.exp(-day / 25.0);
      double growth = 0.8 + 0.4 * day / length;
      sum += launch * growth * (isWeekend(date(day)) ? 0.4 : 1.0) * (inCampaign(day) ? 1.9 : 1.0);
      upTo[day] = sum;
    }
    return upTo;
  }

  int lastDay() {
    return days - 1;
  }

  LocalDate date(int day) {
    return firstDate.plusDays(day);
  }

  /** The number of a date; days before the company's first are negative. */
  int day(LocalDate date) {
    return (int) ChronoUnit.DAYS.between(firstDate, date);
  }

  /** The company-local day of an instant; -1 before the first day, one past the last after it. */
  int dayOf(long second) {
    int found = Arrays.binarySearch(midnights, second);
    return found >= 0 ? found : -found - 2;
  }

  /** An instant at which offices are open, on a day. */
  long officeHour(int day, Dice dice) {
    return midnights[day] + dice.between(9 * 3600, 18 * 3600);
  }

  /** The instant on a company's day at which it is a given second of the day somewhere else. */
  long at(int day, int secondOfDay, ZoneId elsewhere) {
    long second =
        date(day).toEpochDay() * DAY_SECONDS + secondOfDay - offset(midnights[day], elsewhere);
    if (second < midnights[day]) {
      return second + DAY_SECONDS;
    }
    return second >= midnights[day + 1] ? second - DAY_SECONDS : second;
  }

  static boolean isWeekend(long second, ZoneId zone) {
    return isWeekend(
        LocalDate.ofEpochDay(Math.floorDiv(second + offset(second, zone), DAY_SECONDS)));
  }

  private static boolean isWeekend(LocalDate date) {
    return date.getDayOfWeek().getValue() > 5;
  }

  private static int offset(long second, ZoneId zone) {
    return zone.getRules().getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
  }

  /** Everybody works less between the years: a fall of use that announces nothing. */
  boolean isHoliday(int day) {
    LocalDate date = date(day);
    return (date.getMonthValue() == 12 && date.getDayOfMonth() >= 23)
        || (date.getMonthValue() == 1 && date.getDayOfMonth() <= 2);
  }

  /** A campaign or a trade fair: two weeks out of thirteen. */
  boolean inCampaign(int day) {
    return day % 91 >= 40 && day % 91 < 54;
  }

  /** The day by which a share of all customers has signed up: waves, weekdays and slow growth. */
  int signupDay(double share) {
    int found = Arrays.binarySearch(signupsUpTo, share * signupsUpTo[days - 1]);
    return Math.min(found >= 0 ? found + 1 : -found - 1, lastDay());
  }

  static String instant(long second) {
    return Instant.ofEpochSecond(second).toString();
  }
}
