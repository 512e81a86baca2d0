package io.holdfast.conformed;

import io.holdfast.config.Setting;

/**
 * How rows become things.
 *
 * @param clashDays how many days apart two rows of one event id can lie to be compared
 */
public record ConformedSettings(int clashDays) {

  public static final Setting<ConformedSettings> SETTING =
      Setting.of("conformed", ConformedSettings.class);
}
