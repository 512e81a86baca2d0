package io.holdfast.metrics;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;
import static io.holdfast.metrics.TableRules.assertRulesKept;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.FollowedStreams.FollowedStream;
import io.holdfast.activity.FollowedStreams.LatestPeriods;
import io.holdfast.activity.FollowedStreams.NewBy;
import io.holdfast.activity.Grain;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.StreamDays;
import io.holdfast.activity.UserDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Users;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Lifecycle, stickiness and engagement of a stream. */
class StreamMetricsTest {

  private static final String DAYS =
      """
      | stream | unit     | unit_id | customer_id | event_date | events |
      | core   | customer | a       | a           | 2026-01-05 | 1      |
      | core   | customer | a       | a           | 2026-01-12 | 1      |
      | core   | customer | a       | a           | 2026-01-26 | 1      |
      | core   | customer | b       | b           | 2026-01-19 | 1      |
      | core   | customer | b       | b           | 2026-02-02 | 1      |
      | login  | customer | b       | b           | 2026-01-12 | 1      |
      | core   | customer | ours    | ours        | 2026-01-12 | 1      |
      """;

  private static final String CUSTOMERS =
      """
      | customer_id | signup_date | country | is_internal | known_from | is_current |
      | a           | 2026-01-12  | DE      |             | 2026-01-01 | true       |
      | b           |             | FR      |             | 2026-01-01 | true       |
      | ours        | 2026-01-01  | DE      | true        | 2026-01-01 | true       |
      """;

  @Test
  void everyActiveUnitIsOneOfThreeAndWhoSkipsAPeriodIsDormantInIt() {
    Dataset<Row> cells = lifecycle(NewBy.FIRST_ACTIVITY, none(Aliases.TABLE));
    assertRulesKept(Lifecycle.TABLE, cells, LocalDate.of(2026, 1, 31));
    assertRows(
        cells.filter("segment_dimension = 'all'"),
        """
        | grain | period_start | active_units | new_units | returning_units | resurrecting_units | dormant_units | is_complete |
        | week  | 2026-01-05   | 1            | 1         | 0               | 0                  | 0             | true        |
        | week  | 2026-01-12   | 1            | 0         | 1               | 0                  | 0             | true        |
        | week  | 2026-01-19   | 1            | 1         | 0               | 0                  | 1             | true        |
        | week  | 2026-01-26   | 1            | 0         | 0               | 1                  | 1             | false       |
        """);
    assertRows(
        cells.filter("segment_value = 'FR'"),
        """
        | segment_dimension | period_start | active_units | new_units | dormant_units |
        | country           | 2026-01-19   | 1            | 1         | 0             |
        | country           | 2026-01-26   | 0            | 0         | 1             |
        """);
  }

  @Test
  void byCreationWhoIsCreatedInThePeriodIsNewAndWhoIsCreatedNobodyKnowsWhenNever() {
    assertRows(
        lifecycle(NewBy.CREATED, none(Aliases.TABLE)).filter("segment_dimension = 'all'"),
        """
        | period_start | active_units | new_units | returning_units | resurrecting_units | dormant_units |
        | 2026-01-05   | 1            | 0         | 0               | 1                  | 0             |
        | 2026-01-12   | 1            | 1         | 0               | 0                  | 0             |
        | 2026-01-19   | 1            | 0         | 0               | 1                  | 1             |
        | 2026-01-26   | 1            | 0         | 0               | 1                  | 1             |
        """);
  }

  @Test
  void mergedAccountsAreOne() {
    Dataset<Row> merged =
        rows(
            Aliases.TABLE,
            """
            | unit     | alias_id | canonical_id |
            | customer | b        | a            |
            """);
    assertRows(
        lifecycle(NewBy.FIRST_ACTIVITY, merged).filter("segment_dimension = 'all'"),
        """
        | period_start | active_units | new_units | returning_units | dormant_units |
        | 2026-01-05   | 1            | 1         | 0               | 0             |
        | 2026-01-12   | 1            | 0         | 1               | 0             |
        | 2026-01-19   | 1            | 0         | 1               | 0             |
        | 2026-01-26   | 1            | 0         | 1               | 0             |
        """);
  }

  /** Of the weeks from 12, 19 and 26 January a was active in two, b in one. */
  @Test
  void stickinessCountsTheLatestPeriodsInWhichUnitsWereActive() {
    Dataset<Row> cells =
        Stickiness.stickiness(
            one(facts(none(Aliases.TABLE), none(CustomerMrr.TABLE)), NewBy.FIRST_ACTIVITY),
            new LatestPeriods(28, 3, 12),
            30);
    assertRulesKept(Stickiness.TABLE, cells, LocalDate.of(2026, 1, 31));
    assertRows(
        cells.filter("segment_dimension = 'all'"),
        """
        | grain | of_periods | active_periods | units | units_at_least | active_units | stickiness_rate | is_complete | is_small |
        | week  | 3          | 1              | 1     | 2              | 2            | 1.0             | false       | true     |
        | week  | 3          | 2              | 1     | 1              | 2            | 0.5             | false       | true     |
        """);
  }

  /**
   * Entitled days: a 28, b 10, c 28. Weeks: a and c 28 days, b 27 since its first event. Its night
   * is that of 28 January.
   */
  @Test
  void engagementHoldsWhoIsActiveAgainstWhoCouldBe() {
    LocalDate asOf = LocalDate.of(2026, 1, 28);
    RetentionFacts facts =
        new RetentionFacts(
            rows(
                Customers.TABLE,
                """
                | customer_id | signup_date | known_from | is_current |
                | a           | 2025-12-01  | 2025-12-01 | true       |
                | b           |             | 2025-12-01 | true       |
                | c           | 2025-01-01  | 2025-12-01 | true       |
                """),
            none(Users.TABLE),
            none(Aliases.TABLE),
            rows(
                StreamDays.TABLE,
                """
                | stream | unit     | unit_id | customer_id | event_date | events |
                | core   | customer | a       | a           | 2026-01-28 | 5      |
                | core   | customer | a       | a           | 2026-01-20 | 1      |
                | core   | customer | b       | b           | 2026-01-01 | 1      |
                | core   | customer | c       | c           | 2025-12-31 | 1      |
                """),
            rows(
                CustomerMrr.TABLE,
                """
                | customer_id | from_date  | until_date | mrr |
                | a           | 2025-12-01 |            | 10  |
                | b           | 2026-01-15 | 2026-01-25 | 10  |
                | c           | 2025-01-01 |            | 10  |
                """),
            none(PayingSpells.TABLE),
            ZoneOffset.UTC,
            asOf);
    Dataset<Row> cells =
        Engagement.engagement(
            StreamPeriods.byUnit(facts, use(NewBy.FIRST_ACTIVITY), DayOfWeek.MONDAY),
            rows(
                CustomerDays.TABLE,
                """
                | customer_id | event_date | sessions | timed_sessions | session_minutes |
                | a           | 2026-01-20 | 2        | 1              | 30              |
                | a           | 2026-01-28 | 1        | 1              | 10              |
                | b           | 2026-01-01 | 1        | 0              |                 |
                | c           | 2025-12-31 | 9        | 9              | 99              |
                """),
            none(UserDays.TABLE),
            30);
    assertRulesKept(Engagement.TABLE, cells, asOf);
    assertRows(
        cells.filter("segment_dimension = 'all'"),
        """
        | active_units_1d | active_units_7d | active_units_28d | active_unit_days_28d | entitled_units | entitled_unit_days_28d | dau_share    | mau_share | stickiness   | observed_weeks | sessions_28d | sessions_per_week | timed_sessions_28d | session_minutes_28d | minutes_per_session |
        | 1               | 1               | 2                | 3                    | 2              | 66                     | 0.0454545455 | 1.0       | 0.0535714286 | 11.8571        | 4            | 0.3373506169    | 2                  | 40                  | 20.0                |
        """);
  }

  @Test
  void withoutBillingNobodyKnowsWhoIsEntitled() {
    Dataset<Row> cells =
        Engagement.engagement(
            StreamPeriods.byUnit(
                facts(none(Aliases.TABLE), none(CustomerMrr.TABLE)),
                use(NewBy.FIRST_ACTIVITY),
                DayOfWeek.MONDAY),
            none(CustomerDays.TABLE),
            none(UserDays.TABLE),
            30);
    assertRows(
        cells.filter("segment_dimension = 'all'"),
        """
        | active_units_28d | entitled_units | entitled_unit_days_28d | dau_share | mau_share | sessions_28d | sessions_per_week |
        | 2                |                |                        |           |           |              |                   |
        """);
  }

  @Test
  void aRandomWorldIsWhatPlainLoopsSay() {
    Random random = new Random(20260131);
    LocalDate asOf = LocalDate.of(2026, 3, 1);
    Map<String, Set<LocalDate>> active = new TreeMap<>();
    StringBuilder text =
        new StringBuilder("| stream | unit | unit_id | customer_id | event_date | events |\n");
    for (int unit = 0; unit < 80; unit++) {
      for (int visit = random.nextInt(12); visit >= 0; visit--) {
        LocalDate day = asOf.minusDays(random.nextInt(130) - 3);
        if (active.computeIfAbsent("u" + unit, u -> new TreeSet<>()).add(day)) {
          text.append("| core | customer | u%d | u%d | %s | 1 |\n".formatted(unit, unit, day));
        }
      }
    }
    RetentionFacts facts =
        new RetentionFacts(
            none(Customers.TABLE),
            none(Users.TABLE),
            none(Aliases.TABLE),
            rows(StreamDays.TABLE, text.toString()),
            none(CustomerMrr.TABLE),
            none(PayingSpells.TABLE),
            ZoneOffset.UTC,
            asOf);
    StreamPeriods one =
        StreamPeriods.byGrain(
            facts,
            Map.of(
                "use",
                new FollowedStream(
                    EventFilter.CORE,
                    List.of(Unit.CUSTOMER),
                    List.of(Grain.DAY, Grain.WEEK, Grain.MONTH),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())),
            DayOfWeek.SUNDAY);
    LatestPeriods latest = new LatestPeriods(40, 9, 3);
    Set<String> found = new TreeSet<>();
    Lifecycle.lifecycle(one, latest)
        .select(
            concat_ws(
                " ",
                col("grain"),
                col("period_start"),
                col("new_units"),
                col("returning_units"),
                col("resurrecting_units"),
                col("dormant_units"),
                col("is_complete")))
        .collectAsList()
        .forEach(row -> found.add(row.getString(0)));
    assertThat(found).isEqualTo(plainLifecycle(active.values(), latest, asOf));
  }

  private static Set<String> plainLifecycle(
      Collection<Set<LocalDate>> units, LatestPeriods latest, LocalDate asOf) {
    Set<String> cells = new TreeSet<>();
    for (Grain grain : List.of(Grain.DAY, Grain.WEEK, Grain.MONTH)) {
      LocalDate start = start(asOf, grain);
      for (int back = 0; back < latest.of(grain); back++) {
        LocalDate period = start;
        int[] counts = new int[4];
        for (Set<LocalDate> days : units) {
          LocalDate before = start(start.minusDays(1), grain);
          boolean isActive = days.stream().anyMatch(d -> isIn(d, period, grain, asOf));
          boolean wasActive = days.stream().anyMatch(d -> isIn(d, before, grain, asOf));
          boolean hasBeen = days.stream().anyMatch(d -> d.isBefore(period));
          if (isActive) {
            counts[!hasBeen ? 0 : wasActive ? 1 : 2]++;
          } else if (wasActive) {
            counts[3]++;
          }
        }
        if (counts[0] + counts[1] + counts[2] + counts[3] > 0) {
          boolean isComplete = !start(asOf.plusDays(1), grain).equals(start);
          cells.add(
              "%s %s %d %d %d %d %s"
                  .formatted(
                      grain.text(), start, counts[0], counts[1], counts[2], counts[3], isComplete));
        }
        start = start(start.minusDays(1), grain);
      }
    }
    return cells;
  }

  private static boolean isIn(LocalDate day, LocalDate period, Grain grain, LocalDate asOf) {
    return !day.isAfter(asOf) && start(day, grain).equals(period);
  }

  private static LocalDate start(LocalDate day, Grain grain) {
    return switch (grain) {
      case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY));
      case MONTH -> day.withDayOfMonth(1);
      default -> day;
    };
  }

  @Test
  void aStreamThatIsNoActivityIsRefused() {
    assertThatThrownBy(() -> stream("signup", NewBy.CREATED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("events = signup is no activity. Set it to core, any, or names of events.");
    assertThat(stream("login", NewBy.CREATED).events().stream()).isEqualTo("login");
  }

  private static Dataset<Row> lifecycle(NewBy newBy, Dataset<Row> aliases) {
    return Lifecycle.lifecycle(
        one(facts(aliases, none(CustomerMrr.TABLE)), newBy), new LatestPeriods(9, 9, 9));
  }

  private static StreamPeriods one(RetentionFacts facts, NewBy newBy) {
    return StreamPeriods.byGrain(facts, use(newBy), DayOfWeek.MONDAY);
  }

  private static Map<String, FollowedStream> use(NewBy newBy) {
    return Map.of("use", stream("core", newBy));
  }

  private static FollowedStream stream(String events, NewBy newBy) {
    return new FollowedStream(
        EventFilter.of(events),
        List.of(Unit.CUSTOMER),
        List.of(Grain.WEEK),
        Optional.of(newBy),
        Optional.empty(),
        Optional.of(List.of("country")));
  }

  private static RetentionFacts facts(Dataset<Row> aliases, Dataset<Row> mrr) {
    return new RetentionFacts(
        rows(Customers.TABLE, CUSTOMERS),
        none(Users.TABLE),
        aliases,
        rows(StreamDays.TABLE, DAYS),
        mrr,
        none(PayingSpells.TABLE),
        ZoneOffset.UTC,
        LocalDate.of(2026, 1, 31));
  }
}
