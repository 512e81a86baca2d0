package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.config.Setting;
import java.util.List;
import org.apache.spark.sql.Column;

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

  /** Whether a row of {@code conformed.events} shows it; never NULL. */
  public Column isValue() {
    return coalesce(col("event").isin(events.toArray()), lit(false))
        .or(coalesce(col("feature").isin(features.toArray()), lit(false)));
  }
}
