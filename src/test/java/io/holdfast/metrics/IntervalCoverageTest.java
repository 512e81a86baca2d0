package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Whether 95% intervals hold the truth in 95% of worlds. */
class IntervalCoverageTest {

  private static final double[] RATES = {0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9};
  private static final int[] SIZES = {30, 60, 100, 300, 1000};

  /** Of every world of so many customers the interval, weighed by how likely the world is. */
  @Test
  void wilsonIntervalsHoldTheTrueRate() {
    List<Row> worlds = new ArrayList<>();
    for (int size : SIZES) {
      for (long hits = 0; hits <= size; hits++) {
        worlds.add(RowFactory.create(hits, (long) size));
      }
    }
    List<Row> intervals =
        SharedSpark.session()
            .createDataFrame(worlds, StructType.fromDDL("hits BIGINT, size BIGINT"))
            .select(
                col("hits"),
                col("size"),
                Wilson.low(col("hits"), col("size")),
                Wilson.high(col("hits"), col("size")))
            .collectAsList();
    List<Double> cells = new ArrayList<>();
    for (int size : SIZES) {
      for (double rate : RATES) {
        cells.add(
            intervals.stream()
                .filter(row -> row.getLong(1) == size)
                .filter(row -> row.getDouble(2) <= rate && rate <= row.getDouble(3))
                .mapToDouble(row -> chance(row.getLong(0), size, rate))
                .sum());
      }
    }
    requireHonest("Wilson", cells);
  }

  /** Worlds of exponential lifetimes, some of which nobody sees to their end. */
  @Test
  void kaplanMeierIntervalsHoldTheTrueSurvival() {
    int worlds = 400;
    double[] days = {20, 50, 100};
    int[] sizes = {40, 120};
    Random random = new Random(20260101);
    List<Row> subjects = new ArrayList<>();
    for (int size : sizes) {
      for (int world = 0; world < worlds; world++) {
        for (int i = 0; i < size; i++) {
          int life = 1 + (int) (-100 * Math.log(1 - random.nextDouble()));
          int followed = 1 + (int) (300 * random.nextDouble());
          subjects.add(
              RowFactory.create(size, world, 0, Math.min(life, followed), life <= followed));
        }
      }
    }
    var curves =
        KaplanMeier.curves(
                SharedSpark.session()
                    .createDataFrame(
                        subjects,
                        StructType.fromDDL(
                            "size INT, world INT, entry_day INT, exit_day INT, is_gone BOOLEAN")),
                "size",
                "world")
            .filter(col("gone").gt(0))
            .select("size", "world", "day", "survival_low", "survival_high")
            .collectAsList();
    List<Double> cells = new ArrayList<>();
    for (int size : sizes) {
      for (double day : days) {
        // A life of L days ends on day 1 + floor(L): beyond day d with probability exp(-d / 100).
        double truth = Math.exp(-day / 100);
        Row[] last = new Row[worlds];
        for (Row row : curves) {
          int world = row.getInt(1);
          if (row.getInt(0) == size
              && row.getInt(2) <= day
              && (last[world] == null || last[world].getInt(2) < row.getInt(2))) {
            last[world] = row;
          }
        }
        int held = 0;
        int told = 0;
        for (Row row : last) {
          if (row != null && !row.isNullAt(3)) {
            told++;
            held += row.getDouble(3) <= truth && truth <= row.getDouble(4) ? 1 : 0;
          }
        }
        cells.add((double) held / told);
      }
    }
    requireHonest("Kaplan-Meier", cells);
  }

  private static void requireHonest(String what, List<Double> cells) {
    double mean = cells.stream().mapToDouble(cell -> cell).average().orElseThrow();
    double worst = cells.stream().mapToDouble(cell -> cell).min().orElseThrow();
    System.out.printf(
        "%s: mean coverage %.4f, worst of %d cells %.4f%n", what, mean, cells.size(), worst);
    assertThat(mean).as(what + ", worst " + worst).isBetween(0.93, 0.97);
    assertThat(worst).as(what).isGreaterThan(0.88);
  }

  private static double chance(long hits, int size, double rate) {
    double log = 0;
    for (int i = 1; i <= hits; i++) {
      log += Math.log((double) (size - hits + i) / i);
    }
    return Math.exp(log + hits * Math.log(rate) + (size - hits) * Math.log(1 - rate));
  }
}
