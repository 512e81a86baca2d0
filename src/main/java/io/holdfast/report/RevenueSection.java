package io.holdfast.report;

import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.report.Columns.Part;
import io.holdfast.report.Columns.Stack;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import io.holdfast.report.Waterfall.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What customers pay and why it changes: a month that reconciles, all months, what one is worth.
 */
record RevenueSection(Night night, Parts parts) {

  private static final int MONTHS = 18;

  /** The movements in the order of the ledger, with the sign that they add to MRR. */
  private static final List<String> GAINS = List.of("new", "reactivation", "expansion");

  private static final List<String> LOSSES = List.of("contraction", "churn");

  Node node() {
    List<Line> months = months("month");
    if (months.isEmpty()) {
      return parts.section(
          "revenue", parts.empty(new Why(night, parts.words()).isEmpty(MrrMonthly.TABLE)));
    }
    Optional<Line> last = lastOver(months);
    return parts.section(
        "revenue",
        lead(months),
        parts.beside(
            last.map(this::waterfall)
                .orElse(parts.panel("waterfall", parts.empty(parts.words().of("revenue.young")))),
            columns(months)),
        table(months),
        value());
  }

  private List<Line> months(String kind) {
    List<Line> months =
        night.stream(MrrMonthly.TABLE)
            .filter(line -> line.text("counting").equals("snapshot"))
            .filter(line -> line.text("window_kind").equals(kind))
            .sorted(Comparator.comparing(line -> line.day("window_start")))
            .toList();
    return months.subList(Math.max(0, months.size() - MONTHS), months.size());
  }

  /** The last month that is over. */
  private Optional<Line> lastOver(List<Line> months) {
    return months.stream().filter(this::isOver).reduce((a, b) -> b);
  }

  private boolean isOver(Line month) {
    return !month.day("window_end").isAfter(night.asOf().plusDays(1));
  }

  private Node lead(List<Line> months) {
    Figures figures = parts.figures();
    Words words = parts.words();
    Line now = months.get(months.size() - 1);
    List<Object> said = new ArrayList<>();
    said.add(words.of("revenue.lead_now") + " ");
    said.add(figures.of(now, "end_mrr", Kind.MONEY));
    said.add(" " + words.of("revenue.lead_from") + " ");
    said.add(figures.of(now, "end_customers", Kind.COUNT));
    said.add(" " + words.of("revenue.lead_customers") + ". ");
    night.stream(MrrMonthly.TABLE)
        .filter(line -> line.text("counting").equals("confirmed"))
        .filter(line -> line.text("window_kind").equals("trailing_12_months"))
        .filter(line -> line.is("is_complete") && line.has("nrr"))
        .sorted(Comparator.comparing(line -> line.day("window_start")))
        .reduce((a, b) -> b)
        .ifPresent(
            year -> {
              said.add(words.of("revenue.lead_nrr") + " ");
              said.add(figures.month(year.day("window_end").minusDays(1)));
              said.add(" " + words.of("revenue.lead_were") + " ");
              said.add(figures.of(year, "nrr", Kind.SHARE));
              said.add(" (" + words.of("revenue.lead_gross") + " ");
              said.add(figures.of(year, "grr", Kind.SHARE));
              said.add(").");
            });
    return parts.lead(said.toArray());
  }

  private Node waterfall(Line month) {
    Words words = parts.words();
    List<Step> steps = new ArrayList<>();
    steps.add(step("start", month.money("start_mrr"), true));
    for (String gain : GAINS) {
      steps.add(step(gain, month.money(gain + "_mrr"), false));
    }
    for (String loss : LOSSES) {
      steps.add(step(loss, month.money(loss + "_mrr").negate(), false));
    }
    if (month.money("fx_mrr").signum() != 0) {
      steps.add(step("fx", month.money("fx_mrr"), false));
    }
    steps.add(step("end", month.money("end_mrr"), true));
    Grid grid = new Grid().text(words.of("col.movement")).number(words.of("col.amount"));
    grid.row(words.of("mrr.start"), parts.figures().of(month, "start_mrr", Kind.MONEY));
    for (String gain : GAINS) {
      grid.row(words.of("mrr." + gain), parts.figures().of(month, gain + "_mrr", Kind.MONEY));
    }
    for (String loss : LOSSES) {
      grid.row(
          words.of("mrr." + loss),
          parts.figures().of(month.money(loss + "_mrr").negate(), Kind.MONEY));
    }
    grid.row(words.of("mrr.fx"), parts.figures().of(month, "fx_mrr", Kind.MONEY));
    grid.row(words.of("mrr.end"), parts.figures().of(month, "end_mrr", Kind.MONEY));
    String title = words.of("waterfall.title") + ": " + words.month(month.day("window_start"));
    return parts.panel(
        "waterfall",
        Html.el("p", Html.at("class", "sub"), parts.figures().month(month.day("window_start"))),
        Frame.both(title, frame -> new Waterfall(steps, v -> compact(v)).draw(frame)),
        parts.behind(title, grid));
  }

  private Step step(String name, BigDecimal amount, boolean isTotal) {
    return new Step(
        parts.words().of("mrr." + name),
        amount.doubleValue(),
        isTotal,
        compact(amount.doubleValue()));
  }

  /** Money in few characters: 143K. */
  private String compact(double amount) {
    return Compact.money(amount, parts.figures());
  }

  private Node columns(List<Line> months) {
    Words words = parts.words();
    List<Stack> stacks = new ArrayList<>();
    for (Line month : months) {
      List<Part> stacked = new ArrayList<>();
      GAINS.forEach(g -> stacked.add(new Part("gain " + g, month.number(g + "_mrr"))));
      LOSSES.forEach(l -> stacked.add(new Part("loss " + l, -month.number(l + "_mrr"))));
      stacks.add(new Stack(words.shortMonth(month.day("window_start")), stacked, !isOver(month)));
    }
    String title = words.of("movements.title");
    return parts.panel(
        "movements",
        Frame.both(title, frame -> new Columns(stacks, this::compact).draw(frame)),
        parts.legend(
            "gain new", words.of("mrr.new"),
            "gain reactivation", words.of("mrr.reactivation"),
            "gain expansion", words.of("mrr.expansion"),
            "loss contraction", words.of("mrr.contraction"),
            "loss churn", words.of("mrr.churn"),
            "k-net", words.of("mrr.net")));
  }

  private Node table(List<Line> months) {
    Words words = parts.words();
    Grid grid = new Grid().text(words.of("col.month"));
    List<String> money =
        List.of("start", "new", "reactivation", "expansion", "contraction", "churn", "fx", "end");
    money.forEach(name -> grid.number(words.of("mrr." + name)));
    List<String> rates = List.of("gross_churn_rate", "net_churn_rate", "nrr", "grr");
    rates.forEach(name -> grid.number(words.of("mrr." + name)));
    grid.number(words.of("mrr.quick_ratio")).number(words.of("mrr.arpa"));
    List<Line> latest = new ArrayList<>(months);
    latest.sort(Comparator.comparing((Line line) -> line.day("window_start")).reversed());
    for (Line month : latest) {
      List<Object> row = new ArrayList<>();
      row.add(
          Html.all(
              parts.figures().month(month.day("window_start")),
              isOver(month) ? Html.all() : Html.el("small", " " + words.of("still_running"))));
      money.forEach(name -> row.add(parts.figures().of(month, name + "_mrr", Kind.MONEY_SHORT)));
      rates.forEach(name -> row.add(parts.figures().of(month, name, Kind.SHARE)));
      row.add(parts.figures().of(month, "quick_ratio", Kind.ONE_DECIMAL));
      row.add(parts.figures().of(month, "arpa", Kind.MONEY_SHORT));
      grid.row(row.toArray());
    }
    return parts.widePanel("months", grid.in(words.of("months.title")));
  }

  private Node value() {
    Words words = parts.words();
    List<Line> all =
        night.stream(CustomerValue.TABLE)
            .sorted(Comparator.comparing((Line line) -> line.day("month_start")).reversed())
            .limit(12)
            .toList();
    if (all.isEmpty()) {
      return parts.widePanel(
          "value", parts.empty(new Why(night, words).isEmpty(CustomerValue.TABLE)));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.month"))
            .number(words.of("value.arpa"))
            .number(words.of("value.margin"))
            .number(words.of("value.churn"))
            .number(words.of("value.lifetime"))
            .number(words.of("value.clv"))
            .number(words.of("value.survival_clv"))
            .number(words.of("value.cac"))
            .number(words.of("value.ltv_cac"))
            .number(words.of("value.payback"));
    for (Line line : all) {
      grid.row(
          parts.figures().month(line.day("month_start")),
          parts.figures().of(line, "arpa", Kind.MONEY),
          parts.figures().of(line, "gross_margin_rate", Kind.SHARE),
          parts.figures().of(line, "churn_rate", Kind.SHARE),
          parts.figures().of(line, "lifetime_months", Kind.ONE_DECIMAL),
          parts.figures().of(line, "clv", Kind.MONEY),
          parts.figures().of(line, "survival_clv", Kind.MONEY),
          parts.figures().of(line, "cac", Kind.MONEY),
          parts.figures().of(line, "ltv_cac", Kind.ONE_DECIMAL),
          parts.figures().of(line, "cac_payback_months", Kind.ONE_DECIMAL));
    }
    return parts.widePanel("value", grid.in(words.of("value.title")));
  }
}
