package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.KpiValues;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CsRetention;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Support;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.Comparator;
import java.util.List;

/** How satisfied customers are, how they are answered, and who looks after them. */
record ServiceSection(Night night, Parts parts) {

  private static final String ALL = "all";
  private static final double BEST_MARK = 10;

  private static final List<String> STRATA =
      List.of("crude", "stratified", "quartile_1", "quartile_2", "quartile_3", "quartile_4");

  Node node() {
    return parts.section(
        "service",
        parts.beside(satisfaction(), nps()),
        support(),
        parts.beside(coverage(), managers()));
  }

  private List<Line> measure(String measure) {
    return night.stream(Satisfaction.TABLE)
        .filter(line -> line.text("measure").equals(measure))
        .sorted(
            Comparator.comparing((Line line) -> !line.text("touchpoint").equals(ALL))
                .thenComparing(line -> line.text("touchpoint")))
        .toList();
  }

  private double target(String kpi) {
    return night.stream(KpiValues.TABLE)
        .filter(line -> line.text("kpi").equals(kpi))
        .mapToDouble(line -> line.number("target"))
        .findFirst()
        .orElse(Double.NaN);
  }

  private Node satisfaction() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> lines = measure("csat");
    if (lines.isEmpty()) {
      return parts.panel("csat", parts.empty(new Why(night, words).isEmpty(Satisfaction.TABLE)));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.touchpoint"))
            .strip(words.of("csat.mark"))
            .number(words.of("csat.mark"))
            .number(words.of("csat.mark_5"))
            .number(words.of("csat.top"))
            .number(words.of("csat.answers"))
            .number(words.of("csat.response"));
    Track track = new Track(0, BEST_MARK);
    for (Line line : lines) {
      boolean isAll = line.text("touchpoint").equals(ALL);
      grid.row(
          Html.all(
              isAll
                  ? words.of("all")
                  : words.or(
                      "touchpoint." + line.text("touchpoint"),
                      line.text("touchpoint").replace('_', ' ')),
              Labels.small(line)),
          track.bar(
              line.number("mean_score_10"),
              isAll ? target("csat") : Double.NaN,
              Labels.style(line)),
          figures.of(line, "mean_score_10", Kind.ONE_DECIMAL),
          figures.of(line, "mean_score_5", Kind.ONE_DECIMAL),
          figures.ranged(line, Estimate.of("top_box_rate"), Kind.SHARE),
          figures.of(line, "answers", Kind.COUNT),
          figures.of(line, "response_rate", Kind.SHARE));
    }
    return parts.panel(
        "csat",
        grid.in(words.of("csat.title")),
        parts.legend("k-wanted", words.of("col.target"), "k-small", words.of("small_mark")));
  }

  private Node nps() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> lines = measure("nps");
    if (lines.isEmpty()) {
      return parts.panel("nps", parts.empty(new Why(night, words).isEmpty(Satisfaction.TABLE)));
    }
    Line nps = lines.get(0);
    Grid grid = new Grid().text(words.of("nps.who")).number(words.of("csat.answers"));
    for (String group : List.of("promoters", "passives", "detractors")) {
      grid.row(words.of("nps." + group), figures.of(nps, group, Kind.COUNT));
    }
    grid.row(words.of("csat.answers"), figures.of(nps, "answers", Kind.COUNT));
    grid.row(words.of("csat.response"), Html.all(figures.of(nps, "response_rate", Kind.SHARE)));
    return parts.panel(
        "nps",
        el("p", at("class", "big"), figures.of(nps, "nps", Kind.ONE_DECIMAL)),
        el(
            "p",
            at("class", "range"),
            words.of("interval.name") + " ",
            figures.interval(nps.value("nps_low"), nps.value("nps_high"), Kind.ONE_DECIMAL)),
        new Track(-100, 100).dot(nps, Estimate.of("nps"), target("nps"), "s1"),
        grid.in(words.of("nps.title")));
  }

  private Node support() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> tiers =
        night.stream(Support.TABLE)
            .sorted(
                Comparator.comparing((Line line) -> !line.text("support_tier").equals(ALL))
                    .thenComparing(line -> -line.number("target_minutes")))
            .toList();
    if (tiers.isEmpty()) {
      return parts.widePanel("support", parts.empty(new Why(night, words).isEmpty(Support.TABLE)));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.support_tier"))
            .number(words.of("support.target"))
            .number(words.of("support.median"))
            .number(words.of("support.p90"))
            .strip(words.of("support.attainment"))
            .number(words.of("support.attainment"))
            .number(words.of("support.tickets"))
            .number(words.of("support.trend"))
            .number(words.of("support.resolved"))
            .number(words.of("support.days"))
            .number(words.of("support.open"))
            .number(words.of("support.reopened"))
            .number(words.of("support.escalated"));
    for (Line tier : tiers) {
      grid.row(
          tier.text("support_tier").equals(ALL)
              ? words.of("all")
              : words.or("tier." + tier.text("support_tier"), tier.text("support_tier")),
          figures.of(tier, "target_minutes", Kind.COUNT),
          figures.of(tier, "median_first_response_minutes", Kind.COUNT),
          figures.of(tier, "p90_first_response_minutes", Kind.COUNT),
          Track.SHARE.dot(tier, Estimate.of("attainment_rate"), Double.NaN, "s1"),
          figures.ranged(tier, Estimate.of("attainment_rate"), Kind.SHARE),
          figures.of(tier, "tickets", Kind.COUNT),
          figures.of(tier, "ticket_trend", Kind.SHARE),
          figures.of(tier, "resolution_rate", Kind.SHARE),
          figures.of(tier, "median_resolution_days", Kind.ONE_DECIMAL),
          figures.of(tier, "open_tickets", Kind.COUNT),
          figures.of(tier, "reopened_tickets", Kind.COUNT),
          figures.of(tier, "escalated_tickets", Kind.COUNT));
    }
    return parts.widePanel("support", grid.in(words.of("support.title")));
  }

  private Node coverage() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> plans =
        night.stream(CsCoverage.TABLE)
            .sorted(
                Comparator.comparing((Line line) -> !line.text("plan").equals(ALL))
                    .thenComparing(line -> -line.number("mrr"))
                    .thenComparing(line -> line.text("plan")))
            .toList();
    if (plans.isEmpty()) {
      return parts.panel("coverage", parts.empty(new Why(night, words).isEmpty(CsCoverage.TABLE)));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.plan"))
            .strip(words.of("coverage.customers"))
            .number(words.of("coverage.customers"))
            .number(words.of("coverage.mrr"))
            .number(words.of("coverage.covered"))
            .number(words.of("col.of"));
    for (Line plan : plans) {
      boolean isAll = plan.text("plan").equals(ALL);
      grid.row(
          Html.all(
              isAll ? words.of("all") : Labels.value(words, plan.text("plan")), Labels.small(plan)),
          Track.SHARE.dot(
              plan, Estimate.of("coverage_rate"), isAll ? target("cs_coverage") : Double.NaN, "s1"),
          figures.ranged(plan, Estimate.of("coverage_rate"), Kind.SHARE),
          figures.of(plan, "mrr_coverage_rate", Kind.SHARE),
          figures.of(plan, "covered_customers", Kind.COUNT),
          figures.of(plan, "customers", Kind.COUNT));
    }
    return parts.panel(
        "coverage",
        grid.in(words.of("coverage.title")),
        parts.legend("k-wanted", words.of("col.target")));
  }

  private Node managers() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> strata =
        night.stream(CsRetention.TABLE)
            .sorted(Comparator.comparingInt(line -> STRATA.indexOf(line.text("stratum"))))
            .toList();
    if (strata.isEmpty()) {
      return parts.panel("managers", parts.empty(new Why(night, words).isEmpty(CsRetention.TABLE)));
    }
    Grid grid =
        new Grid()
            .text(words.of("managers.who"))
            .number(words.of("managers.with"))
            .number(words.of("managers.without"))
            .strip(words.of("adoption.difference"))
            .number(words.of("adoption.difference"));
    Track track = new Track(-0.5, 0.5);
    for (Line line : strata) {
      grid.row(
          words.or("stratum." + line.text("stratum"), line.text("stratum").replace('_', ' ')),
          counted(line, "managed_retention_rate", "managed_retained", "managed_customers"),
          counted(line, "other_retention_rate", "other_retained", "other_customers"),
          track.dot(line, Estimate.of("difference"), 0, "s1"),
          figures.ranged(line, Estimate.of("difference"), Kind.POINTS));
    }
    return parts.panel(
        "managers", grid.in(words.of("managers.title")), parts.note(words.of("association")));
  }

  private Node counted(Line line, String rate, String upper, String lower) {
    Figures figures = parts.figures();
    return Html.all(
        figures.of(line, rate, Kind.SHARE),
        el(
            "small",
            at("class", "under"),
            figures.of(line, upper, Kind.COUNT),
            " / ",
            figures.of(line, lower, Kind.COUNT)));
  }
}
