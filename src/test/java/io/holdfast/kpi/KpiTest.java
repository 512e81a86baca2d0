package io.holdfast.kpi;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.GivenInputs;
import io.holdfast.config.Settings;
import io.holdfast.conformed.Messages;
import io.holdfast.failure.BadInput;
import io.holdfast.kpi.KpiSettings.Target;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Support;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class KpiTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  private static Dataset<Row> values(KpiSettings settings) {
    GivenInputs in =
        new GivenInputs(AS_OF)
            .with(KpiSettings.SETTING, settings)
            .with(
                CsCoverage.TABLE,
                rows(
                    CsCoverage.TABLE,
                    """
                    | plan | customers | mrr    | covered_customers | coverage_rate | coverage_rate_low | coverage_rate_high |
                    | all  | 400       | 550000 | 260               | 0.65          | 0.6               | 0.7                |
                    | pro  | 10        | 50000  | 1                 | 0.1           | 0.0               | 0.4                |
                    """))
            .with(
                MrrMonthly.TABLE,
                rows(
                    MrrMonthly.TABLE,
                    """
                    | counting  | window_kind        | window_start | end_mrr | end_customers | arpa | nrr  | cohort_start_mrr | cohort_end_mrr | is_complete |
                    | snapshot  | month              | 2025-12-01   | 540000  | 390           | 1385 |      |                  |                | true        |
                    | snapshot  | month              | 2026-01-01   | 550000  | 400           | 1375 |      |                  |                | false       |
                    | confirmed | trailing_12_months | 2024-12-01   |         |               |      | 1.1  | 100              | 110            | true        |
                    | confirmed | trailing_12_months | 2025-02-01   |         |               |      | 0.9  | 100              | 90             | false       |
                    """))
            .with(
                CustomerChurn.TABLE,
                rows(
                    CustomerChurn.TABLE,
                    """
                    | counting  | window_kind | window_start | segment_dimension | start_customers | churned_customers | churn_rate | rate_low | rate_high | is_complete |
                    | confirmed | month       | 2025-11-01   | all               | 300             | 15                | 0.05       | 0.03     | 0.08      | true        |
                    | confirmed | month       | 2025-12-01   | all               | 400             | 16                | 0.04       | 0.025    | 0.064     | true        |
                    | confirmed | month       | 2026-01-01   | all               | 400             | 80                | 0.2        | 0.1      | 0.3       | false       |
                    | snapshot  | month       | 2025-12-01   | all               | 400             | 100               | 0.25       | 0.1      | 0.3       | true        |
                    | confirmed | month       | 2025-12-01   | plan              | 10              | 10                | 1          | 0.7      | 1         | true        |
                    """))
            .with(
                CustomerValue.TABLE,
                rows(
                    CustomerValue.TABLE,
                    """
                    | month_start | clv  | cac | acquisition_spend | new_customers | is_complete |
                    | 2025-12-01  | 2600 | 450 | 9000              | 20            | true        |
                    | 2026-01-01  | 2700 | 90  | 900               | 10            | false       |
                    """))
            .with(
                Satisfaction.TABLE,
                rows(
                    Satisfaction.TABLE,
                    """
                    | measure | touchpoint | mean_score_10 | mean_score_5 | nps  | nps_low | nps_high |
                    | csat    | all        | 8.6           | 4.4          |      |         |          |
                    | csat    | support    | 7.0           | 3.8          |      |         |          |
                    | nps     | all        |               |              | 44.0 | 30.0    | 58.0     |
                    """))
            .with(
                Support.TABLE,
                rows(
                    Support.TABLE,
                    """
                    | support_tier | median_first_response_minutes | tickets | earlier_tickets | ticket_trend |
                    | all          | 139.0                         | 50      | 40              | 0.25         |
                    """))
            .with(
                CohortRetention.TABLE,
                rows(
                    CohortRetention.TABLE,
                    """
                    | definition     | segment_dimension | cohort_start | period | cohort_size | retained | is_complete |
                    | signup_monthly | all               | 2025-10-01   | 1      | 100         | 90       | true        |
                    | signup_monthly | all               | 2025-11-01   | 1      | 300         | 210      | true        |
                    | signup_monthly | all               | 2025-12-01   | 1      | 100         | 0        | false       |
                    | signup_monthly | plan              | 2025-10-01   | 1      | 100         | 0        | true        |
                    """))
            .with(
                Messages.TABLE,
                rows(
                    Messages.TABLE,
                    """
                    | message_id | channel | sent_date  | is_current |
                    | 1          | email   | 2026-01-01 | true       |
                    | 2          | email   | 2026-01-02 | true       |
                    | 3          | email   | 2026-01-31 | true       |
                    | 4          | email   | 2026-02-01 | true       |
                    | 5          | email   | 2026-01-31 | false      |
                    | 6          | in_app  | 2026-01-31 | true       |
                    """));
    return KpiValues.JOB.build().apply(in);
  }

  private static KpiSettings plan(Optional<LocalDate> start) {
    KpiSettings standard =
        Settings.load(Optional.empty(), "none", Map.of(), Map.of()).get(KpiSettings.SETTING);
    return new KpiSettings(
        start, standard.planDays(), standard.planTolerance(), standard.targets());
  }

  /**
   * Day 30 of 90: the line of MRR stands at 500,000 + 150,000 / 3, that of first response at 150 -
   * 30 / 3, that of NPS at 45 + 15 / 3, that of retention at 0.75 + 0.10 / 3.
   */
  @Test
  void everyKpiIsHeldAgainstItsLine() {
    assertRows(
        values(plan(Optional.of(LocalDate.of(2026, 1, 1))))
            .filter(
                "kpi in ('mrr', 'csat', 'nps', 'support_satisfaction', 'first_response_minutes',"
                    + " 'cs_coverage', 'retention_month_1', 'ticket_trend', 'emails',"
                    + " 'in_app_messages', 'calls', 'health_healthy', 'arpa', 'nrr', 'clv', 'cac',"
                    + " 'cac_change', 'monthly_churn', 'annual_churn')"),
        """
        | kpi                    | value  | numerator | denominator | value_low | value_high | baseline | target | line_value         | due_date   | status    | missing                      |
        | mrr                    | 550000 |           |             |           |            | 500000   | 650000 | 550000             | 2026-04-01 | on_line   |                              |
        | arpa                   | 1375   | 550000    | 400         |           |            |          |        |                    |            | no_target |                              |
        | nrr                    | 1.1    | 110       | 100         |           |            | 1.05     | 1.2    | 1.1                | 2026-04-01 | on_line   |                              |
        | clv                    | 2700   |           |             |           |            | 2500     | 4000   | 3000               | 2026-04-01 | behind    |                              |
        | cac                    | 450    | 9000      | 20          |           |            | 500      | 350    | 450                | 2026-04-01 | on_line   |                              |
        | cac_change             | -0.1   | 450       | 500         |           |            |          | -0.3   |                    | 2026-04-01 | not_reached |                            |
        | monthly_churn          | 0.04   | 16        | 400         | 0.025     | 0.064      | 0.052    | 0.035  | 0.0463333333       | 2026-04-01 | on_line   |                              |
        | annual_churn           |        |           |             |           |            | 0.456    | 0.3    | 0.404              | 2026-04-01 | no_value  | feed subscriptions: twelve complete months with customers that pay |
        | csat                   | 8.6    |           |             |           |            | 7.2      | 8.5    | 7.6333333333       | 2026-04-01 | reached   |                              |
        | nps                    | 44     |           |             | 30        | 58         | 45       | 60     | 50                 | 2026-04-01 | behind    |                              |
        | support_satisfaction   | 3.8    |           |             |           |            | 4.2      | 4.7    | 4.3666666667       | 2026-04-01 | behind    |                              |
        | first_response_minutes | 139    |           |             |           |            | 150      | 120    | 140                | 2026-04-01 | on_line   |                              |
        | cs_coverage            | 0.65   | 260       | 400         | 0.6       | 0.7        | 0.6      | 0.9    | 0.7                | 2026-04-01 | behind    |                              |
        | retention_month_1      | 0.75   | 300       | 400         |           |            | 0.75     | 0.85   | 0.7833333333       | 2026-04-01 | behind    |                              |
        | ticket_trend           | 0.25   | 50        | 40          |           |            | 0.12     |        |                    |            | no_target |                              |
        | emails                 | 2      |           |             |           |            | 15000    |        |                    |            | no_target |                              |
        | in_app_messages        | 1      |           |             |           |            | 8500     |        |                    |            | no_target |                              |
        | calls                  |        |           |             |           |            | 450      |        |                    |            | no_value  | feed touchpoints             |
        | health_healthy         |        |           |             |           |            |          | 0.65   |                    | 2026-04-01 | no_value  | stage health                 |
        """);
  }

  @Test
  void withoutAPlanNothingIsDue() {
    assertRows(
        values(plan(Optional.empty())).filter("kpi in ('mrr', 'csat')"),
        """
        | kpi  | line_value | due_date | status      |
        | mrr  |            |          | not_reached |
        | csat |            |          | reached     |
        """);
  }

  @Test
  void everyKpiHasARowAndEitherAValueOrWhatItNeeds() {
    Dataset<Row> values = values(plan(Optional.empty()));
    assertThat(values.count()).isEqualTo(Kpis.ALL.size());
    assertThat(values.filter("value is null and missing is null").count()).isZero();
    assertThat(Kpis.ALL.stream().map(Kpi::name)).doesNotHaveDuplicates();
  }

  @Test
  void aTargetOfNoKpiIsRefused() {
    assertThatThrownBy(
            () ->
                new KpiSettings(
                    Optional.empty(),
                    90,
                    0.02,
                    Map.of("mmr", new Target(Optional.empty(), Optional.of(BigDecimal.ONE)))))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("kpi.targets.mmr: there is no such KPI (nearest: 'mrr')");
  }

  /** Worked by hand from the strategy's figures: 0.948^3, 0.948^12, 0.965^3, 0.965^12, ... */
  @Test
  void theStrategysFiguresDoNotAllGoTogether() {
    GivenInputs in = new GivenInputs(AS_OF).with(KpiSettings.SETTING, plan(Optional.empty()));
    assertRows(
        PlanChecks.JOB.build().apply(in),
        """
        | check                         | of       | stated | computed       | is_contradiction |
        | quarterly_churn_compounds     | baseline | 0.148  | 0.148028608    | false            |
        | annual_churn_compounds        | baseline | 0.456  | 0.473134152002 | true             |
        | quarterly_churn_compounds     | target   | 0.1    | 0.101367875    | false            |
        | annual_churn_compounds        | target   | 0.3    | 0.347879639252 | true             |
        | month_1_retention_is_activity | baseline | 0.75   | 0.948          | true             |
        | month_1_retention_is_activity | target   | 0.85   | 0.965          | true             |
        | ltv_cac                       | baseline | 5      | 5              | false            |
        | ltv_cac                       | target   | 11     | 11.42857142857 | true             |
        | return_ratio                  | target   | 3      | 3              | false            |
        | return_ratio_as_net_return    | target   | 3      | 2              | true             |
        | payback_months                | target   | 2      | 1              | true             |
        | clv_follows_churn             | target   | 4000   | 3714.285714286 | true             |
        | cac_change                    | target   | -0.3   | -0.3           | false            |
        | mrr_from_present_customers    | target   | 650000 | 522974.825455638 | true             |
        """);
  }
}
