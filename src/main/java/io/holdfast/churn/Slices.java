package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.apache.spark.sql.Column;

/**
 * Which observations train, which calibrate, which test.
 *
 * <p>By time, with a purge between slices: the outcome of the last observation of one is settled
 * before the first of the next. Where there are too few dates for that, by customer.
 *
 * @param ranges train, calibration and test, in this order; empty: by customer
 * @param folds pairs of train and validation within the training slice
 * @param trainShare share of the customers that train, where the split is by customer
 * @param calibrationShare share of the customers that calibrate
 * @param seed of the split by customer
 */
record Slices(
    List<Range> ranges, List<Fold> folds, double trainShare, double calibrationShare, long seed) {

  static final String TRAIN = "train";
  static final String CALIBRATION = "calibration";
  static final String TEST = "test";

  static final int BUCKETS = 10_000;
  private static final double VALIDATION_SHARE = 0.2;

  /**
   * Observation dates, both ends included.
   *
   * @param from the first
   * @param to the last
   */
  record Range(LocalDate from, LocalDate to) {
    Column holds() {
      return col("observation_date").between(lit(from), lit(to));
    }
  }

  /**
   * A part of the training slice that fits, and one that judges.
   *
   * @param train rows that fit
   * @param validation rows that judge
   */
  record Fold(Column train, Column validation) {}

  /**
   * Splits observation dates.
   *
   * @param rows how many mature observations there are of each date
   * @param purgeDays days that must pass between two slices
   */
  static Slices of(NavigableMap<LocalDate, Long> rows, int purgeDays, TrainingSettings settings) {
    double train = settings.shares().train();
    double calibration = settings.shares().calibration();
    List<Range> ranges = byTime(rows, purgeDays, settings);
    List<Fold> folds =
        ranges.isEmpty()
            ? List.of()
            : foldsByTime(
                List.copyOf(rows.headMap(ranges.get(0).to(), true).keySet()),
                purgeDays,
                settings.folds());
    return new Slices(
        ranges,
        folds.isEmpty() ? foldsByCustomer(settings) : folds,
        train,
        calibration,
        settings.seed());
  }

  /**
   * What tells the slices of a pinned set: texts and numbers.
   *
   * @param ranges first and last dates of train, calibration and test; empty: by customer
   * @param trainShare share of the customers that train
   * @param calibrationShare share of the customers that calibrate
   * @param seed of the split by customer
   */
  record Pinned(List<List<String>> ranges, double trainShare, double calibrationShare, long seed) {
    Slices slices() {
      return new Slices(
          ranges.stream()
              .map(one -> new Range(LocalDate.parse(one.get(0)), LocalDate.parse(one.get(1))))
              .toList(),
          List.of(),
          trainShare,
          calibrationShare,
          seed);
    }
  }

  /** The slices without their folds. */
  Pinned pinned() {
    return new Pinned(
        ranges.stream().map(one -> List.of(one.from().toString(), one.to().toString())).toList(),
        trainShare,
        calibrationShare,
        seed);
  }

  /** Whether the slices follow each other in time. */
  boolean isByTime() {
    return !ranges.isEmpty();
  }

  /** The slice of an observation; NULL in a purge. */
  Column slice() {
    if (isByTime()) {
      return when(ranges.get(0).holds(), lit(TRAIN))
          .when(ranges.get(1).holds(), lit(CALIBRATION))
          .when(ranges.get(2).holds(), lit(TEST));
    }
    Column bucket = bucket(seed);
    return when(bucket.lt(trainShare * BUCKETS), lit(TRAIN))
        .when(bucket.lt((trainShare + calibrationShare) * BUCKETS), lit(CALIBRATION))
        .otherwise(lit(TEST));
  }

  /**
   * Of all ways to cut the dates that with the shares of observations nearest to those that are
   * wanted: a company that grows has most of its observations on late dates.
   */
  private static List<Range> byTime(
      NavigableMap<LocalDate, Long> rows, int purgeDays, TrainingSettings settings) {
    List<LocalDate> dates = List.copyOf(rows.keySet());
    if (!hasDatesEnough(dates.size() - 2 * (purgeDays / 7), settings)) {
      return List.of();
    }
    int least = settings.minSliceDates();
    LocalDate last = dates.get(dates.size() - 1);
    List<Range> best = List.of();
    double bestDistance = Double.MAX_VALUE;
    for (int train = least; train < dates.size(); train++) {
      Range trains = new Range(dates.get(0), dates.get(train - 1));
      int from = indexAfter(dates, trains.to().plusDays(purgeDays));
      for (int to = from + least - 1; to < dates.size(); to++) {
        int tests = indexAfter(dates, dates.get(to).plusDays(purgeDays));
        if (dates.size() - tests < least) {
          break;
        }
        Range calibrates = new Range(dates.get(from), dates.get(to));
        Range judges = new Range(dates.get(tests), last);
        double distance = distance(rows, List.of(trains, calibrates, judges), settings.shares());
        if (distance < bestDistance) {
          best = List.of(trains, calibrates, judges);
          bestDistance = distance;
        }
      }
    }
    return best;
  }

  /** Whether each slice would have dates enough if all dates had as many observations. */
  private static boolean hasDatesEnough(int usable, TrainingSettings settings) {
    int train = (int) Math.round(usable * settings.shares().train());
    int calibration = (int) Math.round(usable * settings.shares().calibration());
    return Math.min(Math.min(train, calibration), usable - train - calibration)
        >= settings.minSliceDates();
  }

  /** How far the shares of the observations are from those that are wanted. */
  private static double distance(
      NavigableMap<LocalDate, Long> rows, List<Range> ranges, TrainingSettings.Shares wanted) {
    double[] held =
        ranges.stream()
            .mapToDouble(
                range ->
                    rows.subMap(range.from(), true, range.to(), true).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
            .toArray();
    double all = held[0] + held[1] + held[2];
    return Math.abs(held[0] / all - wanted.train())
        + Math.abs(held[1] / all - wanted.calibration());
  }

  /** Validation blocks at the end of the training dates; each fold trains on what lies before. */
  private static List<Fold> foldsByTime(List<LocalDate> dates, int purgeDays, int count) {
    int block = Math.max(1, (int) Math.round(dates.size() * VALIDATION_SHARE));
    List<Fold> folds = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      int to = dates.size() - 1 - fold * block;
      int from = to - block + 1;
      if (from <= 0) {
        return List.of();
      }
      LocalDate lastTrain = dates.get(from).minusDays(purgeDays + 1L);
      if (lastTrain.isBefore(dates.get(0))) {
        return List.of();
      }
      folds.add(
          new Fold(
              new Range(dates.get(0), lastTrain).holds(),
              new Range(dates.get(from), dates.get(to)).holds()));
    }
    return folds;
  }

  /** Every fold judges customers that it has not learned from. */
  static List<Fold> foldsByCustomer(TrainingSettings settings) {
    List<Fold> folds = new ArrayList<>();
    // Another seed than the slices': else a fold would hold whole slices.
    Column fold = pmod(bucket(settings.seed() + 1), lit(settings.folds() + 1));
    for (int i = 0; i < settings.folds(); i++) {
      folds.add(new Fold(fold.notEqual(i), fold.equalTo(i)));
    }
    return folds;
  }

  /** A number below {@link #BUCKETS} for each customer. */
  static Column bucket(long seed) {
    return pmod(xxhash64(col("customer_id"), lit(seed)), lit(BUCKETS));
  }

  /** The place of the first of the dates after a day, or behind all of them. */
  private static int indexAfter(List<LocalDate> dates, LocalDate day) {
    int index = 0;
    while (index < dates.size() && !dates.get(index).isAfter(day)) {
      index++;
    }
    return index;
  }
}
