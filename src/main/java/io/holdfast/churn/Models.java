package io.holdfast.churn;

import static java.time.DayOfWeek.MONDAY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * The models that were trained, how good they are, and which one serves: the registry.
 *
 * <p>The champion of a night is the latest row up to it with {@code is_champion}. A night without
 * training adds no row. Source: metrics, "Churn data set, model and scores".
 */
public final class Models {

  public static final Table TABLE =
      Table.in("churn", "models")
          .grain("one row per night with training and algorithm, or one that says why none")
          .column("model_id", StringType, "night and hash of data, algorithm and parameters; none")
          .column(
              "algorithm",
              StringType,
              "logistic_regression, random_forest, gradient_boosted_trees, or none")
          .column("is_champion", BooleanType, "it serves from this night on")
          .column("status", StringType, "champion, or why not, with the figure")
          .column("observations", LongType, "mature observations")
          .column("churned_observations", LongType, "mature observations that churned")
          .column("customers", LongType, "distinct customers of the mature observations")
          .column("churned_customers", LongType, "distinct customers among those that churned")
          .column("base_rate", DoubleType, "churned_observations / observations")
          .column("split", StringType, "by time, or by customer where dates are too few")
          .column("train_from", DateType, "first observation date of the training slice")
          .column("train_to", DateType, "last observation date of the training slice")
          .column("calibration_from", DateType, "first observation date of the calibration slice")
          .column("calibration_to", DateType, "last observation date of the calibration slice")
          .column("test_from", DateType, "first observation date of the test slice")
          .column("test_to", DateType, "last observation date of the test slice")
          .column("train_observations", LongType, "observations of the training slice")
          .column("train_churned", LongType, "those of them that churned")
          .column("train_customers", LongType, "distinct customers of the training slice")
          .column("train_base_rate", DoubleType, "train_churned / train_observations")
          .column("test_observations", LongType, "observations of the test slice")
          .column("test_churned", LongType, "those of them that churned")
          .column("test_base_rate", DoubleType, "share of the test slice that churned")
          .column("validation_pr_auc", DoubleType, "mean PR-AUC over the folds of training")
          .column("validation_roc_auc", DoubleType, "mean ROC-AUC over the folds of training")
          .column("roc_auc", DoubleType, "chance that a leaver ranks above a stayer; test slice")
          .column("pr_auc", DoubleType, "average precision; test slice")
          .column("roc_auc_low", DoubleType, "lower end of its 95% interval, by customer")
          .column("roc_auc_high", DoubleType, "upper end of its 95% interval, by customer")
          .column("pr_auc_low", DoubleType, "lower end of its 95% interval, by customer")
          .column("pr_auc_high", DoubleType, "upper end of its 95% interval, by customer")
          .column("log_loss", DoubleType, "mean log loss of the probability; test slice")
          .column("brier", DoubleType, "mean squared error of the probability; test slice")
          .column("brier_skill", DoubleType, "1 - brier / brier of the test slice's base rate")
          .column("brier_skill_low", DoubleType, "lower end of its 95% interval, by customer")
          .column("calibration_slope", DoubleType, "1: as sure as it may be; test slice")
          .column("calibration_error", DoubleType, "ECE over 10 bins of equal size; test slice")
          .column("lift_5pct", DoubleType, "churn of the top 5% / churn of all; test slice")
          .column("lift_10pct", DoubleType, "churn of the top 10% / churn of all; test slice")
          .column("lift_20pct", DoubleType, "churn of the top 20% / churn of all; test slice")
          .column("recall_10pct", DoubleType, "share of churn in the top 10%; test slice")
          .column("recall_20pct", DoubleType, "share of churn in the top 20%; test slice")
          .column("base_rate_log_loss", DoubleType, "log loss of saying the training base rate")
          .column("base_rate_brier", DoubleType, "Brier score of saying the training base rate")
          .column("idle_days_roc_auc", DoubleType, "ROC-AUC of days since the last active day")
          .column("idle_days_pr_auc", DoubleType, "PR-AUC of days since the last active day")
          .column("idle_days_lift_10pct", DoubleType, "lift of days since the last active day")
          .column("idle_days_recall_10pct", DoubleType, "recall of days since the last active day")
          .column("idle_days_recall_20pct", DoubleType, "recall of days since the last active day")
          .column("champion_pr_auc", DoubleType, "PR-AUC of the champion before; test slice")
          .column("parameters", StringType, "the algorithm's parameters, JSON")
          .column(
              "features",
              DataTypes.createArrayType(StringType),
              "the features that it learned from")
          .column(
              "feature_types",
              DataTypes.createArrayType(StringType),
              "these with type and kind: it scores no others")
          .column("strongest_feature", StringType, "what moves the scores of the test slice most")
          .column(
              "alarms",
              DataTypes.createArrayType(StringType),
              "signs that a feature knows the outcome, each with the feature")
          .column("segment_figures", StringType, "figures of the test slice by plan, JSON")
          .column("profile", StringType, "how features and scores were spread, for drift, JSON")
          .column("slices", StringType, "which observations trained, calibrated, tested, JSON")
          .column(
              "drift_alerts",
              DataTypes.createArrayType(StringType),
              "features that had drifted from the champion's training on this night")
          .column("calibration", StringType, "from margin to probability, JSON")
          .column("artifact", BinaryType, "the fitted MLlib pipeline, zipped")
          .column("card_markdown", StringType, "the model card")
          .column("card_json", StringType, "the same for programs")
          .column("training_set", StringType, "definitions and first date of its rows, JSON")
          .column("training_settings", StringType, "the settings of the training, JSON")
          .column("data_hash", StringType, "hash of the mature observations")
          .column("input_versions", StringType, "versions of the tables that it read, JSON")
          .column("seed", LongType, "seed of all randomness")
          .key("model_id")
          .provenance("input_versions", "training_set", "card_markdown", "card_json")
          .keepsAllNights()
          .historyDependent()
          .published()
          .require(
              "a champion can be loaded",
              col("artifact").isNotNull().or(col("is_champion").notEqual(true)))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Observations.TABLE,
              Labels.TABLE,
              CustomerFeatures.TABLE,
              Promotions.TABLE,
              PayingSpells.TABLE)
          .readsPrevious()
          .settings(Observations.SETTINGS)
          .settings(TrainingSettings.SETTING)
          .settings(DriftSettings.SETTING)
          .settings(RevenueSettings.SETTING)
          .as(Models::trained);

  private Models() {}

  private static Dataset<Row> trained(Inputs in) {
    Dataset<Row> previous = in.previous();
    DatasetSettings dataset = in.settings(DatasetSettings.SETTING);
    Optional<Row> serving = Champion.of(previous, in.rows(Promotions.TABLE), in.asOf());
    Optional<String> refusal = serving.flatMap(model -> Champion.refusal(model, dataset));
    refusal.ifPresent(in::note);
    Optional<Row> champion = refusal.isPresent() ? Optional.empty() : serving;
    List<String> alerts = champion.map(model -> alerts(model, in)).orElse(List.of());
    Optional<Row> last = lastTraining(previous);
    boolean isDue =
        champion.isEmpty()
            || in.asOf().plusDays(1).getDayOfWeek() == MONDAY
            || !alertsOf(last).containsAll(alerts);
    if (!isDue) {
      in.note("no training: %s serves".formatted(champion.get().<String>getAs("model_id")));
      return in.create(List.of(), TABLE.schema());
    }
    String versions =
        Training.json(
            new TreeMap<>(
                Map.of(
                    Observations.TABLE.id(), in.version(Observations.TABLE),
                    Labels.TABLE.id(), in.version(Labels.TABLE))));
    TrainingSet set = TrainingSet.of(in);
    Dataset<Row> rows = set.rows(in.history(Observations.TABLE), in.history(Labels.TABLE));
    Training.Outcome outcome =
        new Training(
                in.asOf(),
                dataset.outcomeDays(in.settings(RevenueSettings.SETTING).gapDays()),
                in.settings(TrainingSettings.SETTING),
                dataset,
                champion,
                usedTestDate(previous))
            .on(
                rows,
                Map.of(
                    "input_versions", versions,
                    "training_set", Training.json(set.pinned()),
                    "drift_alerts", alerts),
                last,
                () ->
                    confirmedCustomers(
                        in.rows(PayingSpells.TABLE),
                        in.asOf(),
                        in.settings(RevenueSettings.SETTING).gapDays()));
    outcome.notes().forEach(in::note);
    return in.create(Training.rows(outcome.models(), TABLE.columnNames()), TABLE.schema());
  }

  /** Who had churned by the night as it was then: a return after it undoes nothing. */
  private static long confirmedCustomers(Dataset<Row> spells, LocalDate asOf, int gapDays) {
    return PayingSpells.upTo(spells, asOf, gapDays)
        .filter(col("counting").equalTo("confirmed").and(col("confirmed_date").leq(lit(asOf))))
        .select("customer_id")
        .distinct()
        .count();
  }

  /** The features that have drifted from a model's training. */
  private static List<String> alerts(Row model, Inputs in) {
    double alert = in.settings(DriftSettings.SETTING).alertPsi();
    return Drift.shifts(
            model,
            in.rows(CustomerFeatures.TABLE),
            in.settings(DatasetSettings.SETTING),
            in.settings(TrainingSettings.SETTING).seed())
        .stream()
        .filter(shift -> shift.psi() > alert)
        .map(Drift.Shift::feature)
        .toList();
  }

  private static Optional<Row> lastTraining(Dataset<Row> previous) {
    return previous
        .orderBy(col("as_of_date").desc())
        .select("as_of_date", "data_hash", "training_settings", "drift_alerts")
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst();
  }

  /** An alert that the last training has already seen asks for no other. */
  private static List<String> alertsOf(Optional<Row> last) {
    return last.filter(row -> !row.isNullAt(row.fieldIndex("drift_alerts")))
        .map(row -> row.<String>getList(row.fieldIndex("drift_alerts")))
        .orElse(List.of());
  }

  private static Optional<LocalDate> usedTestDate(Dataset<Row> previous) {
    return previous
        .filter(col("is_champion").and(col("test_to").isNotNull()))
        .orderBy(col("test_to").desc())
        .select("test_to")
        .limit(1)
        .collectAsList()
        .stream()
        .map(row -> row.getDate(0).toLocalDate())
        .findFirst();
  }
}
