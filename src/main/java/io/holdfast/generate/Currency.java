package io.holdfast.generate;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What customers are billed in, and what that is worth in dollars, by month.
 *
 * <p>The rates are made up, near those of their years, with two decimals so that money stays exact.
 * The same stand in {@code conf/examples/generated.conf}.
 */
enum Currency {
  USD,
  EUR,
  GBP;

  private static final YearMonth FIRST = YearMonth.of(2025, 1);
  private static final Map<String, Currency> OF_COUNTRIES = Map.of("GB", GBP, "DE", EUR, "FR", EUR);
  private static final Map<Currency, NavigableMap<YearMonth, Integer>> HUNDREDTHS =
      Map.of(
          USD,
          monthly(100),
          EUR,
          monthly(
              104, 104, 108, 112, 113, 115, 117, 116, 117, 116, 116, 117, 117, 118, 116, 117, 117,
              118),
          GBP,
          monthly(
              124, 125, 129, 132, 134, 136, 135, 134, 135, 134, 132, 134, 135, 136, 134, 135, 135,
              136));

  private static NavigableMap<YearMonth, Integer> monthly(Integer... hundredths) {
    NavigableMap<YearMonth, Integer> monthly = new TreeMap<>();
    List.of(hundredths).forEach(rate -> monthly.put(FIRST.plusMonths(monthly.size()), rate));
    return Collections.unmodifiableNavigableMap(monthly);
  }

  static Currency of(String country) {
    return OF_COUNTRIES.getOrDefault(country, USD);
  }

  /** Cents for one unit; a month without a rate takes the latest before it, else the first. */
  int hundredths(LocalDate date) {
    Map.Entry<YearMonth, Integer> known = rates().floorEntry(YearMonth.from(date));
    return known == null ? rates().firstEntry().getValue() : known.getValue();
  }

  /** Cents for one unit by month. */
  NavigableMap<YearMonth, Integer> rates() {
    return HUNDREDTHS.get(this);
  }
}
