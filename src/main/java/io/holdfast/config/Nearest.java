package io.holdfast.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a person may have meant. */
public final class Nearest {

  private Nearest() {}

  /** The candidate that takes the fewest changes of a letter; the first by name of equal ones. */
  public static Optional<String> to(String given, Collection<String> candidates) {
    return candidates.stream()
        .min(
            Comparator.<String>comparingInt(candidate -> distance(given, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
