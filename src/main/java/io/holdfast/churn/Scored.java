package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A slice with a model's margins, on the driver. */
final class Scored {

  private static final String[] READ = {
    "is_churned", "customer_id", "days_since_active_max_91", "plan"
  };

  final double[] margins;
  final boolean[] churned;
  final String[] customers;

  /** Days since the last active day, which the simplest of all scores ranks by; -1: unknown. */
  final double[] idleDays;

  /** The segment of each row: its plan. */
  final String[] plans;

  private Scored(List<Row> rows, double scale) {
    margins = new double[rows.size()];
    churned = new boolean[rows.size()];
    customers = new String[rows.size()];
    idleDays = new double[rows.size()];
    plans = new String[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      margins[i] = scale * row.<Vector>getAs(0).apply(1);
      churned[i] = row.getBoolean(1);
      customers[i] = row.getString(2);
      idleDays[i] = row.isNullAt(3) ? -1 : row.getInt(3);
      plans[i] = row.isNullAt(4) ? "(unknown)" : row.getString(4);
    }
  }

  /** Scores labelled rows by a pipeline whose last stage classifies. */
  static Scored of(PipelineModel pipeline, Dataset<Row> rows) {
    Transformer[] stages = pipeline.stages();
    return new Scored(
        pipeline.transform(rows).select("rawPrediction", READ).collectAsList(),
        marginScale(stages[stages.length - 1]));
  }

  /** Labelled rows prepared for a classifier, with what is read of each besides, and its date. */
  static Dataset<Row> prepared(PipelineModel preparation, Dataset<Row> rows) {
    return preparation
        .transform(rows)
        .select(
            Stream.concat(Stream.of("observation_date", Preparation.INPUTS), Arrays.stream(READ))
                .map(name -> col(name))
                .toArray(Column[]::new));
  }

  /** MLlib's margin of boosted trees is half the log-odds, that of forests a sum over trees. */
  static double marginScale(Transformer classifier) {
    if (classifier instanceof RandomForestClassificationModel forest) {
      return 1.0 / forest.getNumTrees();
    }
    return classifier instanceof GBTClassificationModel ? 2 : 1;
  }

  int positives() {
    int positives = 0;
    for (boolean one : churned) {
      positives += one ? 1 : 0;
    }
    return positives;
  }

  double[] probabilities(Calibration calibration) {
    double[] probabilities = new double[margins.length];
    for (int i = 0; i < margins.length; i++) {
      probabilities[i] = calibration.probability(margins[i]);
    }
    return probabilities;
  }
}
