package io.holdfast.generate;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;

/**
 * True counts and sums, by figure, date, key and period. Whole numbers only, money in
 * ten-thousandths: they are the same in whatever order they are added.
 */
final class Figures {
  /** What begins the names of figures that are money. */
  static final String MONEY = "mrr";

  private final Map<String, Long> sums = new TreeMap<>();

  void add(String figure, LocalDate date, String key, int period, long value) {
    sums.merge(figure + "," + date + "," + key + "," + period, value, Long::sum);
  }

  void addLines(String lines) {
    lines
        .lines()
        .forEach(
            line -> {
              int comma = line.lastIndexOf(',');
              sums.merge(
                  line.substring(0, comma), Long.valueOf(line.substring(comma + 1)), Long::sum);
            });
  }

  /** Lines that can be added again. */
  String lines() {
    var text = new StringBuilder();
    sums.forEach((name, value) -> text.append(name).append(',').append(value).append('\n'));
    return text.toString();
  }

  /** Lines that can be read: money in units. */
  String printed() {
    var text = new StringBuilder();
    sums.forEach(
        (name, value) ->
            text.append(name)
                .append(',')
                .append(name.startsWith(MONEY) ? BigDecimal.valueOf(value, 4) : value)
                .append('\n'));
    return text.toString();
  }
}
