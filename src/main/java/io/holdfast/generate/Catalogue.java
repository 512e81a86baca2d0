package io.holdfast.generate;

import static io.holdfast.generate.Feature.Tier.ADVANCED;
import static io.holdfast.generate.Feature.Tier.CORE;
import static io.holdfast.generate.Feature.Tier.INTEGRATION;
import static io.holdfast.generate.Feature.Tier.REPORTING;
import static io.holdfast.generate.Plan.BASIC;
import static io.holdfast.generate.Plan.ENTERPRISE;
import static io.holdfast.generate.Plan.PRO;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The features of a work-management product: some launched, one retired, within the period. */
record Catalogue(List<Feature> features) {
  /** Whoever completes a first project has seen what the product is for. */
  static final String VALUE = "complete_project";

  static Catalogue of(CompanyCalendar calendar) {
    LocalDate before = calendar.date(0).minusDays(200);
    LocalDate early = calendar.date(calendar.lastDay() * 30 / 100);
    LocalDate middle = calendar.date(calendar.lastDay() * 55 / 100);
    LocalDate lately = calendar.date(calendar.lastDay() * 87 / 100);
    return new Catalogue(
        List.of(
            new Feature("create_task", "Create task", CORE, 3, before, null, BASIC),
            new Feature("board_view", "Board", CORE, 3, before, null, BASIC),
            new Feature("classic_list", "Classic list", CORE, 1, before, middle, BASIC),
            new Feature("comment", "Comments", CORE, 2, before, null, BASIC),
            new Feature("assign_task", "Assign task", CORE, 2, before, null, BASIC),
            new Feature("file_upload", "Files", CORE, 1, before, null, BASIC),
            new Feature("search", "Search", CORE, 2, before, null, BASIC),
            new Feature("calendar_view", "Calendar", CORE, 1, before, null, BASIC),
            new Feature(VALUE, "Complete project", CORE, 1, before, null, BASIC),
            new Feature("templates", "Templates", ADVANCED, 2, before, null, BASIC),
            new Feature("custom_fields", "Custom fields", ADVANCED, 2, before, null, PRO),
            new Feature("automation_rules", "Automation rules", ADVANCED, 2, before, null, PRO),
            new Feature("time_tracking", "Time tracking", ADVANCED, 1, before, null, PRO),
            new Feature("approvals", "Approvals", ADVANCED, 1, early, null, PRO),
            new Feature("workload_view", "Workload", ADVANCED, 1, before, null, ENTERPRISE),
            new Feature("ai_summaries", "Summaries by AI", ADVANCED, 2, lately, null, PRO),
            new Feature("chat_integration", "Chat", INTEGRATION, 2, before, null, BASIC),
            new Feature("calendar_sync", "Calendar sync", INTEGRATION, 1, before, null, BASIC),
            new Feature("crm_sync", "CRM sync", INTEGRATION, 1, before, null, PRO),
            new Feature("api_access", "API", INTEGRATION, 2, before, null, PRO),
            new Feature("webhooks", "Webhooks", INTEGRATION, 1, middle, null, PRO),
            new Feature("dashboards", "Dashboards", REPORTING, 3, before, null, BASIC),
            new Feature("export_csv", "Export", REPORTING, 1, before, null, BASIC),
            new Feature("scheduled_reports", "Scheduled reports", REPORTING, 1, before, null, PRO),
            new Feature("portfolio", "Portfolio", REPORTING, 1, early, null, ENTERPRISE)));
  }

  /** The catalogue lands whole on the first day and on each day that changes it. */
  void land(CompanyCalendar calendar, Landing landing) {
    Stream<LocalDate> changes =
        features.stream().flatMap(feature -> Stream.of(feature.launchedOn()));
    Stream<LocalDate> retirements =
        features.stream().map(Feature::retiredOn).filter(date -> date != null);
    Stream.concat(changes, retirements)
        .map(date -> Math.max(0, calendar.day(date)))
        .distinct()
        .sorted()
        .forEach(day -> landOn(day, calendar.date(day), landing));
  }

  private void landOn(int day, LocalDate date, Landing landing) {
    for (Feature feature : features) {
      if (!feature.launchedOn().isAfter(date)) {
        boolean retired = !feature.isOffered(date);
        landing.row(
            Feed.FEATURES,
            day,
            feature.id(),
            feature.name(),
            feature.tier().name().toLowerCase(Locale.ROOT),
            feature.launchedOn(),
            retired ? feature.retiredOn() : null,
            feature.plans());
      }
    }
  }
}
