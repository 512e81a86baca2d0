package io.holdfast.churn;

import io.holdfast.churn.TrainingSettings.BoostingParameters;
import io.holdfast.churn.TrainingSettings.LogisticParameters;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.feature.StandardScaler;

/**
 * A way to learn: an algorithm with its parameters.
 *
 * @param algorithm what the registry calls it
 * @param parameters its parameters, a record
 * @param stages what is fitted on prepared rows
 */
record Candidate(String algorithm, Record parameters, List<PipelineStage> stages) {

  static final String LOGISTIC_REGRESSION = "logistic_regression";
  static final String GRADIENT_BOOSTED_TREES = "gradient_boosted_trees";

  /** All that the grid declares. */
  static List<Candidate> of(TrainingSettings settings) {
    return Stream.concat(
            settings.grid().logisticRegression().stream().map(Candidate::of),
            settings.grid().gradientBoostedTrees().stream().map(one -> of(one, settings)))
        .toList();
  }

  private static Candidate of(LogisticParameters parameters) {
    return new Candidate(
        LOGISTIC_REGRESSION,
        parameters,
        List.of(
            new StandardScaler("scale")
                .setInputCol(Preparation.INPUTS)
                .setOutputCol(Explainer.SCALED)
                .setWithMean(true)
                .setWithStd(true),
            // Inputs are standardised already: a coefficient is the effect of one deviation.
            new LogisticRegression("logistic")
                .setFeaturesCol(Explainer.SCALED)
                .setLabelCol(Preparation.LABEL)
                .setRegParam(parameters.regularization())
                .setElasticNetParam(parameters.elasticNet())
                .setStandardization(false)
                .setMaxIter(200)));
  }

  private static Candidate of(BoostingParameters parameters, TrainingSettings settings) {
    return new Candidate(
        GRADIENT_BOOSTED_TREES,
        parameters,
        List.of(
            new GBTClassifier("boosting")
                .setFeaturesCol(Preparation.INPUTS)
                .setLabelCol(Preparation.LABEL)
                .setMaxDepth(parameters.maxDepth())
                .setMaxIter(parameters.rounds())
                .setStepSize(parameters.stepSize())
                .setMinInstancesPerNode(settings.minRowsPerLeaf())
                .setSeed(settings.seed())));
  }
}
