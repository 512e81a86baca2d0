package io.holdfast.activity;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.holdfast.job.Inputs;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a subscription line brings on a date, and when it really ends.
 *
 * <p>Source: metrics, "Paying set" and "MRR".
 *
 * @param revenue how paying and leaving are told apart
 * @param rates what other currencies are worth
 * @param currency the reporting currency
 */
public record Pricing(RevenueSettings revenue, ExchangeRates rates, String currency) {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  /** Takes the settings of a job that declared the three of them. */
  public static Pricing of(Inputs in) {
    return new Pricing(
        in.settings(RevenueSettings.SETTING),
        in.settings(ExchangeRates.SETTING),
        in.settings(Company.SETTING).currency());
  }

  /**
   * The lines with the end that counts: {@code end_date}, {@code end_reason} and {@code
   * is_voluntary} of it (NULL: not said).
   *
   * <p>A line that is past due ends with its grace, however early the feed dates the end: a churn
   * is never backdated. One that is paused without a known end has ended.
   *
   * @param lines one row per line, as it was known
   */
  public Dataset<Row> ended(Dataset<Row> lines) {
    Column grace = date_add(col("past_due_since"), revenue.graceDays());
    Column isUnpaid = col("end_reason").isin(revenue.involuntaryReasons().toArray());
    Column isBackdated = isUnpaid.and(col("end_date").leq(col("past_due_since")));
    Column said = when(coalesce(not(isBackdated), lit(true)), col("end_date"));
    Column stop = when(col("pause_end").isNull(), col("pause_start"));
    Column end = least(said, grace, stop);
    Column isGrace = coalesce(end.equalTo(grace), lit(false)).and(not(isOn(said, end)));
    Column isStop = coalesce(end.equalTo(stop), lit(false)).and(not(isOn(said, end)));
    return lines
        .withColumn("counted_end", end)
        .withColumn(
            "is_voluntary",
            when(isGrace, lit(false))
                .when(isStop, lit(true))
                .when(not(col("end_reason").equalTo(SubscriptionLines.DELETED)), not(isUnpaid)))
        .withColumn(
            "end_reason",
            when(isGrace, when(isUnpaid, col("end_reason")).otherwise(lit("past_due")))
                .when(isStop, lit("paused"))
                .otherwise(col("end_reason")))
        .withColumn("end_date", col("counted_end"))
        .drop("counted_end");
  }

  /** What the line brings a month, in its own currency: 0 in a trial and while it is suspended. */
  Column amount(Column date) {
    return when(isTrial().or(isPaused(date)), lit(0))
        .when(isDiscounted(date), discounted())
        .otherwise(col("mrr"))
        .cast(MONEY);
  }

  /** Whether the line is free or paused for a while, with a known end: that is no churn. */
  Column isSuspended(Column date) {
    Column isFree = isDiscounted(date).and(discounted().equalTo(0));
    return not(isTrial())
        .and(coalesce(col("mrr").gt(0), lit(false)))
        .and(isPaused(date).or(isFree.and(col("discount_end").isNotNull())));
  }

  /** The currency of the line. */
  Column lineCurrency() {
    return coalesce(col("currency"), lit(currency));
  }

  /** What one unit of a currency is worth in the month of a date. */
  public Column rate(Column ofCurrency, Column date) {
    return rates.rate(ofCurrency, date, currency);
  }

  /** What one unit of a currency is worth in constant-currency figures. */
  Column constantRate(Column ofCurrency) {
    return rates.constantRate(ofCurrency, currency);
  }

  /** The dates on which what the line brings can change: an array. */
  Column changes() {
    Column own =
        array_compact(
            array(
                col("start_date"),
                col("end_date"),
                col("discount_start"),
                col("discount_end"),
                col("pause_start"),
                col("pause_end")));
    Column ofRates = coalesce(rates.changeDays(lineCurrency()), lit(null).cast("array<date>"));
    return when(ofRates.isNull(), own).otherwise(concat(own, ofRates));
  }

  private static Column isTrial() {
    return coalesce(col("is_trial"), lit(false));
  }

  private static Column isPaused(Column date) {
    return coalesce(col("pause_start").leq(date).and(col("pause_end").gt(date)), lit(false));
  }

  private static Column isDiscounted(Column date) {
    Column isGiven = share().isNotNull().or(col("discount_mrr").isNotNull());
    Column runs =
        coalesce(col("discount_start"), col("start_date"))
            .leq(date)
            .and(col("discount_end").isNull().or(col("discount_end").gt(date)));
    return coalesce(isGiven.and(runs), lit(false));
  }

  private static Column discounted() {
    Column left = lit(1).cast("decimal(9,8)").minus(coalesce(share(), lit(0)));
    Column rest = col("mrr").multiply(left).minus(coalesce(col("discount_mrr"), lit(0)));
    return when(col("mrr").isNotNull(), greatest(rest.cast(MONEY), lit(0).cast(MONEY)));
  }

  /** A share off that is none is not guessed at. */
  private static Column share() {
    return when(col("discount_rate").between(0, 1), col("discount_rate")).cast("decimal(9,8)");
  }

  private static Column isOn(Column one, Column other) {
    return coalesce(one.equalTo(other), lit(false));
  }
}
