package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.programs.Segments;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many customers are in each segment, and some of them with the reason. */
public final class SegmentShares {

  public static final View VIEW = new View(Segments.TABLE, SegmentShares::text);

  private SegmentShares() {}

  static String text(Dataset<Row> rows, Page page) {
    List<Row> counts =
        rows.groupBy("segment")
            .agg(count(lit(1)).as("customers"))
            .orderBy(col("customers").desc(), col("segment"))
            .collectAsList();
    long all = counts.stream().mapToLong(row -> row.<Long>getAs("customers")).sum();
    TextTable shares = new TextTable("segment", "customers", "share");
    counts.forEach(
        row ->
            shares.row(
                row.getAs("segment"),
                row.getAs("customers"),
                TextTable.percent(row.<Long>getAs("customers") / (double) all)));
    shares.row("all", all, all == 0 ? TextTable.NONE : "100%");
    TextTable some = new TextTable("customer", "segment", "because");
    rows.orderBy("customer_id")
        .limit(page.rows())
        .collectAsList()
        .forEach(
            row -> some.row(row.getAs("customer_id"), row.getAs("segment"), row.getAs("because")));
    return shares.text(page)
        + "%n".formatted()
        + some.text(page)
        + "%n%,d of %,d customers%n".formatted(Math.min(page.rows(), all), all);
  }
}
