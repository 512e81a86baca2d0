package io.holdfast.report;

import static io.holdfast.report.Frame.px;
import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Lines over a common axis, with the band in which each may lie and marks for what is wanted.
 *
 * @param shape how points are joined
 * @param xs the labels below, each at its place
 * @param low the lowest value that the axis shows
 * @param high the highest; the axis ends at a round one
 * @param label how values at the left are written
 * @param series the lines
 * @param marks what is wanted where
 */
record Curves(
    Shape shape,
    List<Tick> xs,
    double low,
    double high,
    DoubleFunction<String> label,
    List<Series> series,
    List<Mark> marks) {

  private static final int LABEL_HEIGHT = 14;
  private static final int RADIUS = 3;
  private static final int ABOUT_TICKS = 4;

  /** How points are joined. */
  enum Shape {
    LINES,
    STEPS
  }

  /** A label below the axis. */
  record Tick(double x, String text) {}

  /**
   * A point of a line.
   *
   * @param low the lower end of its interval; NaN: it has none
   * @param isOpen what it says can still change
   */
  record Point(double x, double y, double low, double high, boolean isOpen) {}

  /** A line. {@code style} is a class of the style sheet: s1, s2 ... */
  record Series(String name, String style, List<Point> points) {}

  /** What is wanted at a place: a target. */
  record Mark(double x, double y, String text) {}

  List<Node> draw(Frame frame) {
    double first = xs.get(0).x();
    double last = Math.max(xs.get(xs.size() - 1).x(), first + 1);
    Scale across = new Scale(first, last, frame.left(), frame.end());
    Scale up = Scale.around(low, high, ABOUT_TICKS, frame.floor(), frame.top());
    List<Node> nodes = new ArrayList<>(axes(frame, across, up, xs, label));
    for (Series one : series) {
      nodes.addAll(band(one, across, up));
    }
    for (Mark mark : marks) {
      double x = across.at(mark.x());
      double y = up.at(mark.y());
      nodes.add(
          el(
              "path",
              at("class", "target"),
              at("d", "M%s %sl5 5l-5 5l-5-5z".formatted(px(x), px(y - 5))),
              el("title", mark.text())));
    }
    for (Series one : series) {
      nodes.addAll(line(one, across, up));
    }
    nodes.addAll(names(frame, up));
    return nodes;
  }

  /** Rulings with their values, and the labels below. */
  static List<Node> axes(
      Frame frame, Scale across, Scale up, List<Tick> xs, DoubleFunction<String> label) {
    List<Node> nodes = new ArrayList<>();
    for (double tick : up.ticks(ABOUT_TICKS)) {
      double y = up.at(tick);
      boolean isZero = Math.abs(tick) < 1e-12;
      nodes.add(Frame.line(isZero ? "axis" : "grid", frame.left(), y, frame.end(), y));
      nodes.add(Frame.text("tick", frame.left() - 8, y + 4, "end", label.apply(tick)));
    }
    int room = frame.isNarrow() ? 44 : 52;
    double free = Double.NEGATIVE_INFINITY;
    for (Tick tick : xs) {
      double x = across.at(tick.x());
      if (!tick.text().isEmpty() && x >= free) {
        nodes.add(Frame.text("tick", x, frame.floor() + 18, "middle", tick.text()));
        free = x + Math.max(room * 0.45, tick.text().length() * 7.0 + 8);
      }
    }
    return nodes;
  }

  private List<Node> band(Series one, Scale across, Scale up) {
    List<Point> known =
        one.points().stream()
            .filter(p -> !Double.isNaN(p.low()) && !Double.isNaN(p.high()))
            .toList();
    if (known.size() < 2) {
      return List.of();
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < known.size(); i++) {
      step(path, i == 0, across.at(known.get(i).x()), up.at(known.get(i).high()));
    }
    for (int i = known.size() - 1; i >= 0; i--) {
      back(path, i == known.size() - 1, across.at(known.get(i).x()), up.at(known.get(i).low()));
    }
    return List.of(el("path", at("class", "band " + one.style()), at("d", path + "Z")));
  }

  private List<Node> line(Series one, Scale across, Scale up) {
    List<Point> known = one.points().stream().filter(p -> !Double.isNaN(p.y())).toList();
    List<Node> nodes = new ArrayList<>();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < known.size(); i++) {
      step(path, i == 0, across.at(known.get(i).x()), up.at(known.get(i).y()));
    }
    nodes.add(el("path", at("class", "line " + one.style()), at("d", path.toString())));
    if (shape == Shape.LINES) {
      for (Point point : known) {
        nodes.add(
            el(
                "circle",
                at("class", (point.isOpen() ? "open " : "dot ") + one.style()),
                at("cx", px(across.at(point.x()))),
                at("cy", px(up.at(point.y()))),
                at("r", RADIUS)));
      }
    }
    return nodes;
  }

  private void step(StringBuilder path, boolean isFirst, double x, double y) {
    if (isFirst) {
      path.append('M').append(px(x)).append(' ').append(px(y));
    } else if (shape == Shape.STEPS) {
      path.append('H').append(px(x)).append('V').append(px(y));
    } else {
      path.append('L').append(px(x)).append(' ').append(px(y));
    }
  }

  private void back(StringBuilder path, boolean isFirst, double x, double y) {
    if (!isFirst && shape == Shape.STEPS) {
      path.append('V').append(px(y)).append('H').append(px(x));
    } else {
      path.append('L').append(px(x)).append(' ').append(px(y));
    }
  }

  /** Each line's name at its end, none over another. */
  private List<Node> names(Frame frame, Scale up) {
    List<Series> named =
        series.stream()
            .filter(s -> !s.points().isEmpty() && !s.name().isEmpty())
            .sorted(Comparator.comparingDouble(s -> up.at(end(s))))
            .toList();
    List<Node> nodes = new ArrayList<>();
    double free = Double.NEGATIVE_INFINITY;
    for (Series one : named) {
      double y = Math.max(up.at(end(one)) + 4, free);
      free = y + LABEL_HEIGHT;
      nodes.add(Frame.text("name " + one.style(), frame.end() + 8, y, "start", one.name()));
    }
    return nodes;
  }

  private static double end(Series series) {
    return series.points().stream()
        .filter(p -> !Double.isNaN(p.y()))
        .reduce((a, b) -> b)
        .map(Point::y)
        .orElse(0.0);
  }
}
