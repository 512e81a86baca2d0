package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.BrokenRule;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.table.Table;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The rows that a model of the registry was made of. */
public final class PinnedSet {

  private PinnedSet() {}

  /**
   * The rows of a model's training set, each with its slice; those between the slices have none.
   *
   * @param tables reads a table's rows
   * @throws BadInput if there is no such model, or it learned from nothing
   * @throws BrokenRule if the rows are no longer what they were
   */
  public static Dataset<Row> rows(Function<Table, Dataset<Row>> tables, String modelId) {
    Row model = model(tables.apply(Models.TABLE), modelId);
    Column upToNight =
        col("as_of_date").leq(lit(model.getDate(model.fieldIndex("as_of_date")).toLocalDate()));
    TrainingSet set = read(model, "training_set", TrainingSet.Pinned.class).set();
    Dataset<Row> rows =
        set.rows(
            tables.apply(Observations.TABLE).filter(upToNight),
            tables.apply(Labels.TABLE).filter(upToNight));
    requireSame(model, rows);
    Slices slices = read(model, "slices", Slices.Pinned.class).slices();
    return rows.withColumn("slice", slices.slice()).orderBy("observation_date", "customer_id");
  }

  /** The registry's row of a model. */
  public static Row model(Dataset<Row> models, String modelId) {
    List<Row> found =
        models.filter(col("model_id").equalTo(modelId)).drop("artifact").limit(1).collectAsList();
    if (found.isEmpty() || found.get(0).isNullAt(found.get(0).fieldIndex("slices"))) {
      throw new BadInput(
          "Cannot find model '%s': the registry has no trained model of that id. `holdfast model list` shows them."
              .formatted(modelId));
    }
    return found.get(0);
  }

  private static void requireSame(Row model, Dataset<Row> rows) {
    String hash = Long.toHexString(rows.agg(TrainingSet.hash(rows.columns())).first().getLong(0));
    String stored = model.getAs("data_hash");
    if (!hash.equals(stored)) {
      throw new BrokenRule(
          "Cannot give the rows of model %s: their hash is %s, it learned from %s. churn.observations or churn.labels were changed for nights up to %s; restore them, or train again."
              .formatted(
                  model.<String>getAs("model_id"),
                  hash,
                  stored,
                  model.getDate(model.fieldIndex("as_of_date"))));
    }
  }

  private static <T> T read(Row model, String column, Class<T> type) {
    try {
      return Training.JSON.readValue(model.<String>getAs(column), type);
    } catch (JsonProcessingException e) {
      throw new PlatformFailure(
          "Cannot read %s of model %s.".formatted(column, model.<String>getAs("model_id")), e);
    }
  }
}
