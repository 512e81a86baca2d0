package io.holdfast.churn;

import io.holdfast.config.Setting;
import java.util.List;

/**
 * When models are trained, on what, and which may serve.
 *
 * @param minChurnedCustomers distinct churned customers without whom nothing is trained
 * @param shares how the observation dates are split
 * @param minSliceDates fewest observation dates of a slice for a split by time
 * @param folds rolling-origin folds by which candidates are chosen
 * @param grid the parameters that are tried
 * @param searchRows more training rows than these are sampled by customer while candidates are
 *     compared
 * @param balance how far the weights of churned rows make up for their rarity: 0 not at all, 1 all
 * @param stopping when boosting stops
 * @param leftOut features that are recorded and not learned from
 * @param leaks what is too good to be believed
 * @param minRowsPerLeaf fewest training rows of a tree's leaf
 * @param maxCategories how many names of a category stand for themselves
 * @param isotonicPositives churned observations from which calibration is isotonic
 * @param bootstrapResamples draws for the interval of the Brier skill
 * @param partitions partitions of the training rows
 * @param seed of all randomness
 * @param gates what a model must meet to serve
 */
public record TrainingSettings(
    int minChurnedCustomers,
    Shares shares,
    int minSliceDates,
    int folds,
    Grid grid,
    int searchRows,
    double balance,
    Stopping stopping,
    List<String> leftOut,
    Leaks leaks,
    int minRowsPerLeaf,
    int maxCategories,
    int isotonicPositives,
    int bootstrapResamples,
    int partitions,
    long seed,
    Gates gates) {

  public static final Setting<TrainingSettings> SETTING =
      Setting.of("churn.training", TrainingSettings.class);

  /**
   * Parts of the observations outside the purges; the test slice is what they leave.
   *
   * @param train the earliest
   * @param calibration the next
   */
  public record Shares(double train, double calibration) {}

  /**
   * The parameters that are tried.
   *
   * @param logisticRegression for logistic regression
   * @param randomForest for random forests
   * @param gradientBoostedTrees for gradient-boosted trees
   */
  public record Grid(
      List<LogisticParameters> logisticRegression,
      List<ForestParameters> randomForest,
      List<BoostingParameters> gradientBoostedTrees) {}

  /**
   * When boosting stops before its last round: found while candidates are compared, on customers of
   * the fold's own training rows.
   *
   * @param share of these customers that judge
   * @param tolerance the least relative gain of a round
   */
  public record Stopping(double share, double tolerance) {}

  /**
   * What is too good to be believed: each stops a promotion.
   *
   * @param maxFeatureAuc ROC-AUC of a single feature's value
   * @param maxUnknownAuc ROC-AUC of whether a single feature is known
   * @param maxGainOverFolds ROC-AUC of the test slice above the mean of the folds
   */
  public record Leaks(double maxFeatureAuc, double maxUnknownAuc, double maxGainOverFolds) {}

  /**
   * Parameters of a random forest.
   *
   * @param trees how many
   * @param maxDepth splits from root to leaf
   */
  public record ForestParameters(int trees, int maxDepth) {}

  /**
   * Parameters of a logistic regression.
   *
   * @param regularization strength of the penalty
   * @param elasticNet 0: ridge, 1: lasso
   */
  public record LogisticParameters(double regularization, double elasticNet) {}

  /**
   * Parameters of gradient-boosted trees.
   *
   * @param maxDepth splits from root to leaf
   * @param rounds how many trees at most
   * @param stepSize how much of each tree counts
   */
  public record BoostingParameters(int maxDepth, int rounds, double stepSize) {}

  /**
   * What a model must meet on its test slice to become champion, beside a Brier skill above 0.
   *
   * @param minPrAucGain how much better than the champion
   * @param minCalibrationSlope lowest slope
   * @param maxCalibrationSlope highest slope
   * @param maxCalibrationError highest expected calibration error
   */
  public record Gates(
      double minPrAucGain,
      double minCalibrationSlope,
      double maxCalibrationSlope,
      double maxCalibrationError) {}
}
