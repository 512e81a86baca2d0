package io.holdfast.churn;

import io.holdfast.churn.TrainingSettings.BoostingParameters;
import io.holdfast.churn.TrainingSettings.ForestParameters;
import io.holdfast.churn.TrainingSettings.LogisticParameters;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.StandardScaler;

/**
 * A way to learn: an algorithm with its parameters.
 *
 * @param algorithm what the registry calls it
 * @param parameters its parameters, a record
 */
record Candidate(String algorithm, Record parameters) {

  static final String LOGISTIC_REGRESSION = "logistic_regression";
  static final String RANDOM_FOREST = "random_forest";
  static final String GRADIENT_BOOSTED_TREES = "gradient_boosted_trees";

  /** The column that says how much a training row counts. */
  static final String WEIGHT = "weight";

  /** The column of the training rows by which boosting stops early. */
  static final String IS_STOPPING = "is_stopping";

  /** All that the grid declares. */
  static List<Candidate> of(TrainingSettings settings) {
    List<Candidate> all = new ArrayList<>();
    settings
        .grid()
        .logisticRegression()
        .forEach(p -> all.add(new Candidate(LOGISTIC_REGRESSION, p)));
    settings.grid().randomForest().forEach(p -> all.add(new Candidate(RANDOM_FOREST, p)));
    settings
        .grid()
        .gradientBoostedTrees()
        .forEach(p -> all.add(new Candidate(GRADIENT_BOOSTED_TREES, p)));
    return all;
  }

  /** What is fitted on prepared rows while candidates are compared: boosting stops early. */
  List<PipelineStage> searched(TrainingSettings settings) {
    if (parameters instanceof BoostingParameters boosting) {
      GBTClassifier stopping = boosting(boosting, settings).setValidationIndicatorCol(IS_STOPPING);
      stopping.set(stopping.validationTol(), settings.stopping().tolerance());
      return List.of(stopping);
    }
    return stages(settings);
  }

  /** What is fitted on prepared rows at last. */
  List<PipelineStage> stages(TrainingSettings settings) {
    if (parameters instanceof BoostingParameters boosting) {
      return List.of(boosting(boosting, settings));
    }
    if (parameters instanceof ForestParameters forest) {
      return List.of(
          new RandomForestClassifier("forest")
              .setFeaturesCol(Preparation.INPUTS)
              .setLabelCol(Preparation.LABEL)
              .setWeightCol(WEIGHT)
              .setNumTrees(forest.trees())
              .setMaxDepth(forest.maxDepth())
              .setMinInstancesPerNode(settings.minRowsPerLeaf())
              .setSeed(settings.seed()));
    }
    return logistic((LogisticParameters) parameters);
  }

  /** The same with so many rounds of boosting, where it is boosting. */
  Candidate withRounds(int rounds) {
    return parameters instanceof BoostingParameters boosting
        ? new Candidate(
            algorithm, new BoostingParameters(boosting.maxDepth(), rounds, boosting.stepSize()))
        : this;
  }

  private static GBTClassifier boosting(BoostingParameters parameters, TrainingSettings settings) {
    return new GBTClassifier("boosting")
        .setFeaturesCol(Preparation.INPUTS)
        .setLabelCol(Preparation.LABEL)
        .setWeightCol(WEIGHT)
        .setMaxDepth(parameters.maxDepth())
        .setMaxIter(parameters.rounds())
        .setStepSize(parameters.stepSize())
        .setMinInstancesPerNode(settings.minRowsPerLeaf())
        .setSeed(settings.seed());
  }

  private static List<PipelineStage> logistic(LogisticParameters parameters) {
    return List.of(
        new StandardScaler("scale")
            .setInputCol(Preparation.INPUTS)
            .setOutputCol(Explainer.SCALED)
            .setWithMean(true)
            .setWithStd(true),
        // Inputs are standardised already: a coefficient is the effect of one deviation.
        new LogisticRegression("logistic")
            .setFeaturesCol(Explainer.SCALED)
            .setLabelCol(Preparation.LABEL)
            .setWeightCol(WEIGHT)
            .setRegParam(parameters.regularization())
            .setElasticNetParam(parameters.elasticNet())
            .setStandardization(false)
            .setMaxIter(200));
  }
}
