package io.holdfast.sources;

import io.holdfast.config.Setting;
import java.time.DayOfWeek;
import java.time.ZoneId;

/**
 * What is one per company.
 *
 * @param tz the business time zone that truncates every hour, day, week and month
 * @param weekStartsOn the first day of a week
 * @param currency the reporting currency, ISO 4217
 */
public record Company(ZoneId tz, DayOfWeek weekStartsOn, String currency) {

  public static final Setting<Company> SETTING = Setting.of("company", Company.class);
}
