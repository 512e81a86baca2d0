package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;

import io.holdfast.conformed.SurveyResponses;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class SatisfactionTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 31);

  /** The window is January 1 to March 31. */
  private static final SatisfactionSettings SETTINGS =
      new SatisfactionSettings(90, List.of("csat"), List.of("nps"));

  private static Dataset<Row> measured(String responses) {
    Dataset<Row> satisfaction =
        Satisfaction.satisfaction(rows(SurveyResponses.TABLE, responses), SETTINGS, 3, AS_OF);
    assertRulesKept(Satisfaction.TABLE, satisfaction, AS_OF);
    return satisfaction;
  }

  /**
   * Support: 4 of 1..5 is 0.75, 5 of 1..5 is 1; billing: 3 of 0..10 is 0.3. Over all (0.75 + 1 +
   * 0.3) / 3.
   */
  @Test
  void marksOfDifferentScalesAreNormalisedBeforeTheyAreAveraged() {
    assertRows(
        measured(
            """
            | response_id | survey | touchpoint | object_id | customer_id | user_id | sent_date  | responded_date | score | scale_min | scale_max |
            | a           | csat   | support    | T-1       | c1          | u1      | 2026-03-01 | 2026-03-02     | 4     | 1         | 5         |
            | b           | csat   | support    | T-2       | c1          | u1      | 2026-03-05 | 2026-03-05     | 5     | 1         | 5         |
            | c           | csat   | billing    |           | c2          |         | 2026-03-05 | 2026-03-06     | 3     | 0         | 10        |
            | d           | csat   | billing    |           | c3          |         | 2026-03-05 |                |       | 0         | 10        |
            | e           | other  | billing    |           | c3          |         | 2026-03-05 | 2026-03-05     | 1     | 0         | 10        |
            """),
        """
        | measure | touchpoint | questions | answered_questions | response_rate | answers | mean_score   | mean_score_10 | mean_score_5 | top_box_answers | top_box_rate | is_small |
        | csat    | support    | 2         | 2                  | 1.0           | 2       | 0.875        | 8.75          | 4.5          | 1               | 0.5          | true     |
        | csat    | billing    | 2         | 1                  | 0.5           | 1       | 0.3          | 3.0           | 2.2          | 0               | 0.0          | true     |
        | csat    | all        | 4         | 3                  | 0.75          | 3       | 0.6833333333 | 6.8333333333  | 3.7333333333 | 1               | 0.3333333333 | false    |
        """);
  }

  /**
   * Of one user, touchpoint and object the later answer of March stands; another object is its own.
   */
  @Test
  void theLatestAnswerOfARespondentStands() {
    assertRows(
        measured(
                """
            | response_id | survey | touchpoint | object_id | customer_id | user_id | sent_date  | responded_date | score | scale_min | scale_max |
            | a           | csat   | support    | T-1       | c1          | u1      | 2026-03-01 | 2026-03-02     | 1     | 1         | 5         |
            | b           | csat   | support    | T-1       | c1          | u1      | 2026-03-03 | 2026-03-04     | 5     | 1         | 5         |
            | c           | csat   | support    | T-1       | c1          | u2      | 2026-03-03 | 2026-03-04     | 3     | 1         | 5         |
            """)
            .filter("touchpoint = 'support'"),
        """
        | questions | answers | mean_score |
        | 3         | 2       | 0.75       |
        """);
  }

  @Test
  void whatIsOutsideTheWindowItsScaleOrTheNightCountsInNoMean() {
    assertRows(
        measured(
                """
            | response_id | survey | touchpoint | customer_id | sent_date  | responded_date | score | scale_min | scale_max |
            | before      | csat   |            | c1          | 2025-12-31 | 2025-12-31     | 1     | 1         | 5         |
            | first       | csat   |            | c2          | 2026-01-01 | 2026-01-01     | 5     | 1         | 5         |
            | late        | csat   |            | c3          | 2025-12-30 | 2026-01-02     | 3     | 1         | 5         |
            | outside     | csat   |            | c4          | 2026-02-01 | 2026-02-01     | 6     | 1         | 5         |
            | unscaled    | csat   |            | c5          | 2026-02-01 | 2026-02-01     | 4     |           |           |
            | after       | csat   |            | c6          | 2026-03-31 | 2026-04-01     | 1     | 1         | 5         |
            | tomorrow    | csat   |            | c7          | 2026-04-01 | 2026-04-01     | 1     | 1         | 5         |
            """)
            .filter("touchpoint = 'all'"),
        """
        | questions | answered_questions | answers | mean_score |
        | 4         | 3                  | 2       | 0.75       |
        """);
  }

  /**
   * 10, 9 promote, 8 is passive, 6 detracts: 25. The variance of +1, +1, 0, -1 is 3/4 - 1/16, so
   * the interval reaches 1.96 * sqrt(0.6875 / 4) = 81.26 to both sides.
   */
  @Test
  void netPromotersAreCountedOncePerRespondent() {
    assertRows(
        measured(
            """
            | response_id | survey | customer_id | user_id | sent_date  | responded_date | score | scale_min | scale_max |
            | a           | nps    | c1          | u1      | 2026-01-10 | 2026-01-10     | 0     | 0         | 10        |
            | b           | nps    | c1          | u1      | 2026-03-10 | 2026-03-10     | 10    | 0         | 10        |
            | c           | nps    | c1          | u2      | 2026-03-10 | 2026-03-10     | 9     |           |           |
            | d           | nps    | c2          |         | 2026-03-10 | 2026-03-10     | 8     | 0         | 10        |
            | e           | nps    | c3          |         | 2026-03-10 | 2026-03-10     | 6     | 0         | 10        |
            | f           | nps    | c4          |         | 2026-03-10 | 2026-03-10     | 5     | 1         | 5         |
            | g           | nps    | c5          |         | 2026-03-10 |                |       | 0         | 10        |
            """),
        """
        | measure | touchpoint | questions | answered_questions | answers | promoters | passives | detractors | nps  | nps_low         | nps_high       | mean_score |
        | nps     | all        | 7         | 6                  | 4       | 2         | 1        | 1          | 25.0 | -56.25581424161 | 106.2558142416 |            |
        """);
  }

  @Test
  void withoutAnyQuestionThereIsNothing() {
    assertRows(
        Satisfaction.satisfaction(none(SurveyResponses.TABLE), SETTINGS, 30, AS_OF), "| measure |");
  }
}
