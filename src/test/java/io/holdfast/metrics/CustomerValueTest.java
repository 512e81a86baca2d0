package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;

import io.holdfast.conformed.Costs;
import io.holdfast.conformed.MarketingSpend;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class CustomerValueTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 10);

  /** Three months of lifetime at most, two trailing months, no interest. */
  private static CustomerValueSettings settings(Optional<BigDecimal> margin) {
    return new CustomerValueSettings(margin, List.of("cost_of_revenue"), 2, 5, 60, 0.0);
  }

  private static final String MONTHLY =
      """
      | counting  | window_kind        | window_start | window_end | end_mrr | end_customers | arpa | new_customers |
      | snapshot  | month              | 2026-01-01   | 2026-02-01 | 1000    | 10            | 100  | 5             |
      | snapshot  | month              | 2026-02-01   | 2026-03-01 | 2000    | 10            | 200  | 0             |
      | snapshot  | month              | 2026-03-01   | 2026-04-01 | 3000    | 30            | 100  | 2             |
      | confirmed | month              | 2026-03-01   | 2026-04-01 | 1       | 1             | 1    | 9             |
      | snapshot  | trailing_12_months | 2026-03-01   | 2027-03-01 | 1       | 1             | 1    | 9             |
      """;

  private static final String CHURN =
      """
      | counting  | window_kind | window_start | segment_dimension | segment_value | start_customers | churned_customers | is_complete |
      | confirmed | month       | 2026-01-01   | all               | all           | 40              | 4                 | true        |
      | confirmed | month       | 2026-02-01   | all               | all           | 60              | 6                 | true        |
      | confirmed | month       | 2026-03-01   | all               | all           | 60              | 1                 | false       |
      | confirmed | month       | 2026-02-01   | plan              | pro           | 60              | 60                | true        |
      | snapshot  | month       | 2026-02-01   | all               | all           | 60              | 60                | true        |
      """;

  /** A month has 30.4375 days: the curve is seen at 0, 30.4 and 60.9 days and ends before 91.3. */
  private static final String SURVIVAL =
      """
      | spells | segment_dimension | segment_value | tenure_days | survival_rate |
      | first  | all               | all           | 30          | 0.8           |
      | first  | all               | all           | 31          | 0.6           |
      | first  | all               | all           | 90          | 0.5           |
      | later  | all               | all           | 10          | 0.1           |
      | first  | plan              | pro           | 10          | 0.1           |
      """;

  private static final String COSTS =
      """
      | cost_id | cost_date  | category        | amount |
      | c1      | 2026-01-15 | cost_of_revenue | 400    |
      | c2      | 2026-02-15 | cost_of_revenue | 350    |
      | c3      | 2026-02-15 | support         | 999    |
      | c4      | 2026-03-11 | cost_of_revenue | 999    |
      """;

  private static final String SPEND =
      """
      | spend_id | spend_date | kind      | amount |
      | m1       | 2026-01-10 | marketing | 1000   |
      | m2       | 2026-01-20 | sales     | 500    |
      | m3       | 2026-02-20 | sales     | 100    |
      | m4       | 2026-03-11 | sales     | 100    |
      """;

  private static Dataset<Row> value(Dataset<Row> costs, Optional<BigDecimal> margin) {
    return CustomerValue.value(
        rows(MrrMonthly.TABLE, MONTHLY),
        rows(CustomerChurn.TABLE, CHURN),
        rows(Survival.TABLE, SURVIVAL),
        costs,
        rows(MarketingSpend.TABLE, SPEND),
        settings(margin),
        AS_OF);
  }

  /**
   * January: margin 1 - 400/1000 = 0.6; four have left, too few. February: 1 - 750/3000 = 0.75; 10
   * of 100 left, so ten months: 200 * 0.75 * 10. March tells no costs of its own: 1 - 350/2000 =
   * 0.825; of its two months only February is settled: 6 of 60. The curve: 1 + 0.8 + 0.6 months.
   */
  @Test
  void aCustomerIsWorthWhatItBringsWhileItStays() {
    Dataset<Row> value = value(rows(Costs.TABLE, COSTS), Optional.of(new BigDecimal("0.9")));
    assertRows(
        value,
        """
        | month_start | arpa | gross_margin_rate | gross_margin_from | churned_customers | start_customers | churn_rate | lifetime_months | clv  | survival_months | survival_clv | is_complete |
        | 2026-01-01  | 100  | 0.6               | costs             | 4                 | 40              | 0.1        |                 |      |                 |              | true        |
        | 2026-02-01  | 200  | 0.75              | costs             | 10                | 100             | 0.1        | 10.0            | 1500 |                 |              | true        |
        | 2026-03-01  | 100  | 0.825             | costs             | 6                 | 60              | 0.1        | 10.0            | 825  | 3               | 198          | false       |
        """);
    assertRulesKept(CustomerValue.TABLE, value, AS_OF);
  }

  /** January: 1,500 for five. February wins nobody. March's spend is not known yet. */
  @Test
  void winningACustomerCostsWhatWasSpentOnIt() {
    assertRows(
        value(rows(Costs.TABLE, COSTS), Optional.empty()),
        """
        | month_start | acquisition_spend | new_customers | cac | ltv_cac | cac_payback_months |
        | 2026-01-01  | 1500              | 5             | 300 |         | 5.0                |
        | 2026-02-01  | 100               | 0             |     |         |                    |
        | 2026-03-01  |                   | 2             |     |         |                    |
        """);
  }

  @Test
  void withoutCostsTheMarginIsTheConfiguredOneOrUnknown() {
    assertRows(
        value(none(Costs.TABLE), Optional.of(new BigDecimal("0.9"))),
        """
        | month_start | gross_margin_rate | gross_margin_from | clv  | survival_clv |
        | 2026-01-01  | 0.9               | configuration     |      |              |
        | 2026-02-01  | 0.9               | configuration     | 1800 |              |
        | 2026-03-01  | 0.9               | configuration     | 900  | 216          |
        """);
    assertRows(
        value(none(Costs.TABLE), Optional.empty()),
        """
        | month_start | gross_margin_rate | gross_margin_from | clv | survival_clv | cac | cac_payback_months |
        | 2026-01-01  |                   |                   |     |              | 300 |                    |
        | 2026-02-01  |                   |                   |     |              |     |                    |
        | 2026-03-01  |                   |                   |     |              |     |                    |
        """);
  }
}
