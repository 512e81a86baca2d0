package io.holdfast.metrics;

import io.holdfast.config.Setting;

/**
 * When a customer has adopted a feature, and who counts.
 *
 * @param windowDays trailing local days up to as_of in which uses count
 * @param minUses so many uses in them are an adoption
 * @param minTenureDays younger customers are in no denominator
 * @param newFeatureDays a feature launched in so many trailing days is new
 */
public record AdoptionSettings(int windowDays, int minUses, int minTenureDays, int newFeatureDays) {

  public static final Setting<AdoptionSettings> SETTING =
      Setting.of("adoption", AdoptionSettings.class);
}
