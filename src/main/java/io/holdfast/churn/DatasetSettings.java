package io.holdfast.churn;

import io.holdfast.config.Setting;
import java.util.Map;

/**
 * Who is observed when, what is known of them, and what is then asked of the future.
 *
 * @param leadDays days between an observation and the first churn date that counts, so that there
 *     is time to act
 * @param horizonDays how many churn dates count
 * @param slackDays how long late arrivals may still correct a label
 * @param minTenureDays days since signup from which a customer is observed
 * @param maxObservationWeeks how many Mondays the data set goes back
 * @param firstResponseHours within how many hours support's first answer is in time
 * @param attributes the customer's own columns that take part, by name
 */
public record DatasetSettings(
    int leadDays,
    int horizonDays,
    int slackDays,
    int minTenureDays,
    int maxObservationWeeks,
    int firstResponseHours,
    Map<String, Feature.Kind> attributes) {

  public static final Setting<DatasetSettings> SETTING =
      Setting.of("churn.dataset", DatasetSettings.class);

  /** Days of outcome after an observation during which a churn can begin or be undone. */
  int outcomeDays(int gapDays) {
    return leadDays + horizonDays + gapDays;
  }
}
