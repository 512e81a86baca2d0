package io.holdfast.report;

import java.text.NumberFormat;

/** Writes amounts in few characters, for charts: their tables hold them exactly. */
final class Compact {

  private static final double THOUSAND = 1_000;
  private static final double MILLION = 1_000_000;

  private Compact() {}

  static String money(double amount, Figures figures) {
    double size = Math.abs(amount);
    double unit = size >= MILLION ? MILLION : size >= THOUSAND ? THOUSAND : 1;
    String suffix = unit == MILLION ? "M" : unit == THOUSAND ? "K" : "";
    double shown = size / unit;
    NumberFormat format = NumberFormat.getNumberInstance(figures.words().locale());
    format.setMaximumFractionDigits(unit > 1 && shown < 100 && shown % 1 != 0 ? 1 : 0);
    String symbol = figures.currency().getSymbol(figures.words().locale());
    return (amount < 0 ? "−" : "")
        + (symbol.length() == 1 ? symbol : symbol + " ")
        + format.format(shown)
        + suffix;
  }
}
