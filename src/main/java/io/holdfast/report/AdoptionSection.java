package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.kpi.KpiValues;
import io.holdfast.metrics.AdopterRetention;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.report.Figures.Kind;
import io.holdfast.report.Html.Node;
import io.holdfast.report.Parts.Grid;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What customers use, how soon they see value, and whether those who do stay more often. */
record AdoptionSection(Night night, Parts parts) {

  private static final List<String> TIERS =
      List.of("core", "advanced", "integration", "reporting", "unknown");

  private static final List<String> BANDS_LAST = List.of("not_reached", "all");

  Node node() {
    Words words = parts.words();
    return parts.section(
        "adoption",
        lead(),
        night.of(FeatureAdoption.TABLE).isEmpty()
            ? parts.panel(
                "tiers", parts.empty(new Why(night, words).isEmpty(FeatureAdoption.TABLE)))
            : parts.beside(tiers(), adopters()),
        features(),
        timeToValue());
  }

  private List<Line> level(String level) {
    return night.of(FeatureAdoption.TABLE, line -> line.text("level").equals(level));
  }

  private Node lead() {
    Figures figures = parts.figures();
    Words words = parts.words();
    Optional<Line> overall = level("overall").stream().findFirst();
    Optional<Line> median =
        night.stream(TimeToValue.TABLE)
            .filter(line -> line.text("basis").equals("naive") && line.text("band").equals("all"))
            .filter(line -> line.has("median_days"))
            .findFirst();
    Node used =
        overall
            .map(
                line ->
                    Html.all(
                        words.of("adoption.lead_use") + " ",
                        figures.of(line, "mean_breadth", Kind.SHARE),
                        " " + words.of("adoption.lead_features") + " "))
            .orElse(Html.all());
    Node soon =
        median
            .map(
                line ->
                    Html.all(
                        words.of("adoption.lead_value") + " ",
                        figures.of(line, "median_days", Kind.ONE_DECIMAL),
                        " " + words.of("adoption.lead_days")))
            .orElse(Html.all());
    return overall.isEmpty() && median.isEmpty() ? Html.all() : parts.lead(used, soon);
  }

  private double target(String tier) {
    return night.stream(KpiValues.TABLE)
        .filter(line -> line.text("kpi").equals("adoption_" + tier))
        .mapToDouble(line -> line.number("target"))
        .findFirst()
        .orElse(Double.NaN);
  }

  private Node tiers() {
    Words words = parts.words();
    Figures figures = parts.figures();
    Grid grid =
        new Grid()
            .text(words.of("col.tier"))
            .strip(words.of("adoption.breadth"))
            .number(words.of("adoption.breadth"))
            .number(words.of("col.target"))
            .number(words.of("adoption.reach"))
            .number(words.of("col.of"));
    List<Line> tiers =
        level("tier").stream()
            .sorted(Comparator.comparingInt(line -> TIERS.indexOf(line.text("tier"))))
            .toList();
    for (Line tier : tiers) {
      double target = target(tier.text("tier"));
      grid.row(
          Labels.value(words, tier.text("tier")),
          Track.SHARE.bar(tier.number("mean_breadth"), target, "s1"),
          figures.of(tier, "mean_breadth", Kind.SHARE),
          figures.of(target, Kind.SHARE_SHORT),
          figures.ranged(tier, Estimate.rate("adoption_rate"), Kind.SHARE),
          figures.of(tier, "entitled_customers", Kind.COUNT));
    }
    return parts.panel(
        "tiers",
        grid.in(words.of("tiers.title")),
        parts.legend("k-wanted", words.of("col.target")));
  }

  private Node adopters() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> lines =
        night.stream(AdopterRetention.TABLE)
            .filter(line -> !line.text("level").equals("feature"))
            .sorted(Comparator.comparingInt(line -> TIERS.indexOf(line.text("tier"))))
            .toList();
    if (lines.isEmpty()) {
      return parts.panel("adopters", parts.empty(words.of("adoption.young")));
    }
    Grid grid =
        new Grid()
            .text(words.of("col.tier"))
            .number(words.of("adoption.adopters"))
            .number(words.of("adoption.others"))
            .strip(words.of("adoption.difference"))
            .number(words.of("adoption.difference"));
    Track track = new Track(-0.5, 0.5);
    for (Line line : lines) {
      grid.row(
          line.text("level").equals("overall")
              ? words.of("adoption.any")
              : Html.all(Labels.value(words, line.text("tier")), Labels.small(line)),
          figures.of(line, "adopter_retention_rate", Kind.SHARE),
          figures.of(line, "other_retention_rate", Kind.SHARE),
          track.dot(line, Estimate.of("difference"), 0, Labels.style(line)),
          figures.ranged(line, Estimate.of("difference"), Kind.POINTS));
    }
    return parts.panel(
        "adopters", grid.in(words.of("adopters.title")), parts.note(words.of("association")));
  }

  private Node features() {
    Words words = parts.words();
    Figures figures = parts.figures();
    List<Line> features =
        level("feature").stream()
            .sorted(
                Comparator.comparing((Line line) -> -line.number("adoption_rate"))
                    .thenComparing(line -> line.text("feature")))
            .toList();
    if (features.isEmpty()) {
      return Html.all();
    }
    Grid grid =
        new Grid()
            .text(words.of("col.feature"))
            .text(words.of("col.tier"))
            .strip(words.of("adoption.reach"))
            .number(words.of("adoption.reach"))
            .number(words.of("interval.name"))
            .number(words.of("adoption.adopters"))
            .number(words.of("col.of"))
            .number(words.of("adoption.depth"))
            .number(words.of("adoption.days"));
    for (Line line : features) {
      grid.row(
          Html.all(
              line.text("feature"),
              line.is("is_new_feature")
                  ? el("small", at("class", "tag"), words.of("adoption.new"))
                  : Html.all()),
          Labels.value(words, line.text("tier")),
          Track.SHARE.dot(line, Estimate.rate("adoption_rate"), Double.NaN, Labels.style(line)),
          figures.of(line, "adoption_rate", Kind.SHARE),
          figures.interval(line.value("rate_low"), line.value("rate_high"), Kind.SHARE_SHORT),
          figures.of(line, "adopters", Kind.COUNT),
          figures.of(line, "entitled_customers", Kind.COUNT),
          figures.of(line, "uses_per_adopter", Kind.ONE_DECIMAL),
          figures.of(line, "median_days_to_adopt", Kind.ONE_DECIMAL));
    }
    return parts.widePanel("features", grid.in(words.of("features.title")));
  }

  private Node timeToValue() {
    Words words = parts.words();
    Figures figures = parts.figures();
    if (night.of(TimeToValue.TABLE).isEmpty()) {
      return parts.widePanel("ttv", parts.empty(new Why(night, words).isEmpty(TimeToValue.TABLE)));
    }
    Map<String, Line> naive = byBand("naive");
    Map<String, Line> landmark = byBand("landmark");
    Grid grid =
        new Grid()
            .text(words.of("col.band"))
            .number(words.of("ttv.customers"))
            .number(words.of("ttv.share"))
            .number(words.of("ttv.followed"))
            .strip(words.of("ttv.retained"))
            .number(words.of("ttv.retained"))
            .number(words.of("col.claimed"))
            .number(words.of("ttv.naive"));
    List<String> bands =
        naive.keySet().stream()
            .sorted(
                Comparator.comparingInt((String band) -> BANDS_LAST.indexOf(band))
                    .thenComparingInt(AdoptionSection::days))
            .toList();
    for (String band : bands) {
      Line all = naive.get(band);
      Optional<Line> fair = Optional.ofNullable(landmark.get(band));
      grid.row(
          words.or("band." + band, band.replace('_', ' ')),
          figures.of(all, "customers", Kind.COUNT),
          figures.of(all, "band_share", Kind.SHARE),
          figures.of(fair.map(l -> l.value("followed_customers")).orElse(null), Kind.COUNT),
          fair.map(
                  l ->
                      Track.SHARE.dot(
                          l,
                          Estimate.rate("retention_rate"),
                          all.number("claimed_retention_rate"),
                          Labels.style(l)))
              .orElse(Html.all()),
          fair.map(l -> figures.ranged(l, Estimate.rate("retention_rate"), Kind.SHARE))
              .orElse(Html.all(figures.of(null, Kind.SHARE))),
          figures.of(all, "claimed_retention_rate", Kind.SHARE_SHORT),
          figures.of(all, "retention_rate", Kind.SHARE));
    }
    return parts.widePanel(
        "ttv",
        grid.in(words.of("ttv.title")),
        parts.legend("k-dot s1", words.of("ttv.retained"), "k-wanted", words.of("col.claimed")),
        parts.note(words.of("ttv.note")));
  }

  private Map<String, Line> byBand(String basis) {
    return night.stream(TimeToValue.TABLE)
        .filter(line -> line.text("basis").equals(basis))
        .collect(Collectors.toMap(line -> line.text("band"), Function.identity()));
  }

  /** The first number in a band's name orders the bands; "under" comes before all. */
  private static int days(String band) {
    String digits = band.replaceAll("^\\D*(\\d*).*$", "$1");
    boolean isUnder = band.startsWith("under");
    return digits.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(digits) - (isUnder ? 1 : 0);
  }
}
