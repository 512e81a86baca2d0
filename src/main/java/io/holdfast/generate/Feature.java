package io.holdfast.generate;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One feature of the company's product, as its catalogue knows it; retiredOn may be null. */
record Feature(
    String id,
    String name,
    Tier tier,
    double popularity,
    LocalDate launchedOn,
    LocalDate retiredOn,
    Plan leastPlan) {

  /** The kind of a feature, and how readily customers that fit take one up. */
  enum Tier {
    CORE(0.74, 15, 6.0),
    ADVANCED(0.30, 45, 1.6),
    INTEGRATION(0.22, 50, 1.5),
    REPORTING(0.40, 35, 1.8);

    final double uptake;
    final double daysToAdopt;
    final double weight;

    Tier(double uptake, double daysToAdopt, double weight) {
      this.uptake = uptake;
      this.daysToAdopt = daysToAdopt;
      this.weight = weight;
    }
  }

  boolean isOffered(LocalDate on) {
    return !launchedOn.isAfter(on) && (retiredOn == null || on.isBefore(retiredOn));
  }

  boolean isEntitled(Plan plan) {
    return plan.compareTo(leastPlan) >= 0;
  }

  /** What it counts for in figures by feature: itself, its tier, and all of them. */
  List<String> groups() {
    String tierName = tier.name().toLowerCase(Locale.ROOT);
    return List.of("feature:" + id, "tier:" + tierName, "overall:all");
  }

  String plans() {
    return List.of(Plan.values()).stream()
        .filter(this::isEntitled)
        .map(Plan::text)
        .collect(Collectors.joining("|"));
  }
}
