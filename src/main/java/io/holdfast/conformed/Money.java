package io.holdfast.conformed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.upper;

import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Brings amounts to the reporting currency and keeps what they were before. */
final class Money {

  private Money() {}

  /**
   * The rows with {@code amount} in the reporting currency, {@code original_amount} and {@code
   * currency}.
   *
   * @param rows rows with {@code amount} and {@code currency}, which is NULL where it is not said
   * @param date the DATE column whose month says which rate holds
   */
  static Dataset<Row> reported(
      Dataset<Row> rows, String date, Company company, ExchangeRates rates) {
    Column rate = rates.rate(col("currency"), col(date), company.currency());
    return rows.withColumn("currency", coalesce(upper(col("currency")), lit(company.currency())))
        .withColumn("original_amount", col("amount"))
        .withColumn("amount", col("amount").multiply(rate).cast("decimal(18,4)"));
  }
}
