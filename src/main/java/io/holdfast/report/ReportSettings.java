package io.holdfast.report;

import io.holdfast.config.Setting;
import io.holdfast.failure.BadInput;
import java.util.Locale;

/**
 * How the report is written.
 *
 * @param language of its words and numbers
 * @param riskiestCustomers how many customers it names, those with the most MRR at risk
 * @param cohorts how many of the latest cohorts a triangle shows
 */
public record ReportSettings(Language language, int riskiestCustomers, int cohorts) {

  public static final Setting<ReportSettings> SETTING = Setting.of("report", ReportSettings.class);

  /** The languages that it can be written in. */
  public enum Language {
    EN(Locale.US),
    ES(Locale.forLanguageTag("es-ES"));

    private final Locale locale;

    Language(Locale locale) {
      this.locale = locale;
    }

    Locale locale() {
      return locale;
    }
  }

  /**
   * Checks what the types leave open.
   *
   * @throws BadInput if it should show no cohort, or less than no customer
   */
  public ReportSettings {
    if (riskiestCustomers < 0 || cohorts < 1) {
      throw new BadInput(
          "Cannot write a report of %d customers and %d cohorts: set report.riskiest_customers to 0 or more and report.cohorts to 1 or more."
              .formatted(riskiestCustomers, cohorts));
    }
  }

  /** The same in another language. */
  public ReportSettings in(Language other) {
    return new ReportSettings(other, riskiestCustomers, cohorts);
  }
}
