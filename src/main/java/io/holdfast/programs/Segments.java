package io.holdfast.programs;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.churn.Predictions;
import io.holdfast.config.Setting;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.metrics.CustomerAdoption;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which of four groups each customer is in, so that each is sent content of its own.
 *
 * <p>Source: metrics "Behavioural segment": the first that holds of at_risk, new, power, casual. A
 * condition on what is not known does not hold.
 */
public final class Segments {

  public static final Table TABLE =
      Table.in("programs", "segments")
          .grain(
              "one row per customer that pays or tries at as_of; without a feed of subscriptions,"
                  + " that has signed up")
          .column("customer_id", StringType, "the customer")
          .column("segment", StringType, "the first that holds: at_risk, new, power, casual")
          .column("because", StringType, "the condition that held, with its values")
          .column(
              "tenure_days",
              IntegerType,
              "days since signup, else since the first event; NULL: neither is known")
          .column(
              "active_days_28d",
              LongType,
              "active days of the trailing 28; NULL: no activity has arrived of anyone")
          .column("feature_adoption", DoubleType, "share of its entitled features adopted")
          .column("risk_band", StringType, "of churn: high, medium or low; NULL: not scored")
          .column("trigger", StringType, "immediate, urgent or monitor; NULL: none, or not known")
          .key("customer_id")
          .published()
          .require(
              "the segment is one of four",
              col("segment").isin("at_risk", "new", "power", "casual"))
          .build();

  /**
   * Where one segment ends and the next begins.
   *
   * @param atRiskBands the risk bands that make a customer at_risk
   * @param newUnderDays a customer of fewer days of tenure is new
   * @param powerPercentile 0..1: power users' active days are at or above this percentile of all
   *     customers' in the table, so that ties at the edge are all in. Between two ranks it is
   *     interpolated.
   * @param powerFeatureAdoption 0..1: the share of features that a power user has adopted at least
   */
  public record Rules(
      List<String> atRiskBands,
      int newUnderDays,
      double powerPercentile,
      double powerFeatureAdoption) {}

  public static final Setting<Rules> SETTING = Setting.of("programs.segments", Rules.class);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Customers.TABLE,
              Aliases.TABLE,
              CustomerMrr.TABLE,
              CustomerDays.TABLE,
              CustomerAdoption.TABLE,
              Predictions.TABLE)
          .settings(SETTING)
          .members(
              in ->
                  build(in)
                      .select(
                          col("segment"),
                          col("customer_id").as("unit_id"),
                          col("customer_id"),
                          col("because").as("counted_as")))
          .as(Segments::build);

  private Segments() {}

  private static Dataset<Row> build(Inputs in) {
    Dataset<Row> mrr = in.rows(CustomerMrr.TABLE);
    Dataset<Row> predictions = in.rows(Predictions.TABLE);
    in.note("No signals are computed: no customer is at risk by a trigger.");
    if (predictions.filter(col("risk_band").isNotNull()).isEmpty()) {
      in.note("No model has scored this night: no customer is at risk by its risk band.");
    }
    if (mrr.isEmpty()) {
      in.note("No subscriptions have arrived: every customer that has signed up is in a segment.");
    }
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    return segments(
        Aliases.currentCustomers(in.rows(Customers.TABLE), aliases),
        mrr,
        CustomerDays.merged(in.rows(CustomerDays.TABLE), aliases),
        in.rows(CustomerAdoption.TABLE),
        predictions,
        in.settings(SETTING),
        in.asOf());
  }

  static Dataset<Row> segments(
      Dataset<Row> customers,
      Dataset<Row> mrr,
      Dataset<Row> days,
      Dataset<Row> adoption,
      Dataset<Row> predictions,
      Rules rules,
      LocalDate asOf) {
    String[] customer = {"customer_id"};
    Column activeDays =
        days.isEmpty() ? lit(null).cast(LongType) : coalesce(col("active_days"), lit(0L));
    Dataset<Row> measured =
        alive(started(customers, days, asOf), mrr, asOf)
            .join(activeDays(days, asOf), customer, "left")
            .join(adoption.select("customer_id", "feature_adoption"), customer, "left")
            .join(predictions.select("customer_id", "risk_band"), customer, "left")
            .select(
                col("customer_id"),
                datediff(lit(asOf), col("start_date")).as("tenure_days"),
                activeDays.as("active_days_28d"),
                col("feature_adoption"),
                col("risk_band"),
                lit(null).cast(StringType).as("trigger"));
    return measured
        .crossJoin(broadcast(powerEdge(measured, rules)))
        .withColumn("segment", segment(rules))
        .withColumn("because", because(rules));
  }

  /** The customers with the day from which their tenure counts. */
  private static Dataset<Row> started(Dataset<Row> customers, Dataset<Row> days, LocalDate asOf) {
    Dataset<Row> counted =
        Known.current(customers)
            .filter(not(coalesce(col("is_internal"), lit(false))))
            .select("customer_id", "signup_date");
    // Only customers without a signup need the long way through all days; mostly there are none.
    Dataset<Row> withoutSignup = counted.filter(col("signup_date").isNull()).select("customer_id");
    Dataset<Row> firstEvents =
        days.filter(col("event_date").leq(lit(asOf)))
            .join(broadcast(withoutSignup), new String[] {"customer_id"}, "left_semi")
            .groupBy("customer_id")
            .agg(min("event_date").as("first_event_date"));
    return counted
        .join(firstEvents, new String[] {"customer_id"}, "left")
        .withColumn("start_date", coalesce(col("signup_date"), col("first_event_date")));
  }

  private static Dataset<Row> alive(Dataset<Row> started, Dataset<Row> mrr, LocalDate asOf) {
    if (mrr.isEmpty()) {
      return started.filter(col("start_date").leq(lit(asOf)));
    }
    Dataset<Row> running =
        mrr.filter(
                col("from_date")
                    .leq(lit(asOf))
                    .and(col("until_date").isNull().or(col("until_date").gt(lit(asOf))))
                    .and(col("lines").gt(0)))
            .select("customer_id");
    return started
        .filter(col("start_date").isNull().or(col("start_date").leq(lit(asOf))))
        .join(running, new String[] {"customer_id"}, "left_semi");
  }

  private static Dataset<Row> activeDays(Dataset<Row> days, LocalDate asOf) {
    return days.filter(
            col("is_active")
                .and(col("event_date").gt(date_sub(lit(asOf), 28)))
                .and(col("event_date").leq(lit(asOf))))
        .groupBy("customer_id")
        .agg(count(lit(1)).as("active_days"));
  }

  /** One row: the active days from which on a customer is among the most active. */
  private static Dataset<Row> powerEdge(Dataset<Row> measured, Rules rules) {
    return measured.agg(
        percentile(col("active_days_28d"), lit(rules.powerPercentile())).as("power_edge"));
  }

  private static Column segment(Rules rules) {
    return when(isAtRiskBand(rules).or(col("trigger").isNotNull()), "at_risk")
        .when(isNew(rules), "new")
        .when(isPower(rules), "power")
        .otherwise("casual");
  }

  private static Column because(Rules rules) {
    return when(isAtRiskBand(rules), concat(lit("risk band "), col("risk_band")))
        .when(col("trigger").isNotNull(), concat(lit("trigger "), col("trigger")))
        .when(
            isNew(rules),
            format_string(
                "%d days of tenure, fewer than " + rules.newUnderDays(), col("tenure_days")))
        .when(
            isPower(rules),
            format_string(
                "active on %d of 28 days (from %d) and %.0f%% of features adopted (from "
                    + Math.round(rules.powerFeatureAdoption() * 100)
                    + "%%)",
                col("active_days_28d"),
                ceil(col("power_edge")),
                col("feature_adoption").multiply(100)))
        .otherwise("no other condition holds");
  }

  private static Column isAtRiskBand(Rules rules) {
    return col("risk_band").isin(rules.atRiskBands().toArray());
  }

  private static Column isNew(Rules rules) {
    return col("tenure_days").lt(rules.newUnderDays());
  }

  private static Column isPower(Rules rules) {
    // On a night on which most customers rest, the percentile is 0: rest makes nobody a power user.
    return col("active_days_28d")
        .geq(col("power_edge"))
        .and(col("active_days_28d").gt(0))
        .and(col("feature_adoption").geq(rules.powerFeatureAdoption()));
  }
}
