package io.holdfast.metrics;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import io.holdfast.metrics.RetentionDefinition.Birth;
import io.holdfast.metrics.RetentionDefinition.Unit;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is measured of retention.
 *
 * @param minCohort a rate of fewer is marked as small, in every table of rates
 * @param definitions the ways to follow cohorts, by name
 */
public record RetentionSettings(int minCohort, Map<String, RetentionDefinition> definitions) {

  public static final Setting<RetentionSettings> SETTING =
      Setting.of("retention", RetentionSettings.class);

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if a definition asks for what cannot be measured
   */
  public RetentionSettings {
    definitions = new TreeMap<>(definitions);
    definitions.forEach(RetentionSettings::check);
  }

  private static void check(String name, RetentionDefinition definition) {
    String key = "retention.definitions." + name;
    if (definition.unit() == Unit.USER && definition.birth() == Birth.FIRST_PAID) {
      throw new BadInput(
          "Cannot measure %s: users do not pay, so %s.birth = first_paid has no meaning for %s.unit = user. Set birth to first_core_event or signup, or unit to customer."
              .formatted(name, key, key));
    }
    if (definition.periods() < 1) {
      throw new BadInput(
          "Cannot measure %s: %s.periods is %d. Set it to 1 or more."
              .formatted(name, key, definition.periods()));
    }
  }
}
