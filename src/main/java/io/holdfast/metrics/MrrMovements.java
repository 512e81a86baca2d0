package io.holdfast.metrics;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.RevenueSettings;
import io.holdfast.failure.BrokenRule;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Why MRR is another than the day before: one ledger of all customers.
 *
 * <p>Source: metrics, "Movements". Whatever a customer does on one day is netted. It adds up to
 * what customers pay, to the cent, or nothing is published.
 */
public final class MrrMovements {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  public static final Table TABLE =
      Table.in("metrics", "mrr_movements")
          .grain("one row per way of counting, customer, local day and kind of movement")
          .column(
              "counting",
              StringType,
              "snapshot: as it was; confirmed: gaps of up to revenue.gap_days are bridged")
          .column("customer_id", StringType, "the customer")
          .column("movement_date", DateType, "the local day")
          .column(
              "movement",
              StringType,
              "new, reactivation, expansion, contraction, churn, or fx: another rate of the month")
          .column("amount", MONEY, "how much; of contraction and churn what is lost; fx: signed")
          .column("change", MONEY, "the same with the sign that it adds to MRR")
          .column("constant_change", MONEY, "what it adds to MRR in constant currency")
          .column("plan", StringType, "the customer's plan afterwards; of churn: before")
          .column(
              "is_confirmed",
              BooleanType,
              "of churn: no return can undo it any more; NULL: no churn")
          .column("is_voluntary", BooleanType, "of churn: by choice; NULL: no churn, or not said")
          .column("end_reason", StringType, "of churn: why, as the feed says")
          .key("counting", "customer_id", "movement_date", "movement")
          .require(
              "only fx can be negative", col("movement").equalTo("fx").or(col("amount").geq(0)))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RevenueLedger.READS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .check(MrrMovements::requireReconciled)
          .as(in -> movements(RevenueLedger.of(in)));

  private MrrMovements() {}

  static Dataset<Row> movements(RevenueLedger ledger) {
    WindowSpec inOrder = Window.partitionBy("counting", "customer_id").orderBy("from_date");
    Column state = struct("spell", "until_date", "mrr", "constant_mrr", "amounts");
    Dataset<Row> runs =
        ledger
            .timeline()
            .withColumn("before", lag(state, 1).over(inOrder))
            .withColumn("next_spell", lead("spell", 1).over(inOrder));
    Column isFirst = col("before").isNull().or(col("before.spell").notEqual(col("spell")));
    Column isLast =
        col("until_date")
            .isNotNull()
            .and(col("next_spell").isNull().or(col("next_spell").notEqual(col("spell"))));
    return entries(runs.filter(isFirst))
        .unionByName(changes(runs.filter(not(isFirst)), ledger))
        .unionByName(churns(runs.filter(isLast), ledger));
  }

  private static Dataset<Row> entries(Dataset<Row> firstRuns) {
    Column kind = when(col("spell").equalTo(1), "new").otherwise("reactivation");
    return rows(
        firstRuns.withColumn("movement_date", col("from_date")),
        movement(kind, col("mrr"), col("mrr"), col("constant_mrr")));
  }

  private static Dataset<Row> changes(Dataset<Row> laterRuns, RevenueLedger ledger) {
    Column opening = ledger.worth(col("before.amounts"), col("from_date"));
    Column change = col("mrr").minus(col("opening"));
    Column constant = col("constant_mrr").minus(col("before.constant_mrr"));
    Column kind = when(change.gt(0), "expansion").otherwise("contraction");
    Column moved = change.notEqual(0).or(constant.notEqual(0));
    return rows(
        laterRuns.withColumn("opening", opening).withColumn("movement_date", col("from_date")),
        fx(col("before.mrr")),
        when(moved, movement(kind, abs(change), change, constant)));
  }

  private static Dataset<Row> churns(Dataset<Row> lastRuns, RevenueLedger ledger) {
    Dataset<Row> ends =
        ledger
            .spells()
            .select(
                "counting", "customer_id", "spell", "confirmed_date", "is_voluntary", "end_reason");
    Column isConfirmed = col("confirmed_date").leq(ledger.asOf());
    return rows(
            lastRuns
                .withColumn("opening", ledger.worth(col("amounts"), col("until_date")))
                .withColumn("movement_date", col("until_date")),
            fx(col("mrr")),
            movement(
                lit("churn"),
                col("opening"),
                col("opening").multiply(-1),
                col("constant_mrr").multiply(-1)))
        .drop("is_confirmed", "is_voluntary", "end_reason")
        .join(ends, new String[] {"counting", "customer_id", "spell"}, "left")
        .withColumn("is_confirmed", when(isChurn(), isConfirmed))
        .withColumn("is_voluntary", when(isChurn(), col("is_voluntary")))
        .withColumn("end_reason", when(isChurn(), col("end_reason")))
        .drop("confirmed_date");
  }

  private static Column isChurn() {
    return col("movement").equalTo("churn");
  }

  /** What was paid is worth something else at the rates of a new month. */
  private static Column fx(Column before) {
    Column change = col("opening").minus(before);
    return when(change.notEqual(0), movement(lit("fx"), change, change, lit(0)));
  }

  private static Column movement(Column kind, Column amount, Column change, Column constant) {
    return struct(
        kind.as("movement"),
        amount.cast(MONEY).as("amount"),
        change.cast(MONEY).as("change"),
        constant.cast(MONEY).as("constant_change"));
  }

  private static Dataset<Row> rows(Dataset<Row> runs, Column... movements) {
    return runs.withColumn("moved", explode(array_compact(array(movements))))
        .select(
            col("counting"),
            col("customer_id"),
            col("spell"),
            col("movement_date"),
            col("moved.*"),
            col("plan"),
            lit(null).cast("boolean").as("is_confirmed"),
            lit(null).cast("boolean").as("is_voluntary"),
            lit(null).cast("string").as("end_reason"));
  }

  /** The movements of every customer are to add up to what it pays at the end of the night. */
  private static void requireReconciled(Dataset<Row> movements, Inputs in) {
    requireReconciled(movements, RevenueLedger.of(in));
  }

  static void requireReconciled(Dataset<Row> movements, RevenueLedger ledger) {
    Dataset<Row> paid =
        ledger
            .mrr()
            .filter(col("until_date").isNull().and(col("mrr").gt(0)))
            .withColumn("counting", explode(array(lit("snapshot"), lit("confirmed"))))
            .select("counting", "customer_id", "mrr");
    String[] key = {"counting", "customer_id"};
    List<Row> differing =
        movements
            .groupBy("counting", "customer_id")
            .agg(sum("change").as("moved"))
            .join(paid, key, "full")
            .filter(coalesce(col("moved"), lit(0)).notEqual(coalesce(col("mrr"), lit(0))))
            .select("counting", "customer_id", "moved", "mrr")
            .orderBy("counting", "customer_id")
            .takeAsList(3);
    if (!differing.isEmpty()) {
      throw new BrokenRule(
          "Cannot publish %s: the movements do not add up to what customers pay at the end of %s, such as (counting, customer, moved, paid) %s. Nothing was written; this is a fault of the ledger, not of the data: please report it."
              .formatted(TABLE, ledger.asOf(), differing));
    }
  }
}
