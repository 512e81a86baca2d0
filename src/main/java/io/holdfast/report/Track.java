package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A value on a strip as wide as its table's cell: the figures stand in the cells beside it, so that
 * it says nothing to who cannot see it.
 *
 * @param from the value at the left end
 * @param to the value at the right end
 */
record Track(double from, double to) {

  private static final int HEIGHT = 18;
  private static final double MIDDLE = HEIGHT / 2.0;

  /** A strip for shares. */
  static final Track SHARE = new Track(0, 1);

  /** A strip from zero that holds the largest of some values. */
  static Track upTo(double largest) {
    return new Track(0, largest > 0 ? largest : 1);
  }

  private String place(double value) {
    double share = Math.max(0, Math.min(1, (value - from) / (to - from)));
    return String.format(Locale.ROOT, "%.2f%%", share * 100);
  }

  private static Node strip(List<Node> drawn) {
    return el(
        "svg",
        at("class", "track"),
        at("height", HEIGHT),
        at("aria-hidden", "true"),
        el(
            "line",
            at("class", "rail"),
            at("x1", "0%"),
            at("x2", "100%"),
            at("y1", MIDDLE),
            at("y2", MIDDLE)),
        drawn);
  }

  /**
   * A dot with its interval.
   *
   * @param wanted a target or a claim; NaN: none
   */
  Node dot(double value, double low, double high, double wanted, String style) {
    if (Double.isNaN(value) && Double.isNaN(wanted)) {
      return Html.all();
    }
    List<Node> drawn = new ArrayList<>();
    if (!Double.isNaN(low) && !Double.isNaN(high)) {
      drawn.add(
          el(
              "line",
              at("class", "whisker " + style),
              at("x1", place(low)),
              at("x2", place(high)),
              at("y1", MIDDLE),
              at("y2", MIDDLE)));
    }
    drawn.addAll(mark(wanted));
    if (!Double.isNaN(value)) {
      drawn.add(
          el(
              "circle",
              at("class", "dot " + style),
              at("cx", place(value)),
              at("cy", MIDDLE),
              at("r", 5)));
    }
    return strip(drawn);
  }

  /** The dot of a figure of a table's row. */
  Node dot(Line line, Estimate estimate, double wanted, String style) {
    return dot(
        line.number(estimate.value()),
        line.number(estimate.low()),
        line.number(estimate.high()),
        wanted,
        style);
  }

  /** A bar from the left end. */
  Node bar(double value, double wanted, String style) {
    List<Node> drawn = new ArrayList<>();
    if (!Double.isNaN(value)) {
      drawn.add(
          el(
              "rect",
              at("class", "bar " + style),
              at("x", place(Math.min(0, value))),
              at("y", 3),
              at("width", place(Math.abs(value) + from)),
              at("height", HEIGHT - 6),
              at("rx", 2)));
    }
    drawn.addAll(mark(wanted));
    return strip(drawn);
  }

  /** From where a plan starts (left) to where it leads (right), with the straight line's place. */
  static Node way(double baseline, double target, double value, double line, String style) {
    if (Double.isNaN(baseline) || Double.isNaN(target) || baseline == target) {
      return Html.all();
    }
    Track track = new Track(-0.25, 1.25);
    double way = (value - baseline) / (target - baseline);
    List<Node> drawn = new ArrayList<>();
    if (!Double.isNaN(way)) {
      drawn.add(
          el(
              "line",
              at("class", "whisker " + style),
              at("x1", track.place(Math.min(0, way))),
              at("x2", track.place(Math.max(0, way))),
              at("y1", MIDDLE),
              at("y2", MIDDLE)));
    }
    drawn.add(tick("start", track.place(0)));
    drawn.addAll(track.mark(1));
    if (!Double.isNaN(line)) {
      drawn.add(tick("today", track.place((line - baseline) / (target - baseline))));
    }
    if (!Double.isNaN(way)) {
      drawn.add(
          el(
              "circle",
              at("class", "dot " + style),
              at("cx", track.place(way)),
              at("cy", MIDDLE),
              at("r", 5)));
    }
    return strip(drawn);
  }

  private List<Node> mark(double wanted) {
    return Double.isNaN(wanted) ? List.of() : List.of(tick("wanted", place(wanted)));
  }

  private static Node tick(String style, String x) {
    return el(
        "line", at("class", style), at("x1", x), at("x2", x), at("y1", 2), at("y2", HEIGHT - 2));
  }
}
