package io.holdfast.churn;

import static io.holdfast.Rows.none;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.GivenInputs;
import io.holdfast.SharedSpark;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.config.Settings;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.sources.Company;
import io.holdfast.sources.ExchangeRates;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/**
 * Labels of random subscription histories against an oracle that walks day by day: dips within the
 * gap, plan moves, moves on one day, lines side by side, trials, pauses, grace, re-activation,
 * histories that are cut by the end of data.
 */
class LabelOracleTest {

  private static final int CUSTOMERS = 400;
  private static final LocalDate AS_OF = LocalDate.parse("2026-06-30");
  private static final LocalDate FIRST_DAY = LocalDate.parse("2025-09-01");
  private static final LocalDate FIRST_MONDAY = LocalDate.parse("2025-11-03");
  private static final int MONDAYS = 30;
  private static final DatasetSettings DATASET =
      new DatasetSettings(7, 30, 7, 28, 80, 24, Map.of());
  private static final Settings DEFAULTS = Settings.load(Optional.empty(), "", Map.of(), Map.of());
  private static final RevenueSettings REVENUE = DEFAULTS.get(RevenueSettings.SETTING);
  private static final Company COMPANY = DEFAULTS.get(Company.SETTING);

  /**
   * A subscription line: paid from its start to the day before its end, but for a pause inside it,
   * and not beyond thirty days of grace.
   */
  private record Line(
      LocalDate start,
      LocalDate end,
      int mrr,
      boolean isTrial,
      LocalDate pauseStart,
      LocalDate pauseEnd,
      LocalDate pastDueSince) {

    /** Paid, or suspended with a known end, which is no churn. */
    boolean holdsOn(LocalDate day) {
      boolean runs = !start.isAfter(day) && (end == null || end.isAfter(day));
      boolean isInGrace = pastDueSince == null || pastDueSince.plusDays(30).isAfter(day);
      return runs && isInGrace && !isTrial && mrr > 0;
    }

    boolean isPaidOn(LocalDate day) {
      boolean isPaused = pauseStart != null && !pauseStart.isAfter(day) && pauseEnd.isAfter(day);
      return holdsOn(day) && !isPaused;
    }
  }

  /** What the oracle says of an observation. */
  private record Label(boolean isMature, Boolean isChurned, LocalDate churnDate) {}

  @Test
  void labelsAreThoseOfAWalkThroughTheDays() {
    Random random = new Random(20260630);
    List<List<Line>> histories = new ArrayList<>();
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      histories.add(history(random));
    }
    Map<String, Label> expected = new TreeMap<>();
    List<Row> observed = new ArrayList<>();
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      for (int week = 0; week < MONDAYS; week++) {
        LocalDate monday = FIRST_MONDAY.plusWeeks(week);
        List<Line> lines = histories.get(customer);
        if (isPaying(lines, monday)) {
          expected.put(monday + " c" + customer, label(lines, monday));
          observed.add(RowFactory.create(Date.valueOf(monday), "c" + customer));
        }
      }
    }
    Map<String, Label> labels = labels(histories, observed);
    assertThat(labels).isEqualTo(expected);
    // All that can happen does happen, else the test says little.
    assertThat(expected.values().stream().filter(one -> Boolean.TRUE.equals(one.isChurned)))
        .hasSizeGreaterThan(100);
    assertThat(expected.values().stream().filter(one -> !one.isMature)).hasSizeGreaterThan(100);
  }

  /** Lines after each other: at once, on the same day, after a short or a long pause, or beside. */
  private static List<Line> history(Random random) {
    List<Line> lines = new ArrayList<>();
    LocalDate start = FIRST_DAY.plusDays(random.nextInt(90));
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      int days = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(120);
      boolean isOpen = i == count - 1 && random.nextBoolean();
      boolean isPaused = days > 20 && random.nextInt(4) == 0;
      LocalDate pause = start.plusDays(1 + random.nextInt(8));
      LocalDate end = isOpen ? null : start.plusDays(days);
      boolean isPastDue = !isPaused && random.nextInt(6) == 0;
      lines.add(
          new Line(
              start,
              end,
              random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(90),
              random.nextInt(8) == 0,
              isPaused ? pause : null,
              isPaused ? pause.plusDays(1 + random.nextInt(days - 12)) : null,
              isPastDue ? start.plusDays(random.nextInt(60)) : null));
      start =
          switch (random.nextInt(5)) {
            case 0 -> start.plusDays(days); // A plan move.
            case 1 -> start.plusDays(Math.max(0, days - random.nextInt(30))); // Side by side.
            case 2 -> start.plusDays(days + 29 + random.nextInt(4)); // At the edge of the gap.
            case 3 -> start.plusDays(days + random.nextInt(28)); // A dip.
            default -> start.plusDays(days + 40 + random.nextInt(60)); // A return.
          };
    }
    return lines;
  }

  private static boolean holds(List<Line> lines, LocalDate day) {
    return lines.stream().anyMatch(line -> line.holdsOn(day));
  }

  private static boolean isPaying(List<Line> lines, LocalDate day) {
    return lines.stream().anyMatch(line -> line.isPaidOn(day));
  }

  /** Source: metrics "Label", "Churn date". */
  private static Label label(List<Line> lines, LocalDate monday) {
    boolean isMature = !monday.plusDays(7 + 30 + 30 + 7).isAfter(AS_OF);
    if (!isMature) {
      return new Label(false, null, null);
    }
    for (LocalDate day = monday.plusDays(8);
        !day.isAfter(monday.plusDays(37));
        day = day.plusDays(1)) {
      boolean leaves = holds(lines, day.minusDays(1)) && !holds(lines, day);
      boolean returns = false;
      for (LocalDate later = day; !later.isAfter(day.plusDays(30)); later = later.plusDays(1)) {
        returns |= holds(lines, later);
      }
      if (leaves && !returns) {
        return new Label(true, true, day);
      }
    }
    return new Label(true, false, null);
  }

  private static Map<String, Label> labels(List<List<Line>> histories, List<Row> observed) {
    Dataset<Row> subscriptions = subscriptions(histories);
    GivenInputs given =
        new GivenInputs(AS_OF)
            .with(Subscriptions.TABLE, subscriptions)
            .with(RevenueSettings.SETTING, REVENUE)
            .with(ExchangeRates.SETTING, ExchangeRates.none())
            .with(Company.SETTING, COMPANY);
    Dataset<Row> mrr = CustomerMrr.TABLE.conform(CustomerMrr.JOB.build().apply(given));
    Dataset<Row> spells = PayingSpells.JOB.build().apply(given.with(CustomerMrr.TABLE, mrr));
    Dataset<Row> observations =
        SharedSpark.session()
            .createDataFrame(
                observed, none(Labels.TABLE).select("observation_date", "customer_id").schema());
    Map<String, Label> found = new TreeMap<>();
    for (Row row :
        ChurnLabels.of(observations, spells, DATASET, REVENUE.gapDays(), AS_OF)
            .filter(col("customer_id").isNotNull())
            .collectAsList()) {
      Date churned = row.getAs("churn_date");
      found.put(
          row.getAs("observation_date") + " " + row.getAs("customer_id"),
          new Label(
              row.<Boolean>getAs("is_mature"),
              row.getAs("is_churned"),
              churned == null ? null : churned.toLocalDate()));
    }
    return found;
  }

  private static Dataset<Row> subscriptions(List<List<Line>> histories) {
    List<Row> rows = new ArrayList<>();
    for (int customer = 0; customer < histories.size(); customer++) {
      List<Line> lines = histories.get(customer);
      for (int i = 0; i < lines.size(); i++) {
        Line line = lines.get(i);
        Map<String, Object> row = new HashMap<>();
        row.put("subscription_id", "s" + customer + "-" + i);
        row.put("customer_id", "c" + customer);
        row.put("plan", "plan" + i % 2);
        row.put("mrr", new BigDecimal(line.isTrial ? 0 : line.mrr));
        row.put("currency", "USD");
        row.put("is_trial", line.isTrial);
        row.put("start_date", Date.valueOf(line.start));
        row.put("end_date", line.end == null ? null : Date.valueOf(line.end));
        row.put("pause_start", line.pauseStart == null ? null : Date.valueOf(line.pauseStart));
        row.put("pause_end", line.pauseEnd == null ? null : Date.valueOf(line.pauseEnd));
        row.put(
            "past_due_since", line.pastDueSince == null ? null : Date.valueOf(line.pastDueSince));
        row.put("known_from", Date.valueOf(line.start));
        row.put("is_current", true);
        rows.add(
            RowFactory.create(Subscriptions.TABLE.columnNames().stream().map(row::get).toArray()));
      }
    }
    return SharedSpark.session().createDataFrame(rows, Subscriptions.TABLE.schema());
  }
}
