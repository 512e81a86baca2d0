package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What was predicted on past Mondays against what then happened, from the night on which that was
 * known.
 *
 * <p>A Monday's scores are those of the model that served on its morning, from the observation that
 * stands: the same to the last digit as on that morning, and never those of a later model.
 */
public final class Outcomes {

  public static final Table TABLE =
      Table.in("churn", "outcomes")
          .grain("one row per scored observation and night on which its outcome became known")
          .column("observation_date", DateType, "the Monday that was scored")
          .column("customer_id", StringType, "the customer")
          .column("model_id", StringType, "the model that served on that morning")
          .column("probability", DoubleType, "what it said")
          .column("percentile", DoubleType, "share of the morning's customers ranked lower")
          .column("risk_decile", IntegerType, "1: the riskiest tenth")
          .column("risk_band", StringType, "high, medium or low")
          .column("mrr", DataTypes.createDecimalType(18, 4), "monthly recurring revenue")
          .column("mrr_at_risk", DataTypes.createDecimalType(18, 4), "probability x MRR")
          .column("is_churned", BooleanType, "what happened")
          .column("churn_date", DateType, "when it left")
          .column("is_correction", BooleanType, "the outcome was known before, and otherwise")
          .key("observation_date", "customer_id")
          .keepsAllNights()
          .historyDependent()
          .published()
          .require("an outcome is known", col("is_churned").isNotNull())
          .require("who is here was scored", col("probability").isNotNull())
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Observations.TABLE, Labels.TABLE, Models.TABLE, Promotions.TABLE)
          .settings(RiskBands.SETTING)
          .settings(Observations.SETTINGS)
          .as(Outcomes::known);

  private static final String[] KEY = {"observation_date", "customer_id"};

  private Outcomes() {}

  private static Dataset<Row> known(Inputs in) {
    DatasetSettings settings = in.settings(DatasetSettings.SETTING);
    Dataset<Row> labels = in.rows(Labels.TABLE);
    Dataset<Row> outcomes = in.create(List.of(), TABLE.schema());
    List<LocalDate> dates =
        labels
            .select("observation_date")
            .distinct()
            .orderBy("observation_date")
            .collectAsList()
            .stream()
            .map(row -> row.getDate(0).toLocalDate())
            .toList();
    Dataset<Row> observations =
        Observations.standing(in.history(Observations.TABLE), Observations.definition(in));
    Dataset<Row> models = in.history(Models.TABLE);
    List<Champion.Reign> reigns =
        dates.isEmpty() ? List.of() : Champion.reigns(models, in.rows(Promotions.TABLE), in.asOf());
    for (LocalDate date : dates) {
      // On that morning served who was champion on the night before.
      Optional<Row> model =
          Champion.on(date.minusDays(1), reigns, models)
              .filter(one -> Champion.refusal(one, settings).isEmpty());
      if (model.isPresent()) {
        outcomes =
            outcomes.unionByName(
                of(
                    observations.filter(col("observation_date").equalTo(lit(date))),
                    model.get(),
                    labels,
                    in.settings(RiskBands.SETTING),
                    settings),
                true);
      }
    }
    return outcomes.withColumn("as_of_date", lit(in.asOf()));
  }

  /**
   * The scores of a date beside its outcomes.
   *
   * @param observations all of that date: a rank is among all
   * @param labels those that became known
   */
  static Dataset<Row> of(
      Dataset<Row> observations,
      Row model,
      Dataset<Row> labels,
      RiskBands bands,
      DatasetSettings settings) {
    return Predictions.ranked(Predictions.scored(observations, model, settings), bands)
        .select(
            "observation_date",
            "customer_id",
            "model_id",
            "probability",
            "percentile",
            "risk_decile",
            "risk_band",
            "mrr",
            "mrr_at_risk")
        .join(
            labels.select(
                "observation_date", "customer_id", "is_churned", "churn_date", "is_correction"),
            KEY,
            "inner");
  }
}
