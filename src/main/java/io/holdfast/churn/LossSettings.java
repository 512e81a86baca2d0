package io.holdfast.churn;

import io.holdfast.config.Setting;

/**
 * What a customer who leaves costs.
 *
 * @param months of MRR that are lost with it
 */
public record LossSettings(int months) {

  public static final Setting<LossSettings> SETTING = Setting.of("churn.loss", LossSettings.class);
}
