package io.holdfast.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Where values lie on a chart.
 *
 * @param from the value at {@code start}
 * @param to the value at {@code end}
 * @param start a place in pixels
 * @param end another
 */
record Scale(double from, double to, double start, double end) {

  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  Scale {
    if (!(to > from)) {
      throw new IllegalArgumentException("A scale goes up: not from %s to %s.".formatted(from, to));
    }
  }

  double at(double value) {
    return start + (value - from) / (to - from) * (end - start);
  }

  /** Round values from end to end, about so many. */
  List<Double> ticks(int about) {
    double step = step(to - from, about);
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A scale over round values that hold both. */
  static Scale around(double low, double high, int about, double start, double end) {
    double top = high > low ? high : low + 1;
    double step = step(top - low, about);
    return new Scale(
        Math.floor(low / step + 1e-9) * step, Math.ceil(top / step - 1e-9) * step, start, end);
  }

  private static double step(double length, int about) {
    double rough = length / Math.max(1, about);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double step : STEPS) {
      if (step * power >= rough * (1 - 1e-9)) {
        return step * power;
      }
    }
    return 10 * power;
  }
}
