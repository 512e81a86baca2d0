package io.holdfast.metrics;

import java.util.Locale;

/** How long a calendar period is. */
public enum Grain {
  WEEK,
  MONTH;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
