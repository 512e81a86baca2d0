package io.holdfast.churn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** How well probabilities come true. */
final class Reliability {

  private static final int BINS = 10;

  private final double[] probabilities;
  private final boolean[] churned;

  /**
   * Compares probabilities with outcomes.
   *
   * @param probabilities above 0 and below 1
   * @param churned what happened, as many
   */
  Reliability(double[] probabilities, boolean[] churned) {
    this.probabilities = probabilities;
    this.churned = churned;
  }

  /** The mean of minus the logarithm of the probability given to what happened. */
  double logLoss() {
    double sum = 0;
    for (int i = 0; i < churned.length; i++) {
      sum -= Math.log(churned[i] ? probabilities[i] : 1 - probabilities[i]);
    }
    return sum / churned.length;
  }

  /** The mean squared difference between probability and outcome. */
  double brier() {
    double sum = 0;
    for (int i = 0; i < churned.length; i++) {
      sum += squaredError(i);
    }
    return sum / churned.length;
  }

  /**
   * 1 - Brier / Brier of the rows' own base rate: above 0 is better than any constant, also the one
   * that only these rows could tell. NaN if all outcomes are equal.
   */
  double brierSkill() {
    double rate = baseRate();
    return 1 - brier() / (rate * (1 - rate));
  }

  /** The share of rows that left. */
  double baseRate() {
    int positives = 0;
    for (boolean one : churned) {
      positives += one ? 1 : 0;
    }
    return (double) positives / churned.length;
  }

  /**
   * The slope of outcomes on the log-odds of the probabilities: 1 is right, below 1 too extreme,
   * above 1 too timid. NaN where all probabilities or all outcomes are equal.
   */
  double calibrationSlope() {
    double rate = baseRate();
    boolean oneProbability = Arrays.stream(probabilities).distinct().limit(2).count() < 2;
    if (oneProbability || rate == 0 || rate == 1) {
      return Double.NaN;
    }
    double[] logOdds = new double[churned.length];
    double[] outcomes = new double[churned.length];
    for (int i = 0; i < churned.length; i++) {
      logOdds[i] = Math.log(probabilities[i] / (1 - probabilities[i]));
      outcomes[i] = churned[i] ? 1 : 0;
    }
    return LogisticFit.of(logOdds, outcomes).slope();
  }

  /**
   * Expected calibration error over ten bins of equally many rows: the mean distance between a
   * bin's mean probability and its share of leavers. Rows of one probability count alike, so the
   * order of rows does not matter.
   */
  double expectedCalibrationError() {
    int n = churned.length;
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> probabilities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] outcomes = new double[n];
    for (int start = 0; start < n; ) {
      int end = start;
      double positives = 0;
      while (end < n && probabilities[order[end]] == probabilities[order[start]]) {
        positives += churned[order[end]] ? 1 : 0;
        end++;
      }
      Arrays.fill(outcomes, start, end, positives / (end - start));
      start = end;
    }
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      int from = (int) ((long) bin * n / BINS);
      int to = (int) ((long) (bin + 1) * n / BINS);
      double distance = 0;
      for (int i = from; i < to; i++) {
        distance += probabilities[order[i]] - outcomes[i];
      }
      error += Math.abs(distance) / n;
    }
    return error;
  }

  /**
   * The lower end of the 95% interval of the Brier skill: customers are drawn with replacement,
   * each with all of its rows, because a customer's rows are alike.
   *
   * @param customers whose row it is
   * @param resamples how many draws
   * @param seed of the draws
   */
  double brierSkillLowerBound(String[] customers, int resamples, long seed) {
    Map<String, double[]> byCustomer = new LinkedHashMap<>();
    for (int i = 0; i < customers.length; i++) {
      double[] sums = byCustomer.computeIfAbsent(customers[i], id -> new double[3]);
      sums[0]++;
      sums[1] += churned[i] ? 1 : 0;
      sums[2] += squaredError(i);
    }
    double[][] units = byCustomer.values().toArray(double[][]::new);
    Random random = new Random(seed);
    double[] skills = new double[resamples];
    for (int draw = 0; draw < resamples; draw++) {
      double n = 0;
      double positives = 0;
      double errors = 0;
      for (int i = 0; i < units.length; i++) {
        double[] unit = units[random.nextInt(units.length)];
        n += unit[0];
        positives += unit[1];
        errors += unit[2];
      }
      double spread = positives * (1 - positives / n);
      // A draw without any leaver tells nothing good of the model.
      skills[draw] = spread > 0 ? 1 - errors / spread : Double.NEGATIVE_INFINITY;
    }
    Arrays.sort(skills);
    return skills[(int) Math.floor(0.025 * (resamples - 1))];
  }

  private double squaredError(int i) {
    double difference = probabilities[i] - (churned[i] ? 1 : 0);
    return difference * difference;
  }
}
