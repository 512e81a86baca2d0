package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Splits figures of paying customers by what was known of each on the day from which it is counted:
 * a feed without history has its one value. The plan is what the customer paid for on that day.
 */
final class RevenueSegments {

  /** The dimension that does not split. */
  static final String ALL = "all";

  private static final Set<String> COLUMNS =
      Set.of("plan", "country", "acquisition_channel", "company_size", "owner");

  private RevenueSegments() {}

  /**
   * The rows once for each dimension, with {@code segment_dimension} and {@code segment_value}.
   *
   * @param rows rows with {@code customer_id}, {@code plan} and {@code known_date}, the day from
   *     which each is counted
   * @param customers versions of customers
   * @param aliases rows of {@code activity.aliases}
   */
  static Dataset<Row> split(
      Dataset<Row> rows, Dataset<Row> customers, Dataset<Row> aliases, List<String> dimensions) {
    Column isKnown =
        col("customer_id")
            .equalTo(col("account_id"))
            .and(col("valid_from").leq(col("known_date")))
            .and(col("valid_until").isNull().or(col("valid_until").gt(col("known_date"))));
    Column[] segments =
        Stream.concat(
                Stream.of(segment(ALL, lit(ALL))),
                dimensions.stream()
                    .filter(dimension -> !dimension.equals(ALL))
                    .distinct()
                    .map(dimension -> segment(dimension, value(dimension))))
            .toArray(Column[]::new);
    return rows.join(versions(customers, aliases), isKnown, "left")
        .withColumn("segment", explode(array(segments)))
        .select(
            Stream.concat(
                    Stream.of(rows.columns()).map(name -> col(name)), Stream.of(col("segment.*")))
                .toArray(Column[]::new));
  }

  /** The versions of each customer, of a merged one those of one of its ids. */
  private static Dataset<Row> versions(Dataset<Row> customers, Dataset<Row> aliases) {
    Dataset<Row> merged =
        Aliases.canonical(
            customers.withColumn("told_of", col("customer_id")),
            "customer_id",
            aliases,
            Aliases.CUSTOMER);
    Column rank =
        struct(not(col("told_of").equalTo(col("customer_id"))).as("other"), col("told_of"));
    Column firstKnown = min("known_from").over(Window.partitionBy("customer_id"));
    return merged
        .withColumn("rank", rank)
        .withColumn("best", min("rank").over(Window.partitionBy("customer_id")))
        .filter(col("rank").equalTo(col("best")))
        .withColumn("first_known", firstKnown)
        .select(
            col("customer_id").as("account_id"),
            when(col("known_from").equalTo(col("first_known")), lit(LocalDate.of(1, 1, 1)))
                .otherwise(col("known_from"))
                .as("valid_from"),
            col("known_until").as("valid_until"),
            struct("plan", "country", "acquisition_channel", "company_size", "owner", "attributes")
                .as("account"));
  }

  private static Column segment(String dimension, Column value) {
    return struct(
        lit(dimension).as("segment_dimension"),
        coalesce(value, lit("unknown")).as("segment_value"));
  }

  private static Column value(String dimension) {
    if (!COLUMNS.contains(dimension)) {
      return col("account").getField("attributes").getItem(dimension);
    }
    Column said = col("account").getField(dimension);
    return dimension.equals("plan") ? coalesce(col("plan"), said) : said;
  }
}
