package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.job.Ledger;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * Whether the figures can be trusted: what arrived, what was rejected, what was odd, what changed.
 */
record DataSection(Night night, Parts parts) {

  Node node() {
    return parts.section("data", lead(), feeds(), parts.beside(warnings(), restated()));
  }

  private List<Line> deliveries() {
    return night.stream(FeedDeliveries.TABLE)
        .sorted(
            Comparator.comparing((Line line) -> line.text("contract"))
                .thenComparing(line -> line.text("feed")))
        .toList();
  }

  /** Of all landed rows, the share that was rejected; NaN: nothing landed. */
  static double rejectedShare(List<Line> deliveries) {
    long landed = deliveries.stream().mapToLong(line -> line.count("landed_rows")).sum();
    long rejected = deliveries.stream().mapToLong(line -> line.count("rejected_rows")).sum();
    return landed == 0 ? Double.NaN : (double) rejected / landed;
  }

  private Node lead() {
    return parts.lead(facts());
  }

  /** How fresh and how whole the night is, in a sentence or two. */
  Node facts() {
    Words words = parts.words();
    List<Line> feeds = deliveries();
    if (feeds.isEmpty()) {
      return Html.all(words.of("data.no_feeds"));
    }
    long odd = night.of(Ledger.QUALITY_RESULTS).size();
    return Html.all(
        words.of("data.lead", feeds.size()) + " ",
        parts.figures().of(rejectedShare(feeds), Kind.SHARE),
        " " + words.of("data.lead_rejected") + " ",
        words.of(night.of(Ledger.PUBLISHED).isEmpty() ? "data.unpublished" : "data.published"),
        odd == 0 ? "" : " " + words.of("data.odd", odd));
  }

  private Node feeds() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> feeds = deliveries();
    if (feeds.isEmpty()) {
      return Html.all();
    }
    Grid grid =
        new Grid()
            .text(words.of("data.feed"))
            .text(words.of("data.newest"))
            .number(words.of("data.age"))
            .number(words.of("data.landed"))
            .number(words.of("data.kept"))
            .number(words.of("data.rejected"))
            .number(words.of("data.merged"))
            .number(words.of("data.later"));
    for (Line feed : feeds) {
      grid.row(
          Html.all(
              feed.text("feed"),
              feed.text("feed").equals(feed.text("contract"))
                  ? Html.all()
                  : el("small", " " + feed.text("contract"))),
          feed.maybeDay("last_date").map(d -> figures.day(d)).orElse(Html.all("–")),
          figures.of(
              feed.maybeDay("last_date")
                  .map(day -> ChronoUnit.DAYS.between(day, night.asOf()))
                  .orElse(null),
              Kind.COUNT),
          figures.of(feed, "landed_rows", Kind.COUNT),
          figures.of(feed, "kept_rows", Kind.COUNT),
          Html.all(
              figures.of(feed, "rejected_rows", Kind.COUNT),
              feed.count("rejected_rows") > 0
                  ? el(
                      "small",
                      at("class", "under"),
                      figures.of(rejectedShare(List.of(feed)), Kind.SHARE))
                  : Html.all()),
          figures.of(feed, "merged_rows", Kind.COUNT),
          figures.of(feed, "not_yet_due_rows", Kind.COUNT));
    }
    return parts.widePanel("feeds", grid.in(words.of("feeds.title")));
  }

  private Node warnings() {
    Words words = parts.words();
    List<Line> warnings =
        night.stream(Ledger.QUALITY_RESULTS)
            .sorted(
                Comparator.comparing((Line l) -> l.text("table_id"))
                    .thenComparing(l -> l.text("rule")))
            .toList();
    if (warnings.isEmpty()) {
      return parts.panel("warnings", parts.empty(words.of("warnings.none")));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.table"))
            .text(words.of("warnings.rule"))
            .number(words.of("warnings.broken"))
            .number(words.of("col.of"));
    for (Line line : warnings) {
      grid.row(
          line.text("table_id"),
          line.text("rule"),
          parts.figures().of(line, "broken_rows", Kind.COUNT),
          parts.figures().of(line, "rows", Kind.COUNT));
    }
    return parts.panel("warnings", grid.styled("grid wordy").in(words.of("warnings.title")));
  }

  private Node restated() {
    Words words = parts.words();
    List<Line> restated = night.of(Ledger.RESTATEMENTS);
    if (restated.isEmpty()) {
      return parts.panel("restated", parts.empty(words.of("restated.none")));
    }
    Grid grid =
        new Grid()
            .text(words.of("restated.figure"))
            .text(words.of("restated.night"))
            .number(words.of("restated.many"))
            .text(words.of("restated.example"));
    for (Line line : restated) {
      grid.row(
          line.text("table_id") + "." + line.text("column_name"),
          parts.figures().day(line.day("as_of_date")),
          parts.figures().of(line, "restated_figures", Kind.COUNT),
          words.of(
              "restated.from_to",
              line.has("from_value") ? line.text("from_value") : "–",
              line.has("to_value") ? line.text("to_value") : "–",
              line.text("row_key")));
    }
    return parts.panel("restated", grid.styled("grid wordy").in(words.of("restated.title")));
  }
}
