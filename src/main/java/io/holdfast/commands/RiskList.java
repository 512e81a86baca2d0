package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.holdfast.churn.Predictions;
import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Who is most likely to leave, what is at stake, and why. */
public final class RiskList {

  public static final View VIEW = new View(Predictions.TABLE, RiskList::text);

  private RiskList() {}

  static String text(Dataset<Row> rows, Page page) {
    Row totals =
        rows.agg(
                count(lit(1)).as("customers"),
                count_if(col("probability").isNotNull()).as("scored"),
                sum("mrr_at_risk").as("mrr_at_risk"),
                sum("mrr").as("mrr"),
                first(col("note"), true).as("note"))
            .head();
    long scored = totals.<Long>getAs("scored");
    if (scored == 0) {
      String note = totals.getAs("note");
      return "No scores for %s customers%s.%n"
          .formatted(
              TextTable.cell(totals.getAs("customers")),
              note == null ? "" : ": " + note.replaceAll("\\.$", ""));
    }
    List<Row> riskiest =
        rows.orderBy(col("probability").desc_nulls_last(), col("margin").desc(), col("customer_id"))
            .limit(page.rows())
            .collectAsList();
    StringBuilder text = new StringBuilder();
    for (Row row : riskiest) {
      text.append(
          "%-20s %6s  %-6s  MRR %12s  at risk %10s%n"
              .formatted(
                  row.<String>getAs("customer_id"),
                  "%.1f%%".formatted(row.<Double>getAs("probability") * 100),
                  Objects.requireNonNullElse(row.<String>getAs("risk_band"), ""),
                  TextTable.cell(row.<BigDecimal>getAs("mrr")),
                  TextTable.cell(row.<BigDecimal>getAs("mrr_at_risk"))));
      String reasons =
          Stream.of("reason_1", "reason_2", "reason_3")
              .map(reason -> row.<String>getAs(reason))
              .filter(Objects::nonNull)
              .collect(Collectors.joining("%n    ".formatted()));
      text.append("    ").append(reasons).append("%n".formatted());
    }
    text.append(
        "%n%d of %s customers, the riskiest first. MRR at risk of all: %s of %s.%n"
            .formatted(
                riskiest.size(),
                TextTable.cell(totals.getAs("customers")),
                TextTable.cell(totals.getAs("mrr_at_risk")),
                TextTable.cell(totals.getAs("mrr"))));
    return text.toString();
  }
}
