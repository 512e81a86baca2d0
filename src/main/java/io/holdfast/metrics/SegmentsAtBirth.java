package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Says to which segments a unit belonged when it was born: those of its customer.
 *
 * <p>A value is that of the version which was known at birth; where the customer was not known yet,
 * that of the first one: a feed without history has its one value. The plan is that of the
 * subscription lines which ran on the day of birth; without one, what the customer feed says.
 */
final class SegmentsAtBirth {

  /** The dimension that does not split. */
  static final String ALL = "all";

  private static final String UNKNOWN = "unknown";

  /** Columns of the customer feed; any other dimension is an attribute. */
  private static final Set<String> COLUMNS =
      Set.of("plan", "country", "acquisition_channel", "company_size", "owner");

  private SegmentsAtBirth() {}

  /**
   * Adds {@code segments} to rows with {@code customer_id} and {@code birth_date}: an array of
   * dimension and value.
   */
  static Dataset<Row> of(
      Dataset<Row> members, RetentionFacts facts, Collection<String> dimensions) {
    Dataset<Row> versions = versions(facts.customers());
    Dataset<Row> plans =
        facts
            .mrr()
            .select(
                col("customer_id").as("payer_id"),
                col("from_date"),
                col("until_date"),
                col("plan").as("subscribed_plan"));
    Column isVersion =
        col("customer_id")
            .equalTo(col("account_id"))
            .and(col("valid_from").leq(col("birth_date")))
            .and(col("valid_until").isNull().or(col("valid_until").gt(col("birth_date"))));
    Column isPlan =
        col("customer_id")
            .equalTo(col("payer_id"))
            .and(col("from_date").leq(col("birth_date")))
            .and(col("until_date").isNull().or(col("until_date").gt(col("birth_date"))));
    return members
        .join(versions, isVersion, "left")
        .join(plans, isPlan, "left")
        .withColumn("segments", segments(dimensions))
        .drop("account_id", "valid_from", "valid_until", "account", "payer_id", "from_date")
        .drop("until_date", "subscribed_plan");
  }

  private static Dataset<Row> versions(Dataset<Row> customers) {
    Column firstKnown = min("known_from").over(Window.partitionBy("customer_id"));
    return customers.select(
        col("customer_id").as("account_id"),
        when(col("known_from").equalTo(firstKnown), lit(LocalDate.of(1, 1, 1)))
            .otherwise(col("known_from"))
            .as("valid_from"),
        col("known_until").as("valid_until"),
        struct("plan", "country", "acquisition_channel", "company_size", "owner", "attributes")
            .as("account"));
  }

  private static Column segments(Collection<String> dimensions) {
    return array(
        Stream.concat(
                Stream.of(segment(ALL, lit(ALL))),
                dimensions.stream()
                    .filter(dimension -> !dimension.equals(ALL))
                    .distinct()
                    .map(dimension -> segment(dimension, value(dimension))))
            .toArray(Column[]::new));
  }

  private static Column segment(String dimension, Column value) {
    return struct(
        lit(dimension).as("segment_dimension"), coalesce(value, lit(UNKNOWN)).as("segment_value"));
  }

  private static Column value(String dimension) {
    if (!COLUMNS.contains(dimension)) {
      return col("account").getField("attributes").getItem(dimension);
    }
    Column said = col("account").getField(dimension);
    return dimension.equals("plan") ? coalesce(col("subscribed_plan"), said) : said;
  }
}
