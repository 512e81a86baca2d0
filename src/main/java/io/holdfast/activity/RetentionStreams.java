package io.holdfast.activity;

import io.holdfast.config.Setting;
import java.util.Map;

/**
 * The definitions of retention as this stage reads them: for the streams that they follow.
 *
 * @param definitions the ways to follow cohorts, by name
 */
public record RetentionStreams(Map<String, RetentionDefinition> definitions) {

  public static final Setting<RetentionStreams> SETTING =
      Setting.of("retention", RetentionStreams.class);
}
