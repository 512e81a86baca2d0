package io.holdfast.commands;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.metrics.FeatureAdoption;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which features customers use: a bar each, by tier and reach. */
public final class AdoptionBars {

  public static final View VIEW = new View(FeatureAdoption.TABLE, AdoptionBars::text);

  private static final int BAR = 20;

  /** From what every customer needs to what few do; tiers of a company's own come last. */
  private static final List<String> TIERS = List.of("core", "advanced", "integration", "reporting");

  private AdoptionBars() {}

  static String text(Dataset<Row> rows, Page page) {
    List<Row> all = rows.collectAsList();
    List<Row> features =
        all.stream()
            .filter(row -> row.<String>getAs("level").equals("feature"))
            .sorted(
                Comparator.comparingInt((Row row) -> rank(row.getAs("tier")))
                    .thenComparing(row -> row.<String>getAs("tier"))
                    .thenComparing(AdoptionBars::reach, Comparator.reverseOrder())
                    .thenComparing(row -> row.<String>getAs("feature")))
            .toList();
    TextTable table =
        new TextTable(
            "tier", "feature", "reach", "", "adopters", "entitled", "uses each", "days to adopt");
    features.stream()
        .limit(page.rows())
        .forEach(
            row ->
                table.row(
                    row.getAs("tier"),
                    row.<String>getAs("feature")
                        + (Boolean.TRUE.equals(row.<Boolean>getAs("is_new_feature"))
                            ? " (new)"
                            : ""),
                    bar(row.getAs("adoption_rate")),
                    TextTable.percent(row.getAs("adoption_rate"))
                        + (Boolean.TRUE.equals(row.<Boolean>getAs("is_small")) ? "~" : ""),
                    row.getAs("adopters"),
                    row.getAs("entitled_customers"),
                    rounded(row.getAs("uses_per_adopter")),
                    rounded(row.getAs("median_days_to_adopt"))));
    StringBuilder text = new StringBuilder(table.text(page));
    if (features.size() > page.rows()) {
      text.append(
          "%d of %d features; --limit shows more.%n".formatted(page.rows(), features.size()));
    }
    text.append("%n".formatted());
    all.stream()
        .filter(row -> List.of("tier", "new", "overall").contains(row.<String>getAs("level")))
        .sorted(
            Comparator.comparingInt(
                    (Row row) -> List.of("tier", "new", "overall").indexOf(row.getAs("level")))
                .thenComparingInt(row -> rank(row.getAs("tier")))
                .thenComparing(row -> row.<String>getAs("tier")))
        .forEach(row -> breadth(text, row));
    text.append(
        "Reach: share of the entitled customers that use it. Breadth: the mean share of its features that a customer uses. ~ few customers.%n"
            .formatted());
    return text.toString();
  }

  private static void breadth(StringBuilder text, Row row) {
    String level = row.getAs("level");
    String what =
        switch (level) {
          case "tier" -> "breadth, " + row.getAs("tier");
          case "new" -> "breadth, new features";
          default -> "breadth, overall";
        };
    Double share = row.getAs("mean_breadth");
    text.append("%-24s %s %4s%n".formatted(what, bar(share), TextTable.percent(share)));
  }

  private static int rank(String tier) {
    return TIERS.contains(tier) ? TIERS.indexOf(tier) : TIERS.size();
  }

  private static double reach(Row row) {
    Double rate = row.getAs("adoption_rate");
    return rate == null ? -1 : rate;
  }

  private static Object rounded(Double figure) {
    return figure == null ? null : Math.round(figure * 10) / 10.0;
  }

  private static String bar(Double share) {
    int filled = share == null ? 0 : (int) Math.round(share * BAR);
    return "#".repeat(filled) + ".".repeat(BAR - filled);
  }
}
