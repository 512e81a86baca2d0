package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;

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
import java.util.Arrays;
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
   * The days of a stream: {@code unit_id} and {@code customer_id} as they count, {@code person_id}
   * (the user, also of a unit as sent), {@code event_date} and what happened on it.
   */
  Dataset<Row> days(Unit unit, EventFilter filter) {
    Dataset<Row> rows =
        streamDays
            .filter(
                col("unit")
                    .equalTo(unit.kind())
                    .and(col("stream").equalTo(filter.stream()))
                    .and(col("event_date").leq(asOf)))
            .select(
                "unit_id",
                "customer_id",
                "event_date",
                "events",
                "timed_events",
                "first_at",
                "last_at",
                "moments");
    Dataset<Row> counted = identified(rows, unit);
    if (filter.ofUnit().isEmpty()) {
      return counted;
    }
    return UnitProperties.joined(counted, "event_date", this, UnitProperties.names(filter.ofUnit()))
        .filter(UnitProperties.areMet(filter.ofUnit()))
        .select(Arrays.stream(counted.columns()).map(n -> col(n)).toArray(Column[]::new));
  }

  /**
   * Rows with {@code unit_id} and {@code customer_id} as sent, with the ids that count, and without
   * those of the company's own customers and users.
   */
  private Dataset<Row> identified(Dataset<Row> rows, Unit unit) {
    Dataset<Row> told =
        rows.withColumn("person_id", unit.isUser() ? col("unit_id") : lit(null).cast("string"));
    Dataset<Row> ofCustomers =
        marked(told, "customer_id", marks(customers, "customer_id", Aliases.CUSTOMER));
    Dataset<Row> ofPeople =
        unit.isUser()
            ? marked(ofCustomers, "person_id", marks(users, "user_id", Aliases.USER))
            : ofCustomers;
    if (unit.isAsSent()) {
      return ofPeople;
    }
    return ofPeople.withColumn("unit_id", unit.isUser() ? col("person_id") : col("customer_id"));
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

  /**
   * When units signed up, or were created, one row an id: {@code unit_id}, {@code customer_id},
   * {@code person_id}, {@code birth_date} and {@code birth_at}.
   */
  Dataset<Row> signups(Unit unit) {
    return told(unit).filter(col("birth_date").leq(asOf));
  }

  /** The same of all that are told of: NULL where nothing is known of when. */
  Dataset<Row> told(Unit unit) {
    Dataset<Row> told =
        unit.isUser()
            ? Known.current(users)
                .select(
                    col("user_id").as("unit_id"),
                    col("customer_id"),
                    col("created_date").as("birth_date"),
                    col("created_at").as("birth_at"))
            : Known.current(customers)
                .select(
                    col("customer_id").as("unit_id"),
                    col("customer_id"),
                    col("signup_date").as("birth_date"),
                    col("signup_at").as("birth_at"));
    return identified(told, unit);
  }

  /** When customers first paid, as {@link #signups}. */
  Dataset<Row> firstPaid(Unit unit) {
    Dataset<Row> paid =
        spells
            .filter(
                col("counting")
                    .equalTo("snapshot")
                    .and(col("spell").equalTo(1))
                    .and(col("start_date").leq(asOf)))
            .select(
                col("customer_id").as("unit_id"),
                col("customer_id"),
                col("start_date").as("birth_date"),
                lit(null).cast("timestamp").as("birth_at"));
    return identified(paid, unit);
  }

  /**
   * The earliest of several births of one unit: by day, then by instant, an unknown one last.
   *
   * @param by what else parts births, such as the period
   */
  static Dataset<Row> first(Dataset<Row> births, Column... by) {
    Column inOrder =
        struct(
            col("birth_date"),
            col("birth_at").isNull(),
            col("birth_at"),
            col("customer_id"),
            col("person_id"));
    Column[] keys =
        Stream.concat(Stream.of(col("unit_id")), Arrays.stream(by)).toArray(Column[]::new);
    return births
        .groupBy(keys)
        .agg(min(inOrder).as("first"))
        .select(
            col("unit_id"),
            col("first.customer_id"),
            col("first.person_id"),
            col("first.birth_date"),
            col("first.birth_at"));
  }

  /** One row: whether anything is known of what customers pay. */
  Dataset<Row> hasBilling() {
    return mrr.agg(coalesce(max(lit(true)), lit(false)).as("has_billing"));
  }
}
