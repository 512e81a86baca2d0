package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The share of subjects to whom something has not happened yet, by day, when many are still
 * followed or were not from the start.
 *
 * <p>Source: E. L. Kaplan and P. Meier, JASA 53 (1958); variance of M. Greenwood (1926); the 95%
 * interval by the log of minus the log, as J. D. Kalbfleisch and R. L. Prentice give it. A subject
 * is at risk from the day after its entry to its exit, inclusive.
 */
final class KaplanMeier {

  /** The 97.5% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private KaplanMeier() {}

  /**
   * One row per group and day on which it happened to somebody, and one for the last day on which
   * somebody was followed: {@code day}, {@code at_risk}, {@code gone}, {@code survival}, {@code
   * survival_low}, {@code survival_high} (NULL where the estimate is 0 or 1) and {@code
   * standard_error}.
   *
   * @param subjects one row per subject with {@code entry_day}, {@code exit_day} (after it) and
   *     {@code is_gone}: whether it happened on the exit day, or the subject was followed no longer
   */
  static Dataset<Row> curves(Dataset<Row> subjects, String... groups) {
    Column[] byDay =
        Stream.concat(Arrays.stream(groups), Stream.of("day"))
            .map(name -> col(name))
            .toArray(Column[]::new);
    Column[] group = Arrays.stream(groups).map(name -> col(name)).toArray(Column[]::new);
    Column gone = when(col("is_gone"), 1L).otherwise(0L);
    Dataset<Row> steps =
        subjects
            .withColumn("day", col("exit_day"))
            .withColumn("gone", gone)
            .withColumn("entered", lit(0L))
            .withColumn("left", lit(1L))
            .unionByName(
                subjects
                    .withColumn("day", col("entry_day"))
                    .withColumn("gone", lit(0L))
                    .withColumn("entered", lit(1L))
                    .withColumn("left", lit(0L)))
            .groupBy(byDay)
            .agg(sum("gone").as("gone"), sum("entered").as("entered"), sum("left").as("left"));
    WindowSpec before =
        Window.partitionBy(group).orderBy("day").rowsBetween(Window.unboundedPreceding(), -1);
    WindowSpec upTo =
        Window.partitionBy(group)
            .orderBy("day")
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    Column atRisk = coalesce(sum(col("entered").minus(col("left"))).over(before), lit(0L));
    Column stay = lit(1.0).minus(col("gone").divide(col("at_risk")));
    Column variance =
        col("gone").divide(col("at_risk").multiply(col("at_risk").minus(col("gone"))));
    Column isHappening = col("gone").gt(0);
    Column isLastOne = isHappening.and(col("gone").equalTo(col("at_risk")));
    Column anyLastOne = max(isLastOne).over(upTo);
    return steps
        .withColumn("at_risk", atRisk)
        .withColumn(
            "survival",
            when(anyLastOne, 0.0)
                .otherwise(exp(coalesce(sum(when(isHappening, log(stay))).over(upTo), lit(0.0)))))
        .withColumn("variance", sum(when(isHappening, variance)).over(upTo))
        .withColumn("last_day", max("day").over(Window.partitionBy(group)))
        .filter(isHappening.or(col("day").equalTo(col("last_day"))))
        .withColumn("standard_error", when(isBetween(), col("survival").multiply(sqrt("variance"))))
        .withColumn("survival_low", bound(Z))
        .withColumn("survival_high", bound(-Z))
        .drop("entered", "left", "variance", "last_day");
  }

  private static Column isBetween() {
    return col("survival").gt(0).and(col("survival").lt(1));
  }

  /** S to the power of exp(z * sqrt(V) / log S): never outside of 0..1. */
  private static Column bound(double z) {
    Column reach = lit(-z).multiply(sqrt("variance")).divide(log(col("survival")));
    return when(isBetween(), pow(col("survival"), exp(reach)));
  }
}
