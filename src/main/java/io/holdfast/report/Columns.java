package io.holdfast.report;

import io.holdfast.report.Html.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What came and went, period by period: gains above the line, losses below it, the sum as a dash.
 *
 * @param stacks the periods
 * @param label how values are written
 */
record Columns(List<Stack> stacks, DoubleFunction<String> label) {

  private static final double FILL = 0.68;

  /** A part of a stack: below the line if it is negative. */
  record Part(String style, double value) {}

  /**
   * A period.
   *
   * @param isOpen it is still running
   */
  record Stack(String name, List<Part> parts, boolean isOpen) {
    double up() {
      return parts.stream().mapToDouble(Part::value).filter(v -> v > 0).sum();
    }

    double down() {
      return parts.stream().mapToDouble(Part::value).filter(v -> v < 0).sum();
    }
  }

  List<Node> draw(Frame whole) {
    Frame frame = whole.right(12);
    double high = stacks.stream().mapToDouble(Stack::up).max().orElse(1);
    double low = stacks.stream().mapToDouble(Stack::down).min().orElse(0);
    Scale up = Scale.around(low, high, 5, frame.floor(), frame.top());
    Scale across = new Scale(-0.5, stacks.size() - 0.5, frame.left(), frame.end());
    List<Curves.Tick> ticks = new ArrayList<>();
    for (int i = 0; i < stacks.size(); i++) {
      ticks.add(new Curves.Tick(i, stacks.get(i).name()));
    }
    List<Node> nodes = new ArrayList<>(Curves.axes(frame, across, up, ticks, label));
    double width = (across.at(1) - across.at(0)) * FILL;
    for (int i = 0; i < stacks.size(); i++) {
      double x = across.at(i) - width / 2;
      double above = 0;
      double below = 0;
      Stack stack = stacks.get(i);
      String open = stack.isOpen() ? " running" : "";
      for (Part part : stack.parts()) {
        double from = part.value() > 0 ? above : below;
        double to = from + part.value();
        nodes.add(Frame.box(part.style() + open, x, width, up.at(from), up.at(to)));
        above = part.value() > 0 ? to : above;
        below = part.value() > 0 ? below : to;
      }
      double net = above + below;
      nodes.add(Frame.line("net", x - 2, up.at(net), x + width + 2, up.at(net)));
    }
    nodes.add(Frame.line("axis", frame.left(), up.at(0), frame.end(), up.at(0)));
    return nodes;
  }
}
