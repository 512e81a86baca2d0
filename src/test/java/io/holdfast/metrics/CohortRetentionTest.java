package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.Grain;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.StreamDays;
import io.holdfast.activity.UserDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Users;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class CohortRetentionTest {

  @Test
  void aCustomerThatSkipsAWeekIsNotRetainedInThatWeek() {
    var facts =
        activity(
            """
            | customer_id | event_date | is_active |
            | 1           | 2026-01-05 | true      |
            | 1           | 2026-01-12 | false     |
            | 1           | 2026-01-19 | true      |
            | 1           | 2026-01-26 | true      |
            """,
            "2026-01-24");
    assertRows(
        retention(facts, firstActive(Grain.WEEK, 12)),
        """
        | definition | unit     | birth            | grain | cohort_start | segment_dimension | segment_value | period | period_start | cohort_size | retained | retention_rate | is_complete | is_small | vs_previous |
        | d          | customer | first_core_event | week  | 2026-01-05   | all               | all           | 0      | 2026-01-05   | 1           | 1        | 1.0            | true        | true     |             |
        | d          | customer | first_core_event | week  | 2026-01-05   | all               | all           | 1      | 2026-01-12   | 1           | 0        | 0.0            | true        | true     | 0.0         |
        | d          | customer | first_core_event | week  | 2026-01-05   | all               | all           | 2      | 2026-01-19   | 1           | 1        | 1.0            | false       | true     |             |
        """);
  }

  @Test
  void aPeriodIsThereFromItsFirstDayAndCompleteFromItsLast() {
    var days =
        """
        | customer_id | event_date | is_active |
        | 1           | 2026-01-11 | true      |
        """;
    var definition = firstActive(Grain.WEEK, 12);
    assertRows(
        retention(activity(days, "2026-01-18"), definition),
        """
        | period | is_complete |
        | 0      | true        |
        | 1      | true        |
        """);
    assertRows(
        retention(activity(days, "2026-01-19"), definition),
        """
        | period | is_complete |
        | 0      | true        |
        | 1      | true        |
        | 2      | false       |
        """);
    assertRows(
        retention(activity(days, "2026-01-19"), firstActive(Grain.WEEK, 1)),
        """
        | period |
        | 0      |
        | 1      |
        """);
  }

  @Test
  void aWeekStartsWhereTheCompanySaysAndItsFirstDayBelongsToIt() {
    var facts =
        activity(
            """
            | customer_id | event_date | is_active |
            | saturday    | 2026-01-10 | true      |
            | saturday    | 2026-01-11 | true      |
            | sunday      | 2026-01-11 | true      |
            | sunday      | 2026-01-17 | true      |
            """,
            "2026-01-17");
    assertRows(
        CohortRetention.retention(facts, settings(firstActive(Grain.WEEK, 12)), DayOfWeek.SUNDAY),
        """
        | cohort_start | period | cohort_size | retained | returns_in_start | is_complete |
        | 2026-01-04   | 0      | 1           | 1        | 0                | true        |
        | 2026-01-04   | 1      | 1           | 1        |                  | true        |
        | 2026-01-11   | 0      | 1           | 1        | 1                | true        |
        """);
  }

  @Test
  void monthsAreCalendarMonthsAtMonthEndsAndOnTheLeapDay() {
    var days =
        """
        | customer_id | event_date | is_active |
        | 1           | 2023-12-31 | true      |
        | 1           | 2024-02-29 | true      |
        | 1           | 2024-03-01 | true      |
        """;
    assertRows(
        retention(activity(days, "2024-02-29"), firstActive(Grain.MONTH, 12)),
        """
        | cohort_start | period | retained | is_complete |
        | 2023-12-01   | 0      | 1        | true        |
        | 2023-12-01   | 1      | 0        | true        |
        | 2023-12-01   | 2      | 1        | true        |
        """);
    assertRows(
        retention(activity(days, "2024-02-28"), firstActive(Grain.MONTH, 12)),
        """
        | cohort_start | period | retained | is_complete |
        | 2023-12-01   | 0      | 1        | true        |
        | 2023-12-01   | 1      | 0        | true        |
        | 2023-12-01   | 2      | 0        | false       |
        """);
  }

  @Test
  void aSegmentIsTheOneThatWasKnownAtBirth() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | country | company_size | attributes     | plan  | known_from | known_until | is_current |
            | moved       | DE      | small        | {industry=law} | basic | 2026-01-01 | 2026-01-10  | false      |
            | moved       | FR      | small        | {industry=tax} | basic | 2026-01-10 |             | true       |
            | moves       | DE      | small        | {}             | basic | 2026-01-01 | 2026-01-11  | false      |
            | moves       | FR      | small        | {}             | basic | 2026-01-11 |             | true       |
            | loaded_late | US      |              |                | pro   | 2026-03-01 |             | true       |
            """);
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date | is_active |
            | moved       | 2026-01-10 | true      |
            | moves       | 2026-01-10 | true      |
            | loaded_late | 2026-01-10 | true      |
            | unheard_of  | 2026-01-10 | true      |
            """);
    var mrr =
        rows(
            CustomerMrr.TABLE,
            """
            | customer_id | from_date  | until_date | mrr | plan |
            | moved       | 2026-01-01 | 2026-01-11 | 0   | gold |
            | moves       | 2026-01-11 |            | 9   | gold |
            """);
    var facts =
        facts(
            customers,
            none(Users.TABLE),
            days,
            none(UserDays.TABLE),
            mrr,
            none(PayingSpells.TABLE),
            none(Aliases.TABLE),
            LocalDate.of(2026, 1, 31));
    assertRows(
        retention(
            facts,
            definition(
                Unit.CUSTOMER,
                "core",
                Grain.MONTH,
                1,
                "country",
                "company_size",
                "plan",
                "industry")),
        """
        | segment_dimension | segment_value | period | cohort_size |
        | all               | all           | 0      | 4           |
        | country           | FR            | 0      | 1           |
        | country           | DE            | 0      | 1           |
        | country           | US            | 0      | 1           |
        | country           | unknown       | 0      | 1           |
        | company_size      | small         | 0      | 2           |
        | company_size      | unknown       | 0      | 2           |
        | plan              | gold          | 0      | 1           |
        | plan              | basic         | 0      | 1           |
        | plan              | pro           | 0      | 1           |
        | plan              | unknown       | 0      | 1           |
        | industry          | tax           | 0      | 1           |
        | industry          | unknown       | 0      | 3           |
        """);
  }

  @Test
  void signupCohortsHoldWhoeverHasASignupAndNobodyOfTheCompanyItself() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | is_internal | known_from | is_current |
            | stays       | 2026-01-31  | false       | 2026-01-31 | true       |
            | never_comes | 2026-01-01  |             | 2026-01-01 | true       |
            | undated     |             | false       | 2026-01-01 | true       |
            | ours        | 2026-01-01  | true        | 2026-01-01 | true       |
            | tomorrow    | 2026-03-01  | false       | 2026-01-01 | true       |
            """);
    var facts =
        facts(
            customers,
            none(Users.TABLE),
            rows(
                CustomerDays.TABLE,
                """
                | customer_id | event_date | is_active |
                | stays       | 2026-01-31 | true      |
                | stays       | 2026-02-01 | true      |
                | undated     | 2026-02-01 | true      |
                | ours        | 2026-02-01 | true      |
                """),
            none(UserDays.TABLE),
            none(CustomerMrr.TABLE),
            none(PayingSpells.TABLE),
            none(Aliases.TABLE),
            LocalDate.of(2026, 2, 28));
    assertRows(
        retention(facts, definition(Unit.CUSTOMER, "signup", Grain.MONTH, 6)),
        """
        | cohort_start | period | cohort_size | retained | retention_rate | returns_in_start | is_complete | cohort_mrr | retained_mrr | mrr_retention |
        | 2026-01-01   | 0      | 2           | 2        | 1.0            | 0                | true        |            |              |               |
        | 2026-01-01   | 1      | 2           | 1        | 0.5            |                  | true        |            |              |               |
        """);
  }

  @Test
  void usersAreFollowedAcrossCustomersAndSegmentedByTheOneOfTheirBirth() {
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | country | is_internal | known_from | is_current |
            | a           | DE      | false       | 2026-01-01 | true       |
            | b           | FR      | false       | 2026-01-01 | true       |
            | ours        | FR      | true        | 2026-01-01 | true       |
            """);
    var users =
        rows(
            Users.TABLE,
            """
            | user_id | customer_id | is_internal | known_from | is_current |
            | tester  | a           | true        | 2026-01-01 | true       |
            """);
    var facts =
        facts(
            customers,
            users,
            none(CustomerDays.TABLE),
            rows(
                UserDays.TABLE,
                """
                | customer_id | user_id | event_date | is_active |
                | a           | u       | 2026-01-05 | true      |
                | b           | u       | 2026-01-12 | true      |
                | a           | v       | 2026-01-06 | true      |
                | a           | tester  | 2026-01-05 | true      |
                | ours        | w       | 2026-01-05 | true      |
                """),
            none(CustomerMrr.TABLE),
            none(PayingSpells.TABLE),
            none(Aliases.TABLE),
            LocalDate.of(2026, 1, 18));
    assertRows(
        retention(facts, definition(Unit.USER, "core", Grain.WEEK, 6, "country")),
        """
        | unit | segment_dimension | segment_value | period | cohort_size | retained | retained_mrr |
        | user | all               | all           | 0      | 2           | 2        |              |
        | user | all               | all           | 1      | 2           | 1        |              |
        | user | country           | DE            | 0      | 2           | 2        |              |
        | user | country           | DE            | 1      | 2           | 1        |              |
        """);
  }

  /** January's cohort pays 100 + 50 at its end. In February only the first comes back, for 120. */
  @Test
  void moneyIsWhatTheRetainedPayAtThePeriodsEnd() {
    var facts =
        facts(
            none(Customers.TABLE),
            none(Users.TABLE),
            rows(
                CustomerDays.TABLE,
                """
                | customer_id | event_date | is_active |
                | grows       | 2026-02-10 | true      |
                | grows       | 2026-03-01 | true      |
                | idle        | 2026-03-02 | true      |
                """),
            none(UserDays.TABLE),
            rows(
                CustomerMrr.TABLE,
                """
                | customer_id | from_date  | until_date | mrr |
                | grows       | 2026-01-05 | 2026-02-28 | 100 |
                | grows       | 2026-02-28 |            | 120 |
                | idle        | 2026-01-31 | 2026-03-01 | 50  |
                | idle        | 2026-03-02 | 2026-03-03 | 70  |
                | gone        | 2025-12-05 | 2025-12-31 | 10  |
                """),
            rows(
                PayingSpells.TABLE,
                """
                | customer_id | counting  | spell | start_date |
                | grows       | snapshot  | 1     | 2026-01-05 |
                | grows       | confirmed | 1     | 2026-01-05 |
                | idle        | snapshot  | 1     | 2026-01-31 |
                | idle        | snapshot  | 2     | 2026-03-02 |
                | gone        | snapshot  | 1     | 2025-12-05 |
                """),
            none(Aliases.TABLE),
            LocalDate.of(2026, 3, 2));
    var cells = retention(facts, definition(Unit.CUSTOMER, "first_paid", Grain.MONTH, 6));
    assertRulesKept(CohortRetention.TABLE, cells, facts.asOf());
    assertRows(
        cells,
        """
        | cohort_start | period | cohort_size | retained | cohort_mrr | retained_mrr | mrr_retention | is_complete |
        | 2025-12-01   | 0      | 1           | 1        | 0          | 0            |               | true        |
        | 2025-12-01   | 1      | 1           | 0        | 0          | 0            |               | true        |
        | 2025-12-01   | 2      | 1           | 0        | 0          | 0            |               | true        |
        | 2025-12-01   | 3      | 1           | 0        | 0          | 0            |               | false       |
        | 2026-01-01   | 0      | 2           | 2        | 150        | 150          | 1.0           | true        |
        | 2026-01-01   | 1      | 2           | 1        | 150        | 120          | 0.8           | true        |
        | 2026-01-01   | 2      | 2           | 2        | 150        | 190          | 1.2666666667  | false       |
        """);
  }

  @Test
  void definitionsOfOnePassKeepTheirOwnBirthsPeriodsAndSegments() {
    var facts =
        facts(
            rows(
                Customers.TABLE,
                """
                | customer_id | signup_date | country | known_from | is_current |
                | a           | 2026-01-01  | DE      | 2026-01-01 | true       |
                """),
            none(Users.TABLE),
            rows(
                CustomerDays.TABLE,
                """
                | customer_id | event_date | is_active |
                | a           | 2026-02-01 | true      |
                """),
            none(UserDays.TABLE),
            none(CustomerMrr.TABLE),
            none(PayingSpells.TABLE),
            none(Aliases.TABLE),
            LocalDate.of(2026, 3, 31));
    var settings =
        new RetentionSettings(
            1,
            Map.of(
                "by_signup",
                definition(Unit.CUSTOMER, "signup", Grain.MONTH, 1),
                "by_activity",
                definition(Unit.CUSTOMER, "core", Grain.MONTH, 6, "country")));
    assertRows(
        CohortRetention.retention(facts, settings, DayOfWeek.MONDAY),
        """
        | definition  | cohort_start | segment_dimension | segment_value | period | retained | is_small |
        | by_signup   | 2026-01-01   | all               | all           | 0      | 1        | false    |
        | by_signup   | 2026-01-01   | all               | all           | 1      | 1        | false    |
        | by_activity | 2026-02-01   | all               | all           | 0      | 1        | false    |
        | by_activity | 2026-02-01   | all               | all           | 1      | 0        | false    |
        | by_activity | 2026-02-01   | country           | DE            | 0      | 1        | false    |
        | by_activity | 2026-02-01   | country           | DE            | 1      | 0        | false    |
        """);
  }

  @Test
  void theQueryOfTwentyDefinitionsIsAsLongAsThatOfOne() {
    var facts =
        activity(
            """
            | customer_id | event_date | is_active |
            | 1           | 2026-01-05 | true      |
            """,
            "2026-01-24");
    String[] five = {"plan", "country", "company_size", "acquisition_channel", "industry"};
    Map<String, RetentionDefinition> twenty = new TreeMap<>();
    for (int i = 1; i <= 5; i++) {
      twenty.put("a" + i, definition(Unit.CUSTOMER, "core", Grain.WEEK, i, five));
      twenty.put("b" + i, definition(Unit.CUSTOMER, "signup", Grain.MONTH, i, five));
      twenty.put("c" + i, definition(Unit.USER, "core", Grain.DAY, i, five));
      twenty.put("d" + i, definition(Unit.USER, "event " + i, Grain.WEEK, i, five));
    }
    long ofTwenty = nodes(facts, twenty);
    assertThat(ofTwenty).isLessThanOrEqualTo(nodes(facts, Map.of("a1", twenty.get("a1"))) * 3 / 2);
  }

  private static long nodes(RetentionFacts facts, Map<String, RetentionDefinition> definitions) {
    return CohortRetention.retention(
            facts, new RetentionSettings(30, definitions), DayOfWeek.MONDAY)
        .queryExecution()
        .analyzed()
        .treeString()
        .lines()
        .count();
  }

  @Test
  void everyCellEqualsAPlainCountAndTheOrderOfRowsDoesNotMatter() {
    Random random = new Random(20260105);
    for (Grain grain : List.of(Grain.WEEK, Grain.MONTH)) {
      LocalDate asOf = LocalDate.of(2026, 3, 1).plusDays(random.nextInt(60));
      Map<String, NavigableSet<LocalDate>> active = randomActivity(random, asOf);
      String days = asPipeTable(active);
      RetentionFacts facts = activity(days, asOf.toString());
      RetentionFacts shuffled =
          activity(rows(CustomerDays.TABLE, days).orderBy(rand(7)).repartition(5), asOf.toString());
      var definition = firstActive(grain, 80);
      List<String> expected = plainCounts(active, grain, 80, asOf);
      assertThat(counts(sundayWeeks(facts, definition)))
          .containsExactlyInAnyOrderElementsOf(expected);
      assertThat(counts(sundayWeeks(shuffled, definition)))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aMergedCustomerIsOneUnitThatWasBornWhenTheFirstOfItsIdsWas() {
    var aliases =
        rows(
            Aliases.TABLE,
            """
            | unit     | alias_id | canonical_id |
            | customer | old      | kept         |
            """);
    var customers =
        rows(
            Customers.TABLE,
            """
            | customer_id | signup_date | known_from | is_current |
            | old         | 2026-01-05  | 2026-01-05 | true       |
            | kept        | 2026-02-07  | 2026-02-07 | true       |
            """);
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date | is_active |
            | old         | 2026-01-06 | true      |
            | kept        | 2026-03-02 | true      |
            """);
    var facts =
        facts(
            customers,
            none(Users.TABLE),
            days,
            none(UserDays.TABLE),
            none(CustomerMrr.TABLE),
            none(PayingSpells.TABLE),
            aliases,
            LocalDate.of(2026, 3, 31));
    assertRows(
        retention(facts, definition(Unit.CUSTOMER, "signup", Grain.MONTH, 2))
            .filter("segment_dimension = 'all'"),
        """
        | cohort_start | period | cohort_size | retained |
        | 2026-01-01   | 0      | 1           | 1        |
        | 2026-01-01   | 1      | 1           | 0        |
        | 2026-01-01   | 2      | 1           | 1        |
        """);
  }

  /** The definition as a loop: a member counts in k = 0, and in k if a day lies in [p, q). */
  private static List<String> plainCounts(
      Map<String, NavigableSet<LocalDate>> active, Grain grain, int periods, LocalDate asOf) {
    Period step = grain == Grain.WEEK ? Period.ofWeeks(1) : Period.ofMonths(1);
    Map<String, long[]> cells = new TreeMap<>();
    for (NavigableSet<LocalDate> days : active.values()) {
      LocalDate birth = days.first();
      LocalDate cohort =
          grain == Grain.WEEK
              ? birth.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY))
              : birth.withDayOfMonth(1);
      LocalDate p = cohort;
      for (int k = 0; k <= periods && !p.isAfter(asOf); k++) {
        LocalDate q = p.plus(step);
        String key = cohort + " " + k + " " + (q.isAfter(asOf.plusDays(1)) ? "open" : "complete");
        long[] cell = cells.computeIfAbsent(key, c -> new long[2]);
        cell[0]++;
        cell[1] += k == 0 || !days.subSet(p, q).isEmpty() ? 1 : 0;
        p = q;
      }
    }
    return cells.entrySet().stream()
        .map(cell -> cell.getKey() + " " + cell.getValue()[0] + " " + cell.getValue()[1])
        .toList();
  }

  private static List<String> counts(Dataset<Row> cells) {
    return cells
        .select(
            concat_ws(
                " ",
                col("cohort_start"),
                col("period"),
                when(col("is_complete"), "complete").otherwise("open"),
                col("cohort_size"),
                col("retained")))
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static Map<String, NavigableSet<LocalDate>> randomActivity(
      Random random, LocalDate asOf) {
    Map<String, NavigableSet<LocalDate>> active = new TreeMap<>();
    for (int customer = 0; customer < 40; customer++) {
      LocalDate first = asOf.minusDays(random.nextInt(700));
      NavigableSet<LocalDate> days = new TreeSet<>(List.of(first));
      for (int visit = random.nextInt(25); visit > 0; visit--) {
        days.add(first.plusDays(random.nextInt((int) ChronoUnit.DAYS.between(first, asOf) + 1)));
      }
      active.put("c" + customer, days);
    }
    return active;
  }

  private static String asPipeTable(Map<String, NavigableSet<LocalDate>> active) {
    StringBuilder text = new StringBuilder("| customer_id | event_date | is_active |\n");
    active.forEach(
        (customer, days) ->
            days.forEach(day -> text.append("| %s | %s | true |\n".formatted(customer, day))));
    return text.toString();
  }

  private static Dataset<Row> sundayWeeks(RetentionFacts facts, RetentionDefinition definition) {
    return CohortRetention.retention(facts, settings(definition), DayOfWeek.SUNDAY);
  }

  private static Dataset<Row> retention(RetentionFacts facts, RetentionDefinition definition) {
    return CohortRetention.retention(facts, settings(definition), DayOfWeek.MONDAY);
  }

  private static RetentionSettings settings(RetentionDefinition definition) {
    return new RetentionSettings(30, Map.of("d", definition));
  }

  private static RetentionDefinition firstActive(Grain grain, int periods) {
    return definition(Unit.CUSTOMER, "core", grain, periods);
  }

  private static RetentionDefinition definition(
      Unit unit, String start, Grain grain, int periods, String... segmentDimensions) {
    return new RetentionDefinition(
        unit,
        EventFilter.of(start),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        grain,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(periods),
        Optional.empty(),
        Optional.empty(),
        Optional.of(List.of(segmentDimensions)));
  }

  private static RetentionFacts activity(String customerDays, String asOf) {
    return activity(rows(CustomerDays.TABLE, customerDays), asOf);
  }

  private static RetentionFacts activity(Dataset<Row> customerDays, String asOf) {
    return facts(
        none(Customers.TABLE),
        none(Users.TABLE),
        customerDays,
        none(UserDays.TABLE),
        none(CustomerMrr.TABLE),
        none(PayingSpells.TABLE),
        none(Aliases.TABLE),
        LocalDate.parse(asOf));
  }

  private static RetentionFacts facts(
      Dataset<Row> customers,
      Dataset<Row> users,
      Dataset<Row> customerDays,
      Dataset<Row> userDays,
      Dataset<Row> mrr,
      Dataset<Row> spells,
      Dataset<Row> aliases,
      LocalDate asOf) {
    return new RetentionFacts(
        customers,
        users,
        aliases,
        core(customerDays, "customer").unionByName(core(userDays, "user")),
        mrr,
        spells,
        ZoneOffset.UTC,
        asOf);
  }

  /** The stream of core events, as days of customers or users tell it. */
  private static Dataset<Row> core(Dataset<Row> days, String unit) {
    return StreamDays.TABLE.conform(
        days.filter(col("is_active"))
            .withColumn("part", lit(unit + ": core"))
            .withColumn("stream", lit("core"))
            .withColumn("unit", lit(unit))
            .withColumn("unit_id", col(unit + "_id"))
            .withColumn("events", lit(1L))
            .withColumn("timed_events", lit(0L))
            .withColumn("moments", lit(null)));
  }
}
