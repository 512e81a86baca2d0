package io.holdfast.generate;

import java.util.Locale;

/** What a customer pays for, dearer a seat with each step. */
enum Plan {
  BASIC(19),
  PRO(39),
  ENTERPRISE(79);

  private final int dollarsPerSeat;

  Plan(int dollarsPerSeat) {
    this.dollarsPerSeat = dollarsPerSeat;
  }

  /** A year in advance costs 15% less than twelve months. */
  long cents(int seats, boolean annual) {
    return (long) dollarsPerSeat * seats * (annual ? 12 * 85 : 100);
  }

  Plan above() {
    return this == BASIC ? PRO : ENTERPRISE;
  }

  Plan below() {
    return this == ENTERPRISE ? PRO : BASIC;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
