package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;

import io.holdfast.config.Setting;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * What the payment feed's words mean.
 *
 * @param paidStatuses statuses of a payment that went through, in lower case
 * @param failedStatuses statuses of a payment that did not, in lower case
 */
public record PaymentSettings(List<String> paidStatuses, List<String> failedStatuses) {

  public static final Setting<PaymentSettings> SETTING =
      Setting.of("payments", PaymentSettings.class);

  /** Whether money came in: TRUE or FALSE, never NULL. */
  public Column isPaid() {
    return isOneOf(paidStatuses);
  }

  /** Whether an attempt to collect failed: TRUE or FALSE, never NULL. */
  public Column isFailed() {
    return isOneOf(failedStatuses);
  }

  private static Column isOneOf(List<String> statuses) {
    Column isCharge = coalesce(col("kind").notEqual("refund"), lit(true));
    return isCharge.and(coalesce(lower(col("status")).isin(statuses.toArray()), lit(false)));
  }
}
