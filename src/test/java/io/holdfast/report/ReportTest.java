package io.holdfast.report;

import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.programs.Segments;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page and its figures, from rows of every table. */
class ReportTest {

  private static final LocalDate NIGHT = LocalDate.of(2026, 3, 31);

  private static final ReportSettings SETTINGS =
      new ReportSettings(ReportSettings.Language.EN, 5, 18);

  private static final Company COMPANY = new Company(ZoneOffset.UTC, DayOfWeek.MONDAY, "USD");

  private static final Pattern FIGURE = Pattern.compile("<data value=\"([^\"]*)\">([^<]*)</data>");

  /** A plan's name that tries to become markup in every place where a text can stand. */
  static final String HOSTILE = "</style><script>alert(1)</script>\"' onload=x <img src=x>";

  private static Files full;

  /** The files of a report. */
  record Files(String html, String json) {
    String text() {
      return html.replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]+>", " ");
    }

    Set<String> figures() {
      Set<String> figures = new TreeSet<>();
      Matcher matcher = FIGURE.matcher(html);
      while (matcher.find()) {
        figures.add(matcher.group(1));
      }
      return figures;
    }
  }

  @BeforeAll
  static void write() {
    full = report(company("pro"));
  }

  static Files report(Map<String, Dataset<Row>> given) {
    Map<String, String> written = new HashMap<>();
    Report.Source source =
        new Report.Source() {
          @Override
          public Dataset<Row> rows(Table table) {
            Dataset<Row> all = history(table);
            return table.isByNight() ? all.filter(col("as_of_date").equalTo(lit(NIGHT))) : all;
          }

          @Override
          public Dataset<Row> history(Table table) {
            return given.getOrDefault(table.id(), none(table));
          }
        };
    Report.write(
        new Report.Of(NIGHT, NIGHT, COMPANY),
        SETTINGS,
        source,
        (name, content) -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try {
            content.writeTo(out);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          written.put(name, out.toString(UTF_8));
        });
    return new Files(written.get("report.html"), written.get("report.json"));
  }

  @Test
  void everyFigureOnThePageIsOneOfItsTables() throws IOException {
    Set<String> known = new TreeSet<>();
    for (JsonNode table : new ObjectMapper().readTree(full.json()).get("tables")) {
      for (JsonNode row : table) {
        row.forEach(value -> known.add(value.asText()));
      }
    }
    // What is lost stands in the table as it is and on the page with its sign.
    known.addAll(Set.of("-100", "-300"));
    // Of 40 customers 30 and 10: a share. Of 1,000 landed rows 20 rejected. The newest row's age.
    known.addAll(Set.of("0.75", "0.25", "0.02", "1"));
    // The model's constants: what chance would give.
    known.addAll(Set.of("0.5", "1.0", "0.1", "0.2", "0.0"));

    assertThat(full.figures()).hasSizeGreaterThan(150).isSubsetOf(known);
  }

  @Test
  void aLongFigureIsWrittenSmallerThanAShortOne() {
    Map<String, Dataset<Row>> given = new HashMap<>();
    put(
        given,
        KpiValues.TABLE,
        """
        | as_of_date | kpi  | title | dashboard | unit  | better | value    | target   | status | definition     |
        | 2026-03-31 | mrr  | MRR   | executive | money | higher | 12345678 | 20000000 | behind | Money a month. |
        | 2026-03-31 | arpa | ARPA  | executive | money | higher | 8000     | 9000     | behind | Money each.    |
        """);
    assertThat(report(given).html())
        .contains("<p class=\"big long\"><data value=\"12345678\">$12,345,678</data></p>")
        .contains("<p class=\"big\"><data value=\"8000\">$8,000</data></p>");
  }

  @Test
  void aKpiStandsBesideItsTargetWithItsInterval() {
    assertThat(full.html())
        .contains(
            "<h3>Monthly churn</h3><p class=\"big\"><data value=\"0.049132948\">4.9%</data></p>")
        .contains("<data value=\"0.0309\">3.1%</data> to <data value=\"0.0773\">7.7%</data>")
        .contains(
            "from <data value=\"0.052\">5.2%</data> to <data value=\"0.035\">3.5%</data> by <time datetime=\"2026-04-30\">April 30, 2026</time>")
        .contains("<p class=\"status behind\">Behind the line</p>")
        .contains("<th scope=\"row\">Daily active share</th>")
        .contains("<td>table metrics.engagement</td>");
    assertThat(full.text()).contains("Of 1 figures with a target, 0 have reached it");
  }

  /** 28 days before the night is March 3: of the nights up to it, the last is February 28. */
  @Test
  void aKpiTellsHowFarItHasMovedInFourWeeks() {
    Map<String, Dataset<Row>> given = new HashMap<>();
    put(
        given,
        KpiValues.TABLE,
        """
        | as_of_date | kpi  | title  | dashboard | unit  | better | value | target | status  | definition  |
        | 2026-01-31 | rate | Share  | executive | rate  | higher | 0.9   | 0.6    | reached | A share.    |
        | 2026-02-28 | rate | Share  | executive | rate  | higher | 0.5   | 0.6    | behind  | A share.    |
        | 2026-02-28 | many | Number | executive | count | lower  | 12    | 5      | behind  | A number.   |
        | 2026-03-04 | rate | Share  | executive | rate  | higher | 0.1   | 0.6    | behind  | A share.    |
        | 2026-03-31 | rate | Share  | executive | rate  | higher | 0.625 | 0.6    | reached | A share.    |
        | 2026-03-31 | many | Number | executive | count | lower  | 10    | 5      | behind  | A number.   |
        | 2026-03-31 | new  | New    | executive | count | higher | 10    | 15     | behind  | Since then. |
        """);
    String html = report(given).html();
    assertThat(html)
        .contains("+<data value=\"0.125\">12.5 pp</data> since <time datetime=\"2026-02-28\">")
        .contains("<data value=\"-2\">-2</data> since <time datetime=\"2026-02-28\">");
    assertThat(html.split(" since <time", -1)).hasSize(3);
  }

  @Test
  void withoutANightFourWeeksAgoTheEarliestIsComparedWith() {
    Map<String, Dataset<Row>> given = new HashMap<>();
    put(
        given,
        KpiValues.TABLE,
        """
        | as_of_date | kpi  | title | dashboard | unit | better | value | target | status | definition |
        | 2026-03-29 | rate | Share | executive | rate | higher | 0.5   | 0.6    | behind | A share.   |
        | 2026-03-30 | rate | Share | executive | rate | higher | 0.1   | 0.6    | behind | A share.   |
        | 2026-03-31 | rate | Share | executive | rate | higher | 0.25  | 0.6    | behind | A share.   |
        """);
    assertThat(report(given).html())
        .contains("<data value=\"-0.25\">-25.0 pp</data> since <time datetime=\"2026-03-29\">");
  }

  @Test
  void aCellThatStillRunsIsMarkedAndASmallCohortToo() {
    assertThat(full.html())
        .contains("<span class=\"h h16\"><data value=\"0.8\">80%</data></span>")
        .contains("<span class=\"h h8 open small\"><data value=\"0.4\">40%</data>")
        .contains("<data value=\"20\">20</data><sup>~</sup>");
  }

  @Test
  void theMeanOfCohortsWeighsThemBySizeAndLeavesOutWhatStillRuns() {
    // Period 1: 80 of 100 and the complete cell alone; period 0: 120 of 120.
    assertThat(full.html())
        .contains("<strong><data value=\"0.8\">80%</data></strong>")
        .contains("<strong>Mean of 2</strong></th><td class=\"n\"><data value=\"120\">120</data>");
  }

  @Test
  void aMonthsMovementsLeadFromItsStartToItsEnd() {
    assertThat(full.text())
        .contains("Monthly recurring revenue is  $10,350  from  42  paying customers")
        .contains("How the last full month changed MRR");
    assertThat(full.html())
        .contains(
            "<th scope=\"row\">Churn</th><td class=\"n\"><data value=\"-300\">-$300.00</data>")
        .contains("<th scope=\"row\">End</th><td class=\"n\"><data value=\"10350\">$10,350</data>");
  }

  @Test
  void aClaimStandsBesideWhatIsMeasured() {
    assertThat(full.text())
        .containsPattern("Onboarding\\s+21\\.0%\\s+14%\\s+to\\s+31%\\s+35%\\s+17")
        .containsPattern(
            "Annual churn from monthly\\s+today\\s+45\\.6%\\s+47\\.3%\\s+1\\.7 pp\\s+Contradicts");
  }

  @Test
  void theRiskiestCustomersStandWithTheirReasons() {
    assertThat(full.text())
        .containsPattern("c7\\s+42\\.0%\\s+\\$500\\.00\\s+\\$210\\.00\\s+no log-in for 12 days")
        .contains("10  customers are in the high band");
    assertThat(full.text())
        .containsPattern("ROC-AUC\\s+0\\.71\\s+0\\.66\\s+to\\s+0\\.76\\s+0\\.62");
  }

  @Test
  void whatChangedAfterwardsIsShownFromWhatToWhat() {
    assertThat(full.text())
        .containsPattern(
            "metrics\\.mrr_monthly\\.end_mrr\\s+February 28, 2026\\s+3\\s+10000 → 10100 \\(window_start=2026-02-01\\)");
  }

  @Test
  void withoutRowsEverySectionSaysWhy() {
    Files empty = report(Map.of());

    assertThat(empty.figures()).isEmpty();
    assertThat(empty.text())
        .contains("kpi.kpi_values was not built for 2026-03-31")
        .contains("metrics.cohort_retention was not built for 2026-03-31")
        .contains("metrics.mrr_monthly was not built for 2026-03-31")
        .contains("metrics.customer_churn was not built for 2026-03-31")
        .contains("metrics.feature_adoption was not built for 2026-03-31")
        .contains("metrics.support was not built for 2026-03-31")
        .contains("churn.predictions was not built for 2026-03-31")
        .contains("kpi.plan_checks was not built for 2026-03-31")
        .contains("No feed has delivered anything yet");
    assertThat(empty.html().split("<h2>", -1)).hasSize(10);
  }

  @Test
  void anEmptyTableNamesTheFeedThatIsMissing() {
    Files report =
        report(
            Map.of(
                Ledger.COMMITS.id(),
                rows(
                    Ledger.COMMITS,
                    """
                    | table_id             | version | as_of_date | rows | notes                  |
                    | metrics.satisfaction | 3       | 2026-03-31 | 0    |                        |
                    | metrics.support      | 3       | 2026-03-31 | 0    | No ticket was opened.  |
                    """),
                FeedDeliveries.TABLE.id(),
                rows(
                    FeedDeliveries.TABLE,
                    """
                    | as_of_date | contract | feed | landed_rows | kept_rows | rejected_rows | last_date  |
                    | 2026-03-31 | tickets  | desk | 10          | 10        | 0             | 2026-01-30 |
                    """)));

    assertThat(report.text())
        .contains("Nothing to count: no feed has delivered survey_responses.")
        .contains("No ticket was opened.");
  }

  /** A cohort of this month, and nothing else. */
  static Dataset<Row> oneCohort() {
    return rows(
        CohortRetention.TABLE,
        """
        | as_of_date | definition     | unit     | birth  | grain | cohort_start | segment_dimension | segment_value | period | cohort_size | retained | retention_rate | is_complete | is_small |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-03-01   | all               | all           | 0      | 40          | 40       | 1.0            | true        | false    |
        """);
  }

  @Test
  void oneYoungCohortHasATriangleAndNoCurve() {
    Files report = report(Map.of(CohortRetention.TABLE.id(), oneCohort()));

    assertThat(report.text())
        .contains("No cohort has lived through a whole period yet")
        .contains("No cohort has lived through two whole periods yet");
    assertThat(report.html())
        .contains("<span class=\"h h20\"><data value=\"1.0\">100%</data></span>");
  }

  @Test
  void aNameThatTriesToBecomeMarkupStaysText() throws IOException {
    Files report = report(company(HOSTILE));

    assertThat(report.html())
        .doesNotContain("<script")
        .doesNotContain("<img")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x &lt;img src=x&gt;");
    assertThat(report.html().split("</style>", -1)).hasSize(2);
    assertThat(report.figures()).isEqualTo(full.figures());
    JsonNode coverage =
        new ObjectMapper().readTree(report.json()).get("tables").get(CsCoverage.TABLE.id());
    assertThat(coverage.findValuesAsText("plan")).contains(HOSTILE);
  }

  @Test
  void thePageAsksForNothingAndRunsNothing() {
    assertThat(full.html())
        .contains("default-src &#39;none&#39;; style-src &#39;sha256-")
        .doesNotContain(
            "<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://");
  }

  @Test
  void theOrderOfRowsChangesNoByte() {
    Map<String, Dataset<Row>> turned = new HashMap<>();
    company("pro")
        .forEach(
            (name, given) -> turned.put(name, given.repartition(3, given.col(given.columns()[1]))));

    assertThat(report(turned).html()).isEqualTo(full.html());
  }

  /** A company with rows in every table. */
  static Map<String, Dataset<Row>> company(String plan) {
    Map<String, Dataset<Row>> given = new HashMap<>();
    plan(given);
    retention(given, plan);
    revenue(given);
    churn(given, plan);
    adoption(given);
    service(given, plan);
    risk(given);
    books(given);
    return given;
  }

  private static void put(Map<String, Dataset<Row>> given, Table table, String text) {
    given.put(table.id(), rows(table, text));
  }

  private static void plan(Map<String, Dataset<Row>> given) {
    put(
        given,
        KpiValues.TABLE,
        """
        | as_of_date | kpi              | title              | dashboard  | unit  | better | value       | numerator | denominator | value_low | value_high | baseline | target | due_date   | line_value | status    | missing                  | definition                            |
        | 2026-03-31 | monthly_churn    | Monthly churn      | executive  | rate  | lower  | 0.049132948 | 17        | 346         | 0.0309    | 0.0773     | 0.052    | 0.035  | 2026-04-30 | 0.0407     | behind    |                          | Gone at the end / there at the start. |
        | 2026-03-31 | paying_customers | Paying customers   | executive  | count | higher | 42          |           |             |           |            |          |        |            |            | no_target |                          | Customers with MRR above 0.           |
        | 2026-03-31 | dau_share        | Daily active share | engagement | rate  | higher |             |           |             |           |            | 0.35     | 0.45   | 2026-04-30 | 0.41       | no_value  | table metrics.engagement | Active users a day.                   |
        """);
    put(
        given,
        PlanChecks.TABLE,
        """
        | as_of_date | check                  | of       | stated | computed | difference | is_contradiction | explanation                |
        | 2026-03-31 | annual_churn_compounds | baseline | 0.456  | 0.4731   | 0.0171     | true             | 1 - (1 - monthly churn)^12 |
        | 2026-03-31 | ltv_cac                | target   | 11     | 11.4286  | 0.4286     | true             | CLV / CAC.                 |
        """);
  }

  private static void retention(Map<String, Dataset<Row>> given, String plan) {
    put(
        given,
        CohortRetention.TABLE,
        """
        | as_of_date | definition     | unit     | birth  | grain | cohort_start | segment_dimension | segment_value | period | cohort_size | retained | retention_rate | is_complete | is_small |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-02-01   | all               | all           | 0      | 100         | 100      | 1.0            | true        | false    |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-02-01   | all               | all           | 1      | 100         | 80       | 0.8            | true        | false    |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-03-01   | all               | all           | 0      | 20          | 20       | 1.0            | true        | true     |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-03-01   | all               | all           | 1      | 20          | 8        | 0.4            | false       | true     |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-02-01   | plan              | PLAN          | 0      | 50          | 50       | 1.0            | true        | false    |
        | 2026-03-31 | signup_monthly | customer | signup | month | 2026-02-01   | plan              | PLAN          | 1      | 50          | 45       | 0.9            | true        | false    |
        """
            .replace("PLAN", plan));
  }

  private static void revenue(Map<String, Dataset<Row>> given) {
    put(
        given,
        MrrMonthly.TABLE,
        """
        | as_of_date | counting  | window_kind        | window_start | window_end | start_mrr | new_mrr | reactivation_mrr | expansion_mrr | contraction_mrr | churn_mrr | fx_mrr | end_mrr | end_customers | arpa   | gross_churn_rate | net_churn_rate | quick_ratio | nrr  | grr  | is_complete |
        | 2026-03-31 | snapshot  | month              | 2026-03-01   | 2026-04-01 | 10000     | 500     | 50               | 200           | 100             | 300       | 0      | 10350   | 42            | 246.43 | 0.04             | 0.015          | 1.875       | 0.98 | 0.96 | false       |
        | 2026-03-31 | confirmed | trailing_12_months | 2025-02-01   | 2026-02-01 | 6000      | 0       | 0                | 0             | 0               | 0         | 0      | 6000    | 30            | 200    | 0                | 0              |             | 0.97 | 0.74 | true        |
        """);
    put(
        given,
        CustomerValue.TABLE,
        """
        | as_of_date | month_start | arpa   | gross_margin_rate | churn_rate | lifetime_months | clv  | survival_clv | cac | ltv_cac | cac_payback_months |
        | 2026-03-31 | 2026-03-01  | 246.43 | 0.81              | 0.055      | 18.2            | 3633 | 2900         | 439 | 8.28    | 2.2                |
        """);
  }

  private static void churn(Map<String, Dataset<Row>> given, String plan) {
    put(
        given,
        CustomerChurn.TABLE,
        """
        | as_of_date | counting  | window_kind | window_start | window_end | segment_dimension | segment_value | start_customers | churned_customers | churn_rate | rate_low | rate_high | implied | voluntary_customers | involuntary_customers | intra_period_churn | is_complete | is_small |
        | 2026-03-31 | confirmed | month       | 2025-12-01   | 2026-01-01 | all               | all           | 340             | 10                | 0.0294     | 0.016    | 0.0533    |         | 8                   | 2                     | 0                  | true        | false    |
        | 2026-03-31 | confirmed | month       | 2026-01-01   | 2026-02-01 | all               | all           | 346             | 17                | 0.0491     | 0.0309   | 0.0773    |         | 12                  | 3                     | 1                  | true        | false    |
        | 2026-03-31 | confirmed | quarter     | 2025-10-01   | 2026-01-01 | all               | all           | 300             | 49                | 0.1633     | 0.1258   | 0.2094    | 0.1616  | 40                  | 9                     | 2                  | true        | false    |
        | 2026-03-31 | confirmed | quarter     | 2025-10-01   | 2026-01-01 | plan              | PLAN          | 200             | 30                | 0.15       | 0.107    | 0.206     |         | 25                  | 5                     | 1                  | true        | false    |
        | 2026-03-31 | confirmed | quarter     | 2025-10-01   | 2026-01-01 | plan              | basic         | 12              | 3                 | 0.251      | 0.0889   | 0.5323    |         | 3                   | 0                     | 0                  | true        | true     |
        """
            .replace("PLAN", plan));
    put(
        given,
        ChurnCauses.TABLE,
        """
        | as_of_date | cause      | window_start | window_end | churned_customers | stated_customers | evidence_customers | all_churned_customers | attributed_rate | attributed_low | attributed_high | claimed_rate |
        | 2026-03-31 | onboarding | 2025-04-01   | 2026-04-01 | 17                | 15               | 2                  | 144                   | 0.21            | 0.1354         | 0.3107          | 0.35         |
        | 2026-03-31 | payment    | 2025-04-01   | 2026-04-01 | 8                 | 8                | 0                  | 144                   |                 |                |                 |              |
        """);
    put(
        given,
        Survival.TABLE,
        """
        | as_of_date | spells | segment_dimension | segment_value | tenure_days | at_risk | churned_customers | survival_rate | survival_low | survival_high | followed_customers | all_churned_customers | is_small |
        | 2026-03-31 | first  | all               | all           | 30          | 100     | 10                | 0.9           | 0.82         | 0.945         | 100                | 30                    | false    |
        | 2026-03-31 | first  | all               | all           | 300         | 40      | 20                | 0.45          | 0.34         | 0.552         | 100                | 30                    | false    |
        | 2026-03-31 | first  | plan              | PLAN          | 250         | 20      | 4                 | 0.85          | 0.61         | 0.951         | 25                 | 4                     | true     |
        """
            .replace("PLAN", plan));
  }

  private static void adoption(Map<String, Dataset<Row>> given) {
    put(
        given,
        FeatureAdoption.TABLE,
        """
        | as_of_date | level   | tier | feature | is_new_feature | entitled_customers | adopters | adoption_rate | rate_low | rate_high | is_small | mean_breadth | uses_per_adopter | median_days_to_adopt |
        | 2026-03-31 | overall | all  | all     |                | 400                | 394      | 0.985         | 0.968    | 0.993     | false    | 0.516        | 210.3            |                      |
        | 2026-03-31 | tier    | core | all     |                | 400                | 393      | 0.9825        | 0.964    | 0.992     | false    | 0.795        | 175.1            |                      |
        | 2026-03-31 | feature | core | search  | true           | 399                | 321      | 0.8045        | 0.763    | 0.841     | false    | 0.8045       | 23.2             | 11                   |
        """);
    put(
        given,
        AdopterRetention.TABLE,
        """
        | as_of_date | level | tier | feature | adopters | adopter_retention_rate | others | other_retention_rate | difference | difference_low | difference_high | is_small |
        | 2026-03-31 | tier  | core | all     | 158      | 0.899                  | 253    | 0.862                | 0.037      | -0.031         | 0.098           | false    |
        """);
    put(
        given,
        TimeToValue.TABLE,
        """
        | as_of_date | basis    | band    | customers | band_share | followed_customers | retained_customers | retention_rate | rate_low | rate_high | claimed_retention_rate | median_days | is_small |
        | 2026-03-31 | naive    | under_7 | 129       | 0.144      | 100                | 70                 | 0.7            | 0.604    | 0.781     | 0.95                   |             | false    |
        | 2026-03-31 | naive    | all     | 898       | 1          | 600                | 420                | 0.701          | 0.66     | 0.736     |                        | 18          | false    |
        | 2026-03-31 | landmark | under_7 | 88        | 0.2        | 72                 | 63                 | 0.875          | 0.779    | 0.933     | 0.95                   |             | false    |
        | 2026-03-31 | landmark | all     | 411       | 1          | 411                | 360                | 0.876          | 0.841    | 0.904     |                        |             | false    |
        """);
  }

  private static void service(Map<String, Dataset<Row>> given, String plan) {
    put(
        given,
        Satisfaction.TABLE,
        """
        | as_of_date | measure | touchpoint | questions | answered_questions | response_rate | answers | mean_score | mean_score_10 | mean_score_5 | top_box_rate | top_box_rate_low | top_box_rate_high | promoters | passives | detractors | nps   | nps_low | nps_high | is_small |
        | 2026-03-31 | csat    | all        | 1000      | 364                | 0.364         | 360     | 0.743      | 7.43          | 3.97         | 0.253        | 0.211            | 0.3               |           |          |            |       |         |          | false    |
        | 2026-03-31 | nps     | all        | 345       | 113                | 0.3275        | 113     |            |               |              |              |                  |                   | 26        | 41       | 46         | -17.7 | -32.1   | -3.3     | false    |
        """);
    put(
        given,
        Support.TABLE,
        """
        | as_of_date | support_tier | target_minutes | tickets | median_first_response_minutes | p90_first_response_minutes | attainment_rate | attainment_rate_low | attainment_rate_high | resolution_rate | median_resolution_days | ticket_trend | open_tickets | reopened_tickets | escalated_tickets |
        | 2026-03-31 | basic        | 120            | 34      | 123                           | 1211                       | 0.485           | 0.325               | 0.648                | 0.941           | 1                      | 0.063        | 39           | 0                | 2                 |
        """);
    put(
        given,
        CsCoverage.TABLE,
        """
        | as_of_date | plan | customers | covered_customers | coverage_rate | coverage_rate_low | coverage_rate_high | mrr   | covered_mrr | mrr_coverage_rate | is_small |
        | 2026-03-31 | all  | 396       | 133               | 0.336         | 0.291             | 0.384              | 14324 | 8360        | 0.584             | false    |
        | 2026-03-31 | PLAN | 180       | 75                | 0.417         | 0.347             | 0.49               | 4983  | 2153        | 0.432             | false    |
        """
            .replace("PLAN", plan));
    put(
        given,
        CsRetention.TABLE,
        """
        | as_of_date | stratum | managed_customers | managed_retained | managed_retention_rate | other_customers | other_retained | other_retention_rate | difference | difference_low | difference_high |
        | 2026-03-31 | crude   | 118               | 108              | 0.915                  | 228             | 201            | 0.882                | 0.034      | -0.037         | 0.097           |
        """);
  }

  private static void risk(Map<String, Dataset<Row>> given) {
    StringBuilder customers =
        new StringBuilder(
            "| as_of_date | customer_id | model_id | probability | risk_band | mrr | mrr_at_risk | expected_loss | reasons | reason_1 |\n");
    for (int i = 1; i <= 10; i++) {
      customers.append(
          "| 2026-03-31 | c%d | m1 | %s | high | %s | %s | 1 | [(idle_days, 12, 0.4, no log-in)] | no log-in for 12 days |%n"
              .formatted(
                  i, i == 7 ? "0.42" : "0.4", i == 7 ? "500" : "100", i == 7 ? "210" : "40"));
    }
    put(given, Predictions.TABLE, customers.toString());
    put(
        given,
        Models.TABLE,
        """
        | as_of_date | model_id | algorithm           | is_champion | status   | test_observations | test_churned | test_base_rate | validation_pr_auc | roc_auc | roc_auc_low | roc_auc_high | pr_auc | pr_auc_low | pr_auc_high | brier_skill | brier_skill_low | calibration_slope | calibration_error | lift_10pct | recall_10pct | recall_20pct | idle_days_roc_auc | idle_days_pr_auc | idle_days_lift_10pct | idle_days_recall_10pct | idle_days_recall_20pct |
        | 2026-03-30 | m1       | logistic_regression | true        | champion | 2848              | 148          | 0.052          | 0.126             | 0.71    | 0.66        | 0.76         | 0.14   | 0.09       | 0.19        | 0.03        | 0.01            | 0.93              | 0.017             | 2.7        | 0.27         | 0.41         | 0.62              | 0.09             | 2.3                  | 0.229                  | 0.34                   |
        """);
    put(
        given,
        Drift.TABLE,
        """
        | as_of_date | feature | model_id | psi  | is_alert |
        | 2026-03-31 | seats   | m1       | 0.31 | true     |
        | 2026-03-31 | score   | m1       | 0.05 | false    |
        """);
    put(
        given,
        Outcomes.TABLE,
        """
        | as_of_date | observation_date | customer_id | risk_band | probability | is_churned | is_correction |
        | 2026-03-30 | 2026-01-05       | c1          | high      | 0.6         | false      | false         |
        | 2026-03-31 | 2026-01-05       | c1          | high      | 0.6         | true       | true          |
        | 2026-03-30 | 2026-01-05       | c2          | low       | 0.125       | false      | false         |
        """);
    StringBuilder segments = new StringBuilder("| as_of_date | customer_id | segment |\n");
    for (int i = 1; i <= 40; i++) {
      segments.append("| 2026-03-31 | c%d | %s |%n".formatted(i, i <= 10 ? "at_risk" : "casual"));
    }
    put(given, Segments.TABLE, segments.toString());
  }

  private static void books(Map<String, Dataset<Row>> given) {
    put(
        given,
        FeedDeliveries.TABLE,
        """
        | as_of_date | contract  | feed     | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows | last_date  |
        | 2026-03-31 | customers | accounts | 1000        | 975       | 20            | 5           | 0                | 2026-03-30 |
        """);
    put(
        given,
        Ledger.QUALITY_RESULTS,
        """
        | table_id        | version | as_of_date | rule              | broken_rows | rows |
        | conformed.costs | 1       | 2026-03-31 | a negative amount | 13          | 143  |
        | conformed.costs | 2       | 2026-03-30 | a negative amount | 12          | 140  |
        """);
    put(
        given,
        Ledger.PUBLISHED,
        """
        | as_of_date | run_id | table_id       | version |
        | 2026-03-31 | r1     | kpi.kpi_values | 4       |
        """);
    put(
        given,
        Ledger.RESTATEMENTS,
        """
        | table_id            | version | run_id | as_of_date | row_key                 | column_name | from_value | to_value | restated_figures |
        | metrics.mrr_monthly | 9       | r1     | 2026-02-28 | window_start=2026-02-01 | end_mrr     | 10000      | 10100    | 3                |
        """);
  }
}
