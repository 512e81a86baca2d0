package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which model serves on a night: the latest that became champion by its gates or by hand. */
public final class Champion {

  private Champion() {}

  /** One model that served from a night on. */
  public record Reign(LocalDate from, String modelId, String by) {}

  /**
   * The registry's row of the model that serves.
   *
   * @param models rows of {@code churn.models}
   * @param promotions rows of {@code churn.promotions}
   * @param asOf the night
   */
  static Optional<Row> of(Dataset<Row> models, Dataset<Row> promotions, LocalDate asOf) {
    return on(asOf, reigns(models, promotions, asOf), models);
  }

  /**
   * The registry's row of the model that served on a night.
   *
   * @param reigns all that are known up to that night or a later one
   */
  static Optional<Row> on(LocalDate night, List<Reign> reigns, Dataset<Row> models) {
    return reigns.stream()
        .filter(reign -> !reign.from().isAfter(night))
        .reduce((earlier, later) -> later)
        .flatMap(
            reign ->
                models
                    .filter(col("model_id").equalTo(reign.modelId()))
                    .limit(1)
                    .collectAsList()
                    .stream()
                    .findFirst());
  }

  /** All models that served up to a night, in order; a decision by hand comes after its night. */
  public static List<Reign> reigns(Dataset<Row> models, Dataset<Row> promotions, LocalDate asOf) {
    List<Reign> reigns = new ArrayList<>();
    models
        .filter(col("is_champion").and(col("as_of_date").leq(lit(asOf))))
        .select("as_of_date", "model_id")
        .orderBy("as_of_date", "model_id")
        .collectAsList()
        .forEach(
            row -> reigns.add(new Reign(row.getDate(0).toLocalDate(), row.getString(1), "gates")));
    promotions
        .filter(col("as_of_date").leq(lit(asOf)))
        .select("as_of_date", "model_id", "action")
        .orderBy("decision")
        .collectAsList()
        .forEach(
            row -> {
              Reign decided =
                  new Reign(row.getDate(0).toLocalDate(), row.getString(1), row.getString(2));
              int at = reigns.size();
              while (at > 0 && reigns.get(at - 1).from().isAfter(decided.from())) {
                at--;
              }
              reigns.add(at, decided);
            });
    return reigns;
  }

  /**
   * Why a model must not score: it learned from a feature that is now another or none.
   *
   * @param model a row of the registry
   * @param settings which attributes there are
   * @return a sentence; empty if it may
   */
  public static Optional<String> refusal(Row model, DatasetSettings settings) {
    List<String> learned =
        model.isNullAt(model.fieldIndex("feature_types"))
            ? List.of()
            : model.<String>getList(model.fieldIndex("feature_types"));
    String id = model.getAs("model_id");
    if (learned.isEmpty()) {
      return Optional.of(
          "Cannot score with model %s: it does not say what features it learned from. Train again, or promote another."
              .formatted(id));
    }
    Set<String> missing = new HashSet<>(learned);
    ChurnFeatures.of(settings).forEach(one -> missing.remove(one.signature()));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Cannot score with model %s: it learned from %s, which this program or churn.dataset.attributes no longer has in that form. Train again, or promote another."
                .formatted(id, missing.stream().sorted().toList()));
  }
}
