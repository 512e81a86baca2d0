package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
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
   * @param dates mature observation dates, ascending
   * @param purgeDays days that must pass between two slices
   */
  static Slices of(List<LocalDate> dates, int purgeDays, TrainingSettings settings) {
    double train = settings.shares().train();
    double calibration = settings.shares().calibration();
    List<Range> ranges = byTime(dates, purgeDays, settings);
    List<Fold> folds =
        ranges.isEmpty()
            ? List.of()
            : foldsByTime(
                dates.stream().filter(date -> !date.isAfter(ranges.get(0).to())).toList(),
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

  private static List<Range> byTime(
      List<LocalDate> dates, int purgeDays, TrainingSettings settings) {
    int purged = purgeDays / 7;
    int usable = dates.size() - 2 * purged;
    int train = (int) Math.round(usable * settings.shares().train());
    int calibration = (int) Math.round(usable * settings.shares().calibration());
    int least = settings.minSliceDates();
    if (train < least || calibration < least || usable - train - calibration < least) {
      return List.of();
    }
    LocalDate trainTo = dates.get(train - 1);
    LocalDate calibrationFrom = firstAfter(dates, trainTo.plusDays(purgeDays));
    int calibrationAt = dates.indexOf(calibrationFrom);
    LocalDate calibrationTo = dates.get(Math.min(calibrationAt + calibration, dates.size()) - 1);
    LocalDate testFrom = firstAfter(dates, calibrationTo.plusDays(purgeDays));
    LocalDate last = dates.get(dates.size() - 1);
    if (testFrom.isAfter(last)) {
      return List.of();
    }
    return List.of(
        new Range(dates.get(0), trainTo),
        new Range(calibrationFrom, calibrationTo),
        new Range(testFrom, last));
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

  /** The first of the dates after a day, or a day after all of them. */
  private static LocalDate firstAfter(List<LocalDate> dates, LocalDate day) {
    return dates.stream().filter(date -> date.isAfter(day)).findFirst().orElse(LocalDate.MAX);
  }
}
