package io.holdfast.activity;

import java.util.Locale;

/** How long a period is. */
public enum Grain {
  HOUR,
  DAY,
  WEEK,
  MONTH;

  /** As the configuration and the tables write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
