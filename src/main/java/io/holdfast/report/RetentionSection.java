package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.KpiValues;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.report.Curves.Mark;
import io.holdfast.report.Curves.Point;
import io.holdfast.report.Curves.Series;
import io.holdfast.report.Curves.Shape;
import io.holdfast.report.Curves.Tick;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Who comes back: a triangle and a curve for each definition, the one of signups first. */
record RetentionSection(Night night, Parts parts, int cohorts) {

  private static final List<String> FIRST = List.of("signup_monthly", "first_paid_monthly");
  private static final int MOST_PERIODS = 18;
  private static final int MOST_SEGMENTS = 5;
  private static final double SHADES = 20;
  private static final String ALL = "all";
  private static final List<Long> TOLD_PERIODS = List.of(1L, 3L, 6L, 12L);

  Node node() {
    Map<String, List<Line>> definitions =
        night.stream(CohortRetention.TABLE)
            .collect(
                Collectors.groupingBy(
                    line -> line.text("definition"), TreeMap::new, Collectors.toList()));
    if (definitions.isEmpty()) {
      return parts.section(
          "retention", parts.empty(new Why(night, parts.words()).isEmpty(CohortRetention.TABLE)));
    }
    List<String> names = new ArrayList<>(definitions.keySet());
    names.sort(
        Comparator.comparingInt(
                (String name) -> FIRST.contains(name) ? FIRST.indexOf(name) : FIRST.size())
            .thenComparing(name -> name));
    String main = names.get(0);
    List<Object> content = new ArrayList<>();
    content.add(lead(definitions.get(main)));
    content.add(parts.beside(curve(main, definitions.get(main)), segments(main)));
    content.add(triangle(definitions.get(main)));
    for (String other : names.subList(1, names.size())) {
      content.add(
          el(
              "details",
              at("class", "more"),
              el("summary", title(definitions.get(other).get(0))),
              curve(other, definitions.get(other)),
              triangle(definitions.get(other))));
    }
    return parts.section("retention", content.toArray());
  }

  /** The mean over complete cells by period: of all cohorts, or of one plan. */
  private List<Line> means(String definition, String dimension) {
    return night.of(Night.CURVES).stream()
        .filter(line -> line.text("definition").equals(definition))
        .filter(line -> line.text("segment_dimension").equals(dimension))
        .sorted(Comparator.comparingLong(line -> line.count("period")))
        .toList();
  }

  private static Point point(Line mean) {
    return new Point(
        mean.number("period"),
        mean.number("retention_rate"),
        mean.number("rate_low"),
        mean.number("rate_high"),
        false);
  }

  private Node lead(List<Line> cells) {
    Figures figures = parts.figures();
    List<Line> means = means(cells.get(0).text("definition"), ALL);
    List<Object> said = new ArrayList<>();
    said.add(parts.words().of("retention.lead", title(cells.get(0))) + " ");
    for (Line mean : means) {
      if (TOLD_PERIODS.contains(mean.count("period"))) {
        said.add(said.size() > 1 ? ", " : "");
        said.add(figures.of(mean, "retention_rate", Kind.SHARE));
        said.add(" " + parts.words().of("retention.in", period(cells.get(0), mean)));
      }
    }
    said.add(".");
    return means.size() < 2
        ? parts.lead(parts.words().of("retention.lead_young"))
        : parts.lead(said.toArray());
  }

  private String period(Line cell, Line mean) {
    String key = "period." + cell.text("grain");
    // Brackets have no grain.
    String known = parts.words().or(key, "").isEmpty() ? "period.other" : key;
    return parts.words().of(known, mean.count("period"));
  }

  private String title(Line cell) {
    Words words = parts.words();
    return words.of(
        "retention.definition",
        words.or("unit." + cell.text("unit"), cell.text("unit")),
        words.or("grain." + cell.text("grain"), cell.text("grain")),
        words.or("birth." + cell.text("birth"), cell.text("birth").replace('_', ' ')));
  }

  private Node curve(String definition, List<Line> cells) {
    List<Line> means = means(definition, ALL);
    Words words = parts.words();
    if (means.size() < 2) {
      return parts.panel("curve", parts.empty(words.of("retention.young")));
    }
    List<Point> points = means.stream().map(RetentionSection::point).toList();
    Curves curves =
        new Curves(
            Shape.LINES,
            ticks(means),
            0,
            1,
            v -> parts.figures().text(v, Kind.SHARE_SHORT),
            List.of(new Series(words.of("retention.mean"), "s1", points)),
            definition.equals(FIRST.get(0)) ? targets(means.size()) : List.of());
    Grid grid =
        new Grid()
            .text(words.of("col.period"))
            .number(words.of("col.rate"))
            .number(words.of("interval.name"))
            .number(words.of("col.retained"))
            .number(words.of("col.of"));
    for (Line mean : means) {
      grid.row(
          period(cells.get(0), mean),
          parts.figures().of(mean, "retention_rate", Kind.SHARE),
          parts.figures().interval(mean.value("rate_low"), mean.value("rate_high"), Kind.SHARE),
          parts.figures().of(mean, "retained", Kind.COUNT),
          parts.figures().of(mean, "cohort_size", Kind.COUNT));
    }
    String title = words.of("curve.title");
    return parts.panel(
        "curve",
        Frame.both(title + ": " + title(cells.get(0)), frame -> curves.draw(frame)),
        parts.legend(
            "k-line s1", words.of("retention.key_mean"),
            "k-band s1", words.of("interval.name"),
            "k-target", words.of("retention.key_target")),
        parts.behind(title + ": " + title(cells.get(0)), grid));
  }

  private static List<Tick> ticks(List<Line> means) {
    return means.stream()
        .map(mean -> new Tick(mean.number("period"), mean.text("period")))
        .toList();
  }

  /** Targets of months that the plan names. */
  private List<Mark> targets(int periods) {
    List<Mark> marks = new ArrayList<>();
    for (Line kpi : night.of(KpiValues.TABLE)) {
      String name = kpi.text("kpi");
      if (name.startsWith("retention_month_") && kpi.has("target")) {
        int month = Integer.parseInt(name.substring("retention_month_".length()));
        if (month < periods) {
          marks.add(
              new Mark(
                  month,
                  kpi.number("target"),
                  parts
                      .words()
                      .of(
                          "retention.target",
                          month,
                          parts.figures().text(kpi.number("target"), Kind.SHARE))));
        }
      }
    }
    return marks;
  }

  /** The same curve of each plan: those with the most customers. */
  private Node segments(String definition) {
    Words words = parts.words();
    Map<String, List<Line>> plans = new TreeMap<>();
    for (Line line : means(definition, "plan")) {
      plans.computeIfAbsent(line.text("segment_value"), v -> new ArrayList<>()).add(line);
    }
    plans.values().removeIf(lines -> lines.size() < 2);
    if (plans.isEmpty()) {
      return parts.panel("curve_plan", parts.empty(words.of("retention.no_plans")));
    }
    List<String> largest =
        plans.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                        (Map.Entry<String, List<Line>> e) ->
                            -e.getValue().stream().mapToLong(l -> l.count("cohort_size")).sum())
                    .thenComparing(Map.Entry::getKey))
            .limit(MOST_SEGMENTS)
            .map(Map.Entry::getKey)
            .toList();
    List<Series> series = new ArrayList<>();
    Grid grid = new Grid().text(words.of("col.plan"));
    grid.number(words.of("col.period"))
        .number(words.of("col.rate"))
        .number(words.of("col.retained"))
        .number(words.of("col.of"));
    for (String plan : largest) {
      List<Point> points = new ArrayList<>();
      for (Line line : plans.get(plan)) {
        points.add(
            new Point(
                line.number("period"),
                line.number("retention_rate"),
                Double.NaN,
                Double.NaN,
                false));
        grid.row(
            Labels.value(words, plan),
            parts.figures().of(line, "period", Kind.COUNT),
            parts.figures().of(line, "retention_rate", Kind.SHARE),
            parts.figures().of(line, "retained", Kind.COUNT),
            parts.figures().of(line, "cohort_size", Kind.COUNT));
      }
      series.add(new Series(Labels.value(words, plan), "s" + (series.size() + 1), points));
    }
    Curves curves =
        new Curves(
            Shape.LINES,
            ticks(means(definition, ALL)),
            0,
            1,
            v -> parts.figures().text(v, Kind.SHARE_SHORT),
            series,
            List.of());
    String title = words.of("curve_plan.title");
    return parts.panel(
        "curve_plan", Frame.both(title, frame -> curves.draw(frame)), parts.behind(title, grid));
  }

  /** Cohorts down, periods across. */
  private Node triangle(List<Line> cells) {
    Words words = parts.words();
    Map<LocalDate, Map<Integer, Line>> byCohort = new TreeMap<>();
    int longest = 0;
    for (Line cell : cells) {
      int period = (int) cell.count("period");
      longest = Math.max(longest, period);
      byCohort.computeIfAbsent(cell.day("cohort_start"), c -> new TreeMap<>()).put(period, cell);
    }
    int periods = Math.min(longest, MOST_PERIODS);
    List<LocalDate> all = List.copyOf(byCohort.keySet());
    List<LocalDate> shown = all.subList(Math.max(0, all.size() - cohorts), all.size());
    Grid grid =
        new Grid().styled("triangle").text(words.of("col.cohort")).number(words.of("col.size"));
    for (int period = 0; period <= periods; period++) {
      grid.number(String.valueOf(period));
    }
    for (LocalDate cohort : shown) {
      grid.row(row(cohort, byCohort.get(cohort), periods));
    }
    grid.row(meanRow(cells, all.size(), periods));
    String title = words.of("triangle.title") + ": " + title(cells.get(0));
    int left = all.size() - shown.size();
    return parts.widePanel(
        "triangle",
        el("p", at("class", "sub"), title(cells.get(0))),
        grid.in(title),
        parts.legend(
            "k-heat", words.of("triangle.key_heat"),
            "k-hatch", words.of("triangle.key_open"),
            "k-small", words.of("triangle.key_small")),
        left > 0 || longest > periods
            ? parts.note(words.of("triangle.left", left, longest - periods))
            : Html.all());
  }

  private Object[] row(LocalDate cohort, Map<Integer, Line> cells, int periods) {
    Line first = cells.values().iterator().next();
    boolean isMonth = first.text("grain").equals("month");
    List<Object> row = new ArrayList<>();
    row.add(isMonth ? parts.figures().month(cohort) : parts.figures().day(cohort));
    row.add(Html.all(parts.figures().of(first, "cohort_size", Kind.COUNT), Labels.small(first)));
    for (int period = 0; period <= periods; period++) {
      Line cell = cells.get(period);
      row.add(cell == null ? Html.all() : heat(cell));
    }
    return row.toArray();
  }

  private Node heat(Line cell) {
    double rate = cell.number("retention_rate");
    long shade = Double.isNaN(rate) ? 0 : Math.round(rate * SHADES);
    boolean isOpen = !cell.is("is_complete");
    String style =
        "h h%d%s%s".formatted(shade, isOpen ? " open" : "", cell.is("is_small") ? " small" : "");
    return el(
        "span",
        at("class", style),
        parts.figures().of(cell, "retention_rate", Kind.SHARE_SHORT),
        isOpen
            ? el("span", at("class", "sr"), " " + parts.words().of("triangle.open"))
            : Html.all());
  }

  private Object[] meanRow(List<Line> cells, int cohortsOfAll, int periods) {
    Map<Integer, Line> means =
        means(cells.get(0).text("definition"), ALL).stream()
            .collect(Collectors.toMap(mean -> (int) mean.count("period"), mean -> mean));
    List<Object> row = new ArrayList<>();
    row.add(el("strong", parts.words().of("triangle.mean", cohortsOfAll)));
    row.add(
        parts
            .figures()
            .of(
                cells.stream()
                    .filter(cell -> cell.count("period") == 0)
                    .mapToLong(cell -> cell.count("cohort_size"))
                    .sum(),
                Kind.COUNT));
    for (int period = 0; period <= periods; period++) {
      Line mean = means.get(period);
      row.add(
          mean == null
              ? Html.all()
              : el("strong", parts.figures().of(mean, "retention_rate", Kind.SHARE_SHORT)));
    }
    return row.toArray();
  }
}
