package io.holdfast.churn;

import static java.time.DayOfWeek.MONDAY;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.Tickets;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was known of each paying customer on past Mondays and tomorrow morning, and what became of
 * it.
 *
 * <p>Source: metrics, "Churn data set, model and scores".
 */
public final class Observations {

  public static final Table TABLE =
      Table.in("churn", "observations")
          .grain("one row per night, observation date and customer that pays at its start")
          .column(
              "observation_date", DateType, "the local day before whose start everything was known")
          .column("customer_id", StringType, "the customer")
          .column("is_scoring", BooleanType, "the morning after the night: it has no outcome yet")
          .columns(ChurnFeatures.fields())
          .column("is_mature", BooleanType, "neither a return nor a late row can change the label")
          .column(
              "is_churned",
              BooleanType,
              "label: a confirmed churn after the lead and within the horizon; NULL: not mature")
          .column("is_churned_voluntary", BooleanType, "it left by choice; NULL: unknown")
          .column(
              "is_churned_involuntary", BooleanType, "it left for want of payment; NULL: unknown")
          .column("churn_date", DateType, "the churn date that the label counts")
          .key("observation_date", "customer_id")
          .require(
              "only a mature observation has a label",
              col("is_mature").equalTo(col("is_churned").isNotNull()))
          .require("who is observed pays", col("mrr").gt(0))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Customers.TABLE,
              Subscriptions.TABLE,
              Tickets.TABLE,
              PayingSpells.TABLE,
              ArrivedDays.TABLE)
          .settings(DatasetSettings.SETTING)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .as(
              in -> {
                DatasetSettings settings = in.settings(DatasetSettings.SETTING);
                Dataset<Row> features =
                    features(
                        in.rows(Customers.TABLE),
                        in.rows(Subscriptions.TABLE),
                        in.rows(Tickets.TABLE),
                        in.rows(ArrivedDays.TABLE),
                        Pricing.of(in),
                        settings,
                        in.asOf());
                // Features and labels meet here for the first time.
                return ChurnLabels.of(
                        features,
                        in.rows(PayingSpells.TABLE),
                        settings,
                        in.settings(RevenueSettings.SETTING).gapDays(),
                        in.asOf())
                    .withColumn("is_scoring", col("observation_date").gt(lit(in.asOf())))
                    .withColumn("as_of_date", lit(in.asOf()));
              });

  private Observations() {}

  /**
   * Features on the Mondays up to {@code asOf} and on the day after it.
   *
   * @param customers every version of {@code conformed.customers}
   * @param subscriptions every version of {@code conformed.subscriptions}
   * @param tickets every version of {@code conformed.tickets}
   * @param arrived rows of {@code churn.arrived_days}
   * @param pricing what a subscription line brings on a date
   */
  static Dataset<Row> features(
      Dataset<Row> customers,
      Dataset<Row> subscriptions,
      Dataset<Row> tickets,
      Dataset<Row> arrived,
      Pricing pricing,
      DatasetSettings settings,
      LocalDate asOf) {
    LocalDate scoring = asOf.plusDays(1);
    ObservationGrid past =
        new ObservationGrid(
            asOf.with(TemporalAdjusters.previousOrSame(MONDAY)), settings.maxObservationWeeks());
    return on(past, customers, subscriptions, tickets, arrived, pricing, settings)
        .unionByName(
            on(
                new ObservationGrid(scoring, 1),
                customers,
                subscriptions,
                tickets,
                arrived,
                pricing,
                settings));
  }

  private static Dataset<Row> on(
      ObservationGrid grid,
      Dataset<Row> customers,
      Dataset<Row> subscriptions,
      Dataset<Row> tickets,
      Dataset<Row> arrived,
      Pricing pricing,
      DatasetSettings settings) {
    Dataset<Row> external =
        ContractFeatures.of(subscriptions, pricing, grid)
            .join(internal(customers), new String[] {"customer_id"}, "left_anti");
    String[] key = {"customer_id", "observation_date"};
    Dataset<Row> observed =
        external
            .join(accounts(customers, grid), key, "left")
            .join(UseFeatures.firstEvents(arrived, grid), key, "left")
            .withColumn("tenure_days", tenure())
            .filter(col("tenure_days").geq(settings.minTenureDays()));
    Dataset<Row> withUse = UseFeatures.of(observed, arrived, grid);
    return SupportFeatures.of(withUse.drop("known_days"), tickets, grid).select(columns());
  }

  private static Column[] columns() {
    Column[] columns = new Column[ChurnFeatures.ALL.size() + 2];
    columns[0] = col("observation_date");
    columns[1] = col("customer_id");
    for (int i = 0; i < ChurnFeatures.ALL.size(); i++) {
      Feature feature = ChurnFeatures.ALL.get(i);
      columns[i + 2] = col(feature.name()).cast(feature.type()).as(feature.name());
    }
    return columns;
  }

  private static Dataset<Row> internal(Dataset<Row> customers) {
    return Known.current(customers).filter(col("is_internal")).select("customer_id");
  }

  /** What the customer feed said of each customer on the day before each date. */
  private static Dataset<Row> accounts(Dataset<Row> customers, ObservationGrid grid) {
    Dataset<Row> dated =
        grid.between(
                customers.select(
                    "customer_id",
                    "country",
                    "acquisition_channel",
                    "company_size",
                    "signup_date",
                    "known_from",
                    "known_until",
                    "known_at"),
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    return Known.at(dated, date_sub(col("observation_date"), 1))
        .drop("k", "known_from", "known_until", "known_at");
  }

  /** Days since signup, else since the first event; never negative. */
  private static Column tenure() {
    Column start = coalesce(col("signup_date"), col("first_event_date"));
    return when(start.isNotNull(), greatest(datediff(col("observation_date"), start), lit(0)));
  }
}
