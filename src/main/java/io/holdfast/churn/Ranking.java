package io.holdfast.churn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How well a score puts those who left before those who stayed. Equal scores count as a random
 * order of them would on average, so that no figure depends on the order of rows.
 */
final class Ranking {

  /** Rows of one score. */
  private record Tie(double score, int rows, int positives) {}

  private final List<Tie> ties = new ArrayList<>();
  private final int rows;
  private final int positives;

  /**
   * Ranks rows, the highest score first.
   *
   * @param scores a score for each row
   * @param churned what happened
   */
  Ranking(double[] scores, boolean[] churned) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int found = 0;
    for (int start = 0; start < order.length; ) {
      int end = start;
      int yes = 0;
      while (end < order.length && scores[order[end]] == scores[order[start]]) {
        yes += churned[order[end]] ? 1 : 0;
        end++;
      }
      ties.add(new Tie(scores[order[start]], end - start, yes));
      found += yes;
      start = end;
    }
    rows = scores.length;
    positives = found;
  }

  /** The chance that one who left scores above one who stayed; NaN without both. */
  double rocAuc() {
    double won = 0;
    double above = 0;
    for (Tie tie : ties) {
      won += (tie.rows - tie.positives) * (above + tie.positives / 2.0);
      above += tie.positives;
    }
    return won / ((double) positives * (rows - positives));
  }

  /** Average precision: the mean of the precision over the positives found; NaN without any. */
  double prAuc() {
    double sum = 0;
    int seen = 0;
    int found = 0;
    for (Tie tie : ties) {
      seen += tie.rows;
      found += tie.positives;
      sum += tie.positives * ((double) found / seen);
    }
    return sum / positives;
  }

  /** The share of those who left that is among this share of the rows; NaN without any. */
  double recallAt(double share) {
    double wanted = Math.ceil(share * rows - 1e-9);
    double found = 0;
    for (Tie tie : ties) {
      double taken = Math.min(wanted, tie.rows);
      found += tie.positives * (taken / tie.rows);
      wanted -= taken;
    }
    return found / positives;
  }

  /** How many times more often than on average the rows of this top share left. */
  double liftAt(double share) {
    return recallAt(share) / (Math.ceil(share * rows - 1e-9) / rows);
  }

  /**
   * 95% intervals of ROC-AUC and PR-AUC: customers are drawn with replacement, each with all of its
   * rows, because a customer's rows are alike.
   *
   * @param rocLow lower end for ROC-AUC
   * @param rocHigh its upper end
   * @param prLow lower end for PR-AUC
   * @param prHigh its upper end
   */
  record Intervals(double rocLow, double rocHigh, double prLow, double prHigh) {}

  /**
   * Intervals by resampling.
   *
   * @param customers whose row it is
   * @param resamples how many draws
   * @param seed of the draws
   */
  static Intervals intervals(
      double[] scores, boolean[] churned, String[] customers, int resamples, long seed) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    Map<String, Integer> numbers = new HashMap<>();
    int[] customer = new int[customers.length];
    for (int i = 0; i < customers.length; i++) {
      Integer number = numbers.putIfAbsent(customers[i], numbers.size());
      customer[i] = number == null ? numbers.size() - 1 : number;
    }
    Random random = new Random(seed);
    double[] roc = new double[resamples];
    double[] pr = new double[resamples];
    for (int draw = 0; draw < resamples; draw++) {
      int[] times = new int[numbers.size()];
      for (int i = 0; i < times.length; i++) {
        times[random.nextInt(times.length)]++;
      }
      areas(order, scores, churned, customer, times, roc, pr, draw);
    }
    Arrays.sort(roc);
    Arrays.sort(pr);
    int low = (int) Math.floor(0.025 * (resamples - 1));
    int high = (int) Math.ceil(0.975 * (resamples - 1));
    return new Intervals(roc[low], roc[high], pr[low], pr[high]);
  }

  /** Both areas of rows that count several times; a draw without both outcomes tells nothing. */
  private static void areas(
      int[] order,
      double[] scores,
      boolean[] churned,
      int[] customer,
      int[] times,
      double[] roc,
      double[] pr,
      int draw) {
    double won = 0;
    double precision = 0;
    double seen = 0;
    double found = 0;
    for (int start = 0; start < order.length; ) {
      int end = start;
      double rows = 0;
      double yes = 0;
      while (end < order.length && scores[order[end]] == scores[order[start]]) {
        int weight = times[customer[order[end]]];
        rows += weight;
        yes += churned[order[end]] ? weight : 0;
        end++;
      }
      won += (rows - yes) * (found + yes / 2);
      seen += rows;
      found += yes;
      precision += yes == 0 ? 0 : yes * (found / seen);
      start = end;
    }
    boolean hasBoth = found > 0 && seen > found;
    roc[draw] = hasBoth ? won / (found * (seen - found)) : 0.5;
    pr[draw] = hasBoth ? precision / found : 0;
  }
}
