package io.holdfast.churn;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;

/**
 * What each feature adds to a margin: {@link #base} plus all contributions is the margin.
 *
 * <p>Logistic regression: coefficient x standardised value, log-odds. Boosted trees: TreeSHAP,
 * doubled as MLlib's margin is half the log-odds. Forests: TreeSHAP of the mean leaf probability.
 * The inputs of one feature are added up.
 */
final class Explainer implements Serializable {

  static final String SCALED = "scaled_inputs";

  private static final long serialVersionUID = 1L;

  private final String inputColumn;
  private final ArrayList<String> features;
  private final double[] coefficients;
  private final ArrayList<TreeShap> trees = new ArrayList<>();
  private final double[] treeWeights;
  private final double scale;
  private final double base;

  private Explainer(List<String> features, LogisticRegressionModel model) {
    inputColumn = SCALED;
    this.features = new ArrayList<>(features);
    coefficients = model.coefficients().toArray();
    treeWeights = new double[0];
    scale = 1;
    base = model.intercept();
  }

  private Explainer(List<String> features, GBTClassificationModel model) {
    inputColumn = Preparation.INPUTS;
    this.features = new ArrayList<>(features);
    coefficients = new double[0];
    treeWeights = model.treeWeights();
    scale = 2;
    for (DecisionTreeRegressionModel tree : model.trees()) {
      trees.add(TreeShap.of(tree.rootNode()));
    }
    base = expected();
  }

  private Explainer(List<String> features, RandomForestClassificationModel model) {
    inputColumn = Preparation.INPUTS;
    this.features = new ArrayList<>(features);
    coefficients = new double[0];
    treeWeights = new double[model.getNumTrees()];
    Arrays.fill(treeWeights, 1.0 / treeWeights.length);
    scale = 1;
    for (DecisionTreeClassificationModel tree : model.trees()) {
      trees.add(TreeShap.ofProbability(tree.rootNode()));
    }
    base = expected();
  }

  private double expected() {
    double sum = 0;
    for (int i = 0; i < treeWeights.length; i++) {
      sum += treeWeights[i] * trees.get(i).expected();
    }
    return scale * sum;
  }

  /** The explainer of a whole pipeline: preparation first, classifier last. */
  static Explainer of(PipelineModel pipeline) {
    Transformer[] stages = pipeline.stages();
    List<String> features = Preparation.featureOfInputs((PipelineModel) stages[0]);
    Transformer last = stages[stages.length - 1];
    if (last instanceof LogisticRegressionModel logistic) {
      return new Explainer(features, logistic);
    }
    return last instanceof RandomForestClassificationModel forest
        ? new Explainer(features, forest)
        : new Explainer(features, (GBTClassificationModel) last);
  }

  /** The column of the transformed rows that holds the classifier's inputs. */
  String inputColumn() {
    return inputColumn;
  }

  /** The margin of nobody in particular: the mean customer's, or the mean over the customers. */
  double base() {
    return base;
  }

  /** What each feature adds, in the order of the inputs. */
  Map<String, Double> contributions(Vector inputs) {
    double[] x = inputs.toArray();
    double[] byInput = new double[features.size()];
    for (int i = 0; i < coefficients.length; i++) {
      byInput[i] = coefficients[i] * x[i];
    }
    for (int i = 0; i < treeWeights.length; i++) {
      trees.get(i).addContributions(x, scale * treeWeights[i], byInput);
    }
    Map<String, Double> byFeature = new LinkedHashMap<>();
    for (int i = 0; i < byInput.length; i++) {
      byFeature.merge(features.get(i), byInput[i], Double::sum);
    }
    return byFeature;
  }
}
