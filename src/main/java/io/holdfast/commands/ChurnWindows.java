package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.metrics.CustomerChurn;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The confirmed churn of each window over all customers, the latest of each kind first. */
public final class ChurnWindows {

  public static final View VIEW = new View(CustomerChurn.TABLE, ChurnWindows::text);

  private static final List<String> KINDS =
      List.of("trailing_12_months", "year", "quarter", "month");

  private ChurnWindows() {}

  static String text(Dataset<Row> rows, Page page) {
    List<Row> all =
        rows.filter("counting = 'confirmed' AND segment_dimension = 'all'")
            .orderBy(col("window_start").desc())
            .collectAsList();
    TextTable table =
        new TextTable(
            "window",
            "from",
            "until",
            "customers",
            "left",
            "churn",
            "95%",
            "implied",
            "by choice",
            "unpaid",
            "in and out");
    for (String kind : KINDS) {
      all.stream()
          .filter(row -> row.<String>getAs("window_kind").equals(kind))
          .limit(page.rows())
          .forEach(row -> window(table, row));
    }
    return table.text(page)
        + "implied: what the months compound to. * not over, or not confirmed. ~ few customers.%n"
            .formatted();
  }

  private static void window(TextTable table, Row row) {
    boolean isComplete = Boolean.TRUE.equals(row.<Boolean>getAs("is_complete"));
    boolean isSmall = Boolean.TRUE.equals(row.<Boolean>getAs("is_small"));
    table.row(
        row.<String>getAs("window_kind").replace('_', ' ') + (isComplete ? "" : "*"),
        row.getAs("window_start"),
        row.getAs("window_end"),
        row.getAs("start_customers"),
        row.getAs("churned_customers"),
        percent(row.getAs("churn_rate")) + (isSmall ? "~" : ""),
        percent(row.getAs("rate_low")).replace("%", "") + " - " + percent(row.getAs("rate_high")),
        percent(row.getAs("implied")),
        row.getAs("voluntary_customers"),
        row.getAs("involuntary_customers"),
        row.getAs("intra_period_churn"));
  }

  /** A percent of churn is many customers: one decimal. */
  private static String percent(Double share) {
    return share == null ? TextTable.NONE : String.format(Locale.ROOT, "%.1f%%", share * 100);
  }
}
