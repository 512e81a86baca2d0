package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.dense_rank;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.Condition;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What was known of a unit on a day: the properties that segments and conditions ask for.
 *
 * <p>A value is that of the version which was known on the day; where the customer was not known
 * yet, that of the first one: a feed without history has its one value. The plan is that of the
 * subscription lines which ran on the day; without one, what the customer feed says. A merged
 * account has the properties of the id under which it counts. Those of users are named {@code
 * user.name}, all others are of the customer.
 */
final class UnitProperties {

  /** The dimension that does not split. */
  static final String ALL = "all";

  private static final String UNKNOWN = "unknown";
  private static final String OF_USER = "user.";
  private static final String PLAN = "plan";

  private static final Set<String> OF_CUSTOMERS =
      Set.of(
          "customer_id",
          "name",
          "email",
          PLAN,
          "country",
          "acquisition_channel",
          "company_size",
          "owner");

  private static final Set<String> OF_USERS =
      Set.of("user_id", "email", "role", "time_zone", "has_marketing_consent");

  private UnitProperties() {}

  /**
   * Adds what is known of each row's customer, and where a name asks for it of its user.
   *
   * @param rows with {@code customer_id} and {@code person_id}, as they count
   * @param dateColumn the day
   * @param names the properties that are asked for
   */
  static Dataset<Row> joined(
      Dataset<Row> rows, String dateColumn, RetentionFacts facts, Collection<String> names) {
    List<String> ofUsers = names.stream().filter(name -> name.startsWith(OF_USER)).toList();
    List<String> ofCustomers = names.stream().filter(name -> !name.startsWith(OF_USER)).toList();
    Dataset<Row> known = rows;
    if (!ofCustomers.isEmpty()) {
      Dataset<Row> versions =
          versions(facts.customers(), "customer_id", Aliases.CUSTOMER, facts.aliases(), ofCustomers)
              .withColumnRenamed("told", "account");
      known = asOf(known, versions, "customer_id", dateColumn);
    }
    if (ofCustomers.contains(PLAN)) {
      known = asOf(known, plans(facts), "customer_id", dateColumn);
    }
    if (!ofUsers.isEmpty()) {
      Dataset<Row> versions =
          versions(facts.users(), "user_id", Aliases.USER, facts.aliases(), ofUsers)
              .withColumnRenamed("told", "account_user");
      known = asOf(known, versions, "person_id", dateColumn);
    }
    return known;
  }

  /** Adds what is valid of an id on a day; of each id one row at most is. */
  private static Dataset<Row> asOf(
      Dataset<Row> rows, Dataset<Row> versions, String id, String dateColumn) {
    Column isValid =
        col("id")
            .equalTo(col(id))
            .and(col("valid_from").leq(col(dateColumn)))
            .and(col("valid_until").isNull().or(col("valid_until").gt(col(dateColumn))));
    return rows.join(versions, isValid, "left").drop("id", "valid_from", "valid_until");
  }

  private static Dataset<Row> plans(RetentionFacts facts) {
    return facts
        .mrr()
        .select(
            col("customer_id").as("id"),
            col("from_date").as("valid_from"),
            col("until_date").as("valid_until"),
            col(PLAN).as("subscribed_plan"));
  }

  /** One row per id as it counts and version: {@code told} holds what is asked of it, as text. */
  private static Dataset<Row> versions(
      Dataset<Row> rows, String id, String unit, Dataset<Row> aliases, List<String> names) {
    Column[] told =
        names.stream().distinct().map(name -> said(name).as(name)).toArray(Column[]::new);
    Column firstKnown = min("known_from").over(Window.partitionBy("id"));
    Column ownFirst =
        dense_rank()
            .over(
                Window.partitionBy("id")
                    .orderBy(col("told_of").equalTo(col("id")).desc(), col("told_of").asc()));
    return Aliases.canonical(
            rows.select(
                col(id).as("id"),
                col(id).as("told_of"),
                col("known_from"),
                col("known_until"),
                struct(told).as("told")),
            "id",
            aliases,
            unit)
        .withColumn("nth", ownFirst)
        .filter(col("nth").equalTo(1))
        .select(
            col("id"),
            when(col("known_from").equalTo(firstKnown), lit(LocalDate.of(1, 1, 1)))
                .otherwise(col("known_from"))
                .as("valid_from"),
            col("known_until").as("valid_until"),
            col("told"));
  }

  /** The segments of a row: dimension and value, {@code all} always among them. */
  static Column segments(Collection<String> dimensions) {
    return array(
        Stream.concat(
                Stream.of(segment(ALL, lit(ALL))),
                dimensions.stream()
                    .filter(dimension -> !dimension.equals(ALL))
                    .distinct()
                    .sorted()
                    .map(dimension -> segment(dimension, value(dimension))))
            .toArray(Column[]::new));
  }

  /** Whether all conditions are met: TRUE or FALSE, never NULL. */
  private static Column areMet(List<Condition> conditions) {
    return Condition.areMet(conditions, UnitProperties::value);
  }

  /**
   * Whether all conditions of a row's setting are met: those of all settings are looked at once.
   */
  static <T> Column areMet(Lookup<T> settings, Function<T, List<Condition>> asked) {
    List<List<Condition>> all = settings.settings().stream().map(asked).distinct().toList();
    if (all.stream().allMatch(List::isEmpty)) {
      return lit(true);
    }
    Column[] met = all.stream().map(UnitProperties::areMet).toArray(Column[]::new);
    return get(array(met), settings.integer(one -> all.indexOf(asked.apply(one))));
  }

  /** The properties that conditions ask for. */
  static List<String> names(List<Condition> conditions) {
    return conditions.stream().map(Condition::property).toList();
  }

  private static Column segment(String dimension, Column value) {
    return struct(
        lit(dimension).as("segment_dimension"), coalesce(value, lit(UNKNOWN)).as("segment_value"));
  }

  private static Column value(String name) {
    if (name.startsWith(OF_USER)) {
      return col("account_user").getField(name);
    }
    Column said = col("account").getField(name);
    return name.equals(PLAN) ? coalesce(col("subscribed_plan"), said) : said;
  }

  /** What a version says of a property: a column of its table, or an attribute. */
  private static Column said(String name) {
    boolean isOfUser = name.startsWith(OF_USER);
    String column = isOfUser ? name.substring(OF_USER.length()) : name;
    return (isOfUser ? OF_USERS : OF_CUSTOMERS).contains(column)
        ? col(column).cast("string")
        : col("attributes").getItem(column);
  }
}
