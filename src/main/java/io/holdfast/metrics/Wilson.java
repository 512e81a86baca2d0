package io.holdfast.metrics;

import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/**
 * How far a rate that was measured on few may lie from the true one: the 95% Wilson score interval.
 *
 * <p>Source: E. B. Wilson, JASA 22 (1927), without correction for continuity. NULL where the
 * denominator is 0 or unknown.
 */
public final class Wilson {

  /** The 97.5% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /** The rate itself, 0..1; NULL where the denominator is 0. */
  public static Column rate(Column numerator, Column denominator) {
    return when(denominator.gt(0), numerator.cast("double").divide(denominator));
  }

  /** The lower end, never below 0. */
  public static Column low(Column numerator, Column denominator) {
    Column end = centre(numerator, denominator).minus(reach(numerator, denominator));
    return when(denominator.gt(0), greatest(lit(0.0), least(end, rate(numerator, denominator))));
  }

  /** The upper end, never above 1. */
  public static Column high(Column numerator, Column denominator) {
    Column end = centre(numerator, denominator).plus(reach(numerator, denominator));
    return when(denominator.gt(0), least(lit(1.0), greatest(end, rate(numerator, denominator))));
  }

  private static Column centre(Column numerator, Column denominator) {
    return rate(numerator, denominator)
        .plus(lit(Z * Z / 2).divide(denominator))
        .divide(shrinkage(denominator));
  }

  private static Column reach(Column numerator, Column denominator) {
    Column rate = rate(numerator, denominator);
    Column variance =
        rate.multiply(lit(1.0).minus(rate))
            .divide(denominator)
            .plus(lit(Z * Z / 4).divide(pow(denominator, lit(2))));
    return lit(Z).multiply(sqrt(variance)).divide(shrinkage(denominator));
  }

  private static Column shrinkage(Column denominator) {
    return lit(1.0).plus(lit(Z * Z).divide(denominator));
  }
}
