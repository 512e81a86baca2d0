package io.holdfast.churn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the values of one feature, or of the score, were spread in training: what drift is measured
 * against.
 *
 * @param name the feature
 * @param edges upper ends of the bins of a number, the last one open; empty for a category
 * @param names the names of a category that have a bin of their own; empty for a number
 * @param shares share of the rows in each bin, the last of unknown values; of a category the one
 *     before it of all other names
 */
record Profile(String name, List<Double> edges, List<String> names, List<Double> shares) {

  private static final int BINS = 10;
  private static final int NAMES = 20;

  /** The profiles of all features of a sample. */
  static List<Profile> of(FeatureSample sample) {
    List<Profile> profiles = new ArrayList<>();
    sample.numbers().forEach((name, values) -> profiles.add(of(name, values)));
    sample.names().forEach((name, values) -> profiles.add(of(name, values)));
    return profiles;
  }

  /** The profile of numbers; NaN: unknown. */
  static Profile of(String name, double[] values) {
    double[] known = Arrays.stream(values).filter(one -> !Double.isNaN(one)).sorted().toArray();
    List<Double> edges = new ArrayList<>();
    for (int bin = 1; bin < BINS && known.length > 0; bin++) {
      double edge = known[(int) ((long) bin * known.length / BINS)];
      boolean isNew = edges.isEmpty() || edge > edges.get(edges.size() - 1);
      if (isNew && edge < known[known.length - 1]) {
        edges.add(edge);
      }
    }
    Profile empty = new Profile(name, edges, List.of(), List.of());
    return new Profile(name, edges, List.of(), empty.shares(values));
  }

  private static Profile of(String name, String[] values) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String value : values) {
      if (value != null) {
        counts.merge(value, 1, Integer::sum);
      }
    }
    List<String> names =
        counts.entrySet().stream()
            .sorted(
                Comparator.comparingInt((Map.Entry<String, Integer> one) -> -one.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(NAMES)
            .map(Map.Entry::getKey)
            .toList();
    Profile empty = new Profile(name, List.of(), names, List.of());
    return new Profile(name, List.of(), names, empty.shares(values));
  }

  /** The population stability index of other rows against these: 0 is the same. */
  double psi(List<Double> other, int rows) {
    // A bin that is empty on one side would be infinitely far away; half a row is not.
    double least = 0.5 / Math.max(1, rows);
    double sum = 0;
    for (int bin = 0; bin < shares.size(); bin++) {
      double expected = Math.max(shares.get(bin), least);
      double found = Math.max(other.get(bin), least);
      sum += (found - expected) * Math.log(found / expected);
    }
    return sum;
  }

  /** The shares of other numbers in these bins. */
  List<Double> shares(double[] values) {
    int[] counts = new int[edges.size() + 2];
    for (double value : values) {
      counts[Double.isNaN(value) ? edges.size() + 1 : bin(value)]++;
    }
    return shares(counts, values.length);
  }

  /** The shares of other names in these bins. */
  List<Double> shares(String[] values) {
    int[] counts = new int[names.size() + 2];
    for (String value : values) {
      int at = names.indexOf(value);
      counts[value == null ? names.size() + 1 : at < 0 ? names.size() : at]++;
    }
    return shares(counts, values.length);
  }

  /** The share of unknown values. */
  static double unknown(List<Double> shares) {
    return shares.get(shares.size() - 1);
  }

  private int bin(double value) {
    int at = Collections.binarySearch(edges, value);
    return at >= 0 ? at : -at - 1;
  }

  private static List<Double> shares(int[] counts, int rows) {
    return Arrays.stream(counts).mapToObj(count -> (double) count / Math.max(1, rows)).toList();
  }
}
