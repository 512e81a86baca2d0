package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.StreamDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Users;
import io.holdfast.job.Inputs;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What retention and lifecycle are measured from. Whatever happened after {@code asOf} is left out
 * here, ids become those under which they count, and the company's own customers and users are in
 * no figure.
 *
 * @param customers versions of customers
 * @param users versions of users
 * @param aliases which ids are one and the same
 * @param streamDays on which days each unit was active in each stream, by ids as sent
 * @param mrr what each customer pays from day to day
 * @param spells when each customer paid
 * @param tz the business time zone
 * @param asOf the last local day that counts
 */
record RetentionFacts(
    Dataset<Row> customers,
    Dataset<Row> users,
    Dataset<Row> aliases,
    Dataset<Row> streamDays,
    Dataset<Row> mrr,
    Dataset<Row> spells,
    ZoneId tz,
    LocalDate asOf) {

  /** What is known of every happening. */
  private static final Column[] HAPPENING =
      Stream.of(
              "unit",
              "stream",
              "unit_id",
              "customer_id",
              "event_date",
              "events",
              "timed_events",
              "first_at",
              "last_at",
              "moments")
          .map(name -> col(name))
          .toArray(Column[]::new);

  /** What a job must declare to read. */
  static final Table[] READS = {
    Customers.TABLE,
    Users.TABLE,
    Aliases.TABLE,
    StreamDays.TABLE,
    CustomerMrr.TABLE,
    PayingSpells.TABLE
  };

  /** Takes the inputs of a job. */
  static RetentionFacts of(Inputs in) {
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    return new RetentionFacts(
        in.rows(Customers.TABLE),
        in.rows(Users.TABLE),
        aliases,
        in.rows(StreamDays.TABLE),
        in.rows(CustomerMrr.TABLE),
        in.rows(PayingSpells.TABLE),
        in.settings(Company.SETTING).tz(),
        in.asOf());
  }

  /**
   * What happened in some streams, and when units signed up or first paid: whose kind it is and in
   * which stream, the id as {@code sent_id} and as {@code counted_id}, {@code customer_id} and
   * {@code person_id} as they count, {@code event_date} and what happened on it. Other streams may
   * be among it.
   */
  Dataset<Row> happenings(List<Unit> units, List<EventFilter> filters) {
    List<Dataset<Row>> parts = new ArrayList<>();
    Set<String> kinds =
        units.stream().map(Unit::kind).collect(Collectors.toCollection(TreeSet::new));
    if (filters.stream().anyMatch(EventFilter::isOfEvents)) {
      Object[] streams =
          filters.stream().map(EventFilter::stream).distinct().sorted().toArray(Object[]::new);
      parts.add(
          streamDays
              .filter(
                  col("stream")
                      .isin(streams)
                      .and(col("unit").isin(kinds.toArray()))
                      .and(col("event_date").leq(asOf)))
              .select(HAPPENING));
    }
    if (filters.stream().anyMatch(EventFilter::isSignup)) {
      kinds.forEach(
          kind -> parts.add(happening(told(kind).filter(col("birth_date").leq(asOf)), "signup")));
    }
    if (filters.stream().anyMatch(EventFilter::isFirstPaid)) {
      parts.add(happening(firstPaid(), "first_paid"));
    }
    return identified(parts.stream().reduce(Dataset::union).orElseThrow());
  }

  private static Dataset<Row> happening(Dataset<Row> births, String what) {
    return births.select(
        col("unit"),
        lit(what).as("stream"),
        col("unit_id"),
        col("customer_id"),
        col("birth_date").as("event_date"),
        lit(1L).as("events"),
        when(col("birth_at").isNotNull(), 1L).otherwise(0L).as("timed_events"),
        col("birth_at").as("first_at"),
        col("birth_at").as("last_at"),
        lit(null).cast("array<timestamp>").as("moments"));
  }

  /**
   * Rows of units as they were sent with the ids that count, and without those of the company's own
   * customers and users: the one place where retention learns who is the same as whom.
   */
  Dataset<Row> identified(Dataset<Row> rows) {
    Column isUser = col("unit").equalTo(Aliases.USER);
    Dataset<Row> sent =
        rows.withColumnRenamed("unit_id", "sent_id")
            .withColumn("person_id", when(isUser, col("sent_id")));
    Dataset<Row> ofCustomers =
        marked(sent, "customer_id", marks(customers, "customer_id", Aliases.CUSTOMER));
    return marked(ofCustomers, "person_id", marks(users, "user_id", Aliases.USER))
        .withColumn("counted_id", when(isUser, col("person_id")).otherwise(col("customer_id")));
  }

  /** One row per id that counts under another, or is the company's own by itself or that one. */
  private Dataset<Row> marks(Dataset<Row> versions, String id, String unit) {
    Dataset<Row> own =
        Known.current(versions).filter(col("is_internal")).select(col(id).as("own_id"));
    return aliases
        .filter(col("unit").equalTo(unit))
        .select(col("alias_id").as("marked_id"), col("canonical_id"), lit(true).as("is_alias"))
        .union(own.select(col("own_id"), col("own_id"), lit(false)))
        .groupBy("marked_id")
        .agg(
            max_by(col("canonical_id"), col("is_alias")).as("counted_id"),
            max(not(col("is_alias"))).as("is_own"))
        .join(own, col("counted_id").equalTo(col("own_id")), "left")
        .select(
            col("marked_id"),
            col("counted_id"),
            col("is_own").or(col("own_id").isNotNull()).as("is_own"));
  }

  private static Dataset<Row> marked(Dataset<Row> rows, String id, Dataset<Row> marks) {
    return rows.join(marks, col(id).equalTo(col("marked_id")), "left")
        .filter(not(coalesce(col("is_own"), lit(false))))
        .withColumn(id, coalesce(col("counted_id"), col(id)))
        .drop("marked_id", "counted_id", "is_own");
  }

  /** When units signed up, or were created, as {@link #happenings}; NULL where nobody knows. */
  Dataset<Row> told(List<Unit> units) {
    return identified(
        units.stream()
            .map(Unit::kind)
            .distinct()
            .sorted()
            .map(kind -> happening(told(kind), "signup"))
            .reduce(Dataset::union)
            .orElseThrow());
  }

  /** The signups and creations that are told of, by ids as sent. */
  private Dataset<Row> told(String kind) {
    return kind.equals(Aliases.USER)
        ? Known.current(users)
            .select(
                lit(kind).as("unit"),
                col("user_id").as("unit_id"),
                col("customer_id"),
                col("created_date").as("birth_date"),
                col("created_at").as("birth_at"))
        : Known.current(customers)
            .select(
                lit(kind).as("unit"),
                col("customer_id").as("unit_id"),
                col("customer_id"),
                col("signup_date").as("birth_date"),
                col("signup_at").as("birth_at"));
  }

  /** When customers first paid. */
  private Dataset<Row> firstPaid() {
    return spells
        .filter(
            col("counting")
                .equalTo("snapshot")
                .and(col("spell").equalTo(1))
                .and(col("start_date").leq(asOf)))
        .select(
            lit(Aliases.CUSTOMER).as("unit"),
            col("customer_id").as("unit_id"),
            col("customer_id"),
            col("start_date").as("birth_date"),
            lit(null).cast("timestamp").as("birth_at"));
  }

  /**
   * The earliest of several births of one unit: by day, then by instant, an unknown one last.
   *
   * @param by what else parts births, such as the period
   */
  static Dataset<Row> first(Dataset<Row> births, String... by) {
    Column inOrder =
        struct(
            col("birth_date").isNull().as("is_undated"),
            col("birth_date"),
            col("birth_at").isNull().as("is_untimed"),
            col("birth_at"),
            col("customer_id"),
            col("person_id"));
    Column[] keys =
        Stream.concat(Stream.of("unit_id"), Stream.of(by))
            .map(name -> col(name))
            .toArray(Column[]::new);
    Column[] first =
        Stream.of("customer_id", "person_id", "birth_date", "birth_at")
            .map(name -> col("first." + name))
            .toArray(Column[]::new);
    return births
        .groupBy(keys)
        .agg(min(inOrder).as("first"))
        .select(Stream.concat(Stream.of(keys), Stream.of(first)).toArray(Column[]::new));
  }

  /** One row: whether anything is known of what customers pay. */
  Dataset<Row> hasBilling() {
    return mrr.agg(coalesce(max(lit(true)), lit(false)).as("has_billing"));
  }
}
