package io.holdfast.activity;

import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;

import io.holdfast.Cases;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.sources.ExchangeRates;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The worked cases of revenue: the lines of {@code revenue/lines.csv}, a customer a case. */
public final class RevenueCases {

  /** What tests about revenue are priced by. */
  public static final Pricing PRICING =
      new Pricing(
          new RevenueSettings(30, 30, List.of("payment"), Optional.empty()),
          new ExchangeRates(
              Map.of(
                  "EUR",
                  Map.of(
                      "2026-01", new BigDecimal("1.0"),
                      "2026-02", new BigDecimal("1.2"),
                      "2026-04", new BigDecimal("1.1"))),
              Optional.empty()),
          "USD");

  private RevenueCases() {}

  /** Versions that say nothing of when they were known were known from the start. */
  static Dataset<Row> lines() {
    Dataset<Row> versions =
        rows(Subscriptions.TABLE, Cases.of("revenue/lines.csv", "customer_id"))
            .withColumn("known_from", coalesce(col("known_from"), col("start_date")));
    return PRICING.ended(SubscriptionLines.lastKnown(versions));
  }

  /** What each case pays from day to day. */
  public static Dataset<Row> mrr() {
    return mrr(lines()).localCheckpoint();
  }

  /** What subscription lines bring from day to day. */
  static Dataset<Row> mrr(Dataset<Row> lines) {
    return CustomerMrr.TABLE.conform(CustomerMrr.runs(lines, PRICING));
  }

  /** When each case paid. */
  public static Dataset<Row> spells() {
    return spells(lines()).localCheckpoint();
  }

  static Dataset<Row> spells(Dataset<Row> lines) {
    Dataset<Row> mrr = mrr(lines).localCheckpoint();
    return PayingSpells.TABLE.conform(PayingSpells.spells(mrr, lines, PRICING));
  }

  /** What subscriptions as a test makes them bring from day to day. */
  public static Dataset<Row> mrrOf(Dataset<Row> subscriptions) {
    return mrr(PRICING.ended(subscriptions)).localCheckpoint();
  }

  /** The spells of subscriptions as a test makes them. */
  public static Dataset<Row> spellsOf(Dataset<Row> subscriptions) {
    return spells(PRICING.ended(subscriptions)).localCheckpoint();
  }
}
