package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Node;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The size of a drawing, and how far its plot lies from the edges.
 *
 * @param isNarrow drawn for a telephone: fewer labels
 */
record Frame(int width, int height, int left, int right, int top, int bottom, boolean isNarrow) {

  /** For a screen. */
  static final Frame WIDE = new Frame(560, 270, 52, 92, 16, 40, false);

  /** For a telephone. */
  static final Frame NARROW = new Frame(340, 250, 46, 66, 16, 40, true);

  /** The same, with another room at the right for labels. */
  Frame right(int room) {
    return new Frame(width, height, left, room, top, bottom, isNarrow);
  }

  /** The same with more room below. */
  Frame deeper(int room) {
    return new Frame(width, height + room, left, right, top, bottom + room, isNarrow);
  }

  /** Where the plot ends at the right. */
  int end() {
    return width - right;
  }

  /** Where the plot ends below. */
  int floor() {
    return height - bottom;
  }

  /**
   * A drawing for both sizes, of which the style sheet shows the one that fits.
   *
   * @param label what it shows, for who cannot see it
   */
  static Node both(String label, Function<Frame, List<Node>> draw) {
    return Html.all(svg(label, WIDE, draw, "wide"), svg(label, NARROW, draw, "narrow"));
  }

  private static Node svg(
      String label, Frame frame, Function<Frame, List<Node>> draw, String style) {
    List<Node> drawn = draw.apply(frame);
    return el(
        "svg",
        at("class", "chart " + style),
        at("viewBox", "0 0 %d %d".formatted(frame.width(), frame.height())),
        at("role", "img"),
        at("aria-label", label),
        drawn);
  }

  /** A place or a size as SVG wants it. */
  static String px(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** A straight line. */
  static Node line(String style, double x1, double y1, double x2, double y2) {
    return el(
        "line",
        at("class", style),
        at("x1", px(x1)),
        at("y1", px(y1)),
        at("x2", px(x2)),
        at("y2", px(y2)));
  }

  /** A box that stands between two heights. */
  static Node box(String style, double x, double width, double y1, double y2, Object... inside) {
    return el(
        "rect",
        at("class", style),
        at("x", px(x)),
        at("y", px(Math.min(y1, y2))),
        at("width", px(Math.max(0, width))),
        at("height", px(Math.max(0, Math.abs(y2 - y1)))),
        List.of(inside));
  }

  /** A text; {@code anchor} is start, middle or end. */
  static Node text(String style, double x, double y, String anchor, String text) {
    return el(
        "text",
        at("class", style),
        at("x", px(x)),
        at("y", px(y)),
        at("text-anchor", anchor),
        text);
  }
}
