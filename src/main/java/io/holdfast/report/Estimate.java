package io.holdfast.report;

/**
 * The columns of a figure that has an interval.
 *
 * @param value the figure
 * @param low the lower end of its interval
 * @param high the upper end
 */
record Estimate(String value, String low, String high) {

  /** A figure of which the ends are called after it. */
  static Estimate of(String value) {
    return new Estimate(value, value + "_low", value + "_high");
  }

  /** The one rate of its table. */
  static Estimate rate(String value) {
    return new Estimate(value, "rate_low", "rate_high");
  }
}
