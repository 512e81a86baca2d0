package io.holdfast.sources;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.try_element_at;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.year;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What one unit of another currency is worth in the reporting currency, by month.
 *
 * <p>Source: metrics "MRR". A month that is not listed has the rate of the latest one before it;
 * before the first listed month that one's holds.
 *
 * @param rates by currency (ISO 4217) and month ({@code 2026-01})
 * @param constantRateMonth the month whose rates the constant-currency figures use throughout; not
 *     given: each currency's first
 */
public record ExchangeRates(
    Map<String, Map<String, BigDecimal>> rates, Optional<String> constantRateMonth) {

  public static final Setting<ExchangeRates> SETTING = Setting.of("revenue", ExchangeRates.class);

  private static final DataType RATE = DataTypes.createDecimalType(18, 8);

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if a month is none, or a rate is not above 0
   */
  public ExchangeRates {
    Map<String, Map<String, BigDecimal>> checked = new TreeMap<>();
    rates.forEach((currency, months) -> checked.put(code(currency), checked(currency, months)));
    rates = checked;
    constantRateMonth.ifPresent(month -> requireMonth("revenue.constant_rate_month", month));
  }

  /** No other currency than the reporting one. */
  public static ExchangeRates none() {
    return new ExchangeRates(Map.of(), Optional.empty());
  }

  /** The currencies that can be converted besides the reporting one. */
  public List<String> currencies() {
    return List.copyOf(rates.keySet());
  }

  /**
   * What one unit is worth in the month of a date; NULL where no rate is known.
   *
   * @param currency ISO 4217; NULL: the reporting currency
   * @param reporting the reporting currency
   */
  public Column rate(Column currency, Column date, String reporting) {
    if (rates.isEmpty()) {
      return orOne(currency, reporting, lit(null).cast(RATE));
    }
    int first = byMonth().values().stream().mapToInt(NavigableMap::firstKey).min().orElseThrow();
    int last = byMonth().values().stream().mapToInt(NavigableMap::lastKey).max().orElseThrow();
    Column index = year(date).multiply(lit(12)).plus(month(date)).minus(lit(first));
    Column listed = least(greatest(index, lit(0)), lit(last - first));
    Column ofCurrency =
        byCurrency(
            months -> {
              List<Column> dense = new ArrayList<>();
              for (int month = first; month <= last; month++) {
                dense.add(lit(at(months, month)).cast(RATE));
              }
              return array(dense.toArray(Column[]::new));
            },
            currency);
    return orOne(currency, reporting, get(ofCurrency, listed));
  }

  /** What one unit is worth in constant-currency figures, whatever the date. */
  public Column constantRate(Column currency, String reporting) {
    if (rates.isEmpty()) {
      return orOne(currency, reporting, lit(null).cast(RATE));
    }
    Column ofCurrency =
        byCurrency(
            months ->
                lit(at(months, constantRateMonth.map(m -> index(YearMonth.parse(m))).orElse(0)))
                    .cast(RATE),
            currency);
    return orOne(currency, reporting, ofCurrency);
  }

  /** The first days of the months in which a currency's rate is another: an array, or NULL. */
  public Column changeDays(Column currency) {
    if (rates.isEmpty()) {
      return lit(null).cast("array<date>");
    }
    return byCurrency(
        months ->
            array(
                    months.keySet().stream()
                        .filter(month -> month > months.firstKey())
                        .filter(month -> at(months, month).compareTo(at(months, month - 1)) != 0)
                        .map(month -> lit(firstDay(month)))
                        .toArray(Column[]::new))
                .cast("array<date>"),
        currency);
  }

  private static Column orOne(Column currency, String reporting, Column other) {
    return when(currency.isNull().or(upper(currency).equalTo(reporting)), lit(1).cast(RATE))
        .otherwise(other);
  }

  private Column byCurrency(
      Function<NavigableMap<Integer, BigDecimal>, Column> value, Column currency) {
    List<Column> entries = new ArrayList<>();
    byMonth()
        .forEach(
            (code, months) -> {
              entries.add(lit(code));
              entries.add(value.apply(months));
            });
    return try_element_at(map(entries.toArray(Column[]::new)), upper(currency));
  }

  private Map<String, NavigableMap<Integer, BigDecimal>> byMonth() {
    Map<String, NavigableMap<Integer, BigDecimal>> all = new TreeMap<>();
    rates.forEach(
        (currency, months) -> {
          NavigableMap<Integer, BigDecimal> ordered = new TreeMap<>();
          months.forEach((month, rate) -> ordered.put(index(YearMonth.parse(month)), rate));
          all.put(currency, ordered);
        });
    return all;
  }

  private static BigDecimal at(NavigableMap<Integer, BigDecimal> months, int month) {
    return Optional.ofNullable(months.floorEntry(month)).orElse(months.firstEntry()).getValue();
  }

  /** January of the year 0 is 1, as the columns count. */
  private static int index(YearMonth month) {
    return month.getYear() * 12 + month.getMonthValue();
  }

  private static LocalDate firstDay(int index) {
    return LocalDate.of(Math.floorDiv(index - 1, 12), Math.floorMod(index - 1, 12) + 1, 1);
  }

  private static String code(String currency) {
    return currency.toUpperCase(Locale.ROOT);
  }

  private static Map<String, BigDecimal> checked(String currency, Map<String, BigDecimal> months) {
    String key = "revenue.rates." + currency;
    if (months.isEmpty()) {
      throw new BadInput(
          "Cannot read %s: it lists no month. Write it as { \"2026-01\" = 1.08 }.".formatted(key));
    }
    months.forEach(
        (month, rate) -> {
          requireMonth(key, month);
          if (rate.signum() <= 0) {
            throw new BadInput(
                "Cannot read %s: the rate of %s is %s. Give what one unit is worth, above 0."
                    .formatted(key, month, rate));
          }
        });
    return Map.copyOf(months);
  }

  private static void requireMonth(String key, String text) {
    try {
      YearMonth.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadInput(
          "Cannot read %s: '%s' is no month. Write it as 2026-01.".formatted(key, text), e);
    }
  }
}
