package io.holdfast.churn;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.xxhash64;

import io.holdfast.activity.RevenueSettings;
import io.holdfast.job.Inputs;
import java.time.LocalDate;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Observations with their labels: features and outcomes meet here for the first time.
 *
 * <p>Both tables only ever add rows for their night. So the rows up to a night, made by the same
 * definitions, are the same whenever they are asked for: that pins the data of a model.
 *
 * @param observation definition of the observations
 * @param label definition of the labels
 * @param from the first observed date that takes part
 */
record TrainingSet(String observation, String label, LocalDate from) {

  /** The set that a night would train on. */
  static TrainingSet of(Inputs in) {
    DatasetSettings settings = in.settings(DatasetSettings.SETTING);
    String observation = Observations.definition(in);
    return new TrainingSet(
        observation,
        Labels.definition(observation, settings, in.settings(RevenueSettings.SETTING).gapDays()),
        in.asOf().minusWeeks(settings.maxObservationWeeks()));
  }

  /**
   * What names the rows: texts alone.
   *
   * @param observation definition of the observations
   * @param label definition of the labels
   * @param from the first observed date that takes part
   */
  record Pinned(String observation, String label, String from) {
    TrainingSet set() {
      return new TrainingSet(observation, label, LocalDate.parse(from));
    }
  }

  /** What names the rows, to be stored with a model. */
  Pinned pinned() {
    return new Pinned(observation, label, from.toString());
  }

  /**
   * Its rows.
   *
   * @param observations rows of {@code churn.observations} up to the night
   * @param labels rows of {@code churn.labels} up to the night
   */
  Dataset<Row> rows(Dataset<Row> observations, Dataset<Row> labels) {
    Column isRecent = col("observation_date").gt(lit(from));
    return Observations.standing(observations.filter(isRecent), observation)
        .drop("as_of_date", "definition")
        .join(
            Labels.standing(labels.filter(isRecent), label),
            new String[] {"observation_date", "customer_id"},
            "inner");
  }

  /** A hash of these columns of all rows, whatever the order of the rows. */
  static Column hash(String... names) {
    Column[] columns =
        Arrays.stream(names)
            .map(name -> name.equals("attributes") ? entries(name) : col(name))
            .toArray(Column[]::new);
    return coalesce(bit_xor(xxhash64(columns)), lit(0L));
  }

  /** Maps have no order and so no hash of their own. */
  private static Column entries(String name) {
    return sort_array(map_entries(col(name)));
  }
}
