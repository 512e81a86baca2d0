package io.holdfast.churn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
}
