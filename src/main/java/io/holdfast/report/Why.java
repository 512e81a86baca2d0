package io.holdfast.report;

import io.holdfast.job.Ledger;
import io.holdfast.metrics.ChurnCauses;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CsRetention;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Support;
import io.holdfast.metrics.Survival;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.table.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Says why a table has no rows. */
record Why(Night night, Words words) {

  /** What a table cannot do without. */
  private static final Map<String, List<String>> NEEDS =
      Map.ofEntries(
          Map.entry(CohortRetention.TABLE.id(), List.of("customers", "events")),
          Map.entry(MrrMonthly.TABLE.id(), List.of("subscriptions")),
          Map.entry(CustomerChurn.TABLE.id(), List.of("subscriptions")),
          Map.entry(ChurnCauses.TABLE.id(), List.of("subscriptions")),
          Map.entry(Survival.TABLE.id(), List.of("subscriptions")),
          Map.entry(CustomerValue.TABLE.id(), List.of("subscriptions")),
          Map.entry(FeatureAdoption.TABLE.id(), List.of("features", "events")),
          Map.entry(TimeToValue.TABLE.id(), List.of("customers", "events")),
          Map.entry(Satisfaction.TABLE.id(), List.of("survey_responses")),
          Map.entry(Support.TABLE.id(), List.of("tickets")),
          Map.entry(CsCoverage.TABLE.id(), List.of("subscriptions", "touchpoints")),
          Map.entry(CsRetention.TABLE.id(), List.of("subscriptions")));

  /** Why a table is empty: it was not built, a feed is missing, or what its own commit noted. */
  String isEmpty(Table table) {
    List<Line> commit = night.of(Ledger.COMMITS, line -> line.text("table_id").equals(table.id()));
    if (commit.isEmpty()) {
      return words.of("empty.not_built", table.id(), night.asOf());
    }
    Set<String> delivered =
        night.stream(FeedDeliveries.TABLE)
            .filter(line -> line.count("kept_rows") > 0)
            .map(line -> line.text("contract"))
            .collect(Collectors.toSet());
    List<String> missing =
        NEEDS.getOrDefault(table.id(), List.of()).stream()
            .filter(contract -> !delivered.contains(contract))
            .toList();
    if (!missing.isEmpty()) {
      return words.of("empty.no_feed", String.join(", ", missing));
    }
    String notes = commit.get(0).text("notes");
    return notes.isEmpty() ? words.of("empty.nothing", table.id()) : notes;
  }
}
