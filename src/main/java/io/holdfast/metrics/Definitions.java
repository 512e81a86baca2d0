package io.holdfast.metrics;

import io.holdfast.activity.RetentionDefinition;
import java.util.Locale;

/** How retention definitions are written in the table. */
final class Definitions {

  private Definitions() {}

  static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** What puts a unit into a cohort. */
  static String birth(RetentionDefinition d) {
    boolean isFirst = !d.isRecurring();
    return isFirst && d.startEvent().text().equals("core")
        ? "first_core_event"
        : d.startEvent().text();
  }
}
