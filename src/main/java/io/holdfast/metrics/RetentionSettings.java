package io.holdfast.metrics;

import io.holdfast.activity.RetentionDefinition;
import io.holdfast.config.Setting;
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

  /** In the order of their names, whatever the order given. */
  public RetentionSettings {
    definitions = new TreeMap<>(definitions);
  }
}
