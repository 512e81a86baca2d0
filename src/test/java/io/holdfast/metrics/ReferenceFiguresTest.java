package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.Cases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.conformed.Tickets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Figures that libraries compute too: src/test/python/reference_figures.py wrote the files. */
class ReferenceFiguresTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 31);

  @Test
  void meansSharesAndNetPromotersAreThoseOfNumpy() {
    Dataset<Row> answers =
        rows(SurveyResponses.TABLE, Cases.of("reference/survey_answers.csv", "response_id"))
            .withColumn("customer_id", col("response_id"))
            .withColumn("sent_date", lit(AS_OF))
            .withColumn("responded_date", lit(AS_OF));
    var settings = new SatisfactionSettings(90, List.of("csat"), List.of("nps"));
    assertRows(
        Satisfaction.satisfaction(answers, settings, 30, AS_OF)
            .withColumn("case", concat_ws(" ", col("measure"), col("touchpoint"))),
        Cases.of("reference/satisfaction.csv", "case"));
  }

  @Test
  void medianAndNinetiethPercentileAreThoseOfNumpy() {
    Dataset<Row> tickets =
        rows(Tickets.TABLE, Cases.of("reference/response_minutes.csv", "ticket_id"))
            .withColumn("opened_date", date_sub(lit(AS_OF), 5))
            .withColumn("known_from", col("opened_date"))
            .withColumn("is_current", lit(true));
    var settings =
        new SupportSettings(30, Map.of("basic", new SupportSettings.Tier(120, false, List.of())));
    for (String group : List.of("a", "b", "c", "d")) {
      Dataset<Row> of =
          Support.support(
              tickets.filter(col("customer_id").equalTo(group)),
              none(CustomerMrr.TABLE),
              settings,
              30,
              AS_OF);
      String line =
          Cases.of("reference/response_quantiles.csv", "case")
              .lines()
              .filter(text -> text.startsWith("| " + group + " "))
              .findFirst()
              .orElseThrow();
      assertRows(
          of.filter(col("support_tier").equalTo("all"))
              .select(
                  lit(group).as("case"),
                  col("median_first_response_minutes").as("median"),
                  col("p90_first_response_minutes").as("p90")),
          "| case | median | p90 |\n" + line);
    }
  }

  @Test
  void theIntervalOfADifferenceIsThatOfStatsmodels() {
    String cases = Cases.of("reference/newcombe.csv", "case");
    Dataset<Row> counts =
        rows(
            new StructType()
                .add("case", "string")
                .add("a", "long")
                .add("m", "long")
                .add("b", "long")
                .add("n", "long")
                .add("difference", "double")
                .add("low", "double")
                .add("high", "double"),
            cases);
    assertRows(
        Differences.of(
                counts.drop("difference", "low", "high"),
                new Differences.Group("a", "m", "one"),
                new Differences.Group("b", "n", "other"))
            .withColumnRenamed("difference_low", "low")
            .withColumnRenamed("difference_high", "high"),
        cases);
  }
}
