package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rank;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How likely each customer is to leave, what is at stake, and why.
 *
 * <p>Source: metrics, "Score row".
 */
public final class Predictions {

  private static final int REASONS = 5;
  private static final int NAMED_REASONS = 3;
  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  private static final StructType REASON =
      new StructType()
          .add("feature", StringType)
          .add("value", StringType)
          .add("contribution", DoubleType)
          .add("sentence", StringType);

  private static final StructType SCORE =
      new StructType()
          .add("observation_date", DataTypes.DateType)
          .add("customer_id", StringType)
          .add("mrr", MONEY)
          .add("probability", DoubleType)
          .add("margin", DoubleType)
          .add("base_margin", DoubleType)
          .add("reasons", DataTypes.createArrayType(REASON))
          .add("other_contributions", DoubleType)
          .add("contributions", DataTypes.createMapType(StringType, DoubleType))
          .add("reason_1", StringType)
          .add("reason_2", StringType)
          .add("reason_3", StringType);

  public static final Table TABLE =
      Table.in("churn", "predictions")
          .grain("one row per night and customer that pays on the morning after it")
          .column("customer_id", StringType, "the customer")
          .column("model_id", StringType, "the champion; NULL: there is none, nor a score")
          .column(
              "probability", DoubleType, "of a churn after the lead and within the horizon, 0..1")
          .column(
              "margin",
              DoubleType,
              "what the model says before calibration: log-odds, of forests the mean leaf probability")
          .column("percentile", DoubleType, "share of the night's customers ranked lower, 0..100")
          .column("risk_decile", IntegerType, "1: the riskiest tenth, 10: the safest")
          .column("risk_band", StringType, "high, medium or low, by percentile")
          .column("mrr", MONEY, "monthly recurring revenue on that morning")
          .column("mrr_at_risk", MONEY, "probability x MRR")
          .column("expected_loss", MONEY, "MRR at risk x churn.loss.months")
          .column("base_rate", DoubleType, "what to expect of anybody, from the last training")
          .column("base_margin", DoubleType, "the margin before any feature is known")
          .column(
              "reasons",
              DataTypes.createArrayType(REASON),
              "the five features that move the margin most, up or down, the strongest first")
          .column(
              "other_contributions",
              DoubleType,
              "of all other features: base_margin + reasons + this = margin")
          .column(
              "contributions",
              DataTypes.createMapType(StringType, DoubleType),
              "what every feature adds: base_margin + these = margin")
          .column("reason_1", StringType, "what raises the risk most; NULL: nothing does")
          .column("reason_2", StringType, "what raises it next")
          .column("reason_3", StringType, "what raises it after that")
          .column("note", StringType, "why there is no score")
          .key("customer_id")
          .published()
          .historyDependent()
          .require(
              "a probability lies between 0 and 1",
              col("probability").isNull().or(col("probability").between(0, 1)))
          .require(
              "a score has a model, and none has none",
              col("probability").isNull().equalTo(col("model_id").isNull()))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(CustomerFeatures.TABLE, Models.TABLE, Promotions.TABLE)
          .settings(RiskBands.SETTING)
          .settings(LossSettings.SETTING)
          .settings(DatasetSettings.SETTING)
          .as(
              in -> {
                Dataset<Row> models = in.history(Models.TABLE);
                DatasetSettings dataset = in.settings(DatasetSettings.SETTING);
                Optional<Row> serving = Champion.of(models, in.rows(Promotions.TABLE), in.asOf());
                Optional<String> refusal =
                    serving.flatMap(model -> Champion.refusal(model, dataset));
                refusal.ifPresent(in::note);
                return predictions(
                        in.rows(CustomerFeatures.TABLE),
                        refusal.isPresent() ? Optional.empty() : serving,
                        latest(models, refusal),
                        in.settings(RiskBands.SETTING),
                        dataset)
                    .withColumn(
                        "expected_loss",
                        col("mrr_at_risk").multiply(in.settings(LossSettings.SETTING).months()))
                    .withColumn("as_of_date", lit(in.asOf()));
              });

  private Predictions() {}

  /** What the last training left for nights without a score. */
  record Latest(Double baseRate, String status) {}

  /**
   * Scores customers by the champion.
   *
   * @param scoring rows of {@code churn.customer_features}
   * @param champion the registry's row of the model that serves
   * @param latest what the last training says
   */
  static Dataset<Row> predictions(
      Dataset<Row> scoring,
      Optional<Row> champion,
      Latest latest,
      RiskBands bands,
      DatasetSettings settings) {
    return champion
        .map(model -> ranked(scored(scoring, model, settings), bands))
        .orElseGet(() -> unscored(scoring, latest))
        .withColumn("base_rate", lit(latest.baseRate()).cast(DoubleType));
  }

  /** Of the last training's candidates the one that was chosen speaks: it says why none serves. */
  static Latest latest(Dataset<Row> models, Optional<String> refusal) {
    return models
        .orderBy(
            col("as_of_date").desc(), col("validation_pr_auc").desc_nulls_last(), col("model_id"))
        .select("base_rate", "status")
        .limit(1)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Latest(
                    row.<Double>getAs("base_rate"), refusal.orElse(row.<String>getAs("status"))))
        .findFirst()
        .orElse(new Latest(null, "no model was trained yet"));
  }

  /** Scores rows of features by a model, without ranking them. */
  static Dataset<Row> scored(Dataset<Row> scoring, Row model, DatasetSettings settings) {
    PipelineModel pipeline = ModelFiles.unpack(model.getAs("artifact"));
    Explainer explainer = Explainer.of(pipeline);
    Calibration calibration = calibration(model);
    HashMap<String, Words> words = new HashMap<>();
    ChurnFeatures.of(settings).forEach(feature -> words.put(feature.name(), feature.words()));
    return pipeline
        .transform(ChurnFeatures.withAttributes(scoring, settings))
        .map(
            (MapFunction<Row, Row>) row -> score(row, explainer, calibration, words),
            Encoders.row(SCORE))
        .withColumn("model_id", lit(model.<String>getAs("model_id")))
        .withColumn("note", lit(null).cast(StringType));
  }

  private static Dataset<Row> unscored(Dataset<Row> scoring, Latest latest) {
    Dataset<Row> rows = scoring.select("observation_date", "customer_id", "mrr");
    for (String column : TABLE.columnNames()) {
      if (!List.of(rows.columns()).contains(column) && !column.equals(Table.AS_OF_DATE)) {
        DataType type = TABLE.schema().apply(column).dataType();
        rows = rows.withColumn(column, lit(null).cast(type));
      }
    }
    return rows.withColumn("note", lit(latest.status()));
  }

  /** Ranks each date by margin, never by probability: calibration makes ties. */
  static Dataset<Row> ranked(Dataset<Row> scored, RiskBands bands) {
    WindowSpec night = Window.partitionBy("observation_date", "model_id");
    Column lower = rank().over(night.orderBy("margin")).minus(1);
    Column all = count(lit(1)).over(night);
    return scored
        .withColumn("percentile", lower.multiply(100.0).divide(all))
        .withColumn(
            "risk_decile",
            lit(10).minus(least(floor(col("percentile").divide(10)), lit(9L))).cast(IntegerType))
        .withColumn(
            "risk_band",
            when(col("percentile").geq(bands.high()), "high")
                .when(col("percentile").geq(bands.medium()), "medium")
                .otherwise("low"))
        .withColumn(
            "mrr_at_risk",
            round(
                col("mrr").multiply(col("probability").cast(DataTypes.createDecimalType(10, 8))),
                4));
  }

  private static Row score(
      Row row, Explainer explainer, Calibration calibration, Map<String, Words> words) {
    Vector inputs = row.getAs(explainer.inputColumn());
    Map<String, Double> contributions = explainer.contributions(inputs);
    double margin = explainer.base();
    List<Row> all = new ArrayList<>();
    for (Map.Entry<String, Double> one : contributions.entrySet()) {
      margin += one.getValue();
      all.add(reason(row, words.get(one.getKey()), one.getValue()));
    }
    all.sort(
        Comparator.comparingDouble((Row reason) -> -Math.abs(reason.getDouble(2)))
            .thenComparing(reason -> reason.getString(0)));
    List<Row> top = all.subList(0, Math.min(REASONS, all.size()));
    double others =
        all.subList(top.size(), all.size()).stream().mapToDouble(one -> one.getDouble(2)).sum();
    List<String> raising =
        all.stream()
            .filter(reason -> reason.getDouble(2) > 0)
            .map(reason -> reason.getString(3))
            .distinct()
            .limit(NAMED_REASONS)
            .toList();
    return RowFactory.create(
        row.getAs("observation_date"),
        row.getAs("customer_id"),
        row.getAs("mrr"),
        calibration.probability(margin),
        margin,
        explainer.base(),
        CollectionConverters.asScala(top).toSeq(),
        others,
        scala.collection.immutable.Map.from(CollectionConverters.asScala(contributions)),
        at(raising, 0),
        at(raising, 1),
        at(raising, 2));
  }

  private static Row reason(Row row, Words words, double contribution) {
    Object value = row.getAs(words.feature());
    return RowFactory.create(
        words.feature(),
        value == null ? null : value.toString(),
        contribution,
        words.sentence(row));
  }

  private static String at(List<String> sentences, int index) {
    return index < sentences.size() ? sentences.get(index) : null;
  }

  private static Calibration calibration(Row model) {
    try {
      return Training.JSON.readValue(model.<String>getAs("calibration"), Calibration.class);
    } catch (JsonProcessingException e) {
      throw new PlatformFailure(
          "Cannot read the calibration of model %s. Train again: remove its night."
              .formatted(model.<String>getAs("model_id")),
          e);
    }
  }
}
