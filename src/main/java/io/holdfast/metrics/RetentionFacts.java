package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;

import io.holdfast.activity.Aliases;
import io.holdfast.metrics.RetentionDefinition.Birth;
import io.holdfast.metrics.RetentionDefinition.Unit;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What retention is measured from. Whatever happened after {@code asOf} is left out here, and so is
 * the birth of the company's own customers and users: who is not born is in no figure.
 *
 * @param customers versions of customers
 * @param users versions of users
 * @param customerDays what each customer did on each day
 * @param userDays what each user did on each day
 * @param mrr what each customer pays from day to day
 * @param spells when each customer paid
 * @param aliases who is the same as whom: rows of {@link Aliases}; the days, MRR and spells are
 *     those of the ids that count already
 * @param asOf the last local day that counts
 */
record RetentionFacts(
    Dataset<Row> customers,
    Dataset<Row> users,
    Dataset<Row> customerDays,
    Dataset<Row> userDays,
    Dataset<Row> mrr,
    Dataset<Row> spells,
    Dataset<Row> aliases,
    LocalDate asOf) {

  /**
   * One row per unit and period with an active day: {@code unit_id}, {@code period_index}, {@code
   * first_day} (its first active day, and for whom) and {@code last_date}.
   */
  Dataset<Row> activePeriods(Unit unit, Periods periods) {
    Dataset<Row> days =
        switch (unit) {
          case CUSTOMER -> customerDays.withColumn("unit_id", col("customer_id"));
          case USER -> userDays.withColumn("unit_id", col("user_id"));
        };
    return days.filter(col("is_active").and(col("event_date").leq(asOf)))
        .groupBy(col("unit_id"), periods.index(col("event_date")).as("period_index"))
        .agg(
            min(struct("event_date", "customer_id")).as("first_day"),
            max("event_date").as("last_date"));
  }

  /** One row per unit and kind of birth: whose unit it is, and the date. */
  Dataset<Row> births(Unit unit, Dataset<Row> active, Collection<Birth> kinds) {
    return EnumSet.copyOf(kinds).stream()
        .map(kind -> births(unit, active, kind).withColumn("birth", lit(kind.text())))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private Dataset<Row> births(Unit unit, Dataset<Row> active, Birth kind) {
    Dataset<Row> births =
        switch (kind) {
          case FIRST_CORE_EVENT ->
              active
                  .groupBy("unit_id")
                  .agg(min("first_day").as("first_day"))
                  .select(
                      col("unit_id"),
                      col("first_day.customer_id"),
                      col("first_day.event_date").as("birth_date"));
          case SIGNUP -> signups(unit);
          case FIRST_PAID ->
              spells
                  .filter(col("counting").equalTo("snapshot").and(col("spell").equalTo(1)))
                  .select(
                      col("customer_id").as("unit_id"),
                      col("customer_id"),
                      col("start_date").as("birth_date"));
        };
    return counted(unit, births.filter(col("birth_date").leq(asOf)));
  }

  private Dataset<Row> signups(Unit unit) {
    return switch (unit) {
      case CUSTOMER ->
          currentCustomers()
              .select(
                  col("customer_id").as("unit_id"),
                  col("customer_id"),
                  col("signup_date").as("birth_date"));
      case USER ->
          currentUsers()
              .select(
                  col("user_id").as("unit_id"),
                  col("customer_id"),
                  col("created_date").as("birth_date"));
    };
  }

  private Dataset<Row> counted(Unit unit, Dataset<Row> rows) {
    Dataset<Row> ownCustomers = currentCustomers().filter(col("is_internal")).select("customer_id");
    Dataset<Row> counted = rows.join(ownCustomers, new String[] {"customer_id"}, "left_anti");
    if (unit == Unit.CUSTOMER) {
      return counted;
    }
    Dataset<Row> ownUsers =
        currentUsers().filter(col("is_internal")).select(col("user_id").as("unit_id"));
    return counted.join(ownUsers, new String[] {"unit_id"}, "left_anti");
  }

  /**
   * What a paying customer pays at the end of each period: on its last day, as the ledger's month
   * ends; in the period in progress on {@code asOf}.
   */
  Dataset<Row> mrrAtEnds(Periods periods) {
    Column lastDay = least(date_sub(col("until_date"), 1), lit(asOf));
    Column end = least(date_sub(periods.start(col("period_index").plus(1)), 1), lit(asOf));
    return mrr.filter(col("mrr").gt(0).and(col("from_date").leq(asOf)))
        .withColumn("last_date", lastDay)
        .withColumn(
            "period_index",
            explode(sequence(periods.index(col("from_date")), periods.index(col("last_date")))))
        .filter(end.between(col("from_date"), col("last_date")))
        .select("customer_id", "period_index", "mrr");
  }

  private Dataset<Row> currentCustomers() {
    return Aliases.currentCustomers(customers, aliases);
  }

  private Dataset<Row> currentUsers() {
    return Aliases.currentUsers(users, aliases);
  }

  /** One row: whether anything is known of what customers pay. */
  Dataset<Row> hasBilling() {
    return mrr.agg(max(lit(true)).as("has_billing"));
  }
}
