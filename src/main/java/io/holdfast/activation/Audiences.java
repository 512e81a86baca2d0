package io.holdfast.activation;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.CustomerMrr;
import io.holdfast.churn.Predictions;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.Users;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.programs.Segments;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What is known of each customer and user that a tool can act on: the one source of every export.
 *
 * <p>Customers that have left stay, without a segment: a tool that knew them is told so.
 *
 * <p>Source: activation "Canonical row".
 */
public final class Audiences {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);
  private static final DataType SCORE = DataTypes.createDecimalType(5, 1);

  /** Four places, so that noise is not a change. */
  private static final DataType PROBABILITY = DataTypes.createDecimalType(5, 4);

  public static final Table TABLE =
      Table.in("activation", "audiences")
          .grain(
              "one row per customer and user, the customer's values repeated; one for a customer"
                  + " without users")
          .column("customer_id", StringType, "the customer")
          .column(
              "member_id",
              StringType,
              "the user, or the customer where it has no users: completes the key")
          .column("user_id", StringType, "the user; NULL: the customer has none")
          .column("email", StringType, "the user's address; the account's where there are no users")
          .column(
              "has_marketing_consent",
              BooleanType,
              "the user may be sent marketing; NULL: unknown, or no user")
          .column("health_score", SCORE, "health score, 0..100")
          .column("health_band", StringType, "band of the health score")
          .column("health_band_7d_ago", StringType, "band of the health score seven days before")
          .column("churn_probability", PROBABILITY, "probability of churn, in 4 places")
          .column("risk_decile", IntegerType, "1: the tenth of customers most likely to leave")
          .column("segment", StringType, "at_risk, new, power or casual; NULL: no running line")
          .column("reason_1", StringType, "what raises the risk of churn most")
          .column("reason_2", StringType, "what raises it second")
          .column("reason_3", StringType, "what raises it third")
          .column("trigger", StringType, "immediate, urgent or monitor; NULL: none, or not known")
          .column(
              "mrr",
              MONEY,
              "monthly recurring revenue; 0: no line runs; NULL: unknown, or no lines ever arrived")
          .column("mrr_at_risk", MONEY, "probability of churn times MRR")
          .column("owner", StringType, "the customer-success manager")
          .column(
              "renewal_date",
              DateType,
              "the first end of a running line that was known at as_of; NULL: none is")
          .column("score_date", DateType, "the night that all this is of")
          .key("customer_id", "member_id")
          .published()
          .require(
              "the churn probability is a probability",
              col("churn_probability").isNull().or(col("churn_probability").between(0, 1)))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Customers.TABLE,
              Users.TABLE,
              Subscriptions.TABLE,
              CustomerMrr.TABLE,
              Predictions.TABLE,
              Segments.TABLE)
          .as(Audiences::build);

  private Audiences() {}

  private static Dataset<Row> build(Inputs in) {
    in.note("No health scores are computed: health_score and its bands are NULL.");
    return audiences(
        in.rows(Customers.TABLE),
        in.rows(Users.TABLE),
        in.rows(Subscriptions.TABLE),
        in.rows(CustomerMrr.TABLE),
        in.rows(Predictions.TABLE),
        in.rows(Segments.TABLE),
        in.asOf());
  }

  static Dataset<Row> audiences(
      Dataset<Row> customers,
      Dataset<Row> users,
      Dataset<Row> subscriptions,
      Dataset<Row> mrr,
      Dataset<Row> predictions,
      Dataset<Row> segments,
      LocalDate asOf) {
    String[] customer = {"customer_id"};
    return customers(customers, asOf)
        .join(users(users, asOf), customer, "left")
        .join(mrr(mrr, asOf), customer, "left")
        .join(renewals(subscriptions, asOf), customer, "left")
        .join(risks(predictions), customer, "left")
        .join(segments.select("customer_id", "segment", "trigger"), customer, "left")
        .withColumn("member_id", coalesce(col("user_id"), col("customer_id")))
        .withColumn(
            "email",
            when(col("user_id").isNull(), col("customer_email")).otherwise(col("user_email")))
        .withColumn(
            "mrr",
            mrr.isEmpty()
                ? lit(null).cast(MONEY)
                : when(col("lines").isNull(), lit(0).cast(MONEY)).otherwise(col("mrr")))
        .withColumn("health_score", lit(null).cast(SCORE))
        .withColumn("health_band", lit(null).cast(StringType))
        .withColumn("health_band_7d_ago", lit(null).cast(StringType))
        .withColumn("score_date", lit(asOf));
  }

  private static Dataset<Row> customers(Dataset<Row> customers, LocalDate asOf) {
    return outsidersOf(Known.current(customers))
        .filter(isByThen("signup_date", asOf))
        .select(col("customer_id"), col("email").as("customer_email"), col("owner"));
  }

  private static Dataset<Row> users(Dataset<Row> users, LocalDate asOf) {
    return outsidersOf(Known.current(users))
        .filter(isByThen("created_date", asOf))
        .select(
            col("customer_id"),
            col("user_id"),
            col("email").as("user_email"),
            col("has_marketing_consent"));
  }

  private static Dataset<Row> mrr(Dataset<Row> mrr, LocalDate asOf) {
    return mrr.filter(runs("from_date", "until_date", asOf)).select("customer_id", "mrr", "lines");
  }

  /**
   * The next end of each customer's running lines. An end that became known after {@code asOf}
   * would tell the tool who leaves.
   */
  private static Dataset<Row> renewals(Dataset<Row> subscriptions, LocalDate asOf) {
    Column knownByThen = coalesce(col("known_at").getItem("end_date").leq(lit(asOf)), lit(true));
    return Known.current(subscriptions)
        .filter(runs("start_date", "end_date", asOf))
        .groupBy("customer_id")
        .agg(min(when(knownByThen, col("end_date"))).as("renewal_date"));
  }

  private static Dataset<Row> risks(Dataset<Row> predictions) {
    return predictions.select(
        col("customer_id"),
        col("probability").cast(PROBABILITY).as("churn_probability"),
        col("risk_decile"),
        col("mrr_at_risk"),
        col("reason_1"),
        col("reason_2"),
        col("reason_3"));
  }

  private static Dataset<Row> outsidersOf(Dataset<Row> rows) {
    return rows.filter(not(coalesce(col("is_internal"), lit(false))));
  }

  private static Column isByThen(String date, LocalDate asOf) {
    return col(date).isNull().or(col(date).leq(lit(asOf)));
  }

  private static Column runs(String from, String until, LocalDate asOf) {
    return col(from).leq(lit(asOf)).and(col(until).isNull().or(col(until).gt(lit(asOf))));
  }
}
