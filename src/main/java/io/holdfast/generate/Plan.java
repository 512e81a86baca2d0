package io.holdfast.generate;

import java.util.Locale;

/** What a customer pays for, dearer a seat with each step. */
enum Plan {
  BASIC(19, 21),
  PRO(39, 42),
  ENTERPRISE(79, 84);

  private final int first;
  private final int raised;

  Plan(int first, int raised) {
    this.first = first;
    this.raised = raised;
  }

  /** What a seat costs a month by the price list of a day, in whole dollars, euros or pounds. */
  int listPrice(int day, CompanyCalendar calendar) {
    return day < calendar.priceRiseDay() ? first : raised;
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
