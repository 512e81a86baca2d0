package io.holdfast.generate;

import java.util.Locale;

/** What is wrong, on purpose, with a line of events; each kind is counted in the truth. */
enum Planted {
  NOTHING,
  REPEAT,
  MALFORMED_LINE,
  MISSING_ACCOUNT,
  UNREADABLE_TIME;

  /** The name under which the lines are counted. */
  String figure() {
    return "planted_" + name().toLowerCase(Locale.ROOT);
  }
}
