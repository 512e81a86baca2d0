package io.holdfast.churn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Signs that a feature knows the outcome, which no honest feature does.
 *
 * <p>A single feature that nearly decides the label; one whose being known or not nearly does, so
 * that somebody filled it in afterwards; a test figure too good against the folds.
 */
final class Leaks {

  /** Fewer churned rows say nothing of a feature. */
  private static final int LEAST_CHURNED = 20;

  private Leaks() {}

  /**
   * What is wrong with single features.
   *
   * @param sample labelled training rows
   * @return a sentence each, which names the feature
   */
  static List<String> ofFeatures(FeatureSample sample, TrainingSettings.Leaks limits) {
    List<String> alarms = new ArrayList<>();
    sample
        .numbers()
        .forEach(
            (name, values) -> {
              boolean[] known = new boolean[values.length];
              for (int i = 0; i < values.length; i++) {
                known[i] = !Double.isNaN(values[i]);
              }
              add(alarms, name, known, values, sample.churned(), limits);
            });
    sample
        .names()
        .forEach(
            (name, values) -> {
              boolean[] known = new boolean[values.length];
              for (int i = 0; i < values.length; i++) {
                known[i] = values[i] != null;
              }
              add(alarms, name, known, rates(values, sample.churned()), sample.churned(), limits);
            });
    return alarms;
  }

  /**
   * What is wrong with a figure.
   *
   * @param test ROC-AUC of the test slice
   * @param folds mean ROC-AUC of the folds
   * @param strongest the feature that moves the scores most
   */
  static List<String> ofFigures(
      double test, double folds, String strongest, TrainingSettings.Leaks limits) {
    return test > folds + limits.maxGainOverFolds()
        ? List.of(
            "too good to be true: ROC-AUC %s on the test slice, %s on the folds, at most %s more is believed; the strongest feature is %s"
                .formatted(
                    figure(test), figure(folds), figure(limits.maxGainOverFolds()), strongest))
        : List.of();
  }

  private static void add(
      List<String> alarms,
      String name,
      boolean[] known,
      double[] values,
      boolean[] churned,
      TrainingSettings.Leaks limits) {
    double[] isKnown = new double[known.length];
    for (int i = 0; i < known.length; i++) {
      isKnown[i] = known[i] ? 1 : 0;
    }
    double byKnowing = decides(isKnown, churned);
    if (byKnowing > limits.maxUnknownAuc()) {
      alarms.add(
          "known later: whether %s is known tells who churns with ROC-AUC %s, at most %s is believed"
              .formatted(name, figure(byKnowing), figure(limits.maxUnknownAuc())));
    }
    int[] rows = IntStream.range(0, known.length).filter(i -> known[i]).toArray();
    boolean[] outcomes = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      outcomes[i] = churned[rows[i]];
    }
    double byValue = decides(Arrays.stream(rows).mapToDouble(i -> values[i]).toArray(), outcomes);
    if (byValue > limits.maxFeatureAuc()) {
      alarms.add(
          "a feature that nearly decides: %s alone tells who churns with ROC-AUC %s, at most %s is believed"
              .formatted(name, figure(byValue), figure(limits.maxFeatureAuc())));
    }
  }

  /** How well values tell outcomes apart, in whichever direction; 0.5 where too few churned. */
  private static double decides(double[] values, boolean[] churned) {
    int positives = 0;
    for (boolean one : churned) {
      positives += one ? 1 : 0;
    }
    if (positives < LEAST_CHURNED || churned.length - positives < LEAST_CHURNED) {
      return 0.5;
    }
    double auc = new Ranking(values, churned).rocAuc();
    return Math.max(auc, 1 - auc);
  }

  /** For each row the churn rate of its name among the others: a rare name must not tell itself. */
  private static double[] rates(String[] names, boolean[] churned) {
    Map<String, int[]> counts = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      int[] count = counts.computeIfAbsent(names[i], name -> new int[2]);
      count[0]++;
      count[1] += churned[i] ? 1 : 0;
    }
    double all = IntStream.range(0, churned.length).filter(i -> churned[i]).count();
    double base = churned.length == 0 ? 0 : all / churned.length;
    double[] rates = new double[names.length];
    for (int i = 0; i < names.length; i++) {
      int[] count = counts.get(names[i]);
      // Without the row itself, and a few rows of the base rate to steady it.
      rates[i] =
          (count[1] - (churned[i] ? 1 : 0) + LEAST_CHURNED * base) / (count[0] - 1 + LEAST_CHURNED);
    }
    return rates;
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
