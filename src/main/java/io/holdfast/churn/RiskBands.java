package io.holdfast.churn;

import io.holdfast.config.Setting;

/**
 * Which part of a night's customers is at which risk.
 *
 * @param high percentile from which the risk is high
 * @param medium percentile from which it is medium; below: low
 */
public record RiskBands(double high, double medium) {

  public static final Setting<RiskBands> SETTING = Setting.of("churn.risk_bands", RiskBands.class);
}
