package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.PlanChecks;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.Comparator;
import java.util.List;

/** Whether the plan's own figures go together. */
record PlanSection(Night night, Parts parts) {

  Node node() {
    Words words = parts.words();
    List<Line> checks =
        night.stream(PlanChecks.TABLE)
            .sorted(
                Comparator.comparing((Line line) -> !line.is("is_contradiction"))
                    .thenComparing(line -> line.text("of"))
                    .thenComparing(line -> line.text("check")))
            .toList();
    if (checks.isEmpty()) {
      return parts.section("plan", parts.empty(new Why(night, words).isEmpty(PlanChecks.TABLE)));
    }
    long wrong = checks.stream().filter(line -> line.is("is_contradiction")).count();
    Grid grid =
        new Grid()
            .text(words.of("col.check"))
            .text(words.of("plan.of"))
            .number(words.of("plan.stated"))
            .number(words.of("plan.computed"))
            .number(words.of("plan.difference"))
            .text(words.of("plan.grade"))
            .text(words.of("plan.explanation"));
    for (Line check : checks) {
      boolean isWrong = check.is("is_contradiction");
      Kind kind = kind(check);
      grid.row(
          words.or("check." + check.text("check"), check.text("check").replace('_', ' ')),
          words.or("plan." + check.text("of"), check.text("of")),
          parts.figures().of(check, "stated", kind),
          parts.figures().of(check, "computed", kind),
          parts.figures().of(check, "difference", kind == Kind.SHARE ? Kind.POINTS : kind),
          el(
              "span",
              at("class", "status " + (isWrong ? "behind" : "reached")),
              words.of(isWrong ? "plan.contradicts" : "plan.holds")),
          words.or("check." + check.text("check") + ".how", check.text("explanation")));
    }
    return parts.section(
        "plan",
        parts.lead(words.of("plan.lead", checks.size(), wrong)),
        grid.styled("grid wordy").in(words.of("plan.title")),
        parts.how("plan"));
  }

  private static Kind kind(Line check) {
    String name = check.text("check");
    if (name.startsWith("mrr") || name.startsWith("clv")) {
      return Kind.MONEY;
    }
    return name.contains("churn") || name.contains("retention") || name.equals("cac_change")
        ? Kind.SHARE
        : Kind.ONE_DECIMAL;
  }
}
