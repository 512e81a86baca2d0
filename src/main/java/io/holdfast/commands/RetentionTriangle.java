package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.metrics.CohortRetention;
import java.sql.Date;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Cohorts down, periods across: the share of each cohort that came back. */
public final class RetentionTriangle {

  public static final View VIEW = new View(CohortRetention.TABLE, RetentionTriangle::text);

  private static final String ALL = "all";
  private static final int COHORT_COLUMNS = 19;
  private static final int CELL_COLUMNS = 6;

  private RetentionTriangle() {}

  /** One cohort's cells by period. */
  private record Cohort(Date start, long size, boolean isSmall, Map<Integer, Row> cells) {}

  /**
   * A triangle for each definition: of all customers together, or where {@code --where} left those
   * out, of each segment.
   */
  static String text(Dataset<Row> rows, Page page) {
    Dataset<Row> isAll = rows.filter(col("segment_dimension").equalTo(ALL));
    List<Row> cells = isAll.collectAsList();
    if (cells.isEmpty()) {
      cells = rows.collectAsList();
    }
    Map<String, List<Row>> triangles = new TreeMap<>();
    for (Row cell : cells) {
      triangles.computeIfAbsent(title(cell), title -> new ArrayList<>()).add(cell);
    }
    if (triangles.isEmpty()) {
      return "No cohorts.%n".formatted();
    }
    StringBuilder text = new StringBuilder();
    triangles.forEach((title, triangle) -> triangle(text, title, triangle, page));
    text.append(
        "Cells: share of the cohort active in month or week k after birth. * still running;"
            .concat(" ~ small cohort; mean: weighted by size, over ended periods only.%n")
            .formatted());
    return text.toString();
  }

  private static String title(Row cell) {
    String dimension = cell.getAs("segment_dimension");
    String segment =
        dimension.equals(ALL)
            ? ""
            : ", %s = %s".formatted(dimension, cell.<String>getAs("segment_value"));
    return "%s: %ss by %s of %s%s"
        .formatted(
            cell.<String>getAs("definition"),
            cell.<String>getAs("unit"),
            cell.<String>getAs("grain"),
            cell.<String>getAs("birth").replace('_', ' '),
            segment);
  }

  private static void triangle(StringBuilder text, String title, List<Row> cells, Page page) {
    Map<Date, Cohort> cohorts = new TreeMap<>();
    int longest = 0;
    for (Row cell : cells) {
      int period = cell.<Integer>getAs("period");
      longest = Math.max(longest, period);
      cohorts
          .computeIfAbsent(
              cell.getAs("cohort_start"),
              start ->
                  new Cohort(
                      start,
                      cell.<Long>getAs("cohort_size"),
                      Boolean.TRUE.equals(cell.<Boolean>getAs("is_small")),
                      new LinkedHashMap<>()))
          .cells()
          .put(period, cell);
    }
    int shown = Math.min(longest, (page.columns() - COHORT_COLUMNS) / CELL_COLUMNS - 1);
    List<Cohort> all = List.copyOf(cohorts.values());
    List<Cohort> latest = all.subList(Math.max(0, all.size() - page.rows()), all.size());
    text.append(title).append("%n%n".formatted());
    text.append("%-10s %7s ".formatted("cohort", "size"));
    for (int period = 0; period <= shown; period++) {
      text.append("%5d ".formatted(period));
    }
    end(text);
    for (Cohort cohort : latest) {
      text.append(
          "%s %,7d%s".formatted(cohort.start(), cohort.size(), cohort.isSmall() ? "~" : " "));
      for (int period = 0; period <= shown; period++) {
        text.append(cell(cohort.cells().get(period)));
      }
      end(text);
    }
    mean(text, all, shown);
    left(text, all.size() - latest.size(), longest - shown);
    text.append("%n".formatted());
  }

  private static String cell(Row cell) {
    if (cell == null) {
      return " ".repeat(CELL_COLUMNS);
    }
    boolean isComplete = cell.<Boolean>getAs("is_complete");
    return "%5s%s"
        .formatted(TextTable.percent(cell.<Double>getAs("retention_rate")), isComplete ? " " : "*");
  }

  private static void mean(StringBuilder text, List<Cohort> cohorts, int shown) {
    text.append("%-10s %,7d ".formatted("mean", cohorts.stream().mapToLong(Cohort::size).sum()));
    for (int period = 0; period <= shown; period++) {
      long retained = 0;
      long size = 0;
      for (Cohort cohort : cohorts) {
        Row cell = cohort.cells().get(period);
        if (cell != null && cell.<Boolean>getAs("is_complete")) {
          retained += cell.<Long>getAs("retained");
          size += cell.<Long>getAs("cohort_size");
        }
      }
      text.append("%5s ".formatted(size == 0 ? "" : TextTable.percent((double) retained / size)));
    }
    end(text);
  }

  private static void left(StringBuilder text, int cohorts, int periods) {
    if (cohorts > 0) {
      text.append(
          "%d earlier cohorts are in the mean but not shown; --limit shows them.%n"
              .formatted(cohorts));
    }
    if (periods > 0) {
      text.append("%d later periods find no room; --csv FILE writes them.%n".formatted(periods));
    }
  }

  private static void end(StringBuilder text) {
    while (text.charAt(text.length() - 1) == ' ') {
      text.setLength(text.length() - 1);
    }
    text.append("%n".formatted());
  }
}
