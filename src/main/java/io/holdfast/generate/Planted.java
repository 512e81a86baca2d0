package io.holdfast.generate;

import java.util.Locale;

/**
 * What is wrong, on purpose, with a line; the rates of all dirt stand here.
 *
 * <p>A planted line is one more line: it never takes the place of a good one.
 */
enum Planted {
  NOTHING(0, Fate.KEPT),

  REPEATED_EVENT(0.005, Fate.MERGED),
  CLASHING_EVENT(0.0006, Fate.CLASHED),
  TORN_EVENT(0.0002, Fate.REJECTED),
  EVENT_WITHOUT_ACCOUNT(0.0002, Fate.REJECTED),
  EVENT_AT_NO_TIME(0.0002, Fate.REJECTED),
  EVENT_WITH_WORDS_FOR_QUANTITY(0.0002, Fate.REJECTED),
  EVENT_A_CENTURY_EARLY(0.0002, Fate.REJECTED),
  EVENT_YEARS_AHEAD(0.0002, Fate.NOT_DUE),
  EVENT_BEFORE_SIGNUP(0.0003, Fate.WARNED),

  REPEATED_SUBSCRIPTION(0.01, Fate.MERGED),
  SUBSCRIPTION_ENDED_BEFORE_ITS_START(0.008, Fate.WARNED),
  SUBSCRIPTION_WITH_NEGATIVE_AMOUNT(0.006, Fate.REJECTED),
  SUBSCRIPTION_WITHOUT_ACCOUNT(0.006, Fate.REJECTED),
  SUBSCRIPTION_IN_UNKNOWN_CURRENCY(0.006, Fate.REJECTED),

  REPEATED_TICKET(0.01, Fate.MERGED),
  TICKET_BEFORE_SIGNUP(0.008, Fate.WARNED),
  TORN_TICKET(0.004, Fate.REJECTED),

  REPEATED_PAYMENT(0.006, Fate.MERGED),
  NEGATIVE_PAYMENT(0.006, Fate.REJECTED),
  PAYMENT_OF_WORDS(0.006, Fate.REJECTED),
  TORN_PAYMENT(0.006, Fate.REJECTED),

  CREDIT_NOTE(0.08, Fate.WARNED),
  SECOND_CHURN_ON_A_DAY(0.15, Fate.KEPT),
  ANSWER_IN_WORDS_FOR_SCORE(0.006, Fate.REJECTED),
  ACCOUNT_WITHOUT_ID(0.006, Fate.REJECTED),
  USER_CREATED_AT_NO_TIME(0.003, Fate.REJECTED);

  /** The chance that a good line of its feed is followed by one of these. */
  final double rate;

  final Fate fate;

  Planted(double rate, Fate fate) {
    this.rate = rate;
    this.fate = fate;
  }

  /** What a pipeline that keeps its contracts makes of a line. */
  enum Fate {
    KEPT,
    /** Kept, and counted by a warning. */
    WARNED,
    /** Kept beside the other content of its id, and counted. */
    CLASHED,
    /** Not kept: it says what another line says. */
    MERGED,
    /** Kept, for a day that has not come. */
    NOT_DUE,
    /** Not kept, with a reason. */
    REJECTED
  }

  /** The name under which the lines are counted. */
  String figure() {
    return "planted_" + text();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
