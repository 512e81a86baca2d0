package io.holdfast.churn;

import java.io.Serializable;
import java.util.function.ToDoubleFunction;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;

/**
 * What each input adds to the prediction of a tree: its Shapley value.
 *
 * <p>TreeSHAP, path-dependent (Lundberg, Erion and Lee, "Consistent individualized feature
 * attribution for tree ensembles", algorithm 2): inputs that are left out follow both branches, as
 * often as the training rows did. {@link #expected} plus all contributions is the prediction.
 */
final class TreeShap implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int[] left;
  private final int[] right;
  private final int[] feature;
  private final double[] threshold;
  // Categorical splits of inputs that are 0 or 1: whether 0 and whether 1 go left.
  private final boolean[][] goesLeft;
  private final double[] value;
  private final double[] cover;
  private int size;

  private TreeShap(int nodes) {
    left = new int[nodes];
    right = new int[nodes];
    feature = new int[nodes];
    threshold = new double[nodes];
    goesLeft = new boolean[nodes][];
    value = new double[nodes];
    cover = new double[nodes];
  }

  /** A regression tree of MLlib. Its inputs are numbers, or categories 0 and 1. */
  static TreeShap of(Node root) {
    return of(root, Node::prediction);
  }

  /** A classification tree of MLlib, as the probability of class 1. */
  static TreeShap ofProbability(Node root) {
    return of(root, node -> node.impurityStats().prob(1.0));
  }

  private static TreeShap of(Node root, ToDoubleFunction<Node> prediction) {
    TreeShap tree = new TreeShap(count(root));
    tree.add(root, prediction);
    return tree;
  }

  /** The mean prediction over the training rows. */
  double expected() {
    return expected(0);
  }

  /** The prediction for one row. */
  double predict(double[] x) {
    int node = 0;
    while (left[node] > 0) {
      node = next(node, x);
    }
    return value[node];
  }

  /**
   * Adds each input's contribution.
   *
   * @param x one row's inputs
   * @param scale what a contribution is multiplied by
   * @param contributions one number an input, added to
   */
  void addContributions(double[] x, double scale, double[] contributions) {
    recurse(0, x, scale, contributions, new Path(), 1, 1, -1);
  }

  private static int count(Node node) {
    return node instanceof InternalNode inner
        ? 1 + count(inner.leftChild()) + count(inner.rightChild())
        : 1;
  }

  private int add(Node node, ToDoubleFunction<Node> prediction) {
    int at = size++;
    value[at] = prediction.applyAsDouble(node);
    cover[at] = node.impurityStats().count();
    if (node instanceof InternalNode inner) {
      feature[at] = inner.split().featureIndex();
      if (inner.split() instanceof ContinuousSplit split) {
        threshold[at] = split.threshold();
      } else if (inner.split() instanceof CategoricalSplit split) {
        goesLeft[at] = new boolean[2];
        for (double category : split.leftCategories()) {
          goesLeft[at][(int) category] = true;
        }
      }
      left[at] = add(inner.leftChild(), prediction);
      right[at] = add(inner.rightChild(), prediction);
    }
    return at;
  }

  private int next(int node, double[] x) {
    double input = x[feature[node]];
    boolean isLeft =
        goesLeft[node] == null ? input <= threshold[node] : goesLeft[node][(int) input];
    return isLeft ? left[node] : right[node];
  }

  private double expected(int node) {
    return left[node] == 0
        ? value[node]
        : (cover[left[node]] * expected(left[node]) + cover[right[node]] * expected(right[node]))
            / (cover[left[node]] + cover[right[node]]);
  }

  private void recurse(
      int node,
      double[] x,
      double scale,
      double[] contributions,
      Path parent,
      double zeroShare,
      double oneShare,
      int splitFeature) {
    Path path = parent.extended(zeroShare, oneShare, splitFeature);
    if (left[node] == 0) {
      for (int i = 1; i < path.length; i++) {
        double weight = path.unwoundSum(i);
        contributions[path.features[i]] +=
            scale * weight * (path.ones[i] - path.zeros[i]) * value[node];
      }
      return;
    }
    int hot = next(node, x);
    int cold = hot == left[node] ? right[node] : left[node];
    double zero = 1;
    double one = 1;
    int before = path.indexOf(feature[node]);
    if (before > 0) {
      zero = path.zeros[before];
      one = path.ones[before];
      path = path.unwound(before);
    }
    double covered = cover[left[node]] + cover[right[node]];
    recurse(hot, x, scale, contributions, path, zero * cover[hot] / covered, one, feature[node]);
    recurse(cold, x, scale, contributions, path, zero * cover[cold] / covered, 0, feature[node]);
  }

  /** The inputs met on the way to a node, with the weights of their subsets by size. */
  private static final class Path {
    private final int[] features;
    private final double[] zeros;
    private final double[] ones;
    private final double[] weights;
    private int length;

    Path() {
      this(0);
    }

    private Path(int capacity) {
      features = new int[capacity];
      zeros = new double[capacity];
      ones = new double[capacity];
      weights = new double[capacity];
    }

    private Path copy(int capacity) {
      Path copy = new Path(capacity);
      int copied = Math.min(length, capacity);
      System.arraycopy(features, 0, copy.features, 0, copied);
      System.arraycopy(zeros, 0, copy.zeros, 0, copied);
      System.arraycopy(ones, 0, copy.ones, 0, copied);
      System.arraycopy(weights, 0, copy.weights, 0, copied);
      copy.length = copied;
      return copy;
    }

    int indexOf(int feature) {
      for (int i = 1; i < length; i++) {
        if (features[i] == feature) {
          return i;
        }
      }
      return -1;
    }

    Path extended(double zeroShare, double oneShare, int feature) {
      Path path = copy(length + 1);
      path.features[length] = feature;
      path.zeros[length] = zeroShare;
      path.ones[length] = oneShare;
      path.weights[length] = length == 0 ? 1 : 0;
      path.length = length + 1;
      for (int i = length - 1; i >= 0; i--) {
        path.weights[i + 1] += oneShare * path.weights[i] * (i + 1) / (length + 1);
        path.weights[i] = zeroShare * path.weights[i] * (length - i) / (length + 1);
      }
      return path;
    }

    Path unwound(int index) {
      Path path = copy(length);
      int last = length - 1;
      double next = weights[last];
      for (int i = last - 1; i >= 0; i--) {
        if (ones[index] != 0) {
          double weight = path.weights[i];
          path.weights[i] = next * (last + 1) / ((i + 1) * ones[index]);
          next = weight - path.weights[i] * zeros[index] * (last - i) / (last + 1);
        } else {
          path.weights[i] = path.weights[i] * (last + 1) / (zeros[index] * (last - i));
        }
      }
      for (int i = index; i < last; i++) {
        path.features[i] = features[i + 1];
        path.zeros[i] = zeros[i + 1];
        path.ones[i] = ones[i + 1];
      }
      path.length = last;
      return path;
    }

    double unwoundSum(int index) {
      Path path = unwound(index);
      double sum = 0;
      for (int i = 0; i < path.length; i++) {
        sum += path.weights[i];
      }
      return sum;
    }
  }
}
