package io.holdfast.generate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Turns the numbered days of a company's life into local dates and instants, and back. */
final class CompanyCalendar {
  private static final int DAY_SECONDS = 86_400;
  private static final DateTimeFormatter WITH_OFFSET =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
  private static final DateTimeFormatter WITHOUT_OFFSET =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final LocalDate firstDate;
  private final int days;
  private final ZoneId zone;
  private final long[] midnights;
  private final double[] signupsUpTo;

  CompanyCalendar(LocalDate firstDate, int days, ZoneId zone) {
    this.firstDate = firstDate;
    this.days = days;
    this.zone = zone;
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

  /** The day from which the price list is dearer. */
  int priceRiseDay() {
    return lastDay() * 60 / 100;
  }

  LocalDate date(int day) {
    return firstDate.plusDays(day);
  }

  /** The date of a day; null for -1, which says that there is none. */
  LocalDate dateOrNull(int day) {
    return day < 0 ? null : date(day);
  }

  /** Counts calendar months from the company's first. */
  int monthIndex(int day) {
    LocalDate date = date(day);
    return (date.getYear() - firstDate.getYear()) * 12
        + date.getMonthValue()
        - firstDate.getMonthValue();
  }

  LocalDate monthStart(int monthIndex) {
    return firstDate.withDayOfMonth(1).plusMonths(monthIndex);
  }

  /** Counts weeks that begin on Mondays; 1970-01-05 began the first. */
  int weekIndex(int day) {
    return (int) Math.floorDiv(date(day).toEpochDay() - 4, 7);
  }

  static LocalDate weekStart(int weekIndex) {
    return LocalDate.ofEpochDay(weekIndex * 7L + 4);
  }

  boolean isMonthEnd(int day) {
    return date(day).plusDays(1).getDayOfMonth() == 1;
  }

  /** The share of all signups that a day brings. */
  double signupShare(int day) {
    double before = day == 0 ? 0 : signupsUpTo[day - 1];
    return (signupsUpTo[day] - before) / signupsUpTo[days - 1];
  }

  /** The share of all signups up to a day. */
  double signupsBy(int day) {
    return signupsUpTo[day] / signupsUpTo[days - 1];
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

  /** Half a day after midnight, as near as the clock comes. */
  long noon(int day) {
    return midnights[day] + DAY_SECONDS / 2;
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

  /** The same instant as a clock elsewhere shows it, with its offset. */
  static String instant(long second, ZoneId elsewhere) {
    return WITH_OFFSET.format(Instant.ofEpochSecond(second).atZone(elsewhere));
  }

  /** The same instant by the company's own clock, without a zone; empty where that says two. */
  Optional<String> localTime(long second) {
    ZonedDateTime local = Instant.ofEpochSecond(second).atZone(zone);
    boolean isPlain = zone.getRules().getValidOffsets(local.toLocalDateTime()).size() == 1;
    return isPlain ? Optional.of(WITHOUT_OFFSET.format(local)) : Optional.empty();
  }

  /** An instant of a day, at least a while after another one. */
  long officeHourAfter(long second, int day, Dice dice) {
    return Math.max(officeHour(day, dice), second + 60);
  }
}
