package io.holdfast.report;

import io.holdfast.report.Html.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * How one amount became another, step by step.
 *
 * @param steps from the first total to the last
 * @param label how values at the axis are written
 */
record Waterfall(List<Step> steps, DoubleFunction<String> label) {

  private static final double FILL = 0.66;

  /**
   * A step.
   *
   * @param isTotal it stands on the ground; the others go on from where the one before ended
   * @param figure its value as it is written above it
   */
  record Step(String name, double value, boolean isTotal, String figure) {}

  List<Node> draw(Frame whole) {
    Frame frame = whole.isNarrow() ? whole.right(8).deeper(24) : whole.right(8);
    double running = 0;
    double high = 0;
    double low = Double.POSITIVE_INFINITY;
    for (Step step : steps) {
      running = step.isTotal() ? step.value() : running + step.value();
      high = Math.max(high, running);
      low = Math.min(low, running);
    }
    // A month moves a few percent of what there is: from zero on nobody would see it.
    double ground = low > 0 && high - low < low / 2 ? Math.max(0, low - (high - low) / 2) : 0;
    Scale up = Scale.around(ground, high + (high - ground) * 0.06, 4, frame.floor(), frame.top());
    Scale across = new Scale(-0.5, steps.size() - 0.5, frame.left(), frame.end());
    List<Node> nodes = new ArrayList<>(Curves.axes(frame, across, up, List.of(), label));
    double width = (across.at(1) - across.at(0)) * FILL;
    double before = up.from();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      double from = step.isTotal() ? up.from() : before;
      double to = step.isTotal() ? step.value() : before + step.value();
      String style = step.isTotal() ? "total" : step.value() < 0 ? "loss" : "gain";
      double x = across.at(i) - width / 2;
      nodes.add(Frame.box(style, x, width, up.at(from), up.at(to)));
      nodes.add(
          Frame.text(
              "value tight", across.at(i), up.at(Math.max(from, to)) - 5, "middle", step.figure()));
      nodes.addAll(words(step.name(), across.at(i), frame));
      if (i + 1 < steps.size()) {
        nodes.add(
            Frame.line("link", x + width, up.at(to), across.at(i + 1) - width / 2, up.at(to)));
      }
      before = to;
    }
    return nodes;
  }

  /** The name below, turned where there is no room for it. */
  private static List<Node> words(String name, double x, Frame frame) {
    if (!frame.isNarrow()) {
      return List.of(Frame.text("tick tight", x, frame.floor() + 18, "middle", name));
    }
    return List.of(
        Html.el(
            "text",
            Html.at("class", "tick"),
            Html.at(
                "transform",
                "translate(%s %s) rotate(-40)"
                    .formatted(Frame.px(x + 6), Frame.px(frame.floor() + 14))),
            Html.at("text-anchor", "end"),
            name));
  }
}
