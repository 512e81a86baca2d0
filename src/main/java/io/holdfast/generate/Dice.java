package io.holdfast.generate;

import java.util.List;
import java.util.SplittableRandom;

/** Draws the random numbers of one concern of one customer, the same on every machine. */
final class Dice {
  private final SplittableRandom random;

  private Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Concerns have dice of their own, so that a change of one leaves the draws of the others. */
  static Dice of(long seed, long customer, String concern) {
    return new Dice(mix(mix(mix(seed) + customer) + concern.hashCode()));
  }

  /** Dice for one of many ways in which something might go on. */
  static Dice of(long seed, long customer, String concern, int day, int run) {
    return new Dice(mix(mix(mix(mix(seed) + customer) + concern.hashCode()) + day * 4096L + run));
  }

  /** The finalizer of MurmurHash3: neighbouring seeds and customers get unrelated numbers. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }

  double uniform() {
    return random.nextDouble();
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** A whole number from low to high, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  double between(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** The polar method; StrictMath, because Math may differ in the last bit between machines. */
  double normal() {
    while (true) {
      double x = between(-1.0, 1.0);
      double y = between(-1.0, 1.0);
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        return x * Math.sqrt(-2 * StrictMath.log(square) / square);
      }
    }
  }

  /** How much something varies by: 1 in the middle, with a right tail. */
  double logNormal(double median, double spread) {
    return median * StrictMath.exp(spread * normal());
  }

  double exponential(double mean) {
    return -mean * StrictMath.log(1 - uniform());
  }

  int poisson(double mean) {
    double limit = StrictMath.exp(-mean);
    int count = 0;
    for (double product = uniform(); product > limit; product *= uniform()) {
      count++;
    }
    return count;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** The index of one of the weights, each as likely as it is heavy. */
  int weighted(double... weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double left = uniform() * total;
    for (int index = 0; index < weights.length; index++) {
      left -= weights[index];
      if (left < 0) {
        return index;
      }
    }
    return weights.length - 1;
  }
}
