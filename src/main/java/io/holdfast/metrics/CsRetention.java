package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * Whether customers with a customer-success manager stay more often than those without.
 *
 * <p>Source: metrics, "CS coverage". Managers are given to the large, who stay anyway: so beside
 * the crude figure stands one that compares like with like by MRR. The manager is the one that was
 * known on the first day, so that nobody has one for having stayed.
 */
public final class CsRetention {

  public static final Table TABLE =
      Table.in("metrics", "cs_retention")
          .grain(
              "one row for all customers, one stratified by MRR, and one per quarter of customers by"
                  + " MRR")
          .column(
              "stratum",
              StringType,
              "crude: all; quartile_1 (lowest MRR) to quartile_4; stratified: the quartiles weighed"
                  + " by their customers, those with both groups alone")
          .column("start_date", DateType, "customer_success.retention_days before as_of")
          .column("managed_customers", LongType, "paid at the end of start_date, with a manager")
          .column("managed_retained", LongType, "of these: had not left by the end of as_of")
          .column("managed_retention_rate", DoubleType, "share of them; stratified: weighed")
          .column("managed_rate_low", DoubleType, "lower end of its 95% interval (Wilson)")
          .column("managed_rate_high", DoubleType, "upper end of its 95% interval (Wilson)")
          .column("other_customers", LongType, "paid at the end of start_date, without a manager")
          .column("other_retained", LongType, "of these: had not left by the end of as_of")
          .column("other_retention_rate", DoubleType, "share of them; stratified: weighed")
          .column("other_rate_low", DoubleType, "lower end of its 95% interval (Wilson)")
          .column("other_rate_high", DoubleType, "upper end of its 95% interval (Wilson)")
          .column(
              "difference",
              DoubleType,
              "managed - other: an association, no effect; NULL: a group is empty")
          .column(
              "difference_low",
              DoubleType,
              "lower end of its 95% interval (Newcombe; stratified: by the normal law)")
          .column("difference_high", DoubleType, "upper end of it")
          .key("stratum")
          .require(
              "who stayed was there",
              col("managed_retained")
                  .leq(col("managed_customers"))
                  .and(col("other_retained").leq(col("other_customers"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(CustomerMrr.TABLE, PayingSpells.TABLE, Customers.TABLE, Aliases.TABLE)
          .settings(CustomerSuccessSettings.SETTING)
          .as(CsRetention::measured);

  /** The 97.5% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private CsRetention() {}

  private static Dataset<Row> measured(Inputs in) {
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    LocalDate start =
        in.asOf().minusDays(in.settings(CustomerSuccessSettings.SETTING).retentionDays());
    Dataset<Row> customers = Aliases.currentCustomers(in.rows(Customers.TABLE), aliases);
    Dataset<Row> then = Known.at(in.rows(Customers.TABLE), lit(start));
    Dataset<Row> managed =
        Aliases.canonical(
                then.filter(col("owner").isNotNull()).select("customer_id"),
                "customer_id",
                aliases,
                Aliases.CUSTOMER)
            .distinct();
    if (managed.isEmpty()) {
      in.note(
          "No retention by manager is measured: no feed told who the managers were on %s."
              .formatted(start));
    }
    return retention(
        Counted.external(in.rows(CustomerMrr.TABLE), customers),
        Counted.staying(in.rows(PayingSpells.TABLE)),
        managed,
        start,
        in.asOf());
  }

  /**
   * Follows those who paid at the end of the first day to the end of the night.
   *
   * @param mrr what each customer that counts has from day to day
   * @param spells as {@link Counted#staying} gives them
   * @param managed the ids of customers that had a manager on the first day
   */
  static Dataset<Row> retention(
      Dataset<Row> mrr,
      Dataset<Row> spells,
      Dataset<Row> managed,
      LocalDate start,
      LocalDate asOf) {
    Dataset<Row> stayed =
        spells
            .filter(Counted.covers("start_date", "end_date", lit(asOf)))
            .select(col("customer_id"), lit(true).as("has_stayed"))
            .distinct();
    Dataset<Row> groups = managed.select(col("customer_id"), lit(true).as("has_manager"));
    Dataset<Row> paying = Counted.paying(mrr, start);
    Dataset<Row> members =
        paying
            .join(stayed, new String[] {"customer_id"}, "left")
            .join(groups, new String[] {"customer_id"}, "left")
            .crossJoin(groups.agg(count(lit(1)).as("managers")))
            .filter(col("managers").gt(0))
            .crossJoin(
                paying.agg(
                    percentile(col("mrr"), array(lit(0.25), lit(0.5), lit(0.75))).as("bounds")))
            .withColumn("is_managed", coalesce(col("has_manager"), lit(false)))
            .withColumn("is_retained", coalesce(col("has_stayed"), lit(false)))
            .withColumn("stratum", explode(array(lit("crude"), quartile())));
    Dataset<Row> strata = rated(counted(members));
    return strata
        .unionByName(stratified(strata.filter(col("stratum").startsWith("quartile"))))
        .withColumn("start_date", lit(start));
  }

  /** Equal MRR is in one quartile, so that no order decides. */
  private static Column quartile() {
    return when(col("mrr").leq(col("bounds").getItem(0)), "quartile_1")
        .when(col("mrr").leq(col("bounds").getItem(1)), "quartile_2")
        .when(col("mrr").leq(col("bounds").getItem(2)), "quartile_3")
        .otherwise("quartile_4");
  }

  private static Dataset<Row> counted(Dataset<Row> members) {
    Column isManaged = col("is_managed");
    return members
        .groupBy("stratum")
        .agg(
            count_if(isManaged).as("managed_customers"),
            count_if(isManaged.and(col("is_retained"))).as("managed_retained"),
            count_if(not(isManaged)).as("other_customers"),
            count_if(not(isManaged).and(col("is_retained"))).as("other_retained"));
  }

  private static Dataset<Row> rated(Dataset<Row> counts) {
    return Differences.of(
        counts,
        new Differences.Group("managed_retained", "managed_customers", "managed"),
        new Differences.Group("other_retained", "other_customers", "other"));
  }

  /** The quartiles with both groups, each weighed by its customers of both. */
  private static Dataset<Row> stratified(Dataset<Row> quartiles) {
    Column both = col("managed_customers").plus(col("other_customers"));
    Dataset<Row> comparable =
        quartiles
            .filter(col("managed_customers").gt(0).and(col("other_customers").gt(0)))
            .withColumn("weight", both.cast("double"));
    // Sums of decimals are the same in whatever order the quartiles come.
    Column variance =
        pow(col("weight"), lit(2)).multiply(variance("managed").plus(variance("other")));
    return comparable
        .agg(
            sum("managed_customers").as("managed_customers"),
            sum("managed_retained").as("managed_retained"),
            sum("other_customers").as("other_customers"),
            sum("other_retained").as("other_retained"),
            weighed(col("managed_retention_rate")).as("managed"),
            weighed(col("other_retention_rate")).as("other"),
            sum(both).cast("double").as("weights"),
            sum(variance.cast(DataTypes.createDecimalType(38, 12))).cast("double").as("variance"))
        .filter(col("weights").isNotNull())
        .withColumn("managed_retention_rate", try_divide(col("managed"), col("weights")))
        .withColumn("other_retention_rate", try_divide(col("other"), col("weights")))
        .withColumn("difference", col("managed_retention_rate").minus(col("other_retention_rate")))
        .withColumn("reach", sqrt(col("variance")).multiply(Z).divide(col("weights")))
        .select(
            lit("stratified").as("stratum"),
            col("managed_customers"),
            col("managed_retained"),
            col("other_customers"),
            col("other_retained"),
            col("managed_retention_rate"),
            lit(null).cast("double").as("managed_rate_low"),
            lit(null).cast("double").as("managed_rate_high"),
            col("other_retention_rate"),
            lit(null).cast("double").as("other_rate_low"),
            lit(null).cast("double").as("other_rate_high"),
            col("difference"),
            col("difference").minus(col("reach")).as("difference_low"),
            col("difference").plus(col("reach")).as("difference_high"));
  }

  private static Column weighed(Column rate) {
    return sum(col("weight").multiply(rate).cast(DataTypes.createDecimalType(28, 12)))
        .cast("double");
  }

  private static Column variance(String group) {
    Column rate = col(group + "_retention_rate");
    return rate.multiply(lit(1.0).minus(rate)).divide(col(group + "_customers"));
  }
}
