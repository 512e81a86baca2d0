package io.holdfast.churn;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.PaymentSettings;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.ValueSettings;
import io.holdfast.churn.Feature.Family;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.IdAliases;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Messages;
import io.holdfast.conformed.Payments;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.conformed.Tickets;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.conformed.Users;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * All features of all observed customers, as they were known.
 *
 * <p>Source: metrics, "Churn data set, model and scores": a feature on date O counts only what
 * happened before O and had arrived by O - 1, each value only from when it was known.
 */
final class PointInTime {

  /** What a job must declare to read. */
  static final Table[] READS = {
    Customers.TABLE,
    Users.TABLE,
    IdAliases.TABLE,
    Subscriptions.TABLE,
    Features.TABLE,
    Tickets.TABLE,
    Payments.TABLE,
    SurveyResponses.TABLE,
    Touchpoints.TABLE,
    Messages.TABLE,
    ArrivedDays.TABLE
  };

  private static final int HALF_A_YEAR = 182;
  private static final int A_LIFETIME = 36_500;
  private static final String[] KEY = {"customer_id", "observation_date"};

  private PointInTime() {}

  /** The column that holds from which day a family's feed is known on a date. */
  static String startOf(Family family) {
    return family.name().toLowerCase(Locale.ROOT) + "_known_from";
  }

  /**
   * Features of who pays at the start of each date of a grid and is old enough.
   *
   * @param feeds the rows of each of {@link #READS}, of things every version
   * @param pricing what a subscription line brings on a date
   */
  static Dataset<Row> features(
      Function<Table, Dataset<Row>> feeds,
      Pricing pricing,
      ObservationGrid grid,
      DatasetSettings settings,
      PaymentSettings payments,
      ValueSettings value) {
    Dataset<Row> customers = feeds.apply(Customers.TABLE);
    Dataset<Row> arrived = feeds.apply(ArrivedDays.TABLE);
    Merges merges = Merges.of(feeds.apply(IdAliases.TABLE), grid);
    Dataset<Row> observed =
        ContractFeatures.of(feeds.apply(Subscriptions.TABLE), pricing, grid, merges)
            .join(internal(customers), new String[] {"customer_id"}, "left_anti")
            .join(accounts(customers, grid, merges, settings), KEY, "left")
            .join(UseFeatures.firstEvents(arrived, grid, merges), KEY, "left")
            .withColumn("tenure_days", tenure())
            .withColumn("is_value_said", lit(value.isSaid()))
            .filter(col("tenure_days").geq(settings.minTenureDays()));
    Dataset<Row> base =
        UseFeatures.join(observed, arrived, feeds.apply(Features.TABLE), grid, merges);
    Map<DatedRows, Dataset<Row>> dated = new LinkedHashMap<>();
    dated.put(
        new DatedRows(
            Family.TICKETS,
            "opened_date",
            HALF_A_YEAR,
            "closed_date",
            Map.of("target_minutes", lit(60.0 * settings.firstResponseHours()))),
        feeds.apply(Tickets.TABLE));
    dated.put(
        new DatedRows(
            Family.PAYMENTS,
            "attempted_date",
            HALF_A_YEAR,
            "",
            Map.of("is_failed", payments.isFailed(), "is_paid", payments.isPaid())),
        feeds.apply(Payments.TABLE));
    dated.put(
        new DatedRows(Family.SURVEYS, "sent_date", HALF_A_YEAR),
        feeds.apply(SurveyResponses.TABLE));
    dated.put(
        new DatedRows(Family.TOUCHPOINTS, "occurred_date", HALF_A_YEAR),
        feeds.apply(Touchpoints.TABLE));
    dated.put(
        new DatedRows(Family.MESSAGES, "sent_date", HALF_A_YEAR), feeds.apply(Messages.TABLE));
    dated.put(new DatedRows(Family.USERS, "created_date", A_LIFETIME), feeds.apply(Users.TABLE));
    for (Map.Entry<DatedRows, Dataset<Row>> one : dated.entrySet()) {
      List<Feature> features = ChurnFeatures.of(one.getKey().family());
      base = one.getKey().join(base, one.getValue(), grid, merges, features);
    }
    return base.select(columns()).withColumns(combined());
  }

  private static Column[] columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(col("observation_date"));
    columns.add(col("customer_id"));
    ChurnFeatures.ALL.stream()
        .filter(feature -> feature.family() != Family.COMBINED)
        .forEach(feature -> columns.add(column(feature)));
    columns.add(col("attributes"));
    return columns.toArray(Column[]::new);
  }

  /** A feature, NULL where its window reaches back before its feed is known. */
  private static Column column(Feature feature) {
    Column value =
        switch (feature.family()) {
          case USE, CONTRACT, ACCOUNT -> feature.value();
          default -> col(feature.name());
        };
    Column filled = feature.none() == null ? value : coalesce(value, lit(feature.none()));
    Column known =
        switch (feature.family()) {
          case CONTRACT, ACCOUNT -> filled;
          default -> {
            Column since = datediff(col("observation_date"), col(startOf(feature.family())));
            yield when(since.geq(feature.windowDays()), filled);
          }
        };
    return known.cast(feature.type()).as(feature.name());
  }

  private static Map<String, Column> combined() {
    Map<String, Column> columns = new LinkedHashMap<>();
    ChurnFeatures.of(Family.COMBINED)
        .forEach(one -> columns.put(one.name(), one.value().cast(one.type())));
    return columns;
  }

  private static Dataset<Row> internal(Dataset<Row> customers) {
    return Known.current(customers).filter(col("is_internal")).select("customer_id");
  }

  /** What the customer feed said of each customer on the day before each date. */
  private static Dataset<Row> accounts(
      Dataset<Row> customers, ObservationGrid grid, Merges merges, DatasetSettings settings) {
    Dataset<Row> dated =
        grid.between(
                customers.select(
                    "customer_id",
                    "country",
                    "acquisition_channel",
                    "company_size",
                    "owner",
                    "signup_date",
                    "attributes",
                    "known_from",
                    "known_until",
                    "known_at"),
                when(col("known_until").isNull(), lit(0))
                    .otherwise(grid.latestUpTo(col("known_until"))),
                grid.firstAfter(col("known_from")))
            .withColumn("observation_date", grid.date(col("k")));
    Object[] named = settings.attributes().keySet().toArray();
    Dataset<Row> known =
        Known.at(dated, date_sub(col("observation_date"), 1))
            .withColumn(
                "attributes", map_filter(col("attributes"), (key, value) -> key.isin(named)))
            .withColumn("told_of", col("customer_id"));
    // Of merged accounts speaks the one whose id counts; it signed up when the first of them did.
    Column ownFirst = struct(col("told_of").notEqual(col("customer_id")), col("told_of"));
    return merges
        .applied(known)
        .groupBy("customer_id", "observation_date")
        .agg(
            min("signup_date").as("signup_date"),
            min_by(
                    struct("country", "acquisition_channel", "company_size", "owner", "attributes"),
                    ownFirst)
                .as("account"))
        .select(col("customer_id"), col("observation_date"), col("signup_date"), col("account.*"));
  }

  /** Days since signup, else since the first event; never negative. */
  private static Column tenure() {
    Column start = coalesce(col("signup_date"), col("first_event_date"));
    return when(start.isNotNull(), greatest(datediff(col("observation_date"), start), lit(0)));
  }
}
