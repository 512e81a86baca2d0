package io.holdfast.metrics;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_union;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.Pricing;
import io.holdfast.conformed.Customers;
import io.holdfast.job.Inputs;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Who pays what from when to when, as it stands at the end of {@code asOf}, in both ways of
 * counting. The company's own customers are left out here, once for all figures of revenue.
 *
 * <p>Source: metrics, "Movements". In <em>snapshot</em> a gap between two lines is what it was; in
 * <em>confirmed</em> what was paid before it goes on until the return.
 *
 * @param mrr rows of {@code activity.customer_mrr} up to {@code asOf}
 * @param spells paying spells as they stand at its end
 * @param pricing rates, and how leaving is told
 * @param asOf the last local day that counts
 */
record RevenueLedger(Dataset<Row> mrr, Dataset<Row> spells, Pricing pricing, LocalDate asOf) {

  /** What a job must declare to read. */
  static final Table[] READS = {
    Customers.TABLE, Aliases.TABLE, CustomerMrr.TABLE, PayingSpells.TABLE
  };

  private static final String MONEY = "decimal(18,4)";

  /** Takes the inputs of a job. */
  static RevenueLedger of(Inputs in) {
    Dataset<Row> own =
        Aliases.currentCustomers(in.rows(Customers.TABLE), in.rows(Aliases.TABLE))
            .filter(col("is_internal"))
            .select("customer_id");
    return of(
        in.rows(CustomerMrr.TABLE).join(own, new String[] {"customer_id"}, "left_anti"),
        in.rows(PayingSpells.TABLE).join(own, new String[] {"customer_id"}, "left_anti"),
        Pricing.of(in),
        in.asOf());
  }

  /** Cuts what is known at {@code asOf}. */
  static RevenueLedger of(Dataset<Row> mrr, Dataset<Row> spells, Pricing pricing, LocalDate asOf) {
    Dataset<Row> cut =
        mrr.filter(col("from_date").leq(asOf))
            .withColumn("until_date", when(col("until_date").leq(asOf), col("until_date")))
            .withColumn("mrr", coalesce(col("mrr"), lit(0)).cast(MONEY))
            .withColumn("constant_mrr", coalesce(col("constant_mrr"), lit(0)).cast(MONEY));
    return new RevenueLedger(
        cut, PayingSpells.upTo(spells, asOf, pricing.revenue().gapDays()), pricing, asOf);
  }

  /**
   * What each customer pays during its spells, without a hole in any: {@code counting}, {@code
   * customer_id}, {@code spell}, {@code from_date}, {@code until_date}, {@code mrr}, {@code
   * constant_mrr}, {@code amounts} and {@code plan}.
   */
  Dataset<Row> timeline() {
    Column isWithin =
        col("from_date")
            .geq(col("start_date"))
            .and(col("end_date").isNull().or(col("from_date").lt(col("end_date"))));
    Column isHeld = col("mrr").gt(0).or(coalesce(col("is_suspended"), lit(false)));
    Dataset<Row> runs =
        mrr.filter(isHeld)
            .join(
                spells.select("counting", "customer_id", "spell", "start_date", "end_date"),
                "customer_id")
            .filter(isWithin)
            .select(
                "counting",
                "customer_id",
                "spell",
                "from_date",
                "until_date",
                "mrr",
                "constant_mrr",
                "amounts",
                "plan");
    return runs.unionByName(bridges(runs));
  }

  /** Goes on with what was paid before a gap, at the rates of each month of it. */
  private Dataset<Row> bridges(Dataset<Row> runs) {
    WindowSpec inSpell =
        Window.partitionBy("counting", "customer_id", "spell").orderBy("from_date");
    Dataset<Row> gaps =
        runs.withColumn("return_date", lead("from_date", 1).over(inSpell))
            .filter(col("return_date").gt(col("until_date")))
            .withColumn("gap_date", col("until_date"));
    Column changes =
        flatten(
            transform(
                col("amounts"),
                amount ->
                    coalesce(
                        pricing.rates().changeDays(amount.getField("currency")),
                        lit(null).cast("array<date>"),
                        array().cast("array<date>"))));
    Column inGap =
        filter(
            array_distinct(array_union(array(col("gap_date")), changes)),
            day -> day.geq(col("gap_date")).and(day.lt(col("return_date"))));
    WindowSpec inGapOrder =
        Window.partitionBy("counting", "customer_id", "spell", "gap_date").orderBy("from_date");
    return gaps.withColumn("from_date", explode(inGap))
        .withColumn(
            "until_date", coalesce(lead("from_date", 1).over(inGapOrder), col("return_date")))
        .withColumn("mrr", worth(col("amounts"), col("from_date")))
        .drop("return_date", "gap_date");
  }

  /** What amounts in several currencies are worth at the rates of the month of a date. */
  Column worth(Column amounts, Column date) {
    return aggregate(
        amounts,
        lit(0).cast(MONEY),
        (sum, amount) ->
            sum.plus(
                    coalesce(
                        amount
                            .getField("amount")
                            .multiply(pricing.rate(amount.getField("currency"), date))
                            .cast(MONEY),
                        lit(0).cast(MONEY)))
                .cast(MONEY));
  }
}
