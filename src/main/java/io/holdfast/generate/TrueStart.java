package io.holdfast.generate;

import io.holdfast.generate.Truth.Customer;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts how soon customers see value, and who of those that pay on the landmark stays, by what
 * they had seen and used until then: metrics, "Adoption and time to value". Its defaults are those
 * of the settings.
 */
final class TrueStart {
  private static final int LANDMARK_DAYS = 45;
  private static final int FOLLOWED_DAYS = 90;

  private final CompanyCalendar calendar;
  private final Catalogue catalogue;
  private final Figures figures;
  private final LocalDate asOf;

  TrueStart(CompanyCalendar calendar, Catalogue catalogue, Figures figures) {
    this.calendar = calendar;
    this.catalogue = catalogue;
    this.figures = figures;
    this.asOf = calendar.date(calendar.lastDay());
  }

  void customer(Customer customer, TrueLedger ledger) {
    BitSet value = customer.uses.getOrDefault(Catalogue.VALUE, new BitSet());
    int seen = value.nextSetBit(0);
    int days = seen < 0 ? -1 : Math.max(0, seen - customer.signupDay);
    boolean hasPaid = ledger.firstPaidDay() >= 0;
    band("naive", band(days), hasPaid, ledger.isStaying(calendar.lastDay()));
    int landmark = customer.signupDay + LANDMARK_DAYS;
    int end = landmark + FOLLOWED_DAYS;
    if (end <= calendar.lastDay() && ledger.isStaying(landmark)) {
      boolean isRetained = ledger.isStaying(end);
      band("landmark", band(days < LANDMARK_DAYS ? days : -1), true, isRetained);
      features(customer, landmark, isRetained);
    }
  }

  private void band(String basis, String band, boolean isFollowed, boolean isRetained) {
    for (String each : new String[] {band, "all"}) {
      String key = basis + ":" + each;
      figures.add("band_customers", asOf, key, 0, 1);
      figures.add("band_followed", asOf, key, 0, isFollowed ? 1 : 0);
      figures.add("band_retained", asOf, key, 0, isFollowed && isRetained ? 1 : 0);
    }
  }

  private static String band(int days) {
    if (days < 0) {
      return "not_reached";
    }
    if (days < 7) {
      return "under_7";
    }
    return days < 21 ? "7_to_21" : days < LANDMARK_DAYS ? "21_to_45" : "45_and_more";
  }

  private void features(Customer customer, int landmark, boolean isRetained) {
    Map<String, Boolean> adopts = new LinkedHashMap<>();
    for (Feature feature : catalogue.features()) {
      boolean isOffered = feature.isOffered(calendar.date(landmark));
      if (isOffered && customer.runs(landmark, feature::isEntitled)) {
        int used = customer.uses.getOrDefault(feature.id(), new BitSet()).nextSetBit(0);
        boolean isAdopter = used >= 0 && used < landmark;
        feature.groups().forEach(group -> adopts.merge(group, isAdopter, Boolean::logicalOr));
      }
    }
    adopts.forEach(
        (group, isAdopter) -> {
          String who = isAdopter ? "landmark_adopters" : "landmark_others";
          figures.add(who, asOf, group, 0, 1);
          figures.add(who + "_retained", asOf, group, 0, isRetained ? 1 : 0);
        });
  }
}
