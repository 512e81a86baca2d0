package io.holdfast.activation;

import io.holdfast.config.Setting;
import java.util.Map;

/**
 * Where export files go and for which tools they are made.
 *
 * @param splitAt 0..1: a file ends at this share of its destination's limit
 * @param destinations the tools, by name
 */
public record Activation(double splitAt, Map<String, Destination> destinations) {

  public static final Setting<Activation> SETTING = Setting.of("activation", Activation.class);
}
