package io.holdfast.program;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.last_day;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.cli.Terminal;
import io.holdfast.conformed.Events;
import io.holdfast.generate.Company;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.metrics.AdopterRetention;
import io.holdfast.metrics.ChurnCauses;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CsRetention;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.Engagement;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.Lifecycle;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Stickiness;
import io.holdfast.metrics.Support;
import io.holdfast.metrics.Survival;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.ops.RejectedRows;
import io.holdfast.table.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A generated company from its feeds through a night's tables: every figure that is a count equals
 * the truth, which the generator counted from its own simulation, and all dirt is found, and
 * nothing else.
 */
@Tag("integration")
class GeneratedCompanyTest {

  private static final LocalDate LAST = LocalDate.of(2026, 6, 30);
  private static final Path CONFIGURATION = Path.of("conf", "examples", "generated.conf");

  @TempDir private static Path folder;

  private static Lake lake;
  private static List<Map<String, String>> figures;
  private static List<Map<String, String>> planted;

  @BeforeAll
  static void liveThroughANight() throws IOException {
    Company.generate(SharedSpark.session(), Company.Parameters.of(400, 270, 3, folder.toString()));
    TinyCompany company = new TinyCompany(folder);
    company.environment("GENERATED_DIR", folder.toString());
    Terminal.Result night =
        company.main(
            "--config",
            CONFIGURATION,
            "run",
            "ingest",
            "activity",
            "retention",
            "adoption",
            "revenue",
            "satisfaction",
            "--as-of",
            LAST.toString());
    assertThat(night.exitCode()).as(night.out() + night.err()).isZero();
    lake = company.lake(folder.resolve("lake"));
    figures = truth("figures.csv");
    planted = truth("planted.csv");
  }

  @Test
  void whatCustomersPayAtMonthEndsIsTheTruth() {
    Dataset<Row> ends =
        SharedSpark.session()
            .sql(
                "select explode(sequence(date'2025-10-31', date'2026-06-30', interval 1 month)) as d")
            .select(last_day(col("d")).as("date"));
    Dataset<Row> paying =
        lake.read(CustomerMrr.TABLE)
            .filter("mrr > 0")
            .join(
                ends,
                col("from_date")
                    .leq(col("date"))
                    .and(col("until_date").isNull().or(col("until_date").gt(col("date")))));
    assertThat(
            differences(
                paying.groupBy("date").agg(count(lit(1)).as("value")),
                "paying_customers",
                col("date"),
                lit("all"),
                lit(0)))
        .isEmpty();
    assertThat(
            differences(
                paying.groupBy("date").agg(sum("mrr").as("value")),
                "mrr",
                col("date"),
                lit("all"),
                lit(0)))
        .isEmpty();
  }

  @Test
  void whoLeftThePayingSetAndStayedAwayIsTheTruth() {
    Dataset<Row> spells = lake.read(PayingSpells.TABLE);
    Column month = trunc(col("end_date"), "month");
    assertThat(
            differences(
                spells
                    .filter(col("counting").equalTo("snapshot").and(col("end_date").leq(lit(LAST))))
                    .groupBy(month.as("month"))
                    .agg(count(lit(1)).as("value")),
                "exits",
                col("month"),
                lit("all"),
                lit(0)))
        .isEmpty();
    assertThat(
            differences(
                spells
                    .filter(
                        col("counting")
                            .equalTo("confirmed")
                            .and(col("confirmed_date").leq(lit(LAST))))
                    .groupBy(month.as("month"))
                    .agg(count(lit(1)).as("value")),
                "confirmed_churn",
                col("month"),
                lit("all"),
                lit(0)))
        .isEmpty();
  }

  /** The counts of a month and what is paid at its end; what it starts with is the end before. */
  @Test
  void whatAMonthBringsAndTakesIsTheTruth() {
    Dataset<Row> months =
        lake.read(MrrMonthly.TABLE)
            .filter(col("as_of_date").equalTo(lit(LAST)).and(col("window_kind").equalTo("month")))
            .withColumn("last_day", date_sub(col("window_end"), 1))
            .withColumn("day_before", date_sub(col("window_start"), 1));
    Dataset<Row> snapshot = months.filter(col("counting").equalTo("snapshot"));
    // Of the last days nobody can say yet who stays away.
    Dataset<Row> confirmed =
        months.filter(
            col("counting").equalTo("confirmed").and(col("last_day").leq(lit(LAST.minusDays(30)))));

    assertEqualTheTruth(snapshot, "end_mrr", "last_day", "mrr");
    assertEqualTheTruth(snapshot, "end_customers", "last_day", "paying_customers");
    assertEqualTheTruth(snapshot, "churned_customers", "window_start", "exits");
    assertEqualTheTruth(confirmed, "churned_customers", "window_start", "confirmed_churn");
    assertEqualTheTruth(snapshot, "new_customers", "window_start", "new_customers");
    assertCounts(
        months,
        col("window_start"),
        col("counting"),
        lit(0),
        Map.of("reactivated_customers", "reactivated_customers"));
    Dataset<Row> before = snapshot.filter(col("start_customers").gt(0));
    assertThat(before.count()).isGreaterThan(6);
    assertThat(
            before
                .as("later")
                .join(
                    snapshot.as("earlier"),
                    col("later.day_before").equalTo(col("earlier.last_day")),
                    "left")
                .filter(
                    not(col("later.start_mrr").eqNullSafe(col("earlier.end_mrr")))
                        .or(
                            not(
                                col("later.start_customers")
                                    .eqNullSafe(col("earlier.end_customers")))))
                .collectAsList())
        .isEmpty();
  }

  private static void assertEqualTheTruth(
      Dataset<Row> months, String column, String day, String figure) {
    Dataset<Row> values =
        months.filter(col(column).gt(0)).select(col(day).as("date"), col(column).as("value"));
    assertThat(values.isEmpty()).as(figure).isFalse();
    assertThat(differences(values, figure, col("date"), lit("all"), lit(0))).as(figure).isEmpty();
  }

  /** Windows that have begun, over or not: of each the start that lies within the data. */
  @Test
  void whoOfAWindowsStartIsGoneAtItsEndIsTheTruth() {
    assertCounts(
        night(CustomerChurn.TABLE).filter("segment_dimension = 'all'"),
        col("window_start"),
        concat_ws(":", col("window_kind"), col("counting")),
        lit(0),
        Map.of(
            "start_customers", "start_customers",
            "churned_customers", "churned_customers",
            "involuntary_customers", "involuntary_customers",
            "intra_period_churn", "intra_period_churn"));
  }

  @Test
  void whoWasFollowedAndWhoLeftIsTheTruth() {
    Dataset<Row> sizes =
        night(Survival.TABLE)
            .filter("segment_dimension = 'all'")
            .select("as_of_date", "spells", "followed_customers", "all_churned_customers")
            .distinct();
    assertCounts(
        sizes,
        col("as_of_date"),
        col("spells"),
        lit(0),
        Map.of(
            "followed_customers", "followed_customers",
            "all_churned_customers", "all_churned_customers"));
    // The company is younger than the window of causes.
    long confirmed =
        truly("confirmed_churn", row -> true).values().stream()
            .mapToLong(BigDecimal::longValue)
            .sum();
    assertThat(confirmed).isPositive();
    assertThat(
            night(ChurnCauses.TABLE)
                .agg(
                    sum("churned_customers"),
                    min("all_churned_customers"),
                    max("all_churned_customers"))
                .head())
        .isEqualTo(RowFactory.create(confirmed, confirmed, confirmed));
  }

  @Test
  void whoIsNewReturningBackAndDormantIsTheTruth() {
    assertCounts(
        night(Lifecycle.TABLE).filter("segment_dimension = 'all'"),
        col("period_start"),
        concat_ws(":", col("unit"), col("grain")),
        lit(0),
        Map.of(
            "new_units", "new_units",
            "returning_units", "returning_units",
            "resurrecting_units", "resurrecting_units",
            "dormant_units", "dormant_units"));
    assertCounts(
        night(Stickiness.TABLE).filter("segment_dimension = 'all'"),
        col("as_of_date"),
        concat_ws(":", col("unit"), col("grain")),
        col("active_periods"),
        Map.of("units", "units"));
    assertCounts(
        night(Engagement.TABLE).filter("segment_dimension = 'all'"),
        col("as_of_date"),
        col("unit"),
        lit(0),
        Map.of(
            "active_units_1d", "active_units_1d",
            "active_units_7d", "active_units_7d",
            "active_units_28d", "active_units_28d",
            "active_unit_days_28d", "active_unit_days_28d"));
  }

  @Test
  void howSoonValueIsSeenAndWhoStaysIsTheTruth() {
    assertCounts(
        night(TimeToValue.TABLE),
        col("as_of_date"),
        concat_ws(":", col("basis"), col("band")),
        lit(0),
        Map.of(
            "customers", "band_customers",
            "followed_customers", "band_followed",
            "retained_customers", "band_retained"));
    assertCounts(
        night(AdopterRetention.TABLE),
        col("as_of_date"),
        concat(
            col("level"),
            lit(":"),
            when(col("level").equalTo("tier"), col("tier")).otherwise(col("feature"))),
        lit(0),
        Map.of(
            "adopters", "landmark_adopters",
            "adopters_retained", "landmark_adopters_retained",
            "others", "landmark_others",
            "others_retained", "landmark_others_retained"));
  }

  @Test
  void ticketsAnswersAndWhoIsLookedAfterAreTheTruth() {
    assertCounts(
        night(Support.TABLE),
        col("as_of_date"),
        col("support_tier"),
        lit(0),
        Map.of(
            "tickets", "tickets",
            "answered_tickets", "answered_tickets",
            "decided_tickets", "decided_tickets",
            "in_time_tickets", "in_time_tickets",
            "resolved_tickets", "resolved_tickets",
            "earlier_tickets", "earlier_tickets",
            "open_tickets", "open_tickets",
            "escalated_tickets", "escalated_tickets"));
    assertCounts(
        night(Satisfaction.TABLE),
        col("as_of_date"),
        concat_ws(":", col("measure"), col("touchpoint")),
        lit(0),
        Map.of(
            "questions", "questions",
            "answered_questions", "answered_questions",
            "answers", "answers",
            "top_box_answers", "top_box_answers",
            "promoters", "promoters",
            "passives", "passives",
            "detractors", "detractors"));
    assertCounts(
        night(CsCoverage.TABLE).filter("plan = 'all'"),
        col("as_of_date"),
        lit("all"),
        lit(0),
        Map.of(
            "managed_customers", "managed_customers",
            "touched_customers", "touched_customers",
            "covered_customers", "covered_customers"));
    assertCounts(
        night(CsRetention.TABLE).filter("stratum = 'crude'"),
        col("as_of_date"),
        lit("all"),
        lit(0),
        Map.of(
            "managed_customers", "once_managed",
            "managed_retained", "once_managed_retained",
            "other_customers", "once_other",
            "other_retained", "once_other_retained"));
  }

  private static Dataset<Row> night(Table table) {
    return lake.read(table).filter(col("as_of_date").equalTo(lit(LAST)));
  }

  /** Columns and the figures that they have to equal; who is not told of is nobody. */
  private static void assertCounts(
      Dataset<Row> rows, Column date, Column key, Column period, Map<String, String> figures) {
    rows.cache();
    figures.forEach(
        (column, figure) ->
            assertThat(
                    differences(
                        rows.withColumn("value", col(column)).filter("value > 0"),
                        figure,
                        date,
                        key,
                        period,
                        row -> !row.get("value").equals("0")))
                .as(figure)
                .isEmpty());
    rows.unpersist();
  }

  @Test
  void whoCameBackIsTheTruth() {
    Dataset<Row> cells =
        lake.read(CohortRetention.TABLE)
            .filter("segment_dimension = 'all'")
            .filter(col("as_of_date").equalTo(lit(LAST)))
            .filter(
                col("definition")
                    .isin(
                        "signup_monthly",
                        "first_core_event_weekly",
                        "first_paid_monthly",
                        "user_first_core_event_monthly"));
    for (String figure : List.of("cohort_size", "retained", "returns_in_start")) {
      assertThat(
              differences(
                  cells.filter(col(figure).isNotNull()).withColumn("value", col(figure)),
                  figure,
                  col("cohort_start"),
                  col("definition"),
                  col("period")))
          .as(figure)
          .isEmpty();
    }
  }

  @Test
  void whoUsesWhatIsTheTruth() {
    Dataset<Row> adoption =
        lake.read(FeatureAdoption.TABLE)
            .filter(col("as_of_date").equalTo(lit(LAST)).and(col("level").notEqual("new")))
            .withColumn(
                "name",
                concat(
                    col("level"),
                    lit(":"),
                    when(col("level").equalTo("tier"), col("tier")).otherwise(col("feature"))));
    for (String figure : List.of("entitled_customers", "adopters", "ever_adopters")) {
      assertThat(
              differences(
                  adoption.withColumn("value", col(figure)).filter("value > 0"),
                  figure,
                  col("as_of_date"),
                  col("name"),
                  lit(0),
                  row -> row.get("date").equals(LAST.toString())))
          .as(figure)
          .isEmpty();
    }
  }

  @Test
  void everyRejectedRowWasPlantedAndEveryOneThatHadToBeIsRejected() {
    Map<String, List<String>> rejected = new TreeMap<>();
    for (Row row : lake.read(RejectedRows.TABLE).collectAsList()) {
      String file = row.<String>getAs("file");
      rejected
          .computeIfAbsent(file.substring(file.indexOf("landing/")), none -> new ArrayList<>())
          .add(row.getAs("raw"));
    }
    Map<String, List<Map<String, String>>> expected =
        planted.stream()
            .filter(row -> row.get("fate").equals("rejected"))
            .collect(
                groupingBy(
                    row -> row.get("file"), TreeMap::new, java.util.stream.Collectors.toList()));
    assertThat(rejected.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (file, rows) -> {
          assertThat(rejected.get(file)).as(file).hasSameSizeAs(rows);
          for (Map<String, String> row : rows) {
            assertThat(rejected.get(file)).anyMatch(raw -> raw.contains(row.get("id")));
          }
        });
  }

  @Test
  void repeatsMergeAndWhatIsNotYetDueWaits() {
    Dataset<Row> deliveries =
        lake.read(FeedDeliveries.TABLE).filter(col("as_of_date").equalTo(lit(LAST)));
    for (Map.Entry<String, String> fate :
        Map.of("merged", "merged_rows", "not_due", "not_yet_due_rows", "rejected", "rejected_rows")
            .entrySet()) {
      Map<String, Long> found = new TreeMap<>();
      for (Row row : deliveries.collectAsList()) {
        if (row.<Long>getAs(fate.getValue()) > 0) {
          found.put(row.getAs("feed"), row.<Long>getAs(fate.getValue()));
        }
      }
      assertThat(found)
          .as(fate.getKey())
          .isEqualTo(
              planted.stream()
                  .filter(row -> row.get("fate").equals(fate.getKey()))
                  .collect(groupingBy(row -> row.get("feed"), TreeMap::new, counting())));
    }
  }

  @Test
  void everyClashAndEveryWarningWasPlanted() {
    List<String> clashes =
        lake
            .read(Events.TABLE)
            .filter("clash_number > 1")
            .select("event_id")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .sorted()
            .toList();
    assertThat(clashes)
        .isEqualTo(
            planted.stream()
                .filter(row -> row.get("fate").equals("clashed"))
                .map(row -> row.get("id"))
                .sorted()
                .toList());
    Map<String, Long> warned = new TreeMap<>();
    for (Row row :
        lake.read(Ledger.QUALITY_RESULTS).filter("table_id like 'conformed.%'").collectAsList()) {
      warned.merge(row.getAs("table_id"), row.<Long>getAs("broken_rows"), Long::sum);
    }
    Map<String, Long> expected = new TreeMap<>();
    for (Map<String, String> row : planted) {
      if (row.get("fate").equals("warned") || row.get("fate").equals("clashed")) {
        expected.merge("conformed." + row.get("feed"), 1L, Long::sum);
      }
    }
    assertThat(warned).isEqualTo(expected);
  }

  /** What a table tells and the truth does not, and the other way round; the truth is not empty. */
  private static List<String> differences(
      Dataset<Row> rows, String figure, Column date, Column key, Column period) {
    return differences(rows, figure, date, key, period, row -> true);
  }

  private static List<String> differences(
      Dataset<Row> rows,
      String figure,
      Column date,
      Column key,
      Column period,
      Predicate<Map<String, String>> which) {
    Map<String, BigDecimal> truly = truly(figure, which);
    assertThat(truly).as(figure).isNotEmpty();
    List<String> differences = new ArrayList<>();
    for (Row row :
        rows.select(
                date.cast("string"),
                key,
                period.cast("string"),
                coalesce(col("value"), lit(0)).cast("decimal(28,4)"))
            .collectAsList()) {
      String name =
          "%s,%s,%s,%s".formatted(figure, row.getString(0), row.getString(1), row.getString(2));
      BigDecimal expected = truly.remove(name);
      if (expected == null || expected.compareTo(row.getDecimal(3)) != 0) {
        differences.add("%s is %s, truly %s".formatted(name, row.getDecimal(3), expected));
      }
    }
    truly.forEach((name, value) -> differences.add("%s is not told: %s".formatted(name, value)));
    return differences;
  }

  private static Map<String, BigDecimal> truly(
      String figure, Predicate<Map<String, String>> which) {
    Map<String, BigDecimal> truly = new TreeMap<>();
    figures.stream()
        .filter(row -> row.get("figure").equals(figure))
        .filter(which)
        .forEach(
            row ->
                truly.put(
                    "%s,%s,%s,%s"
                        .formatted(figure, row.get("date"), row.get("key"), row.get("period")),
                    new BigDecimal(row.get("value"))));
    return truly;
  }

  /** Rows of a file of the truth, none of which has a quoted cell that matters here. */
  private static List<Map<String, String>> truth(String file) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("truth").resolve(file));
    String[] names = lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int index = 0; index < names.length; index++) {
        row.put(names[index], cells[index].replace("\"", ""));
      }
      rows.add(row);
    }
    return rows;
  }
}
