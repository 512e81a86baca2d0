package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.SharedSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.DecisionTreeRegressor;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class TreeShapTest {

  private static final int INPUTS = 4;

  /** Deep enough to split by one input twice on the way to a leaf. */
  private static final Node ROOT = fitted(300, 5);

  @Test
  void contributionsAreTheShapleyValues() {
    TreeShap shap = TreeShap.of(ROOT);
    Random random = new Random(5);
    for (int row = 0; row < 50; row++) {
      double[] x = random.doubles(INPUTS).toArray();
      double[] contributions = new double[INPUTS];
      shap.addContributions(x, 1, contributions);
      double sum = shap.expected();
      for (int input = 0; input < INPUTS; input++) {
        assertThat(contributions[input]).isCloseTo(shapley(x, input), within(1e-9));
        sum += contributions[input];
      }
      assertThat(sum).isCloseTo(prediction(ROOT, x, (1 << INPUTS) - 1), within(1e-9));
      assertThat(shap.predict(x)).isCloseTo(sum, within(1e-9));
    }
  }

  /** The definition: the mean over all orders of what knowing the input changes. */
  private static double shapley(double[] x, int input) {
    double value = 0;
    for (int subset = 0; subset < 1 << INPUTS; subset++) {
      if ((subset >> input & 1) == 0) {
        int size = Integer.bitCount(subset);
        double weight = factorial(size) * factorial(INPUTS - size - 1) / factorial(INPUTS);
        value += weight * (prediction(ROOT, x, subset | 1 << input) - prediction(ROOT, x, subset));
      }
    }
    return value;
  }

  /** The mean prediction where only some inputs are known. */
  private static double prediction(Node node, double[] x, int known) {
    if (!(node instanceof InternalNode inner)) {
      return node.prediction();
    }
    ContinuousSplit split = (ContinuousSplit) inner.split();
    if ((known >> split.featureIndex() & 1) == 1) {
      return prediction(
          x[split.featureIndex()] <= split.threshold() ? inner.leftChild() : inner.rightChild(),
          x,
          known);
    }
    double left = inner.leftChild().impurityStats().count();
    double right = inner.rightChild().impurityStats().count();
    return (left * prediction(inner.leftChild(), x, known)
            + right * prediction(inner.rightChild(), x, known))
        / (left + right);
  }

  private static double factorial(int n) {
    return n <= 1 ? 1 : n * factorial(n - 1);
  }

  private static Node fitted(int rows, int depth) {
    Random random = new Random(3);
    List<Row> data = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double[] x = random.doubles(INPUTS).toArray();
      double y = Math.sin(9 * x[0]) + x[1] * x[2] + 0.1 * random.nextGaussian();
      data.add(RowFactory.create(Vectors.dense(x), y));
    }
    return new DecisionTreeRegressor()
        .setMaxDepth(depth)
        .fit(
            SharedSpark.session()
                .createDataFrame(
                    data,
                    new StructType()
                        .add("features", SQLDataTypes.VectorType())
                        .add("label", DataTypes.DoubleType)))
        .rootNode();
  }
}
