package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The features of some customers on the driver: enough to look at each feature by itself. */
final class FeatureSample {

  private static final int MOST_ROWS = 20_000;
  private static final long BUCKETS = 1_000_000;

  private final int rows;
  private final Map<String, double[]> numbers;
  private final Map<String, String[]> names;
  private final boolean[] churned;

  private FeatureSample(
      int rows, Map<String, double[]> numbers, Map<String, String[]> names, boolean[] churned) {
    this.rows = rows;
    this.numbers = numbers;
    this.names = names;
    this.churned = churned;
  }

  /** How many rows. */
  int rows() {
    return rows;
  }

  /** The numbers by feature; NaN: unknown. */
  Map<String, double[]> numbers() {
    return numbers;
  }

  /** The names by category; NULL: unknown. */
  Map<String, String[]> names() {
    return names;
  }

  /** What happened; empty where that is not known. */
  boolean[] churned() {
    return churned;
  }

  /** Labelled rows. */
  static FeatureSample labelled(Dataset<Row> rows, List<Feature> features, long seed) {
    return of(rows, features, seed, "is_churned");
  }

  /** Rows of which nothing is known but the features. */
  static FeatureSample of(Dataset<Row> rows, List<Feature> features, long seed) {
    return of(rows, features, seed, "");
  }

  private static FeatureSample of(
      Dataset<Row> all, List<Feature> features, long seed, String label) {
    long count = all.count();
    // By customer, so that the same customers are taken whenever.
    Column bucket = pmod(xxhash64(col("customer_id"), lit(seed)), lit(BUCKETS));
    long taken = count <= MOST_ROWS ? BUCKETS : BUCKETS * MOST_ROWS / count;
    Column[] columns =
        Stream.concat(
                features.stream()
                    .map(
                        one ->
                            one.kind() == Feature.Kind.NUMBER
                                ? col(one.name()).cast("double").as(one.name())
                                : col(one.name())),
                label.isEmpty() ? Stream.of() : Stream.of(col(label)))
            .toArray(Column[]::new);
    List<Row> rows =
        all.filter(bucket.lt(taken))
            .orderBy("customer_id", "observation_date")
            .select(columns)
            .collectAsList();
    Map<String, double[]> numbers = new LinkedHashMap<>();
    Map<String, String[]> names = new LinkedHashMap<>();
    for (int f = 0; f < features.size(); f++) {
      int at = f;
      String name = features.get(f).name();
      if (features.get(f).kind() == Feature.Kind.NUMBER) {
        numbers.put(
            name,
            rows.stream()
                .mapToDouble(row -> row.isNullAt(at) ? Double.NaN : row.getDouble(at))
                .toArray());
      } else {
        names.put(
            name,
            rows.stream()
                .map(row -> row.isNullAt(at) ? null : row.getString(at))
                .toArray(String[]::new));
      }
    }
    boolean[] churned = new boolean[label.isEmpty() ? 0 : rows.size()];
    for (int i = 0; i < churned.length; i++) {
      churned[i] = rows.get(i).getBoolean(features.size());
    }
    return new FeatureSample(rows.size(), numbers, names, churned);
  }
}
