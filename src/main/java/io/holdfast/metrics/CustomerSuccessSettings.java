package io.holdfast.metrics;

import io.holdfast.config.Setting;

/**
 * What it is to be looked after.
 *
 * @param touchDays a customer with a touch in so many trailing local days is looked after
 * @param retentionDays over how many days retention with and without a manager is measured
 */
public record CustomerSuccessSettings(int touchDays, int retentionDays) {

  public static final Setting<CustomerSuccessSettings> SETTING =
      Setting.of("customer_success", CustomerSuccessSettings.class);
}
