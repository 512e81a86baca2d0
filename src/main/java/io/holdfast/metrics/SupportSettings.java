package io.holdfast.metrics;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What support promises to whom.
 *
 * @param windowDays trailing local days up to as_of whose tickets count
 * @param tiers the tiers of support, by name
 */
public record SupportSettings(int windowDays, Map<String, Tier> tiers) {

  public static final Setting<SupportSettings> SETTING =
      Setting.of("support", SupportSettings.class);

  /**
   * One tier. A customer is in the one of the shortest target among those that take it.
   *
   * @param targetMinutes by when the first answer should have come
   * @param isPaidOnly whether it takes only customers that pay
   * @param plans the plans it takes, in whatever case they are written; none: every plan
   */
  public record Tier(int targetMinutes, boolean isPaidOnly, List<String> plans) {}

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if no tier takes every customer
   */
  public SupportSettings {
    tiers = new TreeMap<>(tiers);
    if (tiers.values().stream().noneMatch(tier -> !tier.isPaidOnly() && tier.plans().isEmpty())) {
      throw new BadInput(
          "Cannot measure support: no tier of support.tiers takes every customer (%s). Add one with is_paid_only = false and plans = []."
              .formatted(tiers.keySet()));
    }
  }
}
