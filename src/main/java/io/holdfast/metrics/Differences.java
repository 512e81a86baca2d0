package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sqrt;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How far two groups' rates lie apart, with the 95% interval of the distance.
 *
 * <p>Source: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10: the hybrid of two Wilson
 * score intervals, without correction for continuity.
 */
final class Differences {

  /**
   * One of the two groups.
   *
   * @param numerator column of those that stayed
   * @param denominator column of all
   * @param name what the columns of its rate begin with
   */
  record Group(String numerator, String denominator, String name) {
    Column count() {
      return col(numerator);
    }

    Column of() {
      return col(denominator);
    }

    private String rate() {
      return name + "_retention_rate";
    }

    private String low() {
      return name + "_rate_low";
    }

    private String high() {
      return name + "_rate_high";
    }
  }

  private Differences() {}

  /**
   * The rows with {@code NAME_retention_rate}, {@code NAME_rate_low} and {@code NAME_rate_high} of
   * both groups, and {@code difference} (first - second), {@code difference_low} and {@code
   * difference_high}, NULL where a group is empty.
   */
  static Dataset<Row> of(Dataset<Row> counts, Group first, Group second) {
    Dataset<Row> rated = counts;
    for (Group group : new Group[] {first, second}) {
      rated =
          rated
              .withColumn(group.rate(), Wilson.rate(group.count(), group.of()))
              .withColumn(group.low(), Wilson.low(group.count(), group.of()))
              .withColumn(group.high(), Wilson.high(group.count(), group.of()));
    }
    Column difference = col(first.rate()).minus(col(second.rate()));
    Column down =
        hypotenuse(
            col(first.rate()).minus(col(first.low())),
            col(second.high()).minus(col(second.rate())));
    Column up =
        hypotenuse(
            col(first.high()).minus(col(first.rate())),
            col(second.rate()).minus(col(second.low())));
    return rated
        .withColumn("difference", difference)
        .withColumn("difference_low", difference.minus(down))
        .withColumn("difference_high", difference.plus(up));
  }

  private static Column hypotenuse(Column one, Column other) {
    return sqrt(pow(one, 2).plus(pow(other, 2)));
  }
}
