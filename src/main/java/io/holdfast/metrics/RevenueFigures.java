package io.holdfast.metrics;

import io.holdfast.config.Setting;
import java.util.List;

/**
 * How figures of paying customers are split.
 *
 * @param segmentDimensions columns or attributes of customers by which churn and survival are split
 */
public record RevenueFigures(List<String> segmentDimensions) {

  public static final Setting<RevenueFigures> SETTING = Setting.of("revenue", RevenueFigures.class);
}
