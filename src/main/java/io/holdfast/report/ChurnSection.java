package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.KpiValues;
import io.holdfast.metrics.ChurnCauses;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.Survival;
import io.holdfast.report.Curves.Point;
import io.holdfast.report.Curves.Series;
import io.holdfast.report.Curves.Shape;
import io.holdfast.report.Curves.Tick;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who leaves, how many of whom, why, and how long customers stay. */
record ChurnSection(Night night, Parts parts) {

  private static final Estimate ATTRIBUTED =
      new Estimate("attributed_rate", "attributed_low", "attributed_high");
  private static final String ALL = "all";
  private static final List<String> KINDS =
      List.of("month", "quarter", "year", "trailing_12_months");
  private static final int MONTHS = 18;

  Node node() {
    if (night.of(CustomerChurn.TABLE).isEmpty()) {
      return parts.section(
          "churn", parts.empty(new Why(night, parts.words()).isEmpty(CustomerChurn.TABLE)));
    }
    return parts.section(
        "churn",
        lead(),
        parts.beside(monthly(), windows()),
        parts.beside(causes(), segments()),
        survival());
  }

  private List<Line> windows(String kind) {
    return night.stream(CustomerChurn.TABLE)
        .filter(line -> line.text("segment_dimension").equals(ALL))
        .filter(line -> line.text("window_kind").equals(kind))
        .sorted(Comparator.comparing(line -> line.day("window_start")))
        .toList();
  }

  private Optional<Line> latest(String kind) {
    return windows(kind).stream()
        .filter(line -> line.is("is_complete") && line.has("churn_rate"))
        .reduce((a, b) -> b);
  }

  private Node lead() {
    Words words = parts.words();
    Figures figures = parts.figures();
    return latest("month")
        .map(
            month ->
                parts.lead(
                    words.of("churn.lead_of") + " ",
                    figures.of(month, "start_customers", Kind.COUNT),
                    " " + words.of("churn.lead_paid") + " ",
                    figures.day(month.day("window_start")),
                    ", ",
                    figures.of(month, "churned_customers", Kind.COUNT),
                    " " + words.of("churn.lead_left") + " ",
                    figures.day(month.day("window_end")),
                    " (",
                    figures.of(month, "churn_rate", Kind.SHARE),
                    "; " + words.of("interval.name") + " ",
                    figures.interval(month.value("rate_low"), month.value("rate_high"), Kind.SHARE),
                    "). " + words.of("churn.lead_confirmed")))
        .orElse(parts.lead(words.of("churn.young")));
  }

  private Node monthly() {
    Words words = parts.words();
    List<Line> all = windows("month").stream().filter(line -> line.has("churn_rate")).toList();
    List<Line> listed = all.subList(Math.max(0, all.size() - MONTHS), all.size());
    // A month that returns can still change would look like a fall.
    List<Line> months = listed.stream().filter(line -> line.is("is_complete")).toList();
    if (months.size() < 2) {
      return parts.panel("monthly_churn", parts.empty(words.of("churn.young")));
    }
    List<Tick> ticks = new ArrayList<>();
    List<Point> points = new ArrayList<>();
    Grid grid = windowsGrid(words.of("col.month"));
    for (int i = 0; i < months.size(); i++) {
      Line month = months.get(i);
      ticks.add(new Tick(i, words.shortMonth(month.day("window_start"))));
      points.add(
          new Point(
              i,
              month.number("churn_rate"),
              month.number("rate_low"),
              month.number("rate_high"),
              false));
    }
    for (int i = listed.size() - 1; i >= 0; i--) {
      windowRow(grid, parts.figures().month(listed.get(i).day("window_start")), listed.get(i));
    }
    double high = months.stream().mapToDouble(m -> m.number("churn_rate")).max().orElse(1);
    List<Series> series = new ArrayList<>();
    series.add(new Series("", "s1", clipped(points, high * 1.6)));
    target("monthly_churn")
        .ifPresent(
            wanted ->
                series.add(
                    new Series(
                        words.of("col.target"),
                        "s0",
                        List.of(flat(0, wanted), flat(months.size() - 1, wanted)))));
    Curves curves =
        new Curves(
            Shape.LINES,
            ticks,
            0,
            Math.max(high * 1.5, target("monthly_churn").orElse(0.0)),
            v -> parts.figures().text(v, Kind.SHARE_SHORT),
            series,
            List.of());
    String title = words.of("monthly_churn.title");
    return parts.panel(
        "monthly_churn",
        Frame.both(title, frame -> curves.draw(frame)),
        parts.legend("k-line s1", words.of("col.measured"), "k-band s1", words.of("interval.name")),
        parts.behind(title, grid));
  }

  private static Point flat(double x, double y) {
    return new Point(x, y, Double.NaN, Double.NaN, false);
  }

  /** Intervals of the first small months would leave no room for the others. */
  private static List<Point> clipped(List<Point> points, double top) {
    return points.stream()
        .map(p -> new Point(p.x(), p.y(), p.low(), Math.min(p.high(), top), p.isOpen()))
        .toList();
  }

  private Optional<Double> target(String kpi) {
    return night.stream(KpiValues.TABLE)
        .filter(line -> line.text("kpi").equals(kpi) && line.has("target"))
        .map(line -> line.number("target"))
        .findFirst();
  }

  private Grid windowsGrid(String first) {
    Words words = parts.words();
    return new Grid()
        .text(first)
        .number(words.of("col.measured"))
        .number(words.of("interval.name"))
        .number(words.of("col.left"))
        .number(words.of("col.of"))
        .number(words.of("col.voluntary"))
        .number(words.of("col.involuntary"))
        .number(words.of("col.intra"));
  }

  private void windowRow(Grid grid, Node name, Line line) {
    Figures figures = parts.figures();
    grid.row(
        Html.all(
            name,
            line.is("is_complete")
                ? Html.all()
                : el("small", " " + parts.words().of("churn.not_complete"))),
        figures.of(line, "churn_rate", Kind.SHARE),
        figures.interval(line.value("rate_low"), line.value("rate_high"), Kind.SHARE),
        figures.of(line, "churned_customers", Kind.COUNT),
        figures.of(line, "start_customers", Kind.COUNT),
        figures.of(line, "voluntary_customers", Kind.COUNT),
        figures.of(line, "involuntary_customers", Kind.COUNT),
        figures.of(line, "intra_period_churn", Kind.COUNT));
  }

  /** The latest complete window of each length: measured, and what months compound to. */
  private Node windows() {
    Words words = parts.words();
    Figures figures = parts.figures();
    Grid grid =
        new Grid()
            .text(words.of("col.window"))
            .number(words.of("col.measured"))
            .number(words.of("interval.name"))
            .number(words.of("col.implied"))
            .number(words.of("col.target"));
    for (String kind : KINDS) {
      Optional<Line> line = latest(kind);
      if (line.isPresent()) {
        grid.row(
            Html.all(
                words.of("window." + kind),
                el(
                    "small",
                    at("class", "under"),
                    figures.day(line.get().day("window_start")),
                    " – ",
                    figures.day(line.get().day("window_end").minusDays(1)))),
            Html.all(
                figures.of(line.get(), "churn_rate", Kind.SHARE),
                el(
                    "small",
                    at("class", "under"),
                    figures.of(line.get(), "churned_customers", Kind.COUNT),
                    " / ",
                    figures.of(line.get(), "start_customers", Kind.COUNT))),
            figures.interval(
                line.get().value("rate_low"), line.get().value("rate_high"), Kind.SHARE),
            figures.of(line.get(), "implied", Kind.SHARE),
            figures.of(target(targetOf(kind)).orElse(Double.NaN), Kind.SHARE));
      }
    }
    return grid.isEmpty()
        ? parts.panel("windows", parts.empty(words.of("churn.young")))
        : parts.panel("windows", grid.in(words.of("windows.title")));
  }

  private static String targetOf(String kind) {
    return switch (kind) {
      case "month" -> "monthly_churn";
      case "quarter" -> "quarterly_churn";
      default -> "annual_churn";
    };
  }

  private Node causes() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> causes =
        night.stream(ChurnCauses.TABLE)
            .sorted(
                Comparator.comparing((Line line) -> !line.has("claimed_rate"))
                    .thenComparing(line -> -line.count("churned_customers"))
                    .thenComparing(line -> line.text("cause")))
            .toList();
    if (causes.isEmpty()) {
      return parts.panel("causes", parts.empty(new Why(night, words).isEmpty(ChurnCauses.TABLE)));
    }
    double most =
        causes.stream()
            .mapToDouble(c -> Math.max(c.number("attributed_high"), c.number("claimed_rate")))
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(1);
    Track track = Track.upTo(most * 1.05);
    Grid grid =
        new Grid()
            .text(words.of("col.cause"))
            .strip(words.of("col.share"))
            .number(words.of("col.measured"))
            .number(words.of("col.claimed"))
            .number(words.of("col.left"))
            .number(words.of("col.stated"))
            .number(words.of("col.evident"));
    for (Line cause : causes) {
      grid.row(
          words.or("cause." + cause.text("cause"), cause.text("cause").replace('_', ' ')),
          track.dot(cause, ATTRIBUTED, cause.number("claimed_rate"), "s1"),
          figures.ranged(cause, ATTRIBUTED, Kind.SHARE),
          figures.of(cause, "claimed_rate", Kind.SHARE_SHORT),
          figures.of(cause, "churned_customers", Kind.COUNT),
          figures.of(cause, "stated_customers", Kind.COUNT),
          figures.of(cause, "evidence_customers", Kind.COUNT));
    }
    return parts.panel(
        "causes",
        grid.in(words.of("causes.title")),
        parts.legend("k-dot s1", words.of("col.measured"), "k-wanted", words.of("col.claimed")),
        parts.note(
            words.of("causes.window") + " ",
            figures.day(causes.get(0).day("window_start")),
            " – ",
            figures.day(causes.get(0).day("window_end").minusDays(1))));
  }

  /** The segments of the latest complete year, else quarter. */
  private Node segments() {
    Words words = parts.words();
    Figures figures = parts.figures();
    Optional<Line> window = latest("trailing_12_months").or(() -> latest("quarter"));
    if (window.isEmpty()) {
      return parts.panel("churn_segments", parts.empty(words.of("churn.young")));
    }
    List<Line> all =
        night.stream(CustomerChurn.TABLE)
            .filter(line -> !line.text("segment_dimension").equals(ALL))
            .filter(line -> line.text("window_kind").equals(window.get().text("window_kind")))
            .filter(line -> line.day("window_start").equals(window.get().day("window_start")))
            .filter(line -> line.has("churn_rate"))
            .sorted(
                Comparator.comparing((Line line) -> !line.text("segment_dimension").equals("plan"))
                    .thenComparing(line -> line.text("segment_dimension"))
                    .thenComparing(line -> -line.count("start_customers"))
                    .thenComparing(line -> line.text("segment_value")))
            .toList();
    if (all.isEmpty()) {
      return parts.panel("churn_segments", parts.empty(words.of("churn.no_segments")));
    }
    List<Line> large = all.stream().filter(line -> !line.is("is_small")).toList();
    String title = words.of("churn_segments.title");
    return parts.panel(
        "churn_segments",
        el(
            "p",
            at("class", "sub"),
            figures.day(window.get().day("window_start")),
            " – ",
            figures.day(window.get().day("window_end").minusDays(1))),
        large.isEmpty()
            ? parts.empty(words.of("churn.small_segments"))
            : segmentsGrid(large, window.get()).in(title),
        parts.legend("k-wanted", words.of("churn.key_all")),
        large.size() == all.size()
            ? Html.all()
            : el(
                "details",
                at("class", "behind"),
                el("summary", words.of("churn.all_segments", all.size())),
                segmentsGrid(all, window.get()).in(words.of("churn.all_segments", all.size())),
                parts.note(words.of("small_mark"))));
  }

  private Grid segmentsGrid(List<Line> segments, Line window) {
    Words words = parts.words();
    Figures figures = parts.figures();
    Grid grid =
        new Grid()
            .text(words.of("col.segment"))
            .strip(words.of("col.share"))
            .number(words.of("col.measured"))
            .number(words.of("col.left"))
            .number(words.of("col.of"));
    for (Line segment : segments) {
      grid.row(
          Html.all(
              el("small", Labels.value(words, segment.text("segment_dimension")) + " "),
              Labels.value(words, segment.text("segment_value")),
              Labels.small(segment)),
          Track.SHARE.dot(
              segment,
              Estimate.rate("churn_rate"),
              window.number("churn_rate"),
              Labels.style(segment)),
          figures.ranged(segment, Estimate.rate("churn_rate"), Kind.SHARE),
          figures.of(segment, "churned_customers", Kind.COUNT),
          figures.of(segment, "start_customers", Kind.COUNT));
    }
    return grid;
  }

  private Node survival() {
    Words words = parts.words();
    Map<String, List<Line>> curves = new TreeMap<>();
    for (Line line : night.of(Survival.TABLE)) {
      String name = line.text("segment_dimension").equals(ALL) ? "" : line.text("segment_value");
      curves.computeIfAbsent(name, n -> new ArrayList<>()).add(line);
    }
    List<Line> whole = sorted(curves.getOrDefault("", List.of()));
    if (whole.isEmpty()) {
      return parts.widePanel(
          "survival", parts.empty(new Why(night, words).isEmpty(Survival.TABLE)));
    }
    return parts.beside(allSurvival(whole), plansSurvival(curves));
  }

  private static List<Line> sorted(List<Line> lines) {
    return lines.stream().sorted(Comparator.comparing(line -> line.count("tenure_days"))).toList();
  }

  private static List<Point> steps(List<Line> lines, boolean hasBand) {
    List<Point> points = new ArrayList<>();
    points.add(new Point(0, 1, Double.NaN, Double.NaN, false));
    for (Line line : sorted(lines)) {
      points.add(
          new Point(
              line.number("tenure_days"),
              line.number("survival_rate"),
              hasBand ? line.number("survival_low") : Double.NaN,
              hasBand ? line.number("survival_high") : Double.NaN,
              false));
    }
    return points;
  }

  private static List<Tick> days(long last) {
    List<Tick> ticks = new ArrayList<>();
    for (double day : new Scale(0, Math.max(1, last), 0, 1).ticks(5)) {
      ticks.add(new Tick(day, String.valueOf(Math.round(day))));
    }
    ticks.add(new Tick(Math.max(1, last), ""));
    return ticks;
  }

  private Node allSurvival(List<Line> whole) {
    Words words = parts.words();
    Figures figures = parts.figures();
    long last = whole.get(whole.size() - 1).count("tenure_days");
    Curves curves =
        new Curves(
            Shape.STEPS,
            days(last),
            0,
            1,
            v -> figures.text(v, Kind.SHARE_SHORT),
            List.of(new Series(words.of("survival.all"), "s1", steps(whole, true))),
            List.of());
    Grid grid =
        new Grid()
            .text(words.of("survival.day"))
            .number(words.of("survival.stay"))
            .number(words.of("interval.name"))
            .number(words.of("survival.at_risk"))
            .number(words.of("col.left"));
    Grid risk = new Grid().text(words.of("survival.day"));
    List<Object> atRisk = new ArrayList<>(List.of(words.of("survival.at_risk")));
    for (Tick tick : days(last)) {
      if (!tick.text().isEmpty()) {
        Line at = from(whole, tick.x());
        risk.number(tick.text());
        atRisk.add(figures.of(at, "at_risk", Kind.COUNT));
      }
    }
    risk.row(atRisk.toArray());
    for (Line line : whole) {
      grid.row(
          figures.of(line, "tenure_days", Kind.COUNT),
          figures.of(line, "survival_rate", Kind.SHARE),
          figures.interval(line.value("survival_low"), line.value("survival_high"), Kind.SHARE),
          figures.of(line, "at_risk", Kind.COUNT),
          figures.of(line, "churned_customers", Kind.COUNT));
    }
    String title = words.of("survival.title");
    return parts.panel(
        "survival",
        Frame.both(title, frame -> curves.draw(frame)),
        risk.styled("grid risk").in(words.of("survival.at_risk")),
        parts.behind(title, grid));
  }

  /** The first line at or after a day of tenure: who was followed until then. */
  private static Line from(List<Line> whole, double day) {
    return whole.stream()
        .filter(line -> line.number("tenure_days") >= day)
        .findFirst()
        .orElse(whole.get(whole.size() - 1));
  }

  private Node plansSurvival(Map<String, List<Line>> curves) {
    Words words = parts.words();
    List<Series> series = new ArrayList<>();
    long last = 1;
    Grid grid =
        new Grid()
            .text(words.of("col.plan"))
            .number(words.of("survival.followed"))
            .number(words.of("col.left"))
            .number(words.of("survival.end"))
            .number(words.of("interval.name"));
    for (Map.Entry<String, List<Line>> plan : curves.entrySet()) {
      if (!plan.getKey().isEmpty() && series.size() < 6) {
        List<Line> lines = sorted(plan.getValue());
        Line end = lines.get(lines.size() - 1);
        last = Math.max(last, end.count("tenure_days"));
        String name = Labels.value(words, plan.getKey());
        series.add(new Series(name, "s" + (series.size() + 1), steps(lines, false)));
        grid.row(
            Html.all(name, Labels.small(end)),
            parts.figures().of(end, "followed_customers", Kind.COUNT),
            parts.figures().of(end, "all_churned_customers", Kind.COUNT),
            parts.figures().of(end, "survival_rate", Kind.SHARE),
            parts
                .figures()
                .interval(end.value("survival_low"), end.value("survival_high"), Kind.SHARE));
      }
    }
    if (series.isEmpty()) {
      return parts.panel("survival_plan", parts.empty(words.of("retention.no_plans")));
    }
    Curves chart =
        new Curves(
            Shape.STEPS,
            days(last),
            0,
            1,
            v -> parts.figures().text(v, Kind.SHARE_SHORT),
            series,
            List.of());
    String title = words.of("survival_plan.title");
    return parts.panel(
        "survival_plan", Frame.both(title, frame -> chart.draw(frame)), grid.in(title));
  }
}
