package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.OneHotEncoderModel;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Turns features into a vector of inputs. All that is fitted is fitted on the rows that train.
 *
 * <p>A number that is unknown is the median, and an input beside it says so; a category has an
 * input for each of its frequent names, one for the others, one for unknown.
 */
final class Preparation {

  static final String INPUTS = "inputs";
  static final String LABEL = "label";

  private static final String NUMBER = "number_";
  private static final String FILLED = "filled_";
  private static final String MISSING = "missing_";
  private static final String NAME = "name_";
  private static final String INDEX = "index_";
  private static final String ONE_HOT = "is_";

  private Preparation() {}

  /** The features of which at least one training row knows a value. */
  static List<Feature> known(Dataset<Row> train, List<Feature> features) {
    return known(counts(train, features), features);
  }

  private static List<Feature> known(Row counts, List<Feature> features) {
    return features.stream().filter(feature -> counts.<Long>getAs(feature.name()) > 0).toList();
  }

  /**
   * Fits on the training rows, on the features that any of them knows.
   *
   * @param offered the features that may be learned from
   * @param maxCategories how many names of a category stand for themselves
   */
  static PipelineModel fit(Dataset<Row> train, List<Feature> offered, int maxCategories) {
    Row counts = counts(train, offered);
    List<Feature> features = known(counts, offered);
    List<String> numbers = names(features, Feature.Kind.NUMBER);
    List<String> categories = names(features, Feature.Kind.CATEGORY);
    long rows = counts.getAs("rows");
    List<String> incomplete =
        numbers.stream().filter(name -> counts.<Long>getAs(name) < rows).toList();
    List<PipelineStage> stages = new ArrayList<>();
    stages.add(columns(train, numbers, incomplete, categories, maxCategories));
    stages.add(
        new Imputer("medians")
            .setStrategy("median")
            .setInputCols(prefixed(NUMBER, numbers))
            .setOutputCols(prefixed(FILLED, numbers)));
    List<String> inputs = new ArrayList<>(List.of(prefixed(FILLED, numbers)));
    inputs.addAll(List.of(prefixed(MISSING, incomplete)));
    if (!categories.isEmpty()) {
      stages.add(
          new StringIndexer("names")
              .setInputCols(prefixed(NAME, categories))
              .setOutputCols(prefixed(INDEX, categories))
              .setStringOrderType("alphabetAsc")
              .setHandleInvalid("keep"));
      stages.add(
          new OneHotEncoder("one_hot")
              .setInputCols(prefixed(INDEX, categories))
              .setOutputCols(prefixed(ONE_HOT, categories))
              .setDropLast(false));
      inputs.addAll(List.of(prefixed(ONE_HOT, categories)));
    }
    stages.add(
        new VectorAssembler("assemble")
            .setInputCols(inputs.toArray(String[]::new))
            .setOutputCol(INPUTS));
    return new Pipeline("preparation").setStages(stages.toArray(PipelineStage[]::new)).fit(train);
  }

  /** The feature behind each input of a fitted preparation. */
  static List<String> featureOfInputs(PipelineModel preparation) {
    List<String> features = new ArrayList<>();
    OneHotEncoderModel oneHot = null;
    for (Transformer stage : preparation.stages()) {
      if (stage instanceof OneHotEncoderModel encoder) {
        oneHot = encoder;
      } else if (stage instanceof VectorAssembler assembler) {
        int category = 0;
        for (String input : assembler.getInputCols()) {
          int width =
              input.startsWith(ONE_HOT) && oneHot != null ? oneHot.categorySizes()[category++] : 1;
          String feature = input.substring(input.indexOf('_') + 1);
          for (int i = 0; i < width; i++) {
            features.add(feature);
          }
        }
      }
    }
    return features;
  }

  private static SQLTransformer columns(
      Dataset<Row> train,
      List<String> numbers,
      List<String> incomplete,
      List<String> categories,
      int maxCategories) {
    List<String> columns = new ArrayList<>(List.of("*"));
    numbers.forEach(
        name -> columns.add("CAST(%s AS DOUBLE) AS %s%s".formatted(name, NUMBER, name)));
    incomplete.forEach(
        name -> columns.add("CAST(%s IS NULL AS DOUBLE) AS %s%s".formatted(name, MISSING, name)));
    for (String name : categories) {
      columns.add(
          "CASE WHEN %s IS NULL THEN '(unknown)' WHEN %s IN (%s) THEN %s ELSE '(other)' END AS %s%s"
              .formatted(name, name, frequent(train, name, maxCategories), name, NAME, name));
    }
    return new SQLTransformer("columns")
        .setStatement("SELECT " + String.join(", ", columns) + " FROM __THIS__");
  }

  /** The most frequent names as a list of SQL literals. */
  private static String frequent(Dataset<Row> train, String name, int maxCategories) {
    List<String> literals =
        train
            .filter(col(name).isNotNull())
            .groupBy(name)
            .agg(count(lit(1)).as("rows"))
            .orderBy(col("rows").desc(), col(name))
            .limit(maxCategories)
            .collectAsList()
            .stream()
            .map(row -> "'" + row.getString(0).replace("\\", "\\\\").replace("'", "\\'") + "'")
            .toList();
    return String.join(", ", literals);
  }

  private static Row counts(Dataset<Row> train, List<Feature> features) {
    return train
        .agg(
            count(lit(1)).as("rows"),
            features.stream()
                .map(feature -> count(col(feature.name())).as(feature.name()))
                .toArray(Column[]::new))
        .first();
  }

  private static List<String> names(List<Feature> features, Feature.Kind kind) {
    return features.stream().filter(one -> one.kind() == kind).map(Feature::name).toList();
  }

  private static String[] prefixed(String prefix, List<String> names) {
    return names.stream().map(prefix::concat).toArray(String[]::new);
  }
}
