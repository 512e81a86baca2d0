package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.ValueDays;
import io.holdfast.activity.ValueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How long customers take to see what the product is for, and whether those who see it early stay.
 *
 * <p>Source: metrics, "TTV". Of all who signed up, those who stay have longer to reach the value:
 * the naive retention by band says so of the band, not of the start. From the landmark both begin
 * on one day with what they had reached by then.
 */
public final class TimeToValue {

  public static final Table TABLE =
      Table.in("metrics", "time_to_value")
          .grain("one row per basis and band of days from signup to the first value event")
          .column(
              "basis",
              StringType,
              "naive: all who signed up, by what they have reached by as_of; landmark: those who"
                  + " paid on day time_to_value.landmark_days, by what they had reached by then")
          .column(
              "band",
              StringType,
              "under_7, 7_to_21, ... days (the first day excluded from the band before); not_reached;"
                  + " all")
          .column("customers", LongType, "customers in the band")
          .column("band_share", DoubleType, "customers / customers of all bands of the basis")
          .column(
              "followed_customers",
              LongType,
              "of these: ever paid (naive); paid on the landmark, which is"
                  + " time_to_value.retention_days ago at least (landmark)")
          .column(
              "retained_customers",
              LongType,
              "of these: had not left by the end of as_of (naive), of time_to_value.retention_days"
                  + " after the landmark (landmark)")
          .column("retention_rate", DoubleType, "retained_customers / followed_customers")
          .column("rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("claimed_retention_rate", DoubleType, "what the strategy claims of the band")
          .column(
              "median_days",
              DoubleType,
              "of naive, all: the Kaplan-Meier median of days to value, whoever has not reached it"
                  + " being censored at as_of; NULL: half of them have not")
          .column("is_small", BooleanType, "followed_customers is below retention.min_cohort")
          .key("basis", "band")
          .require("the followed are of the band", col("followed_customers").leq(col("customers")))
          .require(
              "the retained are followed", col("retained_customers").leq(col("followed_customers")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(ValueDays.TABLE, Customers.TABLE, Aliases.TABLE, PayingSpells.TABLE)
          .settings(ValueSettings.SETTING)
          .settings(TimeToValueSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(TimeToValue::measured);

  /** The estimate is a product of logarithms: a half can come out a little above. */
  private static final double HALF_A_BIT = 1e-12;

  private TimeToValue() {}

  private static Dataset<Row> measured(Inputs in) {
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    Dataset<Row> customers = Aliases.currentCustomers(in.rows(Customers.TABLE), aliases);
    if (!in.settings(ValueSettings.SETTING).isSaid()) {
      in.note(
          "No time to value is measured: value.events and value.features name nothing that shows it.");
      customers = customers.limit(0);
    }
    return times(
        Counted.external(customers, customers),
        Aliases.canonical(in.rows(ValueDays.TABLE), "customer_id", aliases, Aliases.CUSTOMER),
        Counted.staying(in.rows(PayingSpells.TABLE)),
        in.settings(TimeToValueSettings.SETTING),
        in.settings(RetentionSettings.SETTING).minCohort(),
        in.asOf());
  }

  /**
   * Measures both bases.
   *
   * @param customers one row per customer that counts, with its {@code signup_date}
   * @param valueDays the days with a value event
   * @param spells as {@link Counted#staying} gives them
   */
  static Dataset<Row> times(
      Dataset<Row> customers,
      Dataset<Row> valueDays,
      Dataset<Row> spells,
      TimeToValueSettings settings,
      int minCohort,
      LocalDate asOf) {
    Dataset<Row> reached = reached(customers, valueDays, asOf);
    Dataset<Row> banded =
        naive(reached, spells, settings, asOf)
            .unionByName(landmark(reached, spells, settings, asOf))
            .withColumn("band", explode(array(col("band"), lit("all"))));
    Dataset<Row> counted =
        banded
            .groupBy("basis", "band")
            .agg(
                count(lit(1)).as("customers"),
                count_if(col("is_followed")).as("followed_customers"),
                count_if(col("is_followed").and(col("is_retained"))).as("retained_customers"));
    Dataset<Row> totals =
        counted
            .filter(col("band").equalTo("all"))
            .select(col("basis"), col("customers").as("of_all"));
    return counted
        .join(totals, new String[] {"basis"}, "left")
        .join(medians(reached, asOf), new String[] {"basis", "band"}, "left")
        .withColumn("band_share", Wilson.rate(col("customers"), col("of_all")))
        .withColumn(
            "retention_rate", Wilson.rate(col("retained_customers"), col("followed_customers")))
        .withColumn("rate_low", Wilson.low(col("retained_customers"), col("followed_customers")))
        .withColumn("rate_high", Wilson.high(col("retained_customers"), col("followed_customers")))
        .withColumn("claimed_retention_rate", claimed(settings))
        .withColumn("is_small", col("followed_customers").lt(minCohort));
  }

  /** Each customer's days from signup to value; a value before the signup is one on its day. */
  private static Dataset<Row> reached(
      Dataset<Row> customers, Dataset<Row> valueDays, LocalDate asOf) {
    Dataset<Row> firsts =
        valueDays
            .filter(col("event_date").leq(asOf))
            .groupBy("customer_id")
            .agg(min("event_date").as("value_date"));
    return customers
        .filter(col("signup_date").leq(asOf))
        .select("customer_id", "signup_date")
        .join(firsts, new String[] {"customer_id"}, "left")
        .withColumn(
            "days_to_value", greatest(datediff(col("value_date"), col("signup_date")), lit(0)))
        .withColumn("days_to_value", when(col("value_date").isNotNull(), col("days_to_value")));
  }

  private static Dataset<Row> naive(
      Dataset<Row> reached, Dataset<Row> spells, TimeToValueSettings settings, LocalDate asOf) {
    Dataset<Row> paid =
        spells
            .filter(col("start_date").leq(asOf))
            .groupBy("customer_id")
            .agg(max(Counted.covers("start_date", "end_date", lit(asOf))).as("is_retained"));
    return reached
        .join(paid, new String[] {"customer_id"}, "left")
        .select(
            lit("naive").as("basis"),
            band(col("days_to_value"), settings).as("band"),
            col("is_retained").isNotNull().as("is_followed"),
            coalesce(col("is_retained"), lit(false)).as("is_retained"));
  }

  private static Dataset<Row> landmark(
      Dataset<Row> reached, Dataset<Row> spells, TimeToValueSettings settings, LocalDate asOf) {
    Column byThen = when(col("days_to_value").lt(settings.landmarkDays()), col("days_to_value"));
    return Landmark.survivors(reached, spells, settings, asOf)
        .join(reached.select("customer_id", "days_to_value"), new String[] {"customer_id"}, "left")
        .select(
            lit("landmark").as("basis"),
            band(byThen, settings).as("band"),
            lit(true).as("is_followed"),
            col("is_retained"));
  }

  /** The first day by which half have reached the value, those not there yet being followed on. */
  private static Dataset<Row> medians(Dataset<Row> reached, LocalDate asOf) {
    Column followed = datediff(lit(asOf), col("signup_date"));
    Dataset<Row> subjects =
        reached.select(
            lit("naive").as("basis"),
            lit("all").as("band"),
            lit(-1).as("entry_day"),
            coalesce(col("days_to_value"), followed).as("exit_day"),
            col("days_to_value").isNotNull().as("is_gone"));
    return KaplanMeier.curves(subjects, "basis", "band")
        .filter(col("survival").leq(0.5 + HALF_A_BIT))
        .groupBy("basis", "band")
        .agg(min("day").cast("double").as("median_days"));
  }

  private static Column band(Column days, TimeToValueSettings settings) {
    Column band = when(days.isNull(), "not_reached");
    for (int i = 0; i < settings.bandDays().size(); i++) {
      band = band.when(days.lt(settings.bandDays().get(i)), settings.bands().get(i));
    }
    return band.otherwise(settings.bands().get(settings.bandDays().size()));
  }

  private static Column claimed(TimeToValueSettings settings) {
    Column claimed = lit(null).cast("double");
    for (int i = 0;
        i < Math.min(settings.bands().size(), settings.claimedRetentionRates().size());
        i++) {
      claimed =
          when(
                  col("band").equalTo(settings.bands().get(i)),
                  settings.claimedRetentionRates().get(i))
              .otherwise(claimed);
    }
    return claimed;
  }
}
