package io.holdfast.commands;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.metrics.MrrMonthly;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How MRR went from month to month, with gaps bridged, and what twelve months kept of it. */
public final class MrrMonths {

  public static final View VIEW = new View(MrrMonthly.TABLE, MrrMonths::text);

  private MrrMonths() {}

  static String text(Dataset<Row> rows, Page page) {
    List<Row> all = rows.filter("counting = 'confirmed'").orderBy("window_start").collectAsList();
    Map<String, Row> years = new TreeMap<>();
    all.stream()
        .filter(row -> row.<String>getAs("window_kind").equals("trailing_12_months"))
        .forEach(row -> years.put(row.getAs("window_end").toString(), row));
    List<Row> months =
        all.stream().filter(row -> row.<String>getAs("window_kind").equals("month")).toList();
    TextTable table =
        new TextTable(
            "month",
            "start",
            "new",
            "back",
            "more",
            "less",
            "left",
            "fx",
            "end",
            "customers",
            "NRR",
            "GRR",
            "NRR 12m");
    months.stream()
        .skip(Math.max(0, months.size() - page.rows()))
        .forEach(row -> month(table, row, years.get(row.getAs("window_end").toString())));
    return table.text(page)
        + "back: had left and returned. * not over, or its churn is not confirmed. ~ few customers.%n"
            .formatted();
  }

  private static void month(TextTable table, Row row, Row year) {
    table.row(
        row.getAs("window_start").toString().substring(0, 7)
            + (Boolean.TRUE.equals(row.<Boolean>getAs("is_complete")) ? "" : "*"),
        money(row, "start_mrr"),
        money(row, "new_mrr"),
        money(row, "reactivation_mrr"),
        money(row, "expansion_mrr"),
        money(row, "contraction_mrr"),
        money(row, "churn_mrr"),
        money(row, "fx_mrr"),
        money(row, "end_mrr"),
        row.getAs("end_customers"),
        share(row, "nrr"),
        share(row, "grr"),
        year == null ? TextTable.NONE : share(year, "nrr"));
  }

  private static String money(Row row, String name) {
    return String.format(Locale.ROOT, "%,.0f", row.<BigDecimal>getAs(name));
  }

  private static String share(Row row, String name) {
    String few = Boolean.TRUE.equals(row.<Boolean>getAs("is_small")) ? "~" : "";
    return percent(row.getAs(name)) + few;
  }

  /** A percent of churn is many customers: one decimal. */
  private static String percent(Double share) {
    return share == null ? TextTable.NONE : String.format(Locale.ROOT, "%.1f%%", share * 100);
  }
}
