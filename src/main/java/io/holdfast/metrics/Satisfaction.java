package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;

/**
 * How satisfied customers say they are, and how many say anything.
 *
 * <p>Source: metrics, "Satisfaction, support, customer success". A mark outside its scale says
 * nothing; of NPS only marks from 0 to 10 do.
 */
public final class Satisfaction {

  public static final Table TABLE =
      Table.in("metrics", "satisfaction")
          .grain("one row per measure and touchpoint that was asked about or answered")
          .column("measure", StringType, "csat or nps")
          .column(
              "touchpoint",
              StringType,
              "what was asked about; unknown: not said; all: all of them (nps: this one alone)")
          .column("questions", LongType, "questions sent in the trailing satisfaction.window_days")
          .column("answered_questions", LongType, "of these: answered by the end of as_of")
          .column("response_rate", DoubleType, "answered_questions / questions")
          .column("response_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("response_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column(
              "answers",
              LongType,
              "the latest answers in the window that have a mark on its scale: of each respondent,"
                  + " touchpoint and object (csat), of each respondent (nps)")
          .column(
              "mean_score",
              DoubleType,
              "csat: mean over answers of (mark - worst) / (best - worst), 0..1")
          .column("mean_score_10", DoubleType, "csat: the same from 0 to 10: 10 * mean_score")
          .column("mean_score_5", DoubleType, "csat: the same from 1 to 5: 1 + 4 * mean_score")
          .column("top_box_answers", LongType, "csat: answers with the best mark of their scale")
          .column("top_box_rate", DoubleType, "csat: top_box_answers / answers")
          .column("top_box_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("top_box_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("promoters", LongType, "nps: answers of 9 and 10")
          .column("passives", LongType, "nps: answers above 6 and below 9")
          .column("detractors", LongType, "nps: answers of 0 to 6")
          .column("nps", DoubleType, "100 * (promoters - detractors) / answers, -100..100")
          .column("nps_low", DoubleType, "lower end of its 95% interval by the normal law")
          .column("nps_high", DoubleType, "upper end of its 95% interval by the normal law")
          .column("is_small", BooleanType, "answers is below retention.min_cohort")
          .key("measure", "touchpoint")
          .require("answered is asked", col("answered_questions").leq(col("questions")))
          .require(
              "promoters, passives and detractors are all",
              coalesce(
                  col("promoters")
                      .plus(col("passives"))
                      .plus(col("detractors"))
                      .equalTo(col("answers")),
                  col("measure").equalTo("csat")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(SurveyResponses.TABLE, Customers.TABLE, Aliases.TABLE)
          .settings(SatisfactionSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(Satisfaction::measured);

  /** The 97.5% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private Satisfaction() {}

  private static Dataset<Row> measured(Inputs in) {
    if (in.rows(SurveyResponses.TABLE).isEmpty()) {
      in.note("No satisfaction is measured: no feed tells of survey_responses.");
    }
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    Dataset<Row> counted =
        Counted.rows(
            Known.current(in.rows(SurveyResponses.TABLE)),
            Aliases.currentCustomers(in.rows(Customers.TABLE), aliases),
            aliases);
    return satisfaction(
        Aliases.canonical(counted, "user_id", aliases, Aliases.USER),
        in.settings(SatisfactionSettings.SETTING),
        in.settings(RetentionSettings.SETTING).minCohort(),
        in.asOf());
  }

  /**
   * Measures a window.
   *
   * @param responses the latest version of each question, of customers that count
   */
  static Dataset<Row> satisfaction(
      Dataset<Row> responses, SatisfactionSettings settings, int minCohort, LocalDate asOf) {
    Dataset<Row> asked = asked(responses, settings, asOf);
    Column start = lit(asOf.minusDays(settings.windowDays()));
    Dataset<Row> answers =
        asked.filter(col("is_answered").and(col("responded_date").gt(start)).and(isOnScale()));
    String[] key = {"measure", "touchpoint"};
    return questions(asked.filter(col("sent_date").gt(start)))
        .join(csat(answers).unionByName(nps(answers), true), key, "full")
        .withColumn("questions", coalesce(col("questions"), lit(0L)))
        .withColumn("answered_questions", coalesce(col("answered_questions"), lit(0L)))
        .withColumn("answers", coalesce(col("answers"), lit(0L)))
        .withColumn("response_rate", Wilson.rate(col("answered_questions"), col("questions")))
        .withColumn("response_rate_low", Wilson.low(col("answered_questions"), col("questions")))
        .withColumn("response_rate_high", Wilson.high(col("answered_questions"), col("questions")))
        .withColumn("top_box_rate", Wilson.rate(col("top_box_answers"), col("answers")))
        .withColumn("top_box_rate_low", Wilson.low(col("top_box_answers"), col("answers")))
        .withColumn("top_box_rate_high", Wilson.high(col("top_box_answers"), col("answers")))
        .withColumn("mean_score_10", col("mean_score").multiply(10))
        .withColumn("mean_score_5", col("mean_score").multiply(4).plus(1))
        .withColumn("is_small", col("answers").lt(minCohort));
  }

  private static Dataset<Row> asked(
      Dataset<Row> responses, SatisfactionSettings settings, LocalDate asOf) {
    return responses
        .withColumn(
            "measure",
            when(col("survey").isin(settings.csatSurveys().toArray()), "csat")
                .when(col("survey").isin(settings.npsSurveys().toArray()), "nps"))
        .filter(col("measure").isNotNull().and(col("sent_date").leq(asOf)))
        .withColumn("is_answered", coalesce(col("responded_date").leq(asOf), lit(false)))
        .withColumn("touchpoint", coalesce(col("touchpoint"), lit("unknown")))
        .withColumn("respondent", coalesce(col("user_id"), col("customer_id")));
  }

  /** A mark that means something; a scale of NPS that is not said is that of NPS. */
  private static Column isOnScale() {
    Column isTen =
        coalesce(col("scale_min"), lit(0.0))
            .equalTo(0)
            .and(coalesce(col("scale_max"), lit(10.0)).equalTo(10))
            .and(col("score").between(0, 10));
    Column isWithin =
        col("scale_max")
            .gt(col("scale_min"))
            .and(col("score").between(col("scale_min"), col("scale_max")));
    return coalesce(when(col("measure").equalTo("nps"), isTen).otherwise(isWithin), lit(false));
  }

  private static Dataset<Row> questions(Dataset<Row> asked) {
    return byTouchpoint(asked)
        .filter(col("measure").equalTo("csat").or(col("touchpoint").equalTo("all")))
        .groupBy("measure", "touchpoint")
        .agg(count(lit(1)).as("questions"), count_if(col("is_answered")).as("answered_questions"));
  }

  private static Dataset<Row> csat(Dataset<Row> answers) {
    Column score =
        col("score").minus(col("scale_min")).divide(col("scale_max").minus(col("scale_min")));
    Dataset<Row> latest =
        latest(
            answers.filter(col("measure").equalTo("csat")),
            "respondent",
            "touchpoint",
            "object_id");
    return byTouchpoint(latest)
        .groupBy("measure", "touchpoint")
        .agg(
            count(lit(1)).as("answers"),
            // As a decimal the sum is the same in whatever order answers come.
            sum(score.cast(DataTypes.createDecimalType(18, 12))).as("total"),
            count_if(col("score").equalTo(col("scale_max"))).as("top_box_answers"))
        .withColumn("mean_score", try_divide(col("total").cast("double"), col("answers")))
        .drop("total");
  }

  private static Dataset<Row> nps(Dataset<Row> answers) {
    Column promoters = col("promoters").cast("double");
    Column share = col("nps").divide(100);
    Column variance =
        promoters.plus(col("detractors")).divide(col("answers")).minus(pow(share, lit(2)));
    Column reach = sqrt(variance.divide(col("answers"))).multiply(100 * Z);
    return latest(answers.filter(col("measure").equalTo("nps")), "respondent")
        .groupBy("measure")
        .agg(
            count(lit(1)).as("answers"),
            count_if(col("score").geq(9)).as("promoters"),
            count_if(col("score").gt(6).and(col("score").lt(9))).as("passives"),
            count_if(col("score").leq(6)).as("detractors"))
        .withColumn("touchpoint", lit("all"))
        .withColumn(
            "nps", col("promoters").minus(col("detractors")).multiply(100.0).divide(col("answers")))
        .withColumn("nps_low", col("nps").minus(reach))
        .withColumn("nps_high", col("nps").plus(reach));
  }

  private static Dataset<Row> byTouchpoint(Dataset<Row> rows) {
    return rows.withColumn(
        "touchpoint", explode(array_distinct(array(col("touchpoint"), lit("all")))));
  }

  /** The last answer of each, by its day, its time, its id. */
  private static Dataset<Row> latest(Dataset<Row> answers, String... of) {
    Column[] each = new Column[of.length];
    for (int i = 0; i < of.length; i++) {
      each[i] = col(of[i]);
    }
    WindowSpec newestFirst =
        Window.partitionBy(each)
            .orderBy(
                col("responded_date").desc(),
                col("responded_at").desc_nulls_last(),
                col("response_id").desc());
    return answers.withColumn("nth", row_number().over(newestFirst)).filter(col("nth").equalTo(1));
  }
}
