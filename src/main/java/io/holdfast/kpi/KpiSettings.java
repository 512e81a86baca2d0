package io.holdfast.kpi;

import io.holdfast.config.Nearest;
import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a plan wants to have reached by when.
 *
 * @param planStart the first day of the plan; not given: nothing is due
 * @param planDays how many days it has
 * @param planTolerance two figures of a plan that lie further apart than this share contradict
 * @param targets by KPI
 */
public record KpiSettings(
    Optional<LocalDate> planStart,
    int planDays,
    double planTolerance,
    Map<String, Target> targets) {

  public static final Setting<KpiSettings> SETTING = Setting.of("kpi", KpiSettings.class);

  /**
   * What is wanted of a KPI.
   *
   * @param baseline where it stood when the plan began
   * @param target where it is to stand on the plan's last day
   */
  public record Target(Optional<BigDecimal> baseline, Optional<BigDecimal> target) {}

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if a target is of no KPI, or the plan has no days
   */
  public KpiSettings {
    targets = new TreeMap<>(targets);
    List<String> known = Kpis.ALL.stream().map(Kpi::name).toList();
    for (String name : targets.keySet()) {
      if (!known.contains(name)) {
        throw new BadInput(
            "Cannot read kpi.targets.%s: there is no such KPI (nearest: '%s'). There are %s."
                .formatted(name, Nearest.to(name, known).orElse(""), known));
      }
    }
    if (planDays < 1) {
      throw new BadInput(
          "Cannot read kpi.plan_days: it is %d. Set it to 1 or more.".formatted(planDays));
    }
  }

  /** The day on which every target is due. */
  Optional<LocalDate> dueDate() {
    return planStart.map(start -> start.plusDays(planDays));
  }

  /** The value on the straight line from baseline to target; before and after it, its ends. */
  Optional<BigDecimal> line(String kpi, LocalDate date) {
    Target wanted = targets.getOrDefault(kpi, new Target(Optional.empty(), Optional.empty()));
    if (planStart.isEmpty() || wanted.baseline().isEmpty() || wanted.target().isEmpty()) {
      return Optional.empty();
    }
    long day = Math.max(0, Math.min(planDays, ChronoUnit.DAYS.between(planStart.get(), date)));
    BigDecimal way = wanted.target().get().subtract(wanted.baseline().get());
    return Optional.of(
        wanted
            .baseline()
            .get()
            .add(
                way.multiply(BigDecimal.valueOf(day))
                    .divide(BigDecimal.valueOf(planDays), MathContext.DECIMAL64)));
  }
}
