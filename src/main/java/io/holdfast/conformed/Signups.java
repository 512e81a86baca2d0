package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Puts each customer's signup beside what it did, for the rules that compare the two. */
final class Signups {

  private Signups() {}

  /** The rows with their customer's {@code signup_date}; NULL where it is not known. */
  static Dataset<Row> joined(Dataset<Row> rows, Dataset<Row> customers) {
    Dataset<Row> signups = Known.current(customers).select(col("customer_id"), col("signup_date"));
    return rows.join(signups, new String[] {"customer_id"}, "left");
  }
}
