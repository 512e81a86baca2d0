package io.holdfast.churn;

import static java.time.DayOfWeek.MONDAY;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.PaymentSettings;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.activity.ValueSettings;
import io.holdfast.config.Setting;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Settled;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What was known of each paying customer on each Monday. A Monday is observed once, on the night
 * before it (or on the first night there is), and stands: nothing that arrives later is in it.
 *
 * <p>Source: metrics, "Churn data set, model and scores".
 */
public final class Observations {

  public static final Table TABLE =
      Table.in("churn", "observations")
          .grain("one row per observed Monday and customer that pays at its start, by night")
          .column(
              "observation_date", DateType, "the local day before whose start everything was known")
          .column("customer_id", StringType, "the customer")
          .column("definition", StringType, "hash of the features and of the settings behind them")
          .columns(ChurnFeatures.fields())
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "the customer's own columns that churn.dataset.attributes names")
          .key("observation_date", "customer_id")
          .keepsAllNights()
          .historyDependent()
          .require("who is observed pays", col("mrr").gt(0))
          .build();

  /** Settings that say what is observed: who needs {@link #definition} declares them. */
  static final Setting<?>[] SETTINGS = {
    DatasetSettings.SETTING,
    PaymentSettings.SETTING,
    ActivitySettings.SETTING,
    ValueSettings.SETTING
  };

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(PointInTime.READS)
          .reads(CustomerFeatures.TABLE)
          .readsPrevious()
          .settings(SETTINGS)
          .settings(RevenueSettings.SETTING)
          .settings(ExchangeRates.SETTING)
          .settings(Company.SETTING)
          .as(Observations::observed);

  private Observations() {}

  /**
   * The observations that stand: of each Monday those of the latest night that observed it.
   *
   * @param nights rows of this table up to a night
   * @param definition what they must have been made by
   */
  static Dataset<Row> standing(Dataset<Row> nights, String definition) {
    Dataset<Row> same = nights.filter(col("definition").equalTo(definition));
    Dataset<Row> latest = same.groupBy("observation_date").agg(max("as_of_date").as("as_of_date"));
    return same.join(
        broadcast(latest), new String[] {"observation_date", "as_of_date"}, "left_semi");
  }

  /** Rows are comparable if made of the same features by the same settings. */
  static String definition(Settled settled) {
    DatasetSettings settings = settled.settings(DatasetSettings.SETTING);
    return Definition.of(
        ChurnFeatures.of(settings).stream()
            .map(one -> one.name() + " " + one.type().simpleString())
            .toList(),
        settings.minTenureDays(),
        settings.firstResponseHours(),
        settled.settings(PaymentSettings.SETTING),
        settled.settings(ActivitySettings.SETTING),
        settled.settings(ValueSettings.SETTING));
  }

  private static Dataset<Row> observed(Inputs in) {
    DatasetSettings settings = in.settings(DatasetSettings.SETTING);
    String definition = definition(in);
    LocalDate morning = in.asOf().plusDays(1);
    LocalDate last = morning.with(TemporalAdjusters.previousOrSame(MONDAY));
    LocalDate first = first(in.previous(), definition, last, settings.maxObservationWeeks());
    if (first.isAfter(last)) {
      return in.create(List.of(), TABLE.schema());
    }
    int dates = (int) ChronoUnit.WEEKS.between(first, last) + 1;
    boolean isTonights = dates == 1 && last.equals(morning);
    Dataset<Row> features =
        isTonights
            ? in.rows(CustomerFeatures.TABLE)
            : PointInTime.features(
                in::rows,
                Pricing.of(in),
                new ObservationGrid(last, dates),
                settings,
                in.settings(PaymentSettings.SETTING),
                in.settings(ValueSettings.SETTING));
    return features
        .withColumn("definition", lit(definition))
        .withColumn("as_of_date", lit(in.asOf()));
  }

  /** The first Monday that was not observed yet, as far back as the data set goes. */
  private static LocalDate first(
      Dataset<Row> previous, String definition, LocalDate last, int weeks) {
    LocalDate oldest = last.minusWeeks(weeks - 1L);
    Optional<LocalDate> done =
        Stream.of(
                previous
                    .filter(col("definition").equalTo(definition))
                    .agg(max("as_of_date"))
                    .first())
            .filter(row -> !row.isNullAt(0))
            .map(row -> row.getDate(0).toLocalDate())
            .findFirst();
    // That night saw its own next morning too.
    return done.map(night -> night.plusDays(2).with(TemporalAdjusters.nextOrSame(MONDAY)))
        .filter(next -> next.isAfter(oldest))
        .orElse(oldest);
  }
}
