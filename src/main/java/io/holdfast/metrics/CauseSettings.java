package io.holdfast.metrics;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Why customers leave, and what shows it.
 *
 * @param windowDays confirmed leavings of so many trailing days count
 * @param statementDays what a customer says within so many days of leaving is about it
 * @param evidenceDays what happened in so many days before leaving is evidence
 * @param saysNothing reasons, as feeds code them, that give none
 * @param order the causes, each before those that it is preferred to where several are shown
 * @param causes what is known of each cause, by name
 * @param evidence from what on something is evidence
 */
public record CauseSettings(
    int windowDays,
    int statementDays,
    int evidenceDays,
    List<String> saysNothing,
    List<String> order,
    Map<String, Cause> causes,
    Evidence evidence) {

  public static final Setting<CauseSettings> SETTING =
      Setting.of("churn_causes", CauseSettings.class);

  /**
   * A cause.
   *
   * @param claimedRate the share of all churn that it is said to have
   * @param reasons reasons, as feeds code them, that mean it
   * @param words parts of a customer's own words that mean it
   */
  public record Cause(Optional<Double> claimedRate, List<String> reasons, List<String> words) {

    /** Capitals mean nothing. */
    public Cause {
      reasons = reasons.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
      words = words.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    }
  }

  /**
   * From what on something shows a cause.
   *
   * @param onboardingDays poor onboarding: no active day in so many days after signup
   * @param firstResponseHours support gaps: slower first answers, on average
   * @param eventsPerHundred pricing: fewer events of the last 28 days for each 100 of MRR
   * @param minFeatureAdoption feature gaps: a smaller share of its features used in 28 days
   */
  public record Evidence(
      int onboardingDays,
      double firstResponseHours,
      double eventsPerHundred,
      double minFeatureAdoption) {}

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if the order does not name each cause once
   */
  public CauseSettings {
    causes = new TreeMap<>(causes);
    saysNothing = saysNothing.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    if (!causes.keySet().equals(new TreeMap<>(counted(order)).keySet())
        || order.size() != causes.size()) {
      throw new BadInput(
          "Cannot read churn_causes.order: it is %s, but the causes are %s. Name each once."
              .formatted(order, causes.keySet()));
    }
  }

  private static Map<String, Integer> counted(List<String> names) {
    Map<String, Integer> counts = new TreeMap<>();
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
    return counts;
  }
}
