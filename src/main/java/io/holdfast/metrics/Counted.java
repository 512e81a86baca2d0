package io.holdfast.metrics;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.activity.Aliases;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Who counts in a figure: merged customers once, the company's own and test customers never. */
final class Counted {

  private Counted() {}

  /**
   * Rows of customers that count, under the id under which they do.
   *
   * @param rows rows with a {@code customer_id} as sent
   * @param customers one row per customer, as {@link Aliases#currentCustomers} gives them
   */
  static Dataset<Row> rows(Dataset<Row> rows, Dataset<Row> customers, Dataset<Row> aliases) {
    return external(Aliases.canonical(rows, "customer_id", aliases, Aliases.CUSTOMER), customers);
  }

  /** Rows without those of the company's own and test customers. */
  static Dataset<Row> external(Dataset<Row> rows, Dataset<Row> customers) {
    Dataset<Row> internal =
        customers.filter(coalesce(col("is_internal"), lit(false))).select("customer_id");
    return rows.join(broadcast(internal), new String[] {"customer_id"}, "left_anti");
  }

  /** The customers that pay on a date, with {@code mrr} and {@code plan}. */
  static Dataset<Row> paying(Dataset<Row> mrr, LocalDate date) {
    return mrr.filter(covers("from_date", "until_date", lit(date)).and(col("mrr").gt(0)))
        .select("customer_id", "mrr", "plan");
  }

  /**
   * Spells in which customers had not left, gaps bridged: {@code customer_id}, {@code start_date}
   * and {@code end_date}.
   *
   * @param spells rows of {@code activity.paying_spells}
   */
  static Dataset<Row> staying(Dataset<Row> spells) {
    return spells
        .filter(col("counting").equalTo("confirmed"))
        .select("customer_id", "start_date", "end_date");
  }

  /** Whether a half-open run of days holds a date; an open one holds all from its start on. */
  static Column covers(String from, String until, Column date) {
    return col(from).leq(date).and(col(until).isNull().or(col(until).gt(date)));
  }
}
