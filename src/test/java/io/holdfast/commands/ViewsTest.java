package io.holdfast.commands;

import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.churn.Models;
import io.holdfast.churn.Predictions;
import io.holdfast.cli.Page;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.programs.Segments;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ViewsTest {

  private static final Page PAGE = new Page(20, 120);

  /** January: 100 customers, 60 and 50 back; February: 20, 15 back so far. */
  private static Dataset<Row> cells() {
    return rows(
        CohortRetention.TABLE,
        """
        | definition | unit     | birth  | grain | cohort_start | segment_dimension | segment_value | period | cohort_size | retained | retention_rate | is_complete | is_small |
        | monthly    | customer | signup | month | 2026-01-01   | all               | all           | 0      | 100         | 100      | 1.0            | true        | false    |
        | monthly    | customer | signup | month | 2026-01-01   | all               | all           | 1      | 100         | 60       | 0.6            | true        | false    |
        | monthly    | customer | signup | month | 2026-01-01   | all               | all           | 2      | 100         | 50       | 0.5            | false       | false    |
        | monthly    | customer | signup | month | 2026-02-01   | all               | all           | 0      | 20          | 20       | 1.0            | true        | true     |
        | monthly    | customer | signup | month | 2026-02-01   | all               | all           | 1      | 20          | 18       | 0.9            | true        | true     |
        | monthly    | customer | signup | month | 2026-01-01   | plan              | pro           | 0      | 10          | 10       | 1.0            | true        | true     |
        """);
  }

  @Test
  void theTriangleMarksWhatIsSmallOrRunsAndWeighsTheMeanBySize() {
    assertThat(RetentionTriangle.text(cells(), PAGE))
        .isEqualTo(
            """
            monthly: customers by month of signup

            cohort        size     0     1     2
            2026-01-01     100  100%   60%   50%*
            2026-02-01      20~ 100%   90%
            mean           120  100%   65%

               0 ######################################## 100%
               1 ##########################..............  65%

            Cells: share of the cohort that came back in period k after birth. * still open; ~ small cohort; mean and curve: weighted by size, over complete cells only.
            """);
  }

  @Test
  void aTriangleOfASegmentStandsByItself() {
    assertThat(RetentionTriangle.text(cells().filter("segment_dimension = 'plan'"), PAGE))
        .contains("monthly: customers by month of signup, plan = pro", "2026-01-01      10~ 100%");
  }

  @Test
  void cohortsAndPeriodsThatFindNoRoomAreCounted() {
    assertThat(RetentionTriangle.text(cells(), new Page(1, 32)))
        .contains(
            "1 earlier cohorts", "1 later periods find no room", "mean           120  100%   65%")
        .doesNotContain("2026-01-01");
  }

  @Test
  void featuresStandByTierAndReach() {
    Dataset<Row> rows =
        rows(
            FeatureAdoption.TABLE,
            """
            | level   | tier      | feature | is_new_feature | entitled_customers | adopters | adoption_rate | is_small | mean_breadth | uses_per_adopter | median_days_to_adopt |
            | feature | reporting | charts  | true           | 10                 | 5        | 0.5           | true     | 0.5          | 2.04             | 31.0                 |
            | feature | core      | search  | false          | 40                 | 10       | 0.25          | false    | 0.25         | 3.0              | 2.0                  |
            | feature | core      | tasks   | false          | 40                 | 40       | 1.0           | false    | 1.0          | 9.5              | 0.0                  |
            | overall | all       | all     |                | 40                 | 40       | 1.0           | false    | 0.6          | 9.0              |                      |
            """);

    assertThat(AdoptionBars.text(rows, PAGE))
        .startsWith(
            """
            tier       feature       reach                       adopters  entitled  uses each  days to adopt
            core       tasks         ####################  100%        40        40        9.5              0
            core       search        #####...............   25%        10        40          3              2
            reporting  charts (new)  ##########..........  50%~         5        10          2             31

            breadth, overall         ############........  60%
            """);
  }

  @Test
  void aModelStandsBesideWhatNeedsNone() {
    Dataset<Row> rows =
        rows(
            Models.TABLE,
            """
            | as_of_date | model_id | algorithm           | is_champion | status               | observations | customers | churned_customers | base_rate | roc_auc | pr_auc | test_base_rate | idle_days_roc_auc |
            | 2026-03-01 | older    | logistic_regression | true        | champion             | 900          | 90        | 9                 | 0.01      | 0.9     | 0.3    | 0.01           | 0.6               |
            | 2026-03-08 | newer    | logistic_regression | false       | no gain over older   | 1000         | 100       | 10                | 0.012     | 0.75    | 0.25   | 0.02           | 0.61              |
            """);

    assertThat(ModelFigures.text(rows, PAGE))
        .contains(
            "Trained on the night of 2026-03-08: 1,000 observations of 100 customers, 10 of which left; base rate 1.2%.")
        .contains("  logistic regression: no gain over older")
        .containsPattern("ROC-AUC +0.750 +- +0.610")
        .containsPattern("PR-AUC +0.250 +0.020 +-")
        .contains("Serving since 2026-03-01: older.");
    assertThat(ModelFigures.text(none(Models.TABLE), PAGE))
        .isEqualTo("No model was ever trained.\n");
  }

  @Test
  void theRiskiestComeFirstWithTheirReasons() {
    Dataset<Row> rows =
        rows(
            Predictions.TABLE,
            """
            | customer_id | model_id | probability | margin | risk_band | mrr  | mrr_at_risk | reason_1            | reason_2 |
            | calm        | m        | 0.01        | -4.0   | low       | 1000 | 10          |                     |          |
            | shaky       | m        | 0.5         | 0.0    | high      | 200  | 100         | no log-in for weeks | 3 tickets |
            """);

    assertThat(RiskList.text(rows, new Page(1, 120)))
        .isEqualTo(
            """
            shaky                 50.0%  high    MRR       200.00  at risk     100.00
                no log-in for weeks
                3 tickets

            1 of 2 customers, the riskiest first. MRR at risk of all: 110.00 of 1,200.00.
            """);
  }

  @Test
  void withoutAModelTheReasonStandsInsteadOfScores() {
    Dataset<Row> rows =
        rows(
            Predictions.TABLE,
            """
            | customer_id | mrr | note                  |
            | calm        | 10  | too few churned: 1.   |
            """);

    assertThat(RiskList.text(rows, PAGE))
        .isEqualTo("No scores for 1 customers: too few churned: 1.\n");
  }

  @Test
  void segmentsAreCountedAndSampled() {
    Dataset<Row> rows =
        rows(
            Segments.TABLE,
            """
            | customer_id | segment | because                |
            | a           | new     | 3 days of tenure       |
            | b           | casual  | no other condition     |
            | c           | casual  | no other condition     |
            | d           | casual  | no other condition     |
            """);

    assertThat(SegmentShares.text(rows, new Page(1, 120)))
        .isEqualTo(
            """
            segment  customers  share
            casual           3    75%
            new              1    25%
            all              4   100%

            customer  segment  because
            a         new      3 days of tenure

            1 of 4 customers
            """);
  }

  @Test
  void mrrGoesFromMonthToMonth() {
    Dataset<Row> rows =
        rows(
            MrrMonthly.TABLE,
            """
            | counting  | window_kind        | window_start | window_end | start_mrr | new_mrr | reactivation_mrr | expansion_mrr | contraction_mrr | churn_mrr | fx_mrr | end_mrr | end_customers | nrr  | grr  | is_complete | is_small |
            | confirmed | month              | 2026-01-01   | 2026-02-01 | 1000      | 200     | 10               | 40            | 20              | 30        | -5     | 1195    | 12            | 0.98 | 0.95 | true        | true     |
            | confirmed | month              | 2026-02-01   | 2026-03-01 | 1195      | 0       | 0                | 0             | 0               | 0         | 0      | 1195    | 12            | 1.0  | 1.0  | false       | false    |
            | confirmed | trailing_12_months | 2025-02-01   | 2026-02-01 | 500       | 700     | 0                | 0             | 0               | 0         | 0      | 1195    | 12            | 1.05 | 0.9  | true        | false    |
            | snapshot  | month              | 2026-01-01   | 2026-02-01 | 7         | 7       | 7                | 7             | 7               | 7         | 7      | 7       | 7             | 0.7  | 0.7  | true        | false    |
            """);

    assertThat(MrrMonths.text(rows, PAGE))
        .isEqualTo(
            """
            month     start  new  back  more  less  left  fx    end  customers     NRR     GRR  NRR 12m
            2026-01   1,000  200    10    40    20    30  -5  1,195         12  98.0%~  95.0%~   105.0%
            2026-02*  1,195    0     0     0     0     0   0  1,195         12  100.0%  100.0%        -
            back: had left and returned. * not over, or its churn is not confirmed. ~ few customers.
            """);
  }

  @Test
  void churnStandsByWindowTheLatestFirst() {
    Dataset<Row> rows =
        rows(
            CustomerChurn.TABLE,
            """
            | counting  | window_kind | window_start | window_end | segment_dimension | segment_value | start_customers | churned_customers | churn_rate | rate_low | rate_high | implied | voluntary_customers | involuntary_customers | intra_period_churn | is_complete | is_small |
            | confirmed | month       | 2026-01-01   | 2026-02-01 | all               | all           | 1000            | 52                | 0.052      | 0.04     | 0.0675    |         | 40                  | 10                    | 3                  | true        | false    |
            | confirmed | month       | 2026-02-01   | 2026-03-01 | all               | all           | 20              | 1                 | 0.05       | 0.01     | 0.24      |         | 1                   | 0                     | 0                  | false       | true     |
            | confirmed | quarter     | 2026-01-01   | 2026-04-01 | all               | all           | 1000            | 148               | 0.148      | 0.12     | 0.17      | 0.15    | 100                 | 40                    | 9                  | false       | false    |
            | confirmed | month       | 2026-01-01   | 2026-02-01 | plan              | pro           | 7               | 7                 | 1.0        | 0.7      | 1.0       |         | 7                   | 0                     | 0                  | true        | true     |
            """);

    assertThat(ChurnWindows.text(rows, PAGE))
        .startsWith(
            """
            window    from        until       customers  left  churn  95%           implied  by choice  unpaid  in and out
            quarter*  2026-01-01  2026-04-01      1,000   148  14.8%  12.0 - 17.0%    15.0%        100      40           9
            month*    2026-02-01  2026-03-01         20     1  5.0%~  1.0 - 24.0%         -          1       0           0
            month     2026-01-01  2026-02-01      1,000    52   5.2%  4.0 - 6.8%          -         40      10           3
            """);
  }
}
