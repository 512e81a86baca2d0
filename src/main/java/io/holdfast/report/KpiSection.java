package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.KpiValues;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.Comparator;
import java.util.List;

/** Where every KPI stands, beside where it should: cards for those who decide, tables for more. */
record KpiSection(Night night, Parts parts) {

  private static final int LONGEST_LARGE = 9;
  private static final List<String> TABLES =
      List.of("executive", "engagement", "operational", "plan", "return");

  Node node() {
    Words words = parts.words();
    if (night.of(KpiValues.TABLE).isEmpty()) {
      return parts.section("kpis", parts.empty(new Why(night, words).isEmpty(KpiValues.TABLE)));
    }
    List<Line> cards = known("executive").stream().filter(kpi -> kpi.has("target")).toList();
    return parts.section(
        "kpis",
        parts.lead(verdict()),
        el("div", at("class", "cards"), cards.stream().map(this::card).toList()),
        parts.legend(
            "k-start", words.of("kpis.start"),
            "k-wanted", words.of("kpis.wanted"),
            "k-today", words.of("kpis.today"),
            "k-dot", words.of("kpis.now")),
        el(
            "div",
            at("class", "columns"),
            TABLES.stream()
                .filter(dashboard -> !listed(dashboard).isEmpty())
                .map(this::table)
                .toList()),
        missing());
  }

  private List<Line> kpis() {
    List<String> order = KpiValues.order();
    return night.stream(KpiValues.TABLE)
        .sorted(Comparator.comparingInt(line -> order.indexOf(line.text("kpi"))))
        .toList();
  }

  private List<Line> known(String dashboard) {
    return kpis().stream()
        .filter(line -> line.text("dashboard").equals(dashboard) && line.has("value"))
        .toList();
  }

  /** What a dashboard's table shows: of the executive one what has no card. */
  private List<Line> listed(String dashboard) {
    return known(dashboard).stream()
        .filter(kpi -> !dashboard.equals("executive") || !kpi.has("target"))
        .toList();
  }

  /** How many of the targets are reached. */
  private String verdict() {
    List<Line> wanted =
        kpis().stream().filter(line -> line.has("target") && line.has("value")).toList();
    long unmeasured =
        kpis().stream().filter(line -> line.has("target") && !line.has("value")).count();
    long reached = withStatus(wanted, "reached");
    // Without a first day of the plan nothing is on a line or behind it.
    return wanted.stream().noneMatch(line -> line.has("line_value"))
        ? parts.words().of("kpis.lead_no_plan", wanted.size(), reached, unmeasured)
        : parts
            .words()
            .of(
                "kpis.lead",
                wanted.size(),
                reached,
                withStatus(wanted, "on_line"),
                withStatus(wanted, "behind"),
                unmeasured);
  }

  private static long withStatus(List<Line> kpis, String status) {
    return kpis.stream().filter(line -> line.text("status").equals(status)).count();
  }

  /** How a KPI's value is written. */
  static Kind kind(Line kpi) {
    return switch (kpi.text("unit")) {
      case "money" -> Kind.MONEY;
      case "rate" -> Kind.SHARE;
      case "count" -> Kind.COUNT;
      default -> Kind.ONE_DECIMAL;
    };
  }

  private String unit(Line kpi) {
    return parts.words().or("unit." + kpi.text("unit"), "");
  }

  private String title(Line kpi) {
    return parts.words().or("kpi." + kpi.text("kpi"), kpi.text("title"));
  }

  private Node value(Line kpi) {
    String unit = unit(kpi);
    return Html.all(
        parts.figures().of(kpi, "value", kind(kpi)),
        unit.isEmpty() ? Html.all() : el("small", " " + unit));
  }

  /** Whether a value is short enough for large figures: money in some languages is not. */
  private boolean fits(Line kpi) {
    return parts.figures().text(kpi.value("value"), kind(kpi)).length() <= LONGEST_LARGE;
  }

  private Node card(Line kpi) {
    return el(
        "article",
        at("class", "card " + kpi.text("status")),
        at("id", "kpi-" + kpi.text("kpi")),
        el("h3", title(kpi)),
        el("p", at("class", fits(kpi) ? "big" : "big long"), value(kpi)),
        el(
            "p",
            at("class", "range"),
            kpi.has("value_low")
                ? Html.all(
                    parts.words().of("kpis.range") + " ",
                    parts
                        .figures()
                        .interval(kpi.value("value_low"), kpi.value("value_high"), kind(kpi)))
                : Html.all("\u00a0")),
        change(kpi),
        way(kpi),
        goal(kpi),
        status(kpi),
        definition(kpi));
  }

  /** How far it has moved; shares in percentage points. */
  private Node change(Line kpi) {
    if (!kpi.has("change")) {
      return Html.all();
    }
    Kind kind = kind(kpi) == Kind.SHARE ? Kind.POINTS : kind(kpi);
    return el(
        "p",
        at("class", "range"),
        Html.all(
            kpi.number("change") > 0 ? "+" : "",
            parts.figures().of(kpi, "change", kind),
            " " + parts.words().of("kpis.since") + " ",
            kpi.maybeDay("compared_with").map(parts.figures()::day).orElse(Html.all())));
  }

  private static Node way(Line kpi) {
    return Track.way(
        kpi.number("baseline"),
        kpi.number("target"),
        kpi.number("value"),
        kpi.number("line_value"),
        kpi.text("status"));
  }

  private Node goal(Line kpi) {
    Words words = parts.words();
    if (!kpi.has("target")) {
      return Html.all();
    }
    Node target = parts.figures().of(kpi, "target", kind(kpi));
    Node by =
        kpi.maybeDay("due_date")
            .map(day -> Html.all(" " + words.of("kpis.by") + " ", parts.figures().day(day)))
            .orElse(Html.all());
    return el(
        "p",
        at("class", "goal"),
        kpi.has("baseline")
            ? Html.all(
                words.of("kpis.from") + " ",
                parts.figures().of(kpi, "baseline", kind(kpi)),
                " " + words.of("kpis.to") + " ")
            : Html.all(words.of("kpis.target") + " "),
        target,
        by);
  }

  private Node status(Line kpi) {
    String status = kpi.text("status");
    return el("p", at("class", "status " + status), parts.words().of("status." + status));
  }

  private Node definition(Line kpi) {
    Node parted =
        kpi.has("numerator") && kpi.has("denominator")
            ? el(
                "p",
                parts.words().of("kpis.quotient") + " ",
                parts.figures().of(kpi, "numerator", whole(kpi)),
                " / ",
                parts.figures().of(kpi, "denominator", whole(kpi)))
            : Html.all();
    String said = parts.words().or("kpi." + kpi.text("kpi") + ".how", kpi.text("definition"));
    return el(
        "details",
        at("class", "how"),
        el("summary", parts.words().of("how")),
        el("p", said),
        parted);
  }

  private static Kind whole(Line kpi) {
    return kpi.number("numerator") % 1 == 0 && kpi.number("denominator") % 1 == 0
        ? Kind.COUNT
        : Kind.TWO_DECIMALS;
  }

  private Node table(String dashboard) {
    Words words = parts.words();
    String title = words.of("kpis." + dashboard);
    Grid grid =
        new Grid()
            .styled("grid kpis")
            .text(words.of("col.figure"))
            .number(words.of("col.value"))
            .strip(words.of("col.way"))
            .number(words.of("col.target"))
            .text(words.of("col.status"));
    for (Line kpi : listed(dashboard)) {
      grid.row(
          title(kpi),
          Html.all(
              value(kpi),
              kpi.has("value_low")
                  ? el(
                      "small",
                      at("class", "under"),
                      parts
                          .figures()
                          .interval(kpi.value("value_low"), kpi.value("value_high"), kind(kpi)))
                  : Html.all()),
          way(kpi),
          parts.figures().of(kpi, "target", kind(kpi)),
          kpi.has("target")
              ? el(
                  "span",
                  at("class", "status " + kpi.text("status")),
                  words.of("status." + kpi.text("status")))
              : Html.all());
    }
    return el("div", at("class", "panel"), el("h3", title), grid.in(title));
  }

  private Node missing() {
    List<Line> missing = kpis().stream().filter(line -> !line.has("value")).toList();
    if (missing.isEmpty()) {
      return Html.all();
    }
    Words words = parts.words();
    Grid grid =
        new Grid()
            .text(words.of("col.figure"))
            .number(words.of("col.target"))
            .text(words.of("col.needs"));
    for (Line kpi : missing) {
      grid.row(title(kpi), parts.figures().of(kpi, "target", kind(kpi)), kpi.text("missing"));
    }
    return el(
        "details",
        at("class", "behind"),
        el("summary", words.of("kpis.missing", missing.size())),
        grid.in(words.of("kpis.missing", missing.size())));
  }
}
