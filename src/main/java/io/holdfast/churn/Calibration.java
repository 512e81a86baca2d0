package io.holdfast.churn;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns a model's margin into a probability that comes true as often as it says.
 *
 * <p>Source: metrics "Candidates": isotonic with enough positives in its slice, else Platt;
 * probabilities clipped to [0.5/n, 1 - 0.5/n], n the rows of the slice.
 *
 * @param method isotonic or platt
 * @param margins platt: intercept and slope; isotonic: margins, ascending
 * @param probabilities isotonic: the probability at each of the margins; platt: empty
 * @param lowest the least probability given
 */
record Calibration(String method, List<Double> margins, List<Double> probabilities, double lowest)
    implements Serializable {

  /**
   * Fits on the calibration slice.
   *
   * @param margins the model's margins
   * @param churned what happened
   * @param isotonicPositives how many positives isotonic calibration needs
   */
  static Calibration fit(double[] margins, boolean[] churned, int isotonicPositives) {
    int positives = 0;
    for (boolean one : churned) {
      positives += one ? 1 : 0;
    }
    double lowest = 0.5 / margins.length;
    return positives >= isotonicPositives
        ? isotonic(margins, churned, lowest)
        : platt(margins, churned, positives, lowest);
  }

  /** The probability of a margin. */
  double probability(double margin) {
    double raw =
        method.equals("platt")
            ? LogisticFit.logistic(margins.get(0) + margins.get(1) * margin)
            : interpolated(margin);
    return Math.min(Math.max(raw, lowest), 1 - lowest);
  }

  /** Platt (1999): targets a little off 0 and 1, so that few positives don't make it too sure. */
  private static Calibration platt(
      double[] margins, boolean[] churned, int positives, double lowest) {
    double yes = (positives + 1.0) / (positives + 2.0);
    double no = 1.0 / (margins.length - positives + 2.0);
    double[] targets = new double[churned.length];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = churned[i] ? yes : no;
    }
    LogisticFit fit = LogisticFit.of(margins, targets);
    return new Calibration("platt", List.of(fit.intercept(), fit.slope()), List.of(), lowest);
  }

  /** Pool adjacent violators; equal margins are one point. */
  private static Calibration isotonic(double[] margins, boolean[] churned, double lowest) {
    int[] order =
        IntStream.range(0, margins.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> margins[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] from = new double[order.length];
    double[] to = new double[order.length];
    double[] sums = new double[order.length];
    double[] weights = new double[order.length];
    int blocks = 0;
    for (int i : order) {
      double y = churned[i] ? 1 : 0;
      if (blocks > 0 && to[blocks - 1] == margins[i] && from[blocks - 1] == margins[i]) {
        sums[blocks - 1] += y;
        weights[blocks - 1]++;
        continue;
      }
      from[blocks] = margins[i];
      to[blocks] = margins[i];
      sums[blocks] = y;
      weights[blocks] = 1;
      blocks++;
    }
    int pooled = 0;
    for (int b = 0; b < blocks; b++) {
      from[pooled] = from[b];
      to[pooled] = to[b];
      sums[pooled] = sums[b];
      weights[pooled] = weights[b];
      pooled++;
      while (pooled > 1
          && sums[pooled - 2] * weights[pooled - 1] >= sums[pooled - 1] * weights[pooled - 2]) {
        to[pooled - 2] = to[pooled - 1];
        sums[pooled - 2] += sums[pooled - 1];
        weights[pooled - 2] += weights[pooled - 1];
        pooled--;
      }
    }
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int b = 0; b < pooled; b++) {
      x.add(from[b]);
      y.add(sums[b] / weights[b]);
      if (to[b] > from[b]) {
        x.add(to[b]);
        y.add(sums[b] / weights[b]);
      }
    }
    return new Calibration("isotonic", List.copyOf(x), List.copyOf(y), lowest);
  }

  private double interpolated(double margin) {
    int at = Collections.binarySearch(margins, margin);
    if (at >= 0) {
      return probabilities.get(at);
    }
    int above = -at - 1;
    if (above == 0) {
      return probabilities.get(0);
    }
    if (above == margins.size()) {
      return probabilities.get(above - 1);
    }
    double low = probabilities.get(above - 1);
    double share =
        (margin - margins.get(above - 1)) / (margins.get(above) - margins.get(above - 1));
    return low + share * (probabilities.get(above) - low);
  }
}
