package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.holdfast.churn.Slices.Fold;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;

/**
 * One night's training: candidates are chosen on folds within the training slice, fitted on all of
 * it, calibrated on the next slice, and reported on a test slice that nothing else has seen.
 *
 * @param asOf the night
 * @param purgeDays days that must pass between two slices
 * @param settings how to train
 * @param dataset what is known of customers
 * @param champion the registry's row of the model that serves; empty: none does
 * @param usedTestDate the last observation date of a test slice that a promotion has used
 */
record Training(
    LocalDate asOf,
    int purgeDays,
    TrainingSettings settings,
    DatasetSettings dataset,
    Optional<Row> champion,
    Optional<LocalDate> usedTestDate) {

  static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private static final int EXPLAINED_ROWS = 2_000;

  /** What a night learned: rows of the registry, and what its reader should know. */
  record Outcome(List<Map<String, Object>> models, List<String> notes) {}

  /** What the mature observations hold. */
  private record Facts(
      long observations,
      long churned,
      long customers,
      long churnedCustomers,
      long hash,
      NavigableMap<LocalDate, Long> dates,
      Map<String, Object> origin) {
    Double baseRate() {
      return observations == 0 ? null : (double) churned / observations;
    }
  }

  /** How a candidate did on the folds. */
  private record Quality(double prAuc, double rocAuc, int rounds) {}

  /**
   * A fitted candidate.
   *
   * @param classifier what learned, from prepared rows
   * @param pipeline preparation and classifier in one: what the registry keeps
   */
  private record Fitted(
      Candidate candidate,
      PipelineModel classifier,
      PipelineModel pipeline,
      double validationPrAuc,
      double validationRocAuc) {
    boolean isOf(Fitted other) {
      return candidate.equals(other.candidate);
    }
  }

  /**
   * Trains on observations.
   *
   * @param observations rows of a {@link TrainingSet}
   */
  Outcome on(Dataset<Row> observations) {
    return on(
        observations,
        Map.of(),
        Optional.empty(),
        () -> observations.filter(col("is_churned")).select("customer_id").distinct().count());
  }

  /**
   * Trains on observations.
   *
   * @param observations rows of a {@link TrainingSet}
   * @param origin where they come from: columns of the registry
   * @param last the registry's row of the last training: the same data and settings would only make
   *     the same models again
   * @param confirmed how many customers have a confirmed churn, observed or not; asked where too
   *     few of them were observed
   */
  Outcome on(
      Dataset<Row> observations,
      Map<String, Object> origin,
      Optional<Row> last,
      LongSupplier confirmed) {
    Dataset<Row> rows =
        ChurnFeatures.withAttributes(observations, dataset)
            .withColumn(Preparation.LABEL, col("is_churned").cast("double"))
            // Every training sees the same rows in the same partitions in the same order.
            .repartition(settings.partitions(), col("customer_id"))
            .sortWithinPartitions("observation_date", "customer_id")
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Facts facts = facts(rows, observations.columns(), origin);
      if (last.isPresent() && learnedOf(last.get(), facts)) {
        return new Outcome(
            List.of(),
            List.of(
                "no training: data and settings are those of %s"
                    .formatted(last.get().getDate(last.get().fieldIndex("as_of_date")))));
      }
      return facts.churnedCustomers < settings.minChurnedCustomers()
          ? nothing(
              facts,
              "too few churned customers to learn from: %d of %d needed; confirmed churns: %d"
                  .formatted(
                      facts.churnedCustomers,
                      settings.minChurnedCustomers(),
                      confirmed.getAsLong()))
          : candidates(rows, facts);
    } finally {
      rows.unpersist();
    }
  }

  private boolean learnedOf(Row last, Facts facts) {
    return hash(facts).equals(last.getAs("data_hash"))
        && json(settings).equals(last.getAs("training_settings"));
  }

  private static String hash(Facts facts) {
    return Long.toHexString(facts.hash);
  }

  private Outcome candidates(Dataset<Row> rows, Facts facts) {
    Slices slices = Slices.of(facts.dates, purgeDays, settings);
    Dataset<Row> sliced = rows.withColumn("slice", slices.slice());
    Dataset<Row> train = slice(sliced, Slices.TRAIN);
    Map<String, Row> counts =
        sliced
            .filter(col("slice").isNotNull())
            .groupBy("slice")
            .agg(
                count(lit(1)).as("observations"),
                count_if(col("is_churned")).as("churned"),
                count_distinct(col("customer_id")).as("customers"),
                min("observation_date").as("from"),
                max("observation_date").as("to"))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(row -> row.getString(0), row -> row));
    for (String slice : List.of(Slices.TRAIN, Slices.CALIBRATION, Slices.TEST)) {
      Row found = counts.get(slice);
      long all = found == null ? 0 : found.<Long>getAs("observations");
      long churned = found == null ? 0 : found.<Long>getAs("churned");
      if (churned == 0 || churned == all) {
        return nothing(
            facts,
            "no model: the %s slice has %d churned observations of %d, both outcomes are needed"
                .formatted(slice, churned, all));
      }
    }
    PipelineModel preparation = Preparation.fit(train, learned(), settings.maxCategories());
    List<Fitted> fitted = fit(train, preparation, slices);
    if (fitted.isEmpty()) {
      return nothing(
          facts,
          "no model: no part of the train slice has both outcomes to choose a candidate by; it has"
              + " %d churned observations"
                  .formatted(counts.get(Slices.TRAIN).<Long>getAs("churned")));
    }
    Fitted best = fitted.stream().max(Comparator.comparing(Fitted::validationPrAuc)).orElseThrow();
    Double championPrAuc = championPrAuc(slice(sliced, Slices.TEST));
    List<Feature> known = Preparation.known(train, learned());
    FeatureSample sample = FeatureSample.labelled(train, known, settings.seed());
    List<String> leaks = Leaks.ofFeatures(sample, settings.leaks());
    List<Profile> profiles = Profile.of(sample);
    List<Map<String, Object>> models = new ArrayList<>();
    Dataset<Row> calibrating =
        Scored.prepared(preparation, slice(sliced, Slices.CALIBRATION)).persist();
    Dataset<Row> testing = Scored.prepared(preparation, slice(sliced, Slices.TEST)).persist();
    try {
      for (Fitted one : fitted) {
        Map<String, Object> model = described(facts, slices, counts);
        model.put("champion_pr_auc", championPrAuc);
        model.put("features", known.stream().map(Feature::name).toList());
        model.put("feature_types", known.stream().map(Feature::signature).toList());
        Scored test = measure(one, calibrating, testing, model);
        model.put("profile", json(withScore(profiles, test)));
        List<String> alarms = new ArrayList<>(leaks);
        alarms.addAll(
            Leaks.ofFigures(
                figure(model, "roc_auc"),
                one.validationRocAuc,
                (String) model.get("strongest_feature"),
                settings.leaks()));
        model.put("alarms", alarms);
        List<Gate> gates = gates(model, slices);
        alarms.forEach(alarm -> gates.add(new Gate(alarm, false)));
        model.put("is_champion", one.isOf(best) && gates.stream().allMatch(Gate::isPassed));
        model.put("status", status(one, best, gates));
        model.put("model_id", modelId(model));
        model.put("card_markdown", ModelCard.of(model, gates));
        model.put("card_json", ModelCard.json(model, gates));
        models.add(model);
      }
    } finally {
      calibrating.unpersist();
      testing.unpersist();
    }
    return new Outcome(models, notes(models, train));
  }

  /** The features that are offered to the candidates. */
  private List<Feature> learned() {
    return ChurnFeatures.of(dataset).stream()
        .filter(one -> !settings.leftOut().contains(one.name()))
        .toList();
  }

  private static List<Profile> withScore(List<Profile> profiles, Scored test) {
    List<Profile> all = new ArrayList<>(profiles);
    all.add(Profile.of(Drift.SCORE, test.margins));
    return all;
  }

  private static Dataset<Row> slice(Dataset<Row> sliced, String slice) {
    return sliced.filter(col("slice").equalTo(slice));
  }

  /** The best parameters of each algorithm, fitted on the whole training slice. */
  private List<Fitted> fit(Dataset<Row> train, PipelineModel preparation, Slices slices) {
    Map<String, Candidate> best = new LinkedHashMap<>();
    Map<Candidate, Quality> quality = validated(searched(train), slices);
    quality.forEach(
        (candidate, found) -> {
          Candidate before = best.get(candidate.algorithm());
          if (before == null || found.prAuc > quality.get(before).prAuc) {
            best.put(candidate.algorithm(), candidate);
          }
        });
    if (best.isEmpty()) {
      return List.of();
    }
    Dataset<Row> prepared = weighted(preparation.transform(train)).persist();
    try {
      return sideBySide(
          List.copyOf(best.values()),
          candidate -> {
            Quality found = quality.get(candidate);
            Candidate last = candidate.withRounds(found.rounds);
            PipelineModel classifier = classifier(last.stages(settings), prepared);
            return new Fitted(
                last,
                classifier,
                pipeline(preparation, classifier, train),
                found.prAuc,
                found.rocAuc);
          });
    } finally {
      prepared.unpersist();
    }
  }

  /**
   * What comes of each candidate, in their order. One small fit after the other would leave most of
   * a machine idle between its many short jobs.
   */
  private static <T> List<T> sideBySide(
      List<Candidate> candidates, Function<Candidate, T> fitting) {
    int threads =
        Math.max(1, Math.min(candidates.size(), Runtime.getRuntime().availableProcessors()));
    // New threads each time: they take over the caller's session and its jobs' properties.
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<CompletableFuture<T>> all =
          candidates.stream()
              .map(one -> CompletableFuture.supplyAsync(() -> fitting.apply(one), pool))
              .toList();
      // Waits for all, though one fails: the rows that they share are given back then.
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
      return all.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    } finally {
      pool.shutdown();
    }
  }

  /** A sample by customer, where the rows are many. */
  private Dataset<Row> searched(Dataset<Row> train) {
    long rows = train.count();
    long share = (long) Slices.BUCKETS * settings.searchRows() / Math.max(1, rows);
    return rows <= settings.searchRows()
        ? train
        : train.filter(Slices.bucket(settings.seed() + 2).lt(share));
  }

  /** Rows that count the more the rarer their outcome is, as far as the settings say. */
  private Dataset<Row> weighted(Dataset<Row> prepared) {
    Row counts = prepared.agg(count(lit(1)), count_if(col("is_churned"))).first();
    double rarity =
        (double) (counts.getLong(0) - counts.getLong(1)) / Math.max(1, counts.getLong(1));
    return prepared.select(
        col(Preparation.INPUTS),
        col(Preparation.LABEL),
        when(col("is_churned"), lit(Math.pow(rarity, settings.balance())))
            .otherwise(lit(1.0))
            .as(Candidate.WEIGHT),
        Slices.bucket(settings.seed() + 3)
            .lt((long) (Slices.BUCKETS * settings.stopping().share()))
            .as(Candidate.IS_STOPPING));
  }

  /** Over the folds; over folds by customer where those by time lack leavers. */
  private Map<Candidate, Quality> validated(Dataset<Row> train, Slices slices) {
    Map<Candidate, Quality> byTime = validated(train, slices.folds());
    return byTime.isEmpty() ? validated(train, Slices.foldsByCustomer(settings)) : byTime;
  }

  /** Over the folds that hold both outcomes; nothing if none does. */
  private Map<Candidate, Quality> validated(Dataset<Row> train, List<Fold> folds) {
    Map<Candidate, List<Quality>> byFold = new LinkedHashMap<>();
    List<Candidate> candidates = Candidate.of(settings);
    for (Fold fold : folds) {
      Dataset<Row> fits = train.filter(fold.train());
      Dataset<Row> judges = train.filter(fold.validation());
      if (!hasBoth(fits) || !hasBoth(judges)) {
        continue;
      }
      PipelineModel preparation = Preparation.fit(fits, learned(), settings.maxCategories());
      Dataset<Row> prepared = weighted(preparation.transform(fits)).persist();
      Dataset<Row> judged = Scored.prepared(preparation, judges).persist();
      List<Quality> found;
      try {
        found = sideBySide(candidates, candidate -> quality(candidate, prepared, judged));
      } finally {
        prepared.unpersist();
        judged.unpersist();
      }
      for (int i = 0; i < candidates.size(); i++) {
        byFold.computeIfAbsent(candidates.get(i), one -> new ArrayList<>()).add(found.get(i));
      }
    }
    Map<Candidate, Quality> means = new LinkedHashMap<>();
    byFold.forEach((candidate, found) -> means.put(candidate, mean(found)));
    return means;
  }

  private Quality quality(Candidate candidate, Dataset<Row> prepared, Dataset<Row> judged) {
    PipelineModel classifier = classifier(candidate.searched(settings), prepared);
    Scored scored = Scored.of(classifier, judged);
    Ranking ranking = new Ranking(scored.margins, scored.churned);
    return new Quality(ranking.prAuc(), ranking.rocAuc(), rounds(classifier));
  }

  private static Quality mean(List<Quality> found) {
    return new Quality(
        found.stream().mapToDouble(Quality::prAuc).average().orElse(0),
        found.stream().mapToDouble(Quality::rocAuc).average().orElse(0),
        (int) Math.round(found.stream().mapToInt(Quality::rounds).average().orElse(0)));
  }

  /** How many trees boosting made before it stopped; 0 for all else. */
  private static int rounds(PipelineModel classifier) {
    Transformer[] stages = classifier.stages();
    return stages[stages.length - 1] instanceof GBTClassificationModel boosting
        ? boosting.getNumTrees()
        : 0;
  }

  private static boolean hasBoth(Dataset<Row> rows) {
    Row row = rows.agg(min("is_churned"), max("is_churned")).first();
    return !row.isNullAt(0) && !row.getBoolean(0) && row.getBoolean(1);
  }

  private static PipelineModel classifier(List<PipelineStage> learning, Dataset<Row> prepared) {
    return new Pipeline("classifier")
        .setStages(learning.toArray(PipelineStage[]::new))
        .fit(prepared);
  }

  /** Preparation and classifier in one; the preparation is the first stage. */
  private static PipelineModel pipeline(
      PipelineModel preparation, PipelineModel classifier, Dataset<Row> raw) {
    PipelineStage[] stages =
        Stream.concat(Stream.of(preparation), Stream.of(classifier.stages()))
            .toArray(PipelineStage[]::new);
    return new Pipeline("churn").setStages(stages).fit(raw.limit(0));
  }

  private Scored measure(
      Fitted one, Dataset<Row> calibrationRows, Dataset<Row> testRows, Map<String, Object> model) {
    Scored calibrating = Scored.of(one.classifier, calibrationRows);
    Calibration calibration =
        Calibration.fit(calibrating.margins, calibrating.churned, settings.isotonicPositives());
    Scored test = Scored.of(one.classifier, testRows);
    model.put("algorithm", one.candidate.algorithm());
    model.put("parameters", json(one.candidate.parameters()));
    model.put("calibration", json(calibration));
    model.put("artifact", ModelFiles.pack(one.pipeline));
    model.put("validation_pr_auc", one.validationPrAuc);
    model.put("validation_roc_auc", one.validationRocAuc);
    model.put("strongest_feature", strongest(one, testRows));
    model.put("segment_figures", json(bySegment(test, test.probabilities(calibration))));
    Reliability reliability = new Reliability(test.probabilities(calibration), test.churned);
    model.put("log_loss", known(reliability.logLoss()));
    model.put("brier", known(reliability.brier()));
    model.put("brier_skill", known(reliability.brierSkill()));
    model.put(
        "brier_skill_low",
        known(
            reliability.brierSkillLowerBound(
                test.customers, settings.bootstrapResamples(), settings.seed())));
    model.put("calibration_slope", known(reliability.calibrationSlope()));
    model.put("calibration_error", known(reliability.expectedCalibrationError()));
    Ranking ranking = new Ranking(test.margins, test.churned);
    model.put("roc_auc", known(ranking.rocAuc()));
    model.put("pr_auc", known(ranking.prAuc()));
    Ranking.Intervals intervals =
        Ranking.intervals(
            test.margins,
            test.churned,
            test.customers,
            settings.bootstrapResamples(),
            settings.seed());
    model.put("roc_auc_low", intervals.rocLow());
    model.put("roc_auc_high", intervals.rocHigh());
    model.put("pr_auc_low", intervals.prLow());
    model.put("pr_auc_high", intervals.prHigh());
    model.put("lift_5pct", known(ranking.liftAt(0.05)));
    model.put("lift_10pct", known(ranking.liftAt(0.1)));
    model.put("lift_20pct", known(ranking.liftAt(0.2)));
    model.put("recall_10pct", known(ranking.recallAt(0.1)));
    model.put("recall_20pct", known(ranking.recallAt(0.2)));
    double[] constant = new double[test.churned.length];
    Arrays.fill(constant, (Double) model.get("train_base_rate"));
    Reliability baseline = new Reliability(constant, test.churned);
    model.put("base_rate_log_loss", known(baseline.logLoss()));
    model.put("base_rate_brier", known(baseline.brier()));
    if (Arrays.stream(test.idleDays).anyMatch(days -> days >= 0)) {
      Ranking idle = new Ranking(test.idleDays, test.churned);
      model.put("idle_days_roc_auc", known(idle.rocAuc()));
      model.put("idle_days_pr_auc", known(idle.prAuc()));
      model.put("idle_days_lift_10pct", known(idle.liftAt(0.1)));
      model.put("idle_days_recall_10pct", known(idle.recallAt(0.1)));
      model.put("idle_days_recall_20pct", known(idle.recallAt(0.2)));
    }
    return test;
  }

  /**
   * The feature that moves the margins of the test slice most, by the mean of its contributions.
   */
  private static String strongest(Fitted one, Dataset<Row> test) {
    Explainer explainer = Explainer.of(one.pipeline);
    Map<String, Double> moved = new LinkedHashMap<>();
    for (Row row :
        one.classifier
            .transform(test.orderBy("observation_date", "customer_id").limit(EXPLAINED_ROWS))
            .select(explainer.inputColumn())
            .collectAsList()) {
      explainer
          .contributions(row.<Vector>getAs(0))
          .forEach((name, added) -> moved.merge(name, Math.abs(added), Double::sum));
    }
    return moved.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse("none");
  }

  /** How well each plan's customers are ranked, and whether its probabilities come true. */
  private static List<Map<String, Object>> bySegment(Scored test, double[] probabilities) {
    Map<String, List<Integer>> rows = new TreeMap<>();
    for (int i = 0; i < test.plans.length; i++) {
      rows.computeIfAbsent(test.plans[i], plan -> new ArrayList<>()).add(i);
    }
    List<Map<String, Object>> figures = new ArrayList<>();
    rows.forEach(
        (plan, those) -> {
          double[] margins = those.stream().mapToDouble(i -> test.margins[i]).toArray();
          boolean[] churned = new boolean[margins.length];
          for (int i = 0; i < churned.length; i++) {
            churned[i] = test.churned[those.get(i)];
          }
          Map<String, Object> figure = new LinkedHashMap<>();
          figure.put("plan", plan);
          figure.put("observations", margins.length);
          figure.put("base_rate", new Reliability(margins, churned).baseRate());
          figure.put(
              "mean_probability",
              those.stream().mapToDouble(i -> probabilities[i]).average().orElse(0));
          figure.put("roc_auc", known(new Ranking(margins, churned).rocAuc()));
          figures.add(figure);
        });
    return figures;
  }

  /** Something that a model must meet to serve. */
  record Gate(String sentence, boolean isPassed) {}

  private List<Gate> gates(Map<String, Object> model, Slices slices) {
    TrainingSettings.Gates limits = settings.gates();
    List<Gate> gates = new ArrayList<>();
    double skill = figure(model, "brier_skill_low");
    gates.add(
        new Gate("Brier skill %s at its lower bound, above 0".formatted(text(skill)), skill > 0));
    double ranking = figure(model, "roc_auc_low");
    gates.add(
        new Gate(
            "ROC-AUC %s at its lower bound, above 0.5".formatted(text(ranking)), ranking > 0.5));
    double slope = figure(model, "calibration_slope");
    gates.add(
        new Gate(
            "calibration slope %s, within %s to %s"
                .formatted(
                    text(slope),
                    text(limits.minCalibrationSlope()),
                    text(limits.maxCalibrationSlope())),
            slope >= limits.minCalibrationSlope() && slope <= limits.maxCalibrationSlope()));
    double error = figure(model, "calibration_error");
    gates.add(
        new Gate(
            "calibration error %s, at most %s"
                .formatted(text(error), text(limits.maxCalibrationError())),
            error <= limits.maxCalibrationError()));
    if (champion.isPresent()) {
      double wanted = figure(model, "champion_pr_auc") + limits.minPrAucGain();
      double prAuc = figure(model, "pr_auc");
      gates.add(
          new Gate(
              "PR-AUC %s, at least %s: the champion's and a margin"
                  .formatted(text(prAuc), text(wanted)),
              prAuc >= wanted));
    }
    if (usedTestDate.isPresent()) {
      LocalDate testFrom = (LocalDate) model.get("test_from");
      gates.add(
          new Gate(
              "test slice from %s, after %s: the last one that a promotion has used"
                  .formatted(testFrom, usedTestDate.get()),
              slices.isByTime() && testFrom.isAfter(usedTestDate.get())));
    }
    return gates;
  }

  private static String status(Fitted one, Fitted best, List<Gate> gates) {
    if (!one.isOf(best)) {
      return "not chosen: PR-AUC %s on the folds, %s has %s"
          .formatted(
              text(one.validationPrAuc), best.candidate.algorithm(), text(best.validationPrAuc));
    }
    List<String> failed =
        gates.stream().filter(gate -> !gate.isPassed).map(Gate::sentence).toList();
    return failed.isEmpty()
        ? "champion: all gates passed"
        : "not promoted: failed " + String.join("; failed ", failed);
  }

  private Double championPrAuc(Dataset<Row> test) {
    return champion
        .map(row -> ModelFiles.unpack(row.getAs("artifact")))
        .map(pipeline -> Scored.of(pipeline, test))
        .map(scored -> new Ranking(scored.margins, scored.churned).prAuc())
        .orElse(null);
  }

  private Map<String, Object> described(Facts facts, Slices slices, Map<String, Row> counts) {
    Map<String, Object> model = described(facts);
    model.put("split", slices.isByTime() ? "by time" : "by customer");
    model.put("slices", json(slices.pinned()));
    Row train = counts.get(Slices.TRAIN);
    model.put("train_observations", train.getAs("observations"));
    model.put("train_churned", train.getAs("churned"));
    model.put("train_customers", train.getAs("customers"));
    model.put(
        "train_base_rate",
        (double) train.<Long>getAs("churned") / train.<Long>getAs("observations"));
    Row test = counts.get(Slices.TEST);
    model.put("test_observations", test.getAs("observations"));
    model.put("test_churned", test.getAs("churned"));
    model.put(
        "test_base_rate", (double) test.<Long>getAs("churned") / test.<Long>getAs("observations"));
    counts.forEach(
        (slice, row) -> {
          model.put(slice + "_from", row.getDate(row.fieldIndex("from")).toLocalDate());
          model.put(slice + "_to", row.getDate(row.fieldIndex("to")).toLocalDate());
        });
    return model;
  }

  private Map<String, Object> described(Facts facts) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("as_of_date", asOf);
    model.put("is_champion", false);
    model.put("observations", facts.observations);
    model.put("churned_observations", facts.churned);
    model.put("customers", facts.customers);
    model.put("churned_customers", facts.churnedCustomers);
    model.put("base_rate", facts.baseRate());
    model.putAll(facts.origin);
    model.put("data_hash", hash(facts));
    model.put("training_settings", json(settings));
    model.put("seed", settings.seed());
    return model;
  }

  private Outcome nothing(Facts facts, String status) {
    Map<String, Object> model = described(facts);
    model.put("algorithm", "none");
    model.put("status", status);
    model.put("model_id", "none");
    model.put("card_markdown", ModelCard.of(model, List.of()));
    return new Outcome(List.of(model), List.of(status));
  }

  private List<String> notes(List<Map<String, Object>> models, Dataset<Row> train) {
    List<String> notes = new ArrayList<>();
    models.forEach(model -> notes.add(model.get("model_id") + ": " + model.get("status")));
    List<String> known = Preparation.known(train, learned()).stream().map(Feature::name).toList();
    Map<String, List<String>> absent =
        learned().stream()
            .filter(feature -> !known.contains(feature.name()))
            .filter(feature -> feature.family() != Feature.Family.ATTRIBUTE)
            .collect(
                Collectors.groupingBy(
                    feature -> feature.family().feed(),
                    LinkedHashMap::new,
                    Collectors.mapping(Feature::name, Collectors.toList())));
    List<String> unknown =
        learned().stream()
            .filter(one -> one.family() == Feature.Family.ATTRIBUTE && !known.contains(one.name()))
            .map(Feature::name)
            .toList();
    if (!unknown.isEmpty()) {
      notes.add(
          "WARNING: left out of training: %s. No feed sends it, or the feed says that its values are known never, so that what they were on past dates is not known. Name in the feed when they become known."
              .formatted(String.join(", ", unknown)));
    }
    absent.forEach(
        (feed, names) ->
            notes.add(
                "left out of training, as no value is known from %s: %s"
                    .formatted(feed, String.join(", ", names))));
    return notes;
  }

  private static Facts facts(Dataset<Row> rows, String[] hashed, Map<String, Object> origin) {
    Row sums =
        rows.agg(
                count(lit(1)),
                count_if(col("is_churned")),
                count_distinct(col("customer_id")),
                count_distinct(when(col("is_churned"), col("customer_id"))),
                TrainingSet.hash(hashed))
            .first();
    NavigableMap<LocalDate, Long> dates = new TreeMap<>();
    rows.groupBy("observation_date")
        .count()
        .collectAsList()
        .forEach(row -> dates.put(row.getDate(0).toLocalDate(), row.getLong(1)));
    return new Facts(
        sums.getLong(0),
        sums.getLong(1),
        sums.getLong(2),
        sums.getLong(3),
        sums.getLong(4),
        dates,
        origin);
  }

  /** The same night, data, algorithm and parameters give the same id. */
  private String modelId(Map<String, Object> model) {
    String all =
        Stream.of("as_of_date", "algorithm", "parameters", "features", "data_hash", "seed")
            .map(name -> String.valueOf(model.get(name)))
            .collect(Collectors.joining("|"));
    return asOf + "-" + Definition.of(all);
  }

  /** The rows of the registry, in the order of its columns. */
  static List<Row> rows(List<Map<String, Object>> models, List<String> columns) {
    return models.stream()
        .map(model -> RowFactory.create(columns.stream().map(model::get).toArray()))
        .toList();
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write %s as JSON".formatted(value), e);
    }
  }

  private static Double known(double figure) {
    return Double.isFinite(figure) ? figure : null;
  }

  private static double figure(Map<String, Object> model, String name) {
    Object value = model.get(name);
    return value == null ? Double.NaN : (Double) value;
  }

  private static String text(double figure) {
    return ModelCard.text(figure);
  }
}
