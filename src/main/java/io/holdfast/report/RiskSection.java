package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.churn.Drift;
import io.holdfast.churn.Models;
import io.holdfast.churn.Predictions;
import io.holdfast.programs.Segments;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Who is likely to leave and why, how well that is foreseen, and the segments to act on. */
record RiskSection(Night night, Parts parts) {

  private static final List<String> BANDS = List.of("high", "medium", "low");
  private static final List<String> SEGMENTS = List.of("at_risk", "new", "power", "casual");
  private static final int MOST_REASONS = 8;

  Node node() {
    return parts.section(
        "risk",
        lead(),
        parts.beside(bands(), segments()),
        isScored() ? parts.beside(reasons(), outcomes()) : Html.all(),
        isScored() ? customers() : Html.all(),
        model());
  }

  private boolean isScored() {
    return night.of(Night.RISK_BANDS).stream().anyMatch(line -> line.has("risk_band"));
  }

  private List<Line> riskBands() {
    return night.of(Night.RISK_BANDS).stream()
        .filter(line -> line.has("risk_band"))
        .sorted(Comparator.comparingInt(line -> BANDS.indexOf(line.text("risk_band"))))
        .toList();
  }

  private Node lead() {
    Words words = parts.words();
    Figures figures = parts.figures();
    Optional<Line> high =
        riskBands().stream().filter(line -> line.text("risk_band").equals("high")).findFirst();
    if (high.isPresent()) {
      return parts.lead(
          figures.of(high.get(), "customers", Kind.COUNT),
          " " + words.of("risk.lead_high") + " ",
          figures.of(high.get(), "mrr", Kind.MONEY),
          "; " + words.of("risk.lead_loss") + " ",
          figures.of(high.get(), "mrr_at_risk", Kind.MONEY),
          ".");
    }
    return parts.lead(words.of("risk.lead_none"));
  }

  private Node bands() {
    Words words = parts.words();
    Figures figures = parts.figures();
    if (!isScored()) {
      return parts.panel("bands", parts.empty(whyNoScores()));
    }
    double most = riskBands().stream().mapToDouble(b -> b.number("mrr_at_risk")).max().orElse(1);
    Grid grid =
        new Grid()
            .text(words.of("col.band"))
            .number(words.of("col.customers"))
            .number(words.of("col.mrr"))
            .strip(words.of("risk.at_risk"))
            .number(words.of("risk.at_risk"));
    for (Line band : riskBands()) {
      grid.row(
          words.or("risk." + band.text("risk_band"), band.text("risk_band")),
          figures.of(band, "customers", Kind.COUNT),
          figures.of(band, "mrr", Kind.MONEY),
          Track.upTo(most).bar(band.number("mrr_at_risk"), Double.NaN, "s2"),
          figures.of(band, "mrr_at_risk", Kind.MONEY));
    }
    return parts.panel("bands", grid.in(words.of("bands.title")));
  }

  /** What stands in the rows instead of a score. */
  private String whyNoScores() {
    Words words = parts.words();
    List<Line> bands = night.of(Night.RISK_BANDS);
    if (bands.isEmpty()) {
      return new Why(night, words).isEmpty(Predictions.TABLE);
    }
    return shownModel()
        .map(model -> words.of("risk.no_champion", algorithm(model), model.text("status")))
        .orElse(words.of("risk.no_model", bands.get(0).text("note")));
  }

  private Node segments() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> mix =
        night.of(Night.SEGMENT_MIX).stream()
            .sorted(Comparator.comparingInt(line -> SEGMENTS.indexOf(line.text("segment"))))
            .toList();
    if (mix.isEmpty()) {
      return parts.panel("segments", parts.empty(new Why(night, words).isEmpty(Segments.TABLE)));
    }
    long all = mix.stream().mapToLong(line -> line.count("customers")).sum();
    Grid grid =
        new Grid()
            .text(words.of("col.segment"))
            .strip(words.of("col.share"))
            .number(words.of("col.customers"))
            .number(words.of("col.share"))
            .text(words.of("segments.sent"));
    for (Line line : mix) {
      double share = (double) line.count("customers") / all;
      grid.row(
          words.or("segment." + line.text("segment"), line.text("segment")),
          Track.SHARE.bar(share, Double.NaN, "s1"),
          figures.of(line, "customers", Kind.COUNT),
          figures.of(share, Kind.SHARE),
          words.or("segment." + line.text("segment") + ".sent", ""));
    }
    return parts.panel("segments", grid.in(words.of("segments.title")));
  }

  private Node reasons() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> reasons =
        night.of(Night.RISK_REASONS).stream()
            .sorted(
                Comparator.comparing((Line line) -> -line.count("customers"))
                    .thenComparing(line -> line.text("feature")))
            .limit(MOST_REASONS)
            .toList();
    if (reasons.isEmpty()) {
      return parts.panel("reasons", parts.empty(words.of("reasons.none")));
    }
    double most = reasons.get(0).number("customers");
    Grid grid =
        new Grid()
            .text(words.of("col.feature"))
            .strip(words.of("col.customers"))
            .number(words.of("col.customers"));
    for (Line reason : reasons) {
      grid.row(
          words.or("feature." + reason.text("feature"), reason.text("feature").replace('_', ' ')),
          Track.upTo(most).bar(reason.number("customers"), Double.NaN, "s2"),
          figures.of(reason, "customers", Kind.COUNT));
    }
    return parts.panel("reasons", grid.in(words.of("reasons.title")));
  }

  private Node outcomes() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> outcomes =
        night.of(Night.OUTCOMES).stream()
            .sorted(Comparator.comparingInt(line -> BANDS.indexOf(line.text("risk_band"))))
            .toList();
    if (outcomes.isEmpty()) {
      return parts.panel("outcomes", parts.empty(words.of("outcomes.none")));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.band"))
            .number(words.of("outcomes.scored"))
            .number(words.of("outcomes.expected"))
            .number(words.of("outcomes.churned"));
    for (Line line : outcomes) {
      grid.row(
          words.or("risk." + line.text("risk_band"), line.text("risk_band")),
          figures.of(line, "scored", Kind.COUNT),
          figures.of(line, "expected", Kind.ONE_DECIMAL),
          figures.of(line, "churned", Kind.COUNT));
    }
    return parts.panel("outcomes", grid.in(words.of("outcomes.title")));
  }

  private Node customers() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> riskiest = night.of(Predictions.TABLE);
    if (riskiest.isEmpty()) {
      return Html.all();
    }
    Grid grid =
        new Grid()
            .text(words.of("col.customer"))
            .number(words.of("risk.probability"))
            .number(words.of("col.mrr"))
            .number(words.of("risk.at_risk"))
            .text(words.of("risk.why"));
    for (Line line : riskiest) {
      List<Node> reasons = new ArrayList<>();
      for (String reason : List.of("reason_1", "reason_2", "reason_3")) {
        if (line.has(reason)) {
          reasons.add(el("li", line.text(reason)));
        }
      }
      grid.row(
          line.text("customer_id"),
          figures.of(line, "probability", Kind.SHARE),
          figures.of(line, "mrr", Kind.MONEY),
          figures.of(line, "mrr_at_risk", Kind.MONEY),
          reasons.isEmpty() ? Html.all() : el("ul", at("class", "why"), reasons));
    }
    return parts.widePanel("riskiest", grid.in(words.of("riskiest.title")));
  }

  /** The model that serves; without one the best of the last training. */
  private Optional<Line> shownModel() {
    List<Line> models =
        night.stream(Models.TABLE)
            .filter(line -> line.has("roc_auc"))
            .sorted(Comparator.comparing(line -> line.day("as_of_date")))
            .toList();
    Optional<Line> champion =
        models.stream().filter(line -> line.is("is_champion")).reduce((a, b) -> b);
    return champion.or(
        () ->
            models.stream()
                .max(
                    Comparator.comparing((Line line) -> line.day("as_of_date"))
                        .thenComparing(line -> line.number("validation_pr_auc"))));
  }

  private Node model() {
    Words words = parts.words();
    Optional<Line> shown = shownModel();
    if (shown.isEmpty()) {
      String why =
          night.stream(Models.TABLE)
              .max(Comparator.comparing(line -> line.day("as_of_date")))
              .map(line -> line.text("status"))
              .orElse(new Why(night, words).isEmpty(Models.TABLE));
      return parts.widePanel("model", parts.empty(words.of("model.none", why)));
    }
    Line model = shown.get();
    return parts.widePanel(
        "model", status(model), figures(model).in(words.of("model.title")), drift());
  }

  private String algorithm(Line model) {
    String name = model.text("algorithm");
    return parts.words().or("algorithm." + name, name.replace('_', ' '));
  }

  private Node status(Line model) {
    Words words = parts.words();
    Figures figures = parts.figures();
    return el(
        "p",
        at("class", "sub"),
        algorithm(model) + " · " + words.of("model.trained") + " ",
        figures.day(model.day("as_of_date")),
        " · ",
        model.is("is_champion") ? words.of("model.serves") : model.text("status"),
        " · ",
        figures.of(model, "test_observations", Kind.COUNT),
        " " + words.of("model.tested") + " ",
        figures.of(model, "test_churned", Kind.COUNT),
        " " + words.of("model.left"));
  }

  /** Its figures, each beside what one would have without it. */
  private Grid figures(Line model) {
    Words words = parts.words();
    Grid grid =
        new Grid()
            .text(words.of("col.figure"))
            .number(words.of("model.model"))
            .number(words.of("interval.name"))
            .number(words.of("model.idle"))
            .number(words.of("model.chance"))
            .text(words.of("model.reads"));
    figure(grid, model, "roc_auc", "idle_days_roc_auc", 0.5, Kind.TWO_DECIMALS);
    figure(
        grid,
        model,
        "pr_auc",
        "idle_days_pr_auc",
        model.value("test_base_rate"),
        Kind.TWO_DECIMALS);
    figure(grid, model, "lift_10pct", "idle_days_lift_10pct", 1.0, Kind.ONE_DECIMAL);
    figure(grid, model, "recall_10pct", "idle_days_recall_10pct", 0.1, Kind.SHARE);
    figure(grid, model, "recall_20pct", "idle_days_recall_20pct", 0.2, Kind.SHARE);
    figure(grid, model, "brier_skill", "", 0.0, Kind.TWO_DECIMALS);
    figure(grid, model, "calibration_slope", "", Double.NaN, Kind.TWO_DECIMALS);
    figure(grid, model, "calibration_error", "", Double.NaN, Kind.SHARE);
    return grid;
  }

  private void figure(Grid grid, Line model, String figure, String idle, Object chance, Kind kind) {
    Words words = parts.words();
    boolean hasLow = model.row().schema() != null && hasColumn(model, figure + "_low");
    boolean hasHigh = hasColumn(model, figure + "_high");
    Node interval =
        hasLow && hasHigh
            ? parts
                .figures()
                .interval(model.value(figure + "_low"), model.value(figure + "_high"), kind)
            : hasLow
                ? Html.all(
                    words.of("model.at_least") + " ",
                    parts.figures().of(model, figure + "_low", kind))
                : Html.all();
    grid.row(
        words.of("model." + figure),
        parts.figures().of(model, figure, kind),
        interval,
        parts.figures().of(idle.isEmpty() ? null : model.value(idle), kind),
        parts.figures().of(chance, kind),
        words.of("model." + figure + ".how"));
  }

  private static boolean hasColumn(Line line, String column) {
    return List.of(line.row().schema().fieldNames()).contains(column);
  }

  private Node drift() {
    Words words = parts.words();
    List<Line> drift = night.of(Drift.TABLE);
    if (drift.isEmpty()) {
      return Html.all();
    }
    List<Line> alerts =
        drift.stream()
            .filter(line -> line.is("is_alert"))
            .sorted(Comparator.comparing(line -> -line.number("psi")))
            .toList();
    if (alerts.isEmpty()) {
      return parts.note(words.of("drift.none", drift.size()));
    }
    Grid grid = new Grid().text(words.of("col.feature")).number(words.of("drift.psi"));
    for (Line alert : alerts) {
      grid.row(
          words.or("feature." + alert.text("feature"), alert.text("feature").replace('_', ' ')),
          parts.figures().of(alert, "psi", Kind.TWO_DECIMALS));
    }
    return Html.all(
        parts.note(words.of("drift.some", alerts.size(), drift.size())),
        parts.behind(words.of("drift.title"), grid));
  }
}
