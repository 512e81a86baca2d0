package io.holdfast.activity;

import io.holdfast.config.Setting;
import java.util.List;

/**
 * How paying and leaving are told apart.
 *
 * @param gapDays a customer that pays again within so many days of its churn date, inclusive, never
 *     left
 * @param graceDays a line that is past due counts as paid for so many days
 * @param involuntaryReasons end reasons, as the feed codes them, that mean want of payment
 */
public record RevenueSettings(int gapDays, int graceDays, List<String> involuntaryReasons) {

  public static final Setting<RevenueSettings> SETTING =
      Setting.of("revenue", RevenueSettings.class);
}
