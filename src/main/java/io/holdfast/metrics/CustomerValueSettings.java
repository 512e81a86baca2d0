package io.holdfast.metrics;

import io.holdfast.config.Setting;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * How the worth of a customer is reckoned.
 *
 * @param grossMargin share of MRR that serving customers leaves, where costs do not tell it; not
 *     given: unknown
 * @param costOfRevenue categories of costs that serving customers causes
 * @param churnMonths so many trailing months say how fast customers leave
 * @param minChurned with fewer leavings in them a lifetime is anyone's guess: NULL
 * @param maxLifetimeMonths nobody is taken to stay longer
 * @param monthlyDiscountRate what money of a month later is worth less
 */
public record CustomerValueSettings(
    Optional<BigDecimal> grossMargin,
    List<String> costOfRevenue,
    int churnMonths,
    int minChurned,
    int maxLifetimeMonths,
    double monthlyDiscountRate) {

  public static final Setting<CustomerValueSettings> SETTING =
      Setting.of("customer_value", CustomerValueSettings.class);
}
