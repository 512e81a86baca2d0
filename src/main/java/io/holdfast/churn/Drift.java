package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * How far tonight's customers are from those that the serving model learned from.
 *
 * <p>Source: metrics, "Drift": the population stability index of every feature and of the score
 * against training; above 0.2 is an alert.
 */
public final class Drift {

  /** The row of the score among those of the features. */
  static final String SCORE = "score";

  public static final Table TABLE =
      Table.in("churn", "drift")
          .grain("one row per night and feature of the model that serves, and one of its score")
          .column("feature", StringType, "the feature; score: the model's margin")
          .column("model_id", StringType, "the model that serves")
          .column("psi", DoubleType, "population stability index against training; 0: the same")
          .column("is_alert", BooleanType, "the index is above churn.drift.alert_psi")
          .column("unknown_rate", DoubleType, "share of tonight's customers of whom it is unknown")
          .column("trained_unknown_rate", DoubleType, "that share in training")
          .column("customers", LongType, "tonight's customers that were looked at")
          .key("feature")
          .published()
          .historyDependent()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(CustomerFeatures.TABLE, Models.TABLE, Promotions.TABLE, Predictions.TABLE)
          .settings(DriftSettings.SETTING)
          .settings(DatasetSettings.SETTING)
          .settings(TrainingSettings.SETTING)
          .as(Drift::measured);

  private Drift() {}

  private static Dataset<Row> measured(Inputs in) {
    Optional<Row> champion =
        Champion.of(in.history(Models.TABLE), in.rows(Promotions.TABLE), in.asOf());
    DatasetSettings dataset = in.settings(DatasetSettings.SETTING);
    if (champion.isEmpty() || Champion.refusal(champion.get(), dataset).isPresent()) {
      return in.create(List.of(), TABLE.schema()).withColumn("as_of_date", lit(in.asOf()));
    }
    double alert = in.settings(DriftSettings.SETTING).alertPsi();
    long seed = in.settings(TrainingSettings.SETTING).seed();
    List<Row> rows = new ArrayList<>();
    String id = champion.get().getAs("model_id");
    for (Shift shift : shifts(champion.get(), in.rows(CustomerFeatures.TABLE), dataset, seed)) {
      rows.add(row(shift, id, alert));
    }
    double[] margins =
        in
            .rows(Predictions.TABLE)
            .filter(col("margin").isNotNull())
            .select("margin")
            .collectAsList()
            .stream()
            .mapToDouble(row -> row.getDouble(0))
            .toArray();
    profiles(champion.get()).stream()
        .filter(one -> one.name().equals(SCORE) && margins.length > 0)
        .forEach(
            one -> rows.add(row(Shift.of(one, one.shares(margins), margins.length), id, alert)));
    alerts(rows).ifPresent(in::note);
    return in.create(rows, TABLE.schema()).withColumn("as_of_date", lit(in.asOf()));
  }

  /**
   * How far a feature is from training.
   *
   * @param feature its name
   * @param psi the index
   * @param unknown share of unknown values
   * @param trainedUnknown that share in training
   * @param customers of how many customers
   */
  record Shift(String feature, double psi, double unknown, double trainedUnknown, int customers) {
    static Shift of(Profile trained, List<Double> shares, int customers) {
      return new Shift(
          trained.name(),
          trained.psi(shares, customers),
          Profile.unknown(shares),
          Profile.unknown(trained.shares()),
          customers);
    }
  }

  /**
   * How far each feature of a model is from its training.
   *
   * @param tonight rows of {@code churn.customer_features}
   */
  static List<Shift> shifts(
      Row champion, Dataset<Row> tonight, DatasetSettings settings, long seed) {
    List<Profile> profiles = profiles(champion);
    List<String> names = profiles.stream().map(Profile::name).toList();
    List<Feature> features =
        ChurnFeatures.of(settings).stream().filter(one -> names.contains(one.name())).toList();
    FeatureSample sample =
        FeatureSample.of(ChurnFeatures.withAttributes(tonight, settings), features, seed);
    List<Shift> shifts = new ArrayList<>();
    for (Profile one : sample.rows() == 0 ? List.<Profile>of() : profiles) {
      if (sample.numbers().containsKey(one.name())) {
        List<Double> shares = one.shares(sample.numbers().get(one.name()));
        shifts.add(Shift.of(one, shares, sample.rows()));
      } else if (sample.names().containsKey(one.name())) {
        List<Double> shares = one.shares(sample.names().get(one.name()));
        shifts.add(Shift.of(one, shares, sample.rows()));
      }
    }
    return shifts;
  }

  private static Row row(Shift shift, String modelId, double alert) {
    return RowFactory.create(
        null,
        shift.feature(),
        modelId,
        shift.psi(),
        shift.psi() > alert,
        shift.unknown(),
        shift.trainedUnknown(),
        (long) shift.customers());
  }

  private static Optional<String> alerts(List<Row> rows) {
    List<String> names =
        rows.stream().filter(row -> row.getBoolean(4)).map(row -> row.getString(1)).toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of("drifted from training: " + String.join(", ", names));
  }

  private static List<Profile> profiles(Row model) {
    String json = model.getAs("profile");
    try {
      return json == null
          ? List.of()
          : Training.JSON.readValue(json, new TypeReference<List<Profile>>() {});
    } catch (JsonProcessingException e) {
      throw new PlatformFailure(
          "Cannot read the profile of model %s. Train again: remove its night."
              .formatted(model.<String>getAs("model_id")),
          e);
    }
  }
}
