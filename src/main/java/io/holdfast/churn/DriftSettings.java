package io.holdfast.churn;

import io.holdfast.config.Setting;

/**
 * When customers are no longer those that a model learned from.
 *
 * @param alertPsi population stability index above which a feature or the score has drifted
 */
public record DriftSettings(double alertPsi) {

  public static final Setting<DriftSettings> SETTING =
      Setting.of("churn.drift", DriftSettings.class);
}
