package io.holdfast.activity;

import io.holdfast.config.Setting;
import java.util.List;

/**
 * What shows that a customer has seen what the product is for.
 *
 * @param events events that do, by name
 * @param features features whose use does
 */
public record ValueSettings(List<String> events, List<String> features) {

  public static final Setting<ValueSettings> SETTING = Setting.of("value", ValueSettings.class);

  /** Whether the company says what it is at all. */
  public boolean isSaid() {
    return !events.isEmpty() || !features.isEmpty();
  }
}
