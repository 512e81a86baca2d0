package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Node;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.time.LocalDate;
import java.util.Currency;

/**
 * Writes figures as people read them, each with the exact value beside it in the page's source.
 *
 * @param words the language
 * @param currency the currency of money
 */
record Figures(Words words, Currency currency) {

  private static final double WHOLE_FROM = 1000;

  /** What kind of figure it is. */
  enum Kind {
    /** A share, with one decimal. */
    SHARE,
    /** A share in a small cell. */
    SHARE_SHORT,
    MONEY,
    /** Money without cents, for tables of many. */
    MONEY_SHORT,
    COUNT,
    ONE_DECIMAL,
    TWO_DECIMALS,
    /** A difference of shares, in percentage points. */
    POINTS
  }

  /** A column's value; a dash where it is unknown. */
  Node of(Line line, String column, Kind kind) {
    return of(line.value(column), kind);
  }

  /** A value; a dash where it is unknown. */
  Node of(Object value, Kind kind) {
    return isUnknown(value)
        ? el("span", at("class", "none"), "–")
        : el("data", at("value", exact(value)), text(value, kind));
  }

  /** The ends of a column's interval, as "95%: 3.1% to 7.7%"; nothing where it has none. */
  Node interval(Object low, Object high, Kind kind) {
    return isUnknown(low) || isUnknown(high)
        ? Html.all()
        : el(
            "span",
            at("class", "interval"),
            of(low, kind),
            " " + words.of("interval.to") + " ",
            of(high, kind));
  }

  /** A figure with its interval below it; shares are written short there. */
  Node ranged(Line line, Estimate estimate, Kind kind) {
    return Html.all(
        of(line, estimate.value(), kind),
        el(
            "small",
            at("class", "under"),
            interval(
                line.value(estimate.low()),
                line.value(estimate.high()),
                kind == Kind.SHARE ? Kind.SHARE_SHORT : kind)));
  }

  /** The text alone. */
  String text(Object value, Kind kind) {
    if (isUnknown(value)) {
      return "–";
    }
    return withoutNegativeZero(written(value, kind));
  }

  /** What rounds to nothing is not less than nothing. */
  private static String withoutNegativeZero(String text) {
    boolean isZero = text.startsWith("-") && text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return isZero ? text.substring(1) : text;
  }

  private String written(Object value, Kind kind) {
    double number = ((Number) value).doubleValue();
    return switch (kind) {
      case SHARE -> decimals(NumberFormat.getPercentInstance(words.locale()), 1).format(number);
      case SHARE_SHORT ->
          decimals(NumberFormat.getPercentInstance(words.locale()), 0).format(number);
      case MONEY -> money(value);
      case MONEY_SHORT -> decimals(currencyFormat(), 0).format(value);
      case POINTS ->
          words.of(
              "format.points",
              decimals(NumberFormat.getNumberInstance(words.locale()), 1).format(number * 100));
      case COUNT -> decimals(NumberFormat.getNumberInstance(words.locale()), 0).format(number);
      case ONE_DECIMAL ->
          decimals(NumberFormat.getNumberInstance(words.locale()), 1).format(number);
      case TWO_DECIMALS ->
          decimals(NumberFormat.getNumberInstance(words.locale()), 2).format(number);
    };
  }

  private String money(Object value) {
    double size = Math.abs(((Number) value).doubleValue());
    int places = size >= WHOLE_FROM || size == 0 ? 0 : currency.getDefaultFractionDigits();
    return decimals(currencyFormat(), Math.max(0, places)).format(value);
  }

  private NumberFormat currencyFormat() {
    NumberFormat format = NumberFormat.getCurrencyInstance(words.locale());
    format.setCurrency(currency);
    return format;
  }

  private static NumberFormat decimals(NumberFormat format, int places) {
    format.setMinimumFractionDigits(places);
    format.setMaximumFractionDigits(places);
    format.setRoundingMode(RoundingMode.HALF_UP);
    return format;
  }

  /** A day, with its ISO form in the source. */
  Node day(LocalDate day) {
    return el("time", at("datetime", day), words.day(day));
  }

  Node month(LocalDate day) {
    return el("time", at("datetime", day.toString().substring(0, 7)), words.month(day));
  }

  private static boolean isUnknown(Object value) {
    return value == null || (value instanceof Double number && !Double.isFinite(number));
  }

  private static String exact(Object value) {
    return value instanceof BigDecimal decimal
        ? decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString()
        : value.toString();
  }
}
