package io.holdfast.metrics;

import java.util.List;
import java.util.Locale;

/**
 * One way to follow cohorts. A unit comes back in a period when it has an active day there.
 *
 * @param unit whose return is counted
 * @param birth what puts a unit into a cohort
 * @param mode how many cohorts a unit can be in
 * @param window what a period is counted from
 * @param grain how long a period is
 * @param periods the largest period shown, the cohort's own being 0
 * @param segmentDimensions what cohorts are split by, besides all together: {@code plan}, {@code
 *     country}, {@code acquisition_channel}, {@code company_size}, {@code owner}, or any attribute
 *     of customers by its name
 */
public record RetentionDefinition(
    Unit unit,
    Birth birth,
    Mode mode,
    Window window,
    Grain grain,
    int periods,
    List<String> segmentDimensions) {

  /** Whose return is counted. */
  public enum Unit {
    CUSTOMER,
    USER;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What puts a unit into a cohort. */
  public enum Birth {
    /** The first active day ever. */
    FIRST_CORE_EVENT,
    /** The day of signup; of a user, the day on which it was created. */
    SIGNUP,
    /** The first day that was ever paid; of customers alone. */
    FIRST_PAID;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many cohorts a unit can be in. */
  public enum Mode {
    /** One: that of its first birth ever. */
    FIRST_TIME
  }

  /** What a period is counted from. */
  public enum Window {
    /** Local weeks or months, as many as have started since birth. */
    CALENDAR
  }
}
