package io.holdfast.generate;

import java.time.LocalDate;
import java.time.YearMonth;
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
  USD(List.of(100)),
  EUR(
      List.of(
          104, 104, 108, 112, 113, 115, 117, 116, 117, 116, 116, 117, 117, 118, 116, 117, 117,
          118)),
  GBP(
      List.of(
          124, 125, 129, 132, 134, 136, 135, 134, 135, 134, 132, 134, 135, 136, 134, 135, 135,
          136));

  private static final YearMonth FIRST = YearMonth.of(2025, 1);
  private static final Map<String, Currency> OF_COUNTRIES =
      Map.of("GB", GBP, "DE", EUR, "FR", EUR);

  private final NavigableMap<YearMonth, Integer> hundredths = new TreeMap<>();

  Currency(List<Integer> hundredths) {
    for (int month = 0; month < hundredths.size(); month++) {
      this.hundredths.put(YearMonth.of(2025, 1).plusMonths(month), hundredths.get(month));
    }
  }

  static Currency of(String country) {
    return OF_COUNTRIES.getOrDefault(country, USD);
  }

  /** Cents for one unit; a month without a rate takes the latest before it, else the first. */
  int hundredths(LocalDate date) {
    var known = hundredths.floorEntry(YearMonth.from(date));
    return known == null ? hundredths.get(FIRST) : known.getValue();
  }

  NavigableMap<YearMonth, Integer> rates() {
    return new TreeMap<>(hundredths);
  }
}
