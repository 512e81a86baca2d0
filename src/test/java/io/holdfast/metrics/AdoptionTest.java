package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;

import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class AdoptionTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 31);
  private static final AdoptionSettings SETTINGS = new AdoptionSettings(28, 1, 14, 90);

  /** The window is March 4 to 31; new is a launch from January 1 on. */
  private static final Dataset<Row> FEATURES =
      rows(
          Features.TABLE,
          """
          | feature | tier     | launch_date | retire_date | plans        | known_from | is_current |
          | docs    | core     |             |             |              | 2025-01-01 | true       |
          | maps    | core     | 2025-12-31  |             | [basic, pro] | 2025-01-01 | true       |
          | api     | advanced | 2026-01-01  |             | [pro]        | 2025-01-01 | true       |
          | fax     | core     |             | 2026-03-31  |              | 2025-01-01 | true       |
          | beams   | core     | 2026-04-01  |             |              | 2025-01-01 | true       |
          """);

  private static final Dataset<Row> CUSTOMERS =
      rows(
          Customers.TABLE,
          """
          | customer_id | signup_date | is_internal | known_from | is_current |
          | old         | 2025-06-01  | false       | 2025-06-01 | true       |
          | fortnight   | 2026-03-17  | false       | 2026-03-17 | true       |
          | fresh       | 2026-03-18  | false       | 2026-03-18 | true       |
          | left        | 2025-06-01  | false       | 2025-06-01 | true       |
          | ours        | 2025-06-01  | true        | 2025-06-01 | true       |
          """);

  private static final Dataset<Row> MRR =
      rows(
          CustomerMrr.TABLE,
          """
          | customer_id | from_date  | until_date | mrr | plan  | plans   |
          | old         | 2025-06-01 | 2026-03-01 | 50  | basic | [basic] |
          | old         | 2026-03-01 |            | 100 | pro   | [pro]   |
          | fortnight   | 2026-03-17 | 2026-04-01 | 0   | basic | [basic] |
          | fresh       | 2026-03-18 |            | 100 | pro   | [pro]   |
          | left        | 2025-06-01 | 2026-03-31 | 100 | pro   | [pro]   |
          | ours        | 2025-06-01 |            | 100 | pro   | [pro]   |
          """);

  private static final Dataset<Row> USES =
      rows(
          FeatureDays.TABLE,
          """
          | customer_id | feature | event_date | events | quantity |
          | old         | docs    | 2026-03-03 | 1      | 1        |
          | old         | maps    | 2026-03-04 | 1      | 10       |
          | old         | api     | 2026-04-01 | 1      | 1        |
          | fortnight   | docs    | 2026-03-31 | 2      | 5        |
          | fortnight   | api     | 2026-03-31 | 1      | 1        |
          | fresh       | docs    | 2026-03-31 | 1      | 1        |
          | left        | docs    | 2026-03-30 | 1      | 1        |
          | ours        | docs    | 2026-03-30 | 1      | 1        |
          """);

  private static final Entitlements ENTITLEMENTS =
      new Entitlements(FEATURES, CUSTOMERS, MRR, none(CustomerDays.TABLE), USES, AS_OF);

  @Test
  void aCustomersBreadthIsTheShareOfItsEntitlementUsedInTheWindow() {
    assertRows(
        CustomerAdoption.adoption(ENTITLEMENTS, SETTINGS),
        """
        | customer_id | plan  | tenure_days | entitled_features | adopted_features | ever_adopted_features | feature_adoption |
        | old         | pro   | 303         | 3                 | 1                | 2                     | 0.3333333333     |
        | fortnight   | basic | 14          | 2                 | 1                | 1                     | 0.5              |
        | fresh       | pro   | 13          | 3                 | 1                | 1                     |                  |
        """);
  }

  /** Breadth of core: old uses 1 of 2, fortnight 1 of 2; overall: 1 of 3 and 1 of 2. */
  @Test
  void reachIsMeasuredAmongTheEntitledOfSomeTenure() {
    assertRows(
        FeatureAdoption.adoption(ENTITLEMENTS, SETTINGS, 2),
        """
        | level   | tier     | feature | is_new_feature | entitled_customers | adopters | ever_adopters | adoption_rate | is_small | mean_breadth | uses_per_adopter | median_days_to_adopt |
        | feature | core     | docs    | false          | 2                  | 1        | 2             | 0.5           | false    | 0.5          | 5.0              | 144.5                |
        | feature | core     | maps    | false          | 2                  | 1        | 1             | 0.5           | false    | 0.5          | 10.0             | 63.0                 |
        | feature | advanced | api     | true           | 1                  | 0        | 0             | 0.0           | true     | 0.0          |                  |                      |
        | tier    | core     | all     |                | 2                  | 2        | 2             | 1.0           | false    | 0.5          | 7.5              |                      |
        | tier    | advanced | all     |                | 1                  | 0        | 0             | 0.0           | true     | 0.0          |                  |                      |
        | new     | all      | all     | true           | 1                  | 0        | 0             | 0.0           | true     | 0.0          |                  |                      |
        | overall | all      | all     |                | 2                  | 2        | 2             | 1.0           | false    | 0.4166666667 | 7.5              |                      |
        """);
  }

  @Test
  void fewerUsesThanTheLeastAreNoAdoption() {
    var twice = new AdoptionSettings(28, 2, 14, 90);
    assertRows(
        CustomerAdoption.adoption(ENTITLEMENTS, twice),
        """
        | customer_id | adopted_features | ever_adopted_features |
        | old         | 0                | 0                     |
        | fortnight   | 1                | 1                     |
        | fresh       | 0                | 0                     |
        """);
  }

  @Test
  void whereNothingIsKnownOfSubscriptionsEveryoneMayUseWhatNoPlanRestricts() {
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date |
            | unlisted    | 2026-03-01 |
            | later       | 2026-04-01 |
            """);
    var entitlements =
        new Entitlements(FEATURES, CUSTOMERS, none(CustomerMrr.TABLE), days, USES, AS_OF);
    assertRows(
        CustomerAdoption.adoption(entitlements, SETTINGS),
        """
        | customer_id | plan | tenure_days | entitled_features | feature_adoption |
        | old         |      | 303         | 1                 | 0.0              |
        | fortnight   |      | 14          | 1                 | 1.0              |
        | fresh       |      | 13          | 1                 |                  |
        | left        |      | 303         | 1                 | 1.0              |
        | unlisted    |      | 30          | 1                 | 0.0              |
        """);
  }

  @Test
  void aFeatureThatNobodyMayUseHasNoRate() {
    var entitlements =
        new Entitlements(
            FEATURES.filter(col("feature").equalTo("api")),
            CUSTOMERS,
            MRR.filter(col("customer_id").equalTo("fortnight")),
            none(CustomerDays.TABLE),
            USES,
            AS_OF);
    assertRows(
        FeatureAdoption.adoption(entitlements, SETTINGS, 30),
        """
        | level   | feature | entitled_customers | adopters | adoption_rate | rate_low | rate_high | mean_breadth |
        | feature | api     | 0                  | 0        |               |          |           |              |
        """);
  }

  @Test
  void theRowsKeepTheRulesOfTheirTables() {
    assertRulesKept(
        FeatureAdoption.TABLE, FeatureAdoption.adoption(ENTITLEMENTS, SETTINGS, 30), AS_OF);
    assertRulesKept(
        CustomerAdoption.TABLE, CustomerAdoption.adoption(ENTITLEMENTS, SETTINGS), AS_OF);
  }

  @Test
  void withoutACatalogueThereIsNothing() {
    var entitlements =
        new Entitlements(
            none(Features.TABLE), CUSTOMERS, MRR, none(CustomerDays.TABLE), USES, AS_OF);
    assertRows(FeatureAdoption.adoption(entitlements, SETTINGS, 30), "| level |");
    assertRows(CustomerAdoption.adoption(entitlements, SETTINGS), "| customer_id |");
  }
}
