package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.activity.RevenueCases;
import io.holdfast.conformed.Subscriptions;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

/**
 * Whatever lines customers have, the ledger adds up: against a plain reckoning of what each pays on
 * a day, made of the lines alone.
 */
class RandomLedgersTest {

  private static final LocalDate FIRST = LocalDate.of(2025, 6, 1);
  private static final LocalDate AS_OF = LocalDate.of(2026, 6, 30);
  private static final int CUSTOMERS = 300;

  private record Line(
      String customer,
      BigDecimal price,
      String currency,
      boolean isTrial,
      LocalDate start,
      LocalDate end,
      BigDecimal rate,
      LocalDate discountStart,
      LocalDate discountEnd,
      LocalDate pauseStart,
      LocalDate pauseEnd,
      LocalDate pastDueSince) {}

  @Test
  void everyRandomLedgerReconciles() {
    List<Line> lines = lines(new Random(20260101));
    Dataset<Row> subscriptions = subscriptions(lines);
    RevenueLedger ledger =
        RevenueLedger.of(
            RevenueCases.mrrOf(subscriptions).localCheckpoint(),
            RevenueCases.spellsOf(subscriptions).localCheckpoint(),
            RevenueCases.PRICING,
            AS_OF);
    Dataset<Row> movements = MrrMovements.movements(ledger).localCheckpoint();

    MrrMovements.requireReconciled(movements, ledger);
    TableRules.assertRulesKept(MrrMovements.TABLE, movements, AS_OF);
    TableRules.assertRulesKept(
        MrrMonthly.TABLE, MrrMonthly.monthly(ledger, movements, 30).localCheckpoint(), AS_OF);
    for (LocalDate day :
        List.of(
            LocalDate.of(2025, 9, 17),
            LocalDate.of(2025, 12, 31),
            LocalDate.of(2026, 2, 1),
            LocalDate.of(2026, 4, 1),
            AS_OF)) {
      assertThat(moved(movements, day)).as("paid on " + day).isEqualTo(paid(lines, day));
    }
  }

  /** Customers to what the snapshot movements up to a day add up to; those of nothing left out. */
  private static Map<String, BigDecimal> moved(Dataset<Row> movements, LocalDate day) {
    Map<String, BigDecimal> moved = new TreeMap<>();
    movements
        .filter(col("counting").equalTo("snapshot").and(col("movement_date").leq(day)))
        .groupBy("customer_id")
        .agg(sum("change"))
        .collectAsList()
        .forEach(row -> put(moved, row.getString(0), row.getDecimal(1)));
    moved.values().removeIf(amount -> amount.signum() == 0);
    return moved;
  }

  /** The oracle: what the definitions say that each line brings on a day. */
  private static Map<String, BigDecimal> paid(List<Line> lines, LocalDate day) {
    Map<String, Map<String, BigDecimal>> byCurrency = new TreeMap<>();
    for (Line line : lines) {
      put(
          byCurrency.computeIfAbsent(line.customer(), customer -> new TreeMap<>()),
          line.currency(),
          amount(line, day));
    }
    Map<String, BigDecimal> paid = new TreeMap<>();
    byCurrency.forEach(
        (customer, amounts) ->
            amounts.forEach(
                (currency, amount) ->
                    put(
                        paid,
                        customer,
                        amount
                            .multiply(currency.equals("EUR") ? euro(day) : BigDecimal.ONE)
                            .setScale(4, RoundingMode.HALF_UP))));
    paid.values().removeIf(amount -> amount.signum() == 0);
    return paid;
  }

  private static BigDecimal amount(Line line, LocalDate day) {
    LocalDate end = line.end();
    if (line.pastDueSince() != null
        && (end == null || end.isAfter(line.pastDueSince().plusDays(30)))) {
      end = line.pastDueSince().plusDays(30);
    }
    boolean runs = !day.isBefore(line.start()) && (end == null || day.isBefore(end));
    if (!runs || line.isTrial() || isWithin(day, line.pauseStart(), line.pauseEnd())) {
      return BigDecimal.ZERO;
    }
    if (line.rate() != null && isWithin(day, line.discountStart(), line.discountEnd())) {
      return line.price()
          .multiply(BigDecimal.ONE.subtract(line.rate()))
          .setScale(4, RoundingMode.HALF_UP);
    }
    return line.price();
  }

  private static boolean isWithin(LocalDate day, LocalDate from, LocalDate until) {
    return from != null && !day.isBefore(from) && day.isBefore(until);
  }

  private static BigDecimal euro(LocalDate day) {
    if (day.isBefore(LocalDate.of(2026, 2, 1))) {
      return new BigDecimal("1.0");
    }
    return new BigDecimal(day.isBefore(LocalDate.of(2026, 4, 1)) ? "1.2" : "1.1");
  }

  private static void put(Map<String, BigDecimal> sums, String key, BigDecimal amount) {
    sums.merge(key, amount.setScale(4, RoundingMode.HALF_UP), BigDecimal::add);
  }

  private static List<Line> lines(Random random) {
    List<Line> lines = new ArrayList<>();
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      LocalDate next = FIRST.plusDays(random.nextInt(300));
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        int days = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(150);
        boolean runsOn = random.nextInt(4) == 0;
        LocalDate end = runsOn ? null : next.plusDays(days);
        lines.add(line("c" + customer, next, end, random));
        // Another line begins before the end, on it, or up to 50 days later.
        next = next.plusDays(Math.max(0, days - 20 + random.nextInt(70)));
        if (random.nextInt(3) == 0 && end != null) {
          next = end;
        }
      }
    }
    return lines;
  }

  private static Line line(String customer, LocalDate start, LocalDate end, Random random) {
    BigDecimal price = BigDecimal.valueOf(random.nextInt(10) == 0 ? 0 : random.nextInt(99999), 2);
    LocalDate discount = start.plusDays(random.nextInt(60));
    LocalDate pause = start.plusDays(random.nextInt(60));
    boolean isDiscounted = random.nextInt(3) == 0;
    boolean isPaused = random.nextInt(5) == 0;
    return new Line(
        customer,
        price,
        random.nextInt(3) == 0 ? "EUR" : "USD",
        random.nextInt(12) == 0,
        start,
        end,
        isDiscounted
            ? BigDecimal.valueOf(random.nextInt(4) == 0 ? 100 : random.nextInt(100), 2)
            : null,
        isDiscounted ? discount : null,
        isDiscounted ? discount.plusDays(random.nextInt(60)) : null,
        isPaused ? pause : null,
        isPaused ? pause.plusDays(random.nextInt(60)) : null,
        random.nextInt(10) == 0 ? start.plusDays(random.nextInt(120)) : null);
  }

  private static Dataset<Row> subscriptions(List<Line> lines) {
    List<Row> rows = new ArrayList<>();
    for (Line line : lines) {
      Map<String, Object> values = new TreeMap<>();
      values.put("subscription_id", "s" + rows.size());
      values.put("customer_id", line.customer());
      values.put("plan", "p" + rows.size() % 3);
      values.put("mrr", line.price());
      values.put("currency", line.currency());
      values.put("is_trial", line.isTrial());
      values.put("start_date", date(line.start()));
      values.put("end_date", date(line.end()));
      values.put("discount_rate", line.rate());
      values.put("discount_start", date(line.discountStart()));
      values.put("discount_end", date(line.discountEnd()));
      values.put("pause_start", date(line.pauseStart()));
      values.put("pause_end", date(line.pauseEnd()));
      values.put("past_due_since", date(line.pastDueSince()));
      Object[] cells = new Object[Subscriptions.TABLE.schema().size()];
      StructField[] fields = Subscriptions.TABLE.schema().fields();
      for (int i = 0; i < cells.length; i++) {
        cells[i] = values.get(fields[i].name());
      }
      rows.add(RowFactory.create(cells));
    }
    return SharedSpark.session().createDataFrame(rows, Subscriptions.TABLE.schema());
  }

  private static Date date(LocalDate day) {
    return day == null ? null : Date.valueOf(day);
  }
}
