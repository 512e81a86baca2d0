package io.holdfast.activity;

import io.holdfast.config.Setting;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * How paying and leaving are told apart.
 *
 * @param gapDays a customer that pays again within so many days of its churn date, inclusive, never
 *     left
 * @param graceDays a line that is past due counts as paid for so many days
 * @param involuntaryReasons end reasons, as the feed codes them, that mean want of payment
 * @param dataBegins the first day from which customers that have left are in the data too; not
 *     given: the first payment
 */
public record RevenueSettings(
    int gapDays, int graceDays, List<String> involuntaryReasons, Optional<LocalDate> dataBegins) {

  public static final Setting<RevenueSettings> SETTING =
      Setting.of("revenue", RevenueSettings.class);
}
