package io.holdfast.program;

import static io.holdfast.Rows.assertRows;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.Catalog;
import io.holdfast.activity.PayingSpells;
import io.holdfast.churn.Models;
import io.holdfast.cli.Terminal;
import io.holdfast.conformed.ChurnReasons;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.Tickets;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.ops.RejectedRows;
import io.holdfast.table.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real dump through the example configuration: rows of our own, and the files themselves. */
@org.junit.jupiter.api.Tag("integration")
class RavenStackTest {

  private static final Path CONFIGURATION = Path.of("conf", "examples", "ravenstack.conf");
  private static final Path OWN_ROWS = Path.of("src", "test", "resources", "ravenstack");

  /** What five files of accounts, subscriptions, use, tickets and churn reasons are enough for. */
  private static final List<String> FILLED =
      List.of(
          "kpi.kpi_values",
          "kpi.plan_checks",
          "metrics.churn_causes",
          "metrics.cohort_retention",
          "metrics.customer_churn",
          "metrics.customer_value",
          "metrics.engagement",
          "metrics.feature_adoption",
          "metrics.lifecycle",
          "metrics.mrr_monthly",
          "metrics.mrr_movements",
          "metrics.satisfaction",
          "metrics.stickiness",
          "metrics.support",
          "metrics.survival");

  @TempDir private static Path folder;

  @BeforeAll
  static void takesInRowsOfOurOwn() {
    Terminal.Result result = run("own", OWN_ROWS.toAbsolutePath().toString(), "ingest");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }

  @Test
  void theExampleMapsEveryFile() {
    Lake lake = lake("own");
    assertRows(
        lake.read(Customers.TABLE)
            .select(
                col("customer_id"),
                col("name"),
                col("country"),
                col("acquisition_channel"),
                col("company_size"),
                col("signup_date"),
                col("known_from"),
                attribute("industry")),
        """
        | customer_id | name              | country | acquisition_channel | company_size | signup_date | known_from | industry   |
        | A-1         | Lakeside Press    | US      | organic             | 12           | 2024-01-10  | 2024-01-10 | EdTech     |
        | A-2         | Harbour Bank      | UK      | partner             | 4            | 2024-02-01  | 2024-02-01 | FinTech    |
        | A-3         | Meadow, Hill & Co | DE      | ads                 | 80           | 2024-03-15  | 2024-03-15 | HealthTech |
        | A-4         | Quarry Tools      | IN      |                     | 3            | 2024-06-01  | 2024-06-01 | DevTools   |
        | A-5         | Orchard Labs      | CA      | event               | 9            | 2024-12-30  | 2024-12-30 | DevTools   |
        """);
    assertRows(
        lake.read(Subscriptions.TABLE),
        """
        | subscription_id | customer_id | plan       | mrr   | billing_period | is_trial | start_date | end_date   |
        | S-1             | A-1         | Pro        | 588   | monthly        | false    | 2024-01-12 |            |
        | S-2             | A-2         | Basic      | 76    | annual         | false    | 2024-02-01 | 2024-06-01 |
        | S-3             | A-3         | Enterprise | 0     | monthly        | true     | 2024-03-15 | 2024-04-15 |
        | S-4             | A-3         | Enterprise | 15920 | annual         | false    | 2024-04-15 |            |
        | S-5             | A-4         | Basic      | 57    | monthly        | false    | 2024-06-01 |            |
        | S-6             | A-5         | Pro        | 441   | monthly        | false    | 2024-12-31 |            |
        """);
    assertRows(
        lake.read(Events.TABLE),
        """
        | event_id | clash_number | customer_id | subscription_id | event        | feature   | event_date | quantity |
        | U-1      | 1            | A-1         | S-1             | feature_used | feature_1 | 2024-01-20 | 5        |
        | U-2      | 1            | A-1         | S-1             | feature_used | feature_2 | 2024-02-02 | 1        |
        | U-3      | 1            | A-2         | S-2             | feature_used | feature_1 | 2024-02-10 | 8        |
        | U-4      | 1            | A-2         | S-2             | feature_used | feature_1 | 2024-06-01 | 2        |
        | U-5      | 1            | A-3         | S-4             | feature_used | feature_3 | 2024-03-20 | 4        |
        | U-6      | 1            | A-4         | S-5             | feature_used | feature_1 | 2024-05-20 | 3        |
        | U-7      | 1            | A-3         | S-4             | feature_used | feature_3 | 2024-05-01 | 6        |
        | U-7      | 2            | A-1         | S-1             | feature_used | feature_2 | 2024-05-02 | 2        |
        | U-9      | 1            | A-5         | S-6             | feature_used | feature_1 | 2025-01-02 | 1        |
        """);
    assertRows(
        lake.read(Tickets.TABLE).select(col("*"), attribute("resolution_time_hours")),
        """
        | ticket_id | customer_id | opened_date | closed_at            | first_response_minutes | satisfaction_score | is_escalated | resolution_time_hours |
        | T-1       | A-1         | 2024-02-03  | 2024-02-04T05:00:00Z | 40                     | 4                  | false        | 29.0                  |
        | T-2       | A-2         | 2024-01-15  | 2024-01-15T12:30:00Z | 125                    |                    | true         | 12.5                  |
        | T-3       | A-3         | 2024-12-30  | 2025-01-02T08:00:00Z | 9                      | 5                  | false        | 80.0                  |
        """);
    assertRows(
        lake.read(ChurnReasons.TABLE),
        """
        | churn_reason_id | customer_id | churn_date | reason   | comment            | refund_amount |
        | C-1             | A-2         | 2024-06-01 | pricing  | too dear, too slow | 12.5          |
        | C-2             | A-2         | 2024-06-01 | support  |                    | 0             |
        | C-3             | A-4         | 2024-09-09 | features | missing features   | -3            |
        """);
    assertRows(
        lake.read(RejectedRows.TABLE),
        """
        | feed  | reject_reason                                  |
        | usage | subscription_id 'S-404' is not in subscriptions |
        """);
    assertRows(
        warnings(lake),
        """
        | table_id          | rule                                           | broken_rows |
        | conformed.events  | an id repeated with other content (both kept) | 1           |
        | conformed.events  | before the customer's signup                   | 1           |
        | conformed.events  | before its subscription's start                | 2           |
        | conformed.events  | after its subscription's last paid day         | 1           |
        | conformed.tickets | opened before the customer's signup            | 1           |
        """);
    assertRows(
        lake.read(FeedDeliveries.TABLE),
        """
        | feed          | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows | first_date | last_date  |
        | accounts      | 5           | 5         | 0             | 0           | 0                | 2024-01-10 | 2024-12-30 |
        | subscriptions | 6           | 6         | 0             | 0           | 0                | 2024-01-12 | 2024-12-31 |
        | features      | 10          | 3         | 0             | 7           | 0                |            |            |
        | usage         | 10          | 8         | 1             | 0           | 1                | 2024-01-20 | 2024-06-01 |
        | tickets       | 3           | 3         | 0             | 0           | 0                | 2024-01-15 | 2024-12-30 |
        | ticket_marks  | 3           | 2         | 0             | 0           | 1                | 2024-01-15 | 2024-02-04 |
        | churn_reasons | 3           | 3         | 0             | 0           | 0                | 2024-06-01 | 2024-09-09 |
        """);
  }

  @Test
  void whatADumpSaysOfLaterIsNotKnownEarlier() {
    Lake lake = lake("own");

    assertRows(
        Known.at(lake.read(Tickets.TABLE), date("2024-12-31")).filter("ticket_id <> 'T-2'"),
        """
        | ticket_id | closed_date | satisfaction_score | priority |
        | T-1       | 2024-02-04  | 4                  | high     |
        | T-3       |             |                    | urgent   |
        """);
    assertRows(
        Known.at(lake.read(Subscriptions.TABLE), date("2024-05-30")),
        """
        | subscription_id | end_date   |
        | S-1             |            |
        | S-2             |            |
        | S-3             | 2024-04-15 |
        | S-4             |            |
        """);
    assertRows(
        Known.at(lake.read(Customers.TABLE), date("2024-01-31")),
        """
        | customer_id | name           | company_size | plan |
        | A-1         | Lakeside Press |              |      |
        """);
  }

  /** The expected figures are counted from the files by a script of a few lines, without Spark. */
  @Test
  void theRealFilesMakeANightThatAccountsForEveryRow() {
    String real = System.getenv("RAVENSTACK_DIR");
    assumeTrue(real != null, "skipped: RAVENSTACK_DIR is not set");

    Terminal.Result first = run("real", real, "nightly");

    assertThat(first.exitCode()).as(first.out() + first.err()).isZero();
    assertThat(first.out()).contains("Night published of 2024-12-31");
    Lake lake = lake("real");
    assertRows(
        lake.read(FeedDeliveries.TABLE),
        """
        | feed          | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows |
        | accounts      | 500         | 500       | 0             | 0           | 0                |
        | subscriptions | 5000        | 5000      | 0             | 0           | 0                |
        | features      | 25000       | 40        | 0             | 24960       | 0                |
        | usage         | 25000       | 25000     | 0             | 0           | 0                |
        | tickets       | 2000        | 2000      | 0             | 0           | 0                |
        | ticket_marks  | 2000        | 2000      | 0             | 0           | 0                |
        | churn_reasons | 600         | 600       | 0             | 0           | 0                |
        """);
    assertRows(
        warnings(lake).filter("table_id like 'conformed.%'"),
        """
        | table_id          | rule                                           | broken_rows |
        | conformed.events  | before its subscription's start                | 19142       |
        | conformed.events  | after its subscription's last paid day         | 290         |
        | conformed.events  | before the customer's signup                   | 13198       |
        | conformed.events  | an id repeated with other content (both kept) | 21          |
        | conformed.tickets | opened before the customer's signup            | 1077        |
        """);
    // Of the tickets closed in the 90 days up to the night 163 have a mark: 59 of 3, 63 of 4, 41 of
    // 5.
    assertRows(
        lake.read(Satisfaction.TABLE).filter("touchpoint = 'support'"),
        """
        | measure | questions | answered_questions | answers | top_box_answers | mean_score_5 |
        | csat    | 267       | 163                | 163     | 41              | %s |
        """
            .formatted((59 * 3 + 63 * 4 + 41 * 5) / 163.0));
    assertRows(
        lake.read(Subscriptions.TABLE).filter("subscription_id = 'S-8cec59'"),
        """
        | subscription_id | customer_id | mrr  | start_date | end_date   |
        | S-8cec59        | A-3c1a3f    | 2786 | 2023-12-23 | 2024-04-13 |
        """);
    // Two customers have a confirmed churn: one of them paid for four days only, and was paying on
    // no
    // Monday that lies a lead before it left.
    assertRows(
        lake.read(PayingSpells.TABLE)
            .filter("counting = 'confirmed' and confirmed_date is not null"),
        """
        | customer_id | start_date | end_date   |
        | A-180abf    | 2023-09-16 | 2023-11-07 |
        | A-432483    | 2023-04-02 | 2023-04-06 |
        """);
    assertThat(lake.read(Models.TABLE).select("status").head().getString(0))
        .isEqualTo("too few churned customers to learn from: 1 of 100 needed; confirmed churns: 2");

    Map<String, String> empty = emptyTables(lake);
    assertThat(empty).as("what each empty table says").doesNotContainValue("");
    assertThat(empty)
        .containsEntry(
            "metrics.time_to_value",
            "No time to value is measured: value.events and value.features name nothing that shows it.");
    assertThat(
            Catalog.JOBS.stream().map(job -> job.table().id()).filter(id -> !empty.containsKey(id)))
        .containsAll(FILLED);

    Map<String, String> contents = contents(lake);
    Terminal.Result second = run("real", real, "nightly");

    assertThat(second.exitCode()).isZero();
    assertThat(second.out())
        .contains("Every job was skipped: nothing that it reads has changed.")
        .contains(": 0 built, ");
    assertThat(contents(lake)).isEqualTo(contents);
  }

  /** The tables of figures that have no row, and what each of them says of itself. */
  private static Map<String, String> emptyTables(Lake lake) {
    Map<String, String> notes = new TreeMap<>();
    for (Job job : Catalog.JOBS) {
      Commit commit = lake.last(job.table()).orElseThrow().commit();
      if (job.table().id().matches("(metrics|kpi)[.].*") && commit.rows() == 0) {
        notes.put(job.table().id(), String.join(" ", commit.notes()));
      }
    }
    return notes;
  }

  /** The content that the latest commit of every table says it has, and that commit's version. */
  private static Map<String, String> contents(Lake lake) {
    Map<String, String> contents = new TreeMap<>();
    for (Job job : Catalog.JOBS) {
      Table table = job.table();
      contents.put(
          table.id(),
          lake.last(table).orElseThrow().commit().content() + " " + lake.version(table));
    }
    return contents;
  }

  private static Dataset<Row> warnings(Lake lake) {
    return lake.read(Ledger.QUALITY_RESULTS);
  }

  private static Column attribute(String name) {
    return col("attributes").getItem(name).as(name);
  }

  private static Column date(String day) {
    return org.apache.spark.sql.functions.lit(java.sql.Date.valueOf(day));
  }

  private static Lake lake(String name) {
    return new TinyCompany(folder).lake(folder.resolve(name));
  }

  private static Terminal.Result run(String lake, String dump, String application) {
    TinyCompany company = new TinyCompany(folder);
    company.environment("RAVENSTACK_DIR", dump);
    return company.main(
        "--config",
        CONFIGURATION,
        "run",
        application,
        "--as-of",
        "2024-12-31",
        "--set",
        "lake.path=" + folder.resolve(lake));
  }
}
