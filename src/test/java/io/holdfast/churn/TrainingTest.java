package io.holdfast.churn;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.SharedSpark;
import io.holdfast.config.Settings;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TrainingTest {

  private static final LocalDate AS_OF = LocalDate.parse("2026-06-28");
  private static final DatasetSettings DATASET =
      new DatasetSettings(7, 30, 7, 28, 80, 24, Map.of());
  private static final LocalDate FIRST = LocalDate.parse("2026-01-05");
  private static final int MONDAYS = 18;
  private static final int PURGE = 14;

  private static final TrainingSettings SETTINGS =
      Settings.load(
              Optional.empty(),
              "",
              Map.of(),
              Map.of(
                  "churn.training.min_slice_dates", "2",
                  "churn.training.folds", "1",
                  "churn.training.grid.logistic_regression",
                      "[{regularization = 0.01, elastic_net = 0}]",
                  "churn.training.grid.random_forest", "[{trees = 3, max_depth = 3}]",
                  "churn.training.grid.gradient_boosted_trees",
                      "[{max_depth = 2, rounds = 3, step_size = 0.3}]"))
          .get(TrainingSettings.SETTING);

  /** The less it is used, the likelier a customer leaves. */
  private static final Dataset<Row> TELLING = observations(150, days -> days < 7 ? 0.6 : 0.04, 11);

  private static final Training.Outcome TRAINED = training().on(TELLING);

  @Test
  void aPlantedSignalIsFoundAndTheModelServes() {
    Map<String, Object> champion = champion(TRAINED);
    assertThat(champion).containsEntry("status", "champion: all gates passed");
    assertThat(champion).containsEntry("split", "by time");
    assertThat((Double) champion.get("brier_skill_low")).isPositive();
    assertThat((Double) champion.get("pr_auc"))
        .isGreaterThan(2 * (Double) champion.get("test_base_rate"));
    assertThat((Double) champion.get("log_loss"))
        .isLessThan((Double) champion.get("base_rate_log_loss"));
    assertThat((String) champion.get("card_markdown"))
        .contains("champion: all gates passed", "| PR-AUC |", "- passed: Brier skill");
    assertThat(TRAINED.models()).hasSize(3);
    assertThat((Double) champion.get("roc_auc"))
        .isBetween((Double) champion.get("roc_auc_low"), (Double) champion.get("roc_auc_high"));
    assertThat(champion).containsEntry("strongest_feature", "active_days_28d");
    assertThat((String) champion.get("card_json"))
        .contains("\"gates\":[{", "\"test_from\":\"" + champion.get("test_from") + "\"");
    assertThat(TRAINED.notes())
        .anyMatch(
            note -> note.startsWith("left out of training, as no value is known from tickets"));
  }

  @Test
  void theSameNightGivesTheSameFigures() {
    // In another order and other partitions.
    Training.Outcome again = training().on(TELLING.repartition(5).orderBy(col("mrr").desc()));
    assertThat(figures(again)).isEqualTo(figures(TRAINED));
  }

  @Test
  void theSameDataAndSettingsAreNotLearnedAgain() {
    Row last = row(champion(TRAINED));
    Training.Outcome again = training().on(TELLING, Map.of(), Optional.of(last), () -> 0L);
    assertThat(again.models()).isEmpty();
    assertThat(again.notes())
        .containsExactly("no training: data and settings are those of " + AS_OF);
    Dataset<Row> other = TELLING.filter(col("customer_id").isin("c1", "c2", "c3", "c4", "c5"));
    assertThat(training().on(other, Map.of(), Optional.of(last), () -> 0L).models()).hasSize(1);
  }

  @Test
  void withoutASignalNoModelServes() {
    Training.Outcome outcome = training().on(observations(150, days -> 0.2, 11));
    assertThat(outcome.models()).noneMatch(model -> (Boolean) model.get("is_champion"));
    assertThat(outcome.models())
        .extracting(model -> (String) model.get("status"))
        .anyMatch(status -> status.startsWith("not promoted: failed Brier skill -"));
  }

  @Test
  void aTestSliceThatPromotedAModelPromotesNoOther() {
    LocalDate used = (LocalDate) champion(TRAINED).get("test_to");
    Training.Outcome outcome =
        new Training(
                AS_OF,
                PURGE,
                SETTINGS,
                DATASET,
                Optional.of(row(champion(TRAINED))),
                Optional.of(used))
            .on(TELLING);
    assertThat(outcome.models()).noneMatch(model -> (Boolean) model.get("is_champion"));
    assertThat(outcome.models())
        .anyMatch(
            model ->
                ((String) model.get("status"))
                    .contains("failed test slice from " + model.get("test_from")));
  }

  @Test
  void tooFewChurnedCustomersGiveOneRowThatSaysSo() {
    Dataset<Row> few =
        TELLING.withColumn(
            "is_churned",
            col("is_churned").and(col("customer_id").isin("c1", "c2", "c3", "c4", "c5")));
    long churned = few.filter("is_churned").select("customer_id").distinct().count();
    assertThat(training().on(few).models())
        .singleElement()
        .satisfies(
            model -> {
              assertThat(model.get("status"))
                  .isEqualTo(
                      "too few churned customers to learn from: %d of 100 needed; confirmed churns: %d"
                          .formatted(churned, churned));
              assertThat(model).containsEntry("is_champion", false).doesNotContainKey("artifact");
              assertThat((Double) model.get("base_rate")).isBetween(0.0001, 0.1);
              assertThat((String) model.get("card_markdown")).contains("Nothing was trained");
            });
  }

  @Test
  void contributionsAddUpToTheMarginThatMllibGives() {
    for (Map<String, Object> model : TRAINED.models()) {
      PipelineModel pipeline = ModelFiles.unpack((byte[]) model.get("artifact"));
      Explainer explainer = Explainer.of(pipeline);
      double scale = Scored.marginScale(pipeline.stages()[pipeline.stages().length - 1]);
      List<Row> rows = pipeline.transform(TELLING.limit(200)).collectAsList();
      for (Row row : rows) {
        double sum =
            explainer.base()
                + explainer
                    .contributions(row.<Vector>getAs(explainer.inputColumn()))
                    .values()
                    .stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        assertThat(sum)
            .as("%s of %s", model.get("algorithm"), row.<String>getAs("customer_id"))
            .isCloseTo(scale * row.<Vector>getAs("rawPrediction").apply(1), within(1e-6));
      }
    }
  }

  @Test
  void everyPayingCustomerIsScoredRankedAndExplained() {
    Dataset<Row> scoring = TELLING.filter(col("observation_date").equalTo(lit(FIRST)));
    Dataset<Row> models =
        SharedSpark.session()
            .createDataFrame(
                Training.rows(TRAINED.models(), Models.TABLE.columnNames()), Models.TABLE.schema());
    Dataset<Row> predictions =
        Predictions.predictions(
                scoring,
                Champion.of(models, none(Promotions.TABLE), AS_OF),
                Predictions.latest(models, Optional.empty()),
                new RiskBands(90, 70),
                DATASET)
            .cache();
    assertThat(predictions.count()).isEqualTo(scoring.count());
    assertThat(
            predictions
                .filter(
                    col("base_margin")
                        .plus(
                            aggregate(
                                col("reasons"),
                                lit(0.0),
                                (sum, reason) -> sum.plus(reason.getField("contribution"))))
                        .plus(col("other_contributions"))
                        .minus(col("margin"))
                        .between(-1e-6, 1e-6))
                .count())
        .isEqualTo(scoring.count());
    Row riskiest = predictions.orderBy(col("margin").desc(), col("customer_id")).first();
    assertThat(riskiest.<String>getAs("risk_band")).isEqualTo("high");
    assertThat(riskiest.<Integer>getAs("risk_decile")).isEqualTo(1);
    assertThat(riskiest.<String>getAs("reason_1")).matches("used on \\d of the last 28 days");
    assertThat(riskiest.<BigDecimal>getAs("mrr_at_risk").doubleValue())
        .isCloseTo(
            riskiest.<Double>getAs("probability") * riskiest.<BigDecimal>getAs("mrr").doubleValue(),
            within(1e-4));
    assertThat(Predictions.TABLE.columnNames())
        .contains(predictions.drop("observation_date").columns());
    Dataset<Row> labels =
        scoring.withColumn("churn_date", lit(null)).withColumn("is_correction", lit(false));
    Dataset<Row> outcomes =
        Outcomes.of(scoring, row(champion(TRAINED)), labels, new RiskBands(90, 70), DATASET);
    assertThat(
            outcomes
                .join(
                    predictions,
                    new String[] {"customer_id", "probability", "risk_decile"},
                    "inner")
                .count())
        .isEqualTo(scoring.count());
  }

  @Test
  void withoutAChampionScoresStayEmptyAndSayWhy() {
    Dataset<Row> scoring =
        rows(
            CustomerFeatures.TABLE,
            """
            | customer_id | mrr |
            | a           | 20  |
            """);
    Dataset<Row> models =
        rows(
            Models.TABLE,
            """
            | as_of_date | model_id | is_champion | base_rate | status  |
            | 2026-06-27 | none     | false       | 0.04      | too few |
            """);
    String expected =
        """
        | customer_id | mrr | probability | risk_band | mrr_at_risk | reason_1 | base_rate | model_id | note    |
        | a           | 20  |             |           |             |          | 0.04      |          | too few |
        """;
    assertRows(
        Predictions.predictions(
            scoring,
            Champion.of(models, none(Promotions.TABLE), AS_OF),
            Predictions.latest(models, Optional.empty()),
            new RiskBands(90, 70),
            DATASET),
        expected);
  }

  @Test
  void theChosenCandidateSaysWhyNoneServes() {
    Dataset<Row> models =
        rows(
            Models.TABLE,
            """
            | as_of_date | model_id | validation_pr_auc | base_rate | status             |
            | 2026-06-20 | before   | 0.50              | 0.05      | the week before    |
            | 2026-06-27 | a        | 0.06              | 0.04      | not chosen         |
            | 2026-06-27 | b        | 0.12              | 0.04      | failed Brier skill |
            """);
    assertThat(Predictions.latest(models, Optional.empty()).status())
        .isEqualTo("failed Brier skill");
  }

  @Test
  @Tag("integration")
  void aFeatureThatKnowsTheOutcomeStopsPromotionAndIsNamed() {
    // Seats are set to 0 for who leaves; a price change is told of leavers alone.
    Training.Outcome outcome =
        training()
            .on(
                TELLING
                    .withColumn("seats", when(col("is_churned"), lit(0L)).otherwise(lit(9L)))
                    .withColumn(
                        "mrr_change_91d",
                        when(col("is_churned"), col("mrr"))
                            .cast(DataTypes.createDecimalType(18, 4))));
    assertThat(outcome.models()).noneMatch(model -> (Boolean) model.get("is_champion"));
    assertThat(outcome.models())
        .allSatisfy(
            model ->
                assertThat((List<?>) model.get("alarms"))
                    .anySatisfy(
                        alarm -> assertThat((String) alarm).contains("nearly decides: seats"))
                    .anySatisfy(
                        alarm ->
                            assertThat((String) alarm)
                                .contains("whether mrr_change_91d is known")));
    assertThat(outcome.models())
        .anyMatch(model -> ((String) model.get("status")).contains("failed a feature that nearly"));
  }

  @Test
  void aModelOfOtherFeaturesIsRefused() {
    Map<String, Object> other = new LinkedHashMap<>(champion(TRAINED));
    assertThat(Champion.refusal(row(other), DATASET)).isEmpty();
    other.put("feature_types", List.of("mrr decimal(18,4) NUMBER", "gone int NUMBER"));
    assertThat(Champion.refusal(row(other), DATASET))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith("Cannot score with model " + other.get("model_id"))
                    .contains("[gone int NUMBER]", "Train again"));
  }

  @Test
  void whoServesIsDecidedByGatesAndThenByHand() {
    Dataset<Row> models =
        rows(
            Models.TABLE,
            """
            | as_of_date | model_id | is_champion |
            | 2026-06-01 | one      | true        |
            | 2026-06-01 | other    | false       |
            | 2026-06-08 | two      | true        |
            """);
    Dataset<Row> promotions =
        rows(
            Promotions.TABLE,
            """
            | decision | as_of_date | model_id | action   |
            | 1        | 2026-06-08 | other    | promote  |
            | 2        | 2026-06-10 | one      | rollback |
            | 3        | 2026-06-03 | other    | promote  |
            """);
    assertThat(Champion.reigns(models, promotions, LocalDate.parse("2026-06-30")))
        .extracting(Champion.Reign::modelId)
        .containsExactly("one", "other", "two", "other", "one");
    assertThat(serving(models, promotions, "2026-05-31")).isEmpty();
    assertThat(serving(models, promotions, "2026-06-02")).hasValue("one");
    assertThat(serving(models, promotions, "2026-06-09")).hasValue("other");
    assertThat(serving(models, promotions, "2026-06-10")).hasValue("one");
  }

  private static Optional<String> serving(
      Dataset<Row> models, Dataset<Row> promotions, String asOf) {
    return Champion.of(models, promotions, LocalDate.parse(asOf)).map(row -> row.getAs("model_id"));
  }

  @Test
  void driftIsTheDistanceFromTraining() {
    // Shares 0.5, 0.5 became 0.75, 0.25: 0.25 ln 1.5 - 0.25 ln 0.5 = 0.25 ln 3.
    Profile trained = Profile.of("seats", new double[] {1, 1, 2, 2});
    assertThat(trained.shares()).containsExactly(0.5, 0.5, 0.0);
    double[] now = {1, 1, 1, 2};
    assertThat(trained.psi(trained.shares(now), 1_000_000))
        .isCloseTo(0.25 * Math.log(3), within(1e-5));
    assertThat(trained.psi(trained.shares(new double[] {2, 2, 1, 1}), 4)).isZero();
    Row model = row(champion(TRAINED));
    Dataset<Row> same = TELLING.filter(col("observation_date").equalTo(lit(FIRST)));
    assertThat(Drift.shifts(model, same, DATASET, 1))
        .filteredOn(shift -> shift.feature().equals("active_days_28d"))
        .singleElement()
        .satisfies(shift -> assertThat(shift.psi()).isLessThan(0.2));
    assertThat(Drift.shifts(model, same.withColumn("active_days_28d", lit(1)), DATASET, 1))
        .filteredOn(shift -> shift.psi() > 0.2)
        .extracting(Drift.Shift::feature)
        .contains("active_days_28d");
  }

  @Test
  void aScoreMovesByTheChangesOfItsContributions() {
    Dataset<Row> before =
        rows(
            Predictions.TABLE,
            """
            | customer_id | model_id | probability | margin | contributions         |
            | a           | m        | 0.1         | -1     | {x=0.5,y=-0.5,z=0}    |
            | b           | old      | 0.1         | -1     | {x=0.5,y=-0.5,z=0}    |
            | gone        | m        | 0.1         | -1     | {x=0.5,y=-0.5,z=0}    |
            """);
    Dataset<Row> tonight =
        rows(
            Predictions.TABLE,
            """
            | customer_id | model_id | probability | margin | contributions                             |
            | a           | m        | 0.3         | 1.25   | {x=1.5,y=0.5,z=0.25,u=0,v=0,w=0.001}      |
            | b           | m        | 0.3         | 1      | {x=1.5,y=0.5,z=0.25}                      |
            | new         | m        | 0.3         | 1      | {x=1.5,y=0.5,z=0.25}                      |
            """);
    assertRows(
        ScoreMoves.moves(tonight, before)
            .withColumn("first", col("moves").getItem(0).getField("feature"))
            .withColumn("change", col("moves").getItem(0).getField("change"))
            .withColumn("third", col("moves").getItem(2).getField("feature")),
        """
        | customer_id | probability_before | probability | margin_change | is_other_model | first | change | third | other_change |
        | a           | 0.1                | 0.3         | 2.25          | false          | x     | 1      | z     | -0.001       |
        | b           | 0.1                | 0.3         | 2             | true           |       |        |       |              |
        """);
  }

  static Training training() {
    return new Training(AS_OF, PURGE, SETTINGS, DATASET, Optional.empty(), Optional.empty());
  }

  private static Map<String, Object> champion(Training.Outcome outcome) {
    return outcome.models().stream()
        .filter(model -> (Boolean) model.get("is_champion"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no champion: " + outcome.notes()));
  }

  private static List<Map<String, Object>> figures(Training.Outcome outcome) {
    return outcome.models().stream()
        .map(
            model -> {
              Map<String, Object> figures = new LinkedHashMap<>(model);
              figures.remove("artifact");
              return figures;
            })
        .toList();
  }

  private static Row row(Map<String, Object> model) {
    return SharedSpark.session()
        .createDataFrame(
            Training.rows(List.of(model), Models.TABLE.columnNames()), Models.TABLE.schema())
        .first();
  }

  /** Mature observations: how much is used says how likely a churn is; plan and MRR say nothing. */
  static Dataset<Row> observations(int customers, IntToDoubleFunction risk, long seed) {
    Random random = new Random(seed);
    StructType schema = CustomerFeatures.TABLE.schema().add("is_churned", DataTypes.BooleanType);
    List<String> columns = List.of(schema.fieldNames());
    List<Row> rows = new ArrayList<>();
    for (int monday = 0; monday < MONDAYS; monday++) {
      for (int customer = 0; customer < customers; customer++) {
        int days = random.nextInt(28);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("as_of_date", AS_OF);
        row.put("observation_date", FIRST.plusWeeks(monday));
        row.put("customer_id", "c" + customer);
        row.put("active_days_28d", random.nextInt(20) == 0 ? null : days);
        row.put("days_since_active_max_91", random.nextInt(90));
        row.put("mrr", new BigDecimal(10 + random.nextInt(90)));
        row.put("plan", random.nextBoolean() ? "pro" : "it's basic");
        row.put("is_churned", random.nextDouble() < risk.applyAsDouble(days));
        rows.add(RowFactory.create(columns.stream().map(row::get).toArray()));
      }
    }
    return SharedSpark.session().createDataFrame(rows, schema);
  }
}
