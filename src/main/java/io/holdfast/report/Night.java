package io.holdfast.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.churn.Drift;
import io.holdfast.churn.Models;
import io.holdfast.churn.Outcomes;
import io.holdfast.churn.Predictions;
import io.holdfast.job.Ledger;
import io.holdfast.kpi.KpiValues;
import io.holdfast.kpi.PlanChecks;
import io.holdfast.metrics.AdopterRetention;
import io.holdfast.metrics.ChurnCauses;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CsRetention;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Support;
import io.holdfast.metrics.Survival;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.metrics.Wilson;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.programs.Segments;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of which a night's page is made: few enough for one computer, read once.
 *
 * @param asOf the last local day that counts
 * @param arrivedBy the last arrival date that counts
 * @param lines by the name of their table, or of what was made of it
 */
record Night(LocalDate asOf, LocalDate arrivedBy, Map<String, List<Line>> lines) {

  /** Retention over complete cells, of all and by plan, each cohort weighed by its size. */
  static final String CURVES = "cohort_retention over complete cells";

  /** Customers and MRR at risk by risk band. */
  static final String RISK_BANDS = "predictions by risk band";

  /** What raises the risk of the customers in the high band, by feature. */
  static final String RISK_REASONS = "predictions by reason";

  /** Customers by segment. */
  static final String SEGMENT_MIX = "segments by segment";

  /** What became of scored customers, by the risk band that they were in. */
  static final String OUTCOMES = "outcomes by risk band";

  private static final String ALL = "all";
  private static final int COMPARED_DAYS = 28;

  /** What the page reads. */
  static final List<Table> TABLES =
      List.of(
          KpiValues.TABLE,
          PlanChecks.TABLE,
          CohortRetention.TABLE,
          MrrMonthly.TABLE,
          CustomerChurn.TABLE,
          ChurnCauses.TABLE,
          Survival.TABLE,
          CustomerValue.TABLE,
          FeatureAdoption.TABLE,
          AdopterRetention.TABLE,
          TimeToValue.TABLE,
          Satisfaction.TABLE,
          Support.TABLE,
          CsCoverage.TABLE,
          CsRetention.TABLE,
          Models.TABLE,
          Predictions.TABLE,
          Drift.TABLE,
          Outcomes.TABLE,
          Segments.TABLE,
          FeedDeliveries.TABLE,
          Ledger.COMMITS,
          Ledger.QUALITY_RESULTS,
          Ledger.PUBLISHED,
          Ledger.RESTATEMENTS);

  /** The rows of a table, or of what was made of it. */
  List<Line> of(String name) {
    return lines.getOrDefault(name, List.of());
  }

  List<Line> of(Table table) {
    return of(table.id());
  }

  /** The rows of a table for which something holds. */
  List<Line> of(Table table, Predicate<Line> condition) {
    return of(table).stream().filter(condition).toList();
  }

  Stream<Line> stream(Table table) {
    return of(table).stream();
  }

  /**
   * Reads a night.
   *
   * @param riskiest how many customers are named
   */
  static Night read(LocalDate asOf, LocalDate arrivedBy, Report.Source source, int riskiest) {
    Map<String, List<Line>> lines = new LinkedHashMap<>();
    put(
        lines,
        KpiValues.TABLE.id(),
        withChange(source.rows(KpiValues.TABLE), source.history(KpiValues.TABLE), asOf));
    List.of(
            PlanChecks.TABLE,
            MrrMonthly.TABLE,
            CustomerValue.TABLE,
            ChurnCauses.TABLE,
            FeatureAdoption.TABLE,
            AdopterRetention.TABLE,
            TimeToValue.TABLE,
            Satisfaction.TABLE,
            Support.TABLE,
            CsCoverage.TABLE,
            CsRetention.TABLE,
            Drift.TABLE,
            FeedDeliveries.TABLE)
        .forEach(table -> put(lines, table.id(), source.rows(table)));
    Column isWhole = col("segment_dimension").equalTo(ALL);
    Dataset<Row> cells = source.rows(CohortRetention.TABLE);
    put(lines, CohortRetention.TABLE.id(), cells.filter(isWhole));
    put(lines, CURVES, curves(cells));
    put(lines, CustomerChurn.TABLE.id(), churn(source.rows(CustomerChurn.TABLE)));
    put(
        lines,
        Survival.TABLE.id(),
        source
            .rows(Survival.TABLE)
            .filter(col("spells").equalTo("first"))
            .filter(isWhole.or(col("segment_dimension").equalTo("plan"))));
    risk(lines, source, riskiest);
    ledger(lines, source, asOf);
    return new Night(asOf, arrivedBy, lines);
  }

  private static void put(Map<String, List<Line>> lines, String name, Dataset<Row> rows) {
    lines.put(name, rows.collectAsList().stream().map(Line::new).toList());
  }

  /**
   * Each KPI with how far it has moved ({@code change}) since the night that it is compared with
   * ({@code compared_with}): the latest kept one at least {@value #COMPARED_DAYS} days earlier, or
   * the earliest where there is none.
   *
   * @param history of this night and earlier ones
   */
  static Dataset<Row> withChange(Dataset<Row> kpis, Dataset<Row> history, LocalDate asOf) {
    Dataset<Row> earlier = history.filter(col("as_of_date").lt(lit(asOf)));
    Column isFarEnough = col("as_of_date").leq(lit(asOf.minusDays(COMPARED_DAYS)));
    Dataset<Row> night =
        earlier.agg(
            coalesce(max(when(isFarEnough, col("as_of_date"))), min("as_of_date"))
                .as("compared_with"));
    Dataset<Row> then =
        earlier
            .join(night, col("as_of_date").equalTo(col("compared_with")))
            .select(col("kpi"), col("compared_with"), col("value").as("value_then"));
    return kpis.join(then, new String[] {"kpi"}, "left")
        .withColumn("change", col("value").minus(col("value_then")));
  }

  /** The mean over complete cells, weighed by size: of all cohorts, and of each plan. */
  static Dataset<Row> curves(Dataset<Row> cells) {
    return cells
        .filter(col("segment_dimension").isin(ALL, "plan"))
        .filter(col("is_complete"))
        .groupBy("definition", "segment_dimension", "segment_value", "period")
        .agg(sum("retained").as("retained"), sum("cohort_size").as("cohort_size"))
        .withColumn("retention_rate", Wilson.rate(col("retained"), col("cohort_size")))
        .withColumn("rate_low", Wilson.low(col("retained"), col("cohort_size")))
        .withColumn("rate_high", Wilson.high(col("retained"), col("cohort_size")));
  }

  /** All together by window, and the segments of the longest windows. */
  static Dataset<Row> churn(Dataset<Row> windows) {
    Column isWhole = col("segment_dimension").equalTo(ALL);
    Column isLong = col("window_kind").isin("trailing_12_months", "quarter");
    return windows
        .filter(col("counting").equalTo("confirmed"))
        .filter(isWhole.or(isLong.and(col("is_complete"))));
  }

  private static void risk(Map<String, List<Line>> lines, Report.Source source, int riskiest) {
    put(
        lines,
        Models.TABLE.id(),
        source
            .history(Models.TABLE)
            .drop("artifact", "profile", "slices", "calibration", "card_markdown", "card_json")
            .drop("training_set", "input_versions", "segment_figures", "features")
            .drop("feature_types"));
    Dataset<Row> predictions = source.rows(Predictions.TABLE);
    put(lines, RISK_BANDS, riskBands(predictions));
    put(lines, RISK_REASONS, riskReasons(predictions));
    put(
        lines,
        Predictions.TABLE.id(),
        predictions
            .filter(col("probability").isNotNull())
            .orderBy(col("mrr_at_risk").desc(), col("customer_id"))
            .limit(riskiest)
            .select(
                "customer_id",
                "probability",
                "risk_band",
                "mrr",
                "mrr_at_risk",
                "reason_1",
                "reason_2",
                "reason_3"));
    put(lines, OUTCOMES, outcomes(source.history(Outcomes.TABLE)));
    put(
        lines,
        SEGMENT_MIX,
        source.rows(Segments.TABLE).groupBy("segment").agg(count(lit(1)).as("customers")));
  }

  /** How many customers and how much MRR each band holds; without scores: why there are none. */
  static Dataset<Row> riskBands(Dataset<Row> predictions) {
    return predictions
        .groupBy("risk_band")
        .agg(
            count(lit(1)).as("customers"),
            sum("mrr").as("mrr"),
            sum("mrr_at_risk").as("mrr_at_risk"),
            sum("expected_loss").as("expected_loss"),
            max("model_id").as("model_id"),
            max("note").as("note"));
  }

  /** Of how many customers of the high band a feature is among what raises the risk. */
  static Dataset<Row> riskReasons(Dataset<Row> predictions) {
    return predictions
        .filter(col("risk_band").equalTo("high"))
        .select(explode(col("reasons")).as("reason"))
        .filter(col("reason.contribution").gt(0))
        .groupBy(col("reason.feature").as("feature"))
        .agg(count(lit(1)).as("customers"));
  }

  /** The latest that is known of each scored customer. */
  static Dataset<Row> outcomes(Dataset<Row> outcomes) {
    return outcomes
        .groupBy("observation_date", "customer_id")
        .agg(max_by(struct("risk_band", "is_churned", "probability"), col("as_of_date")).as("last"))
        .groupBy(col("last.risk_band").as("risk_band"))
        .agg(
            count(lit(1)).as("scored"),
            count_if(col("last.is_churned")).as("churned"),
            sum("last.probability").as("expected"));
  }

  private static void ledger(Map<String, List<Line>> lines, Report.Source source, LocalDate asOf) {
    Column isTonight = col("as_of_date").equalTo(lit(asOf));
    put(
        lines,
        Ledger.COMMITS.id(),
        source
            .rows(Ledger.COMMITS)
            .filter(isTonight)
            .groupBy("table_id")
            .agg(max_by(struct("version", "rows", "notes"), col("version")).as("last"))
            .select("table_id", "last.version", "last.rows", "last.notes"));
    put(
        lines,
        Ledger.QUALITY_RESULTS.id(),
        source
            .rows(Ledger.QUALITY_RESULTS)
            .filter(isTonight)
            .groupBy("table_id", "rule")
            .agg(max_by(struct("version", "broken_rows", "rows"), col("version")).as("last"))
            .select("table_id", "rule", "last.version", "last.broken_rows", "last.rows"));
    put(
        lines,
        Ledger.PUBLISHED.id(),
        source
            .rows(Ledger.PUBLISHED)
            .filter(isTonight)
            .agg(count(lit(1)).as("tables"))
            .filter(col("tables").gt(0)));
    put(lines, Ledger.RESTATEMENTS.id(), restatements(source.rows(Ledger.RESTATEMENTS), asOf));
  }

  /** The latest restatements of nights up to this one, one example of each column. */
  static Dataset<Row> restatements(Dataset<Row> restated, LocalDate asOf) {
    Column since = lit(asOf.minusDays(Restated.DAYS));
    return restated
        .filter(col("as_of_date").leq(lit(asOf)).and(col("as_of_date").geq(since)))
        .groupBy("table_id", "as_of_date", "version", "column_name")
        .agg(
            max("restated_figures").as("restated_figures"),
            min(struct("row_key", "from_value", "to_value")).as("one"))
        .select(
            "table_id",
            "as_of_date",
            "version",
            "column_name",
            "restated_figures",
            "one.row_key",
            "one.from_value",
            "one.to_value")
        .orderBy(col("as_of_date").desc(), col("version").desc(), col("table_id"))
        .limit(Restated.SHOWN);
  }

  /** How much of what was restated the page shows. */
  private static final class Restated {
    private static final int DAYS = 62;
    private static final int SHOWN = 40;
  }
}
