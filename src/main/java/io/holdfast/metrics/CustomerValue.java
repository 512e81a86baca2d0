package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.Costs;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.MarketingSpend;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a customer is worth, and what winning one costs.
 *
 * <p>Source: metrics, "ARPA" and the definitions after it.
 */
public final class CustomerValue {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  private static final String SHARE = "decimal(18,12)";

  private static final double DAYS_A_MONTH = 365.25 / 12;

  public static final Table TABLE =
      Table.in("metrics", "customer_value")
          .grain("one row per month so far")
          .column("month_start", DateType, "its first local day")
          .column("mrr", MONEY, "MRR on its last day, or of the night so far")
          .column("paying_customers", LongType, "customers that pay on that day")
          .column("arpa", MONEY, "mrr / paying_customers")
          .column("cost_of_revenue", MONEY, "in the trailing months that tell costs; NULL: none do")
          .column("cost_mrr", MONEY, "MRR at the end of these months, added up")
          .column(
              "gross_margin_rate",
              DoubleType,
              "1 - cost_of_revenue / cost_mrr, else as configured; NULL: unknown")
          .column("gross_margin_from", StringType, "costs, or configuration; NULL: unknown")
          .column(
              "churned_customers",
              LongType,
              "confirmed, in the complete ones of the trailing customer_value.churn_months")
          .column("start_customers", LongType, "customers at the start of each of them, added up")
          .column("churn_rate", DoubleType, "a month: churned_customers / start_customers")
          .column(
              "lifetime_months",
              DoubleType,
              "1 / churn_rate, at most max_lifetime_months; NULL: fewer than min_churned left")
          .column("clv", MONEY, "arpa * gross margin * lifetime_months")
          .column(
              "survival_months",
              LongType,
              "months of tenure up to max_lifetime_months that the survival curve reaches; NULL"
                  + " before the night's month")
          .column(
              "survival_clv",
              MONEY,
              "sum over these months t of S(t) * arpa * gross margin * (1 + d)^-t: what is not"
                  + " seen yet counts for nothing")
          .column("acquisition_spend", MONEY, "sales and marketing of the month; NULL: not told")
          .column("new_customers", LongType, "customers that paid for the first time in it")
          .column("cac", MONEY, "acquisition_spend / new_customers")
          .column("ltv_cac", DoubleType, "clv / cac")
          .column("cac_payback_months", DoubleType, "cac / (arpa * gross margin)")
          .column("is_complete", BooleanType, "the month is over")
          .key("month_start")
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              MrrMonthly.TABLE,
              CustomerChurn.TABLE,
              Survival.TABLE,
              Costs.TABLE,
              MarketingSpend.TABLE)
          .settings(CustomerValueSettings.SETTING)
          .as(
              in ->
                  value(
                      in.rows(MrrMonthly.TABLE),
                      in.rows(CustomerChurn.TABLE),
                      in.rows(Survival.TABLE),
                      costs(in),
                      spend(in),
                      in.settings(CustomerValueSettings.SETTING),
                      in.asOf()));

  private CustomerValue() {}

  private static Dataset<Row> costs(Inputs in) {
    CustomerValueSettings settings = in.settings(CustomerValueSettings.SETTING);
    Dataset<Row> costs = Known.current(in.rows(Costs.TABLE));
    if (settings.grossMargin().isEmpty() && costs.isEmpty()) {
      in.note(
          "No customer value is reckoned: there are no costs, and customer_value.gross_margin is"
              + " not set.");
    }
    return costs;
  }

  private static Dataset<Row> spend(Inputs in) {
    Dataset<Row> spend = Known.current(in.rows(MarketingSpend.TABLE));
    if (spend.isEmpty()) {
      in.note("What winning a customer costs is unknown: there is no feed of marketing_spend.");
    }
    return spend;
  }

  /**
   * The months so far.
   *
   * @param monthly rows of {@link MrrMonthly}
   * @param churn rows of {@link CustomerChurn}
   * @param survival rows of {@link Survival}
   * @param costs current rows of {@code conformed.costs}
   * @param spend current rows of {@code conformed.marketing_spend}
   */
  static Dataset<Row> value(
      Dataset<Row> monthly,
      Dataset<Row> churn,
      Dataset<Row> survival,
      Dataset<Row> costs,
      Dataset<Row> spend,
      CustomerValueSettings settings,
      LocalDate asOf) {
    String[] month = {"month_start"};
    Dataset<Row> months =
        months(monthly, asOf)
            .join(churned(churn), month, "left")
            .join(costOfRevenue(costs, settings, asOf), month, "left")
            .join(acquisition(spend, asOf), month, "left")
            .crossJoin(expected(survival, settings));
    return worth(trailing(months, settings), settings, asOf);
  }

  private static Dataset<Row> months(Dataset<Row> monthly, LocalDate asOf) {
    return monthly
        .filter(col("counting").equalTo("snapshot").and(col("window_kind").equalTo("month")))
        .select(
            col("window_start").as("month_start"),
            col("end_mrr").as("mrr"),
            col("end_customers").as("paying_customers"),
            col("arpa"),
            col("new_customers"),
            col("window_end").leq(asOf.plusDays(1)).as("is_complete"));
  }

  private static Dataset<Row> churned(Dataset<Row> churn) {
    return churn
        .filter(
            col("counting")
                .equalTo("confirmed")
                .and(col("window_kind").equalTo("month"))
                .and(col("segment_dimension").equalTo("all"))
                .and(col("is_complete")))
        .select(
            col("window_start").as("month_start"),
            col("churned_customers").as("month_churned"),
            col("start_customers").as("month_began"));
  }

  private static Dataset<Row> costOfRevenue(
      Dataset<Row> costs, CustomerValueSettings settings, LocalDate asOf) {
    return costs
        .filter(
            col("category")
                .isin(settings.costOfRevenue().toArray())
                .and(col("cost_date").leq(asOf)))
        .groupBy(trunc(col("cost_date"), "MM").as("month_start"))
        .agg(sum("amount").as("month_cost"));
  }

  private static Dataset<Row> acquisition(Dataset<Row> spend, LocalDate asOf) {
    return spend
        .filter(col("spend_date").leq(asOf))
        .groupBy(trunc(col("spend_date"), "MM").as("month_start"))
        .agg(sum("amount").as("acquisition_spend"));
  }

  /** One row: how many months of MRR a new customer brings, later ones worth less. */
  private static Dataset<Row> expected(Dataset<Row> survival, CustomerValueSettings settings) {
    Dataset<Row> curve =
        survival
            .filter(col("spells").equalTo("first").and(col("segment_dimension").equalTo("all")))
            .select("tenure_days", "survival_rate");
    Column staying = coalesce(min(when(isBefore(), col("survival_rate"))), lit(1.0));
    Column worthNow = pow(lit(1.0 + settings.monthlyDiscountRate()), col("t").multiply(-1));
    return curve
        .agg(max("tenure_days").as("last_day"))
        .withColumn("t", explode(sequence(lit(0), lit(settings.maxLifetimeMonths() - 1))))
        .withColumn("day", col("t").multiply(DAYS_A_MONTH))
        .filter(col("day").leq(col("last_day")))
        .crossJoin(curve)
        .groupBy("t")
        .agg(staying.as("staying"))
        .agg(
            count(lit(1)).as("seen_months"),
            sum(col("staying").multiply(worthNow)).as("expected_months"));
  }

  private static Column isBefore() {
    return col("tenure_days").leq(col("day"));
  }

  private static Dataset<Row> trailing(Dataset<Row> months, CustomerValueSettings settings) {
    WindowSpec recent =
        Window.orderBy("month_start").rowsBetween(1 - settings.churnMonths(), Window.currentRow());
    Column tells = col("month_cost").isNotNull();
    return months
        .withColumn("churned_customers", sum("month_churned").over(recent))
        .withColumn("start_customers", sum("month_began").over(recent))
        .withColumn("cost_of_revenue", sum("month_cost").over(recent))
        .withColumn("cost_mrr", sum(when(tells, col("mrr"))).over(recent));
  }

  private static Dataset<Row> worth(
      Dataset<Row> months, CustomerValueSettings settings, LocalDate asOf) {
    Column byCosts =
        when(
            col("cost_mrr").gt(0),
            lit(1).minus(col("cost_of_revenue").divide(col("cost_mrr"))).cast(SHARE));
    Column configured =
        settings.grossMargin().map(margin -> lit(margin)).orElse(lit(null)).cast(SHARE);
    Column margin = col("margin");
    Column isEnough = col("churned_customers").geq(settings.minChurned());
    Column lifetime = least(lit(1.0).divide(col("churn_rate")), lit(settings.maxLifetimeMonths()));
    Column isNow = col("month_start").equalTo(trunc(lit(asOf), "MM"));
    Column profit = col("arpa").multiply(margin).cast("decimal(24,10)");
    return months
        .withColumn("margin", coalesce(byCosts, configured))
        .withColumn("gross_margin_rate", margin.cast("double"))
        .withColumn(
            "gross_margin_from",
            when(byCosts.isNotNull(), "costs").when(configured.isNotNull(), "configuration"))
        .withColumn("churn_rate", Wilson.rate(col("churned_customers"), col("start_customers")))
        .withColumn("lifetime_months", when(isEnough, lifetime))
        .withColumn(
            "clv", profit.multiply(col("lifetime_months").cast("decimal(12,8)")).cast(MONEY))
        .withColumn("survival_months", when(isNow, col("seen_months")))
        .withColumn(
            "survival_clv",
            when(isNow, profit.multiply(col("expected_months").cast("decimal(12,8)"))).cast(MONEY))
        .withColumn(
            "cac",
            when(
                col("new_customers").gt(0),
                col("acquisition_spend").divide(col("new_customers")).cast(MONEY)))
        .withColumn(
            "ltv_cac",
            when(col("cac").gt(0), col("clv").cast("double").divide(col("cac").cast("double"))))
        .withColumn(
            "cac_payback_months",
            when(profit.gt(0), col("cac").cast("double").divide(profit.cast("double"))));
  }
}
