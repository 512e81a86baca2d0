package io.holdfast.sources;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.failure.BadInput;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class ExchangeRatesTest {

  private static final Map<String, Map<String, BigDecimal>> LISTED =
      Map.of(
          "EUR",
          Map.of(
              "2025-11", new BigDecimal("1.08"),
              "2026-01", new BigDecimal("1.10"),
              "2026-02", new BigDecimal("1.10")),
          "GBP",
          Map.of("2025-12", new BigDecimal("1.25")));

  private static final String DAYS =
      """
      | currency | day        |
      |          | 2026-01-31 |
      | USD      | 2026-01-31 |
      | EUR      | 2025-01-01 |
      | EUR      | 2025-11-30 |
      | EUR      | 2025-12-31 |
      | eur      | 2026-01-01 |
      | EUR      | 2027-06-01 |
      | GBP      | 2024-12-31 |
      | GBP      | 2026-03-01 |
      | JPY      | 2026-01-01 |
      """;

  @Test
  void aMonthHasItsOwnRateElseTheLatestBeforeElseTheFirst() {
    var rates = new ExchangeRates(LISTED, Optional.of("2026-01"));
    var days = rows(StructType.fromDDL("currency STRING, day DATE"), DAYS);
    assertRows(
        days.select(
            col("currency"),
            col("day"),
            rates.rate(col("currency"), col("day"), "USD").as("rate"),
            rates.constantRate(col("currency"), "USD").as("constant"),
            rates.changeDays(col("currency")).as("changes")),
        """
        | currency | day        | rate | constant | changes      |
        |          | 2026-01-31 | 1    | 1        |              |
        | USD      | 2026-01-31 | 1    | 1        |              |
        | EUR      | 2025-01-01 | 1.08 | 1.10     | [2026-01-01] |
        | EUR      | 2025-11-30 | 1.08 | 1.10     | [2026-01-01] |
        | EUR      | 2025-12-31 | 1.08 | 1.10     | [2026-01-01] |
        | eur      | 2026-01-01 | 1.10 | 1.10     | [2026-01-01] |
        | EUR      | 2027-06-01 | 1.10 | 1.10     | [2026-01-01] |
        | GBP      | 2024-12-31 | 1.25 | 1.25     | []           |
        | GBP      | 2026-03-01 | 1.25 | 1.25     | []           |
        | JPY      | 2026-01-01 |      |          |              |
        """);
  }

  @Test
  void withoutRatesOnlyTheReportingCurrencyIsWorthSomething() {
    var days =
        rows(StructType.fromDDL("currency STRING, day DATE"), DAYS)
            .filter("day = DATE'2026-01-31' OR currency = 'JPY'");
    assertRows(
        days.select(
            col("currency"),
            ExchangeRates.none().rate(col("currency"), col("day"), "USD").as("rate"),
            ExchangeRates.none().constantRate(col("currency"), "USD").as("constant"),
            ExchangeRates.none().changeDays(col("currency")).as("changes")),
        """
        | currency | rate | constant | changes |
        |          | 1    | 1        |         |
        | USD      | 1    | 1        |         |
        | JPY      |      |          |         |
        """);
  }

  @Test
  void aRateOfNothingAndAMonthThatIsNoneAreRefused() {
    assertThatThrownBy(
            () ->
                new ExchangeRates(
                    Map.of("EUR", Map.of("2026-01", BigDecimal.ZERO)), Optional.empty()))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read revenue.rates.EUR: the rate of 2026-01 is 0. Give what one unit is worth,"
                + " above 0.");
    assertThatThrownBy(() -> new ExchangeRates(LISTED, Optional.of("January")))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read revenue.constant_rate_month: 'January' is no month. Write it as 2026-01.");
    assertThatThrownBy(
            () -> new ExchangeRates(Map.of("EUR", Map.<String, BigDecimal>of()), Optional.empty()))
        .hasMessageStartingWith("Cannot read revenue.rates.EUR: it lists no month.");
  }
}
