package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;

import io.holdfast.cli.Page;
import io.holdfast.cli.TextTable;
import io.holdfast.cli.View;
import io.holdfast.metrics.CohortRetention;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Cohorts down, periods across: the share of each cohort that came back; below it their curve. */
public final class RetentionTriangle {

  public static final View VIEW = new View(CohortRetention.TABLE, RetentionTriangle::text);

  private static final String ALL = "all";
  private static final int COHORT_COLUMNS = 19;
  private static final int CELL_COLUMNS = 6;
  private static final int BAR = 40;

  private RetentionTriangle() {}

  /** One cohort's cells by period. */
  private record Cohort(String start, long size, boolean isSmall, Map<Integer, Row> cells) {}

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
        "Cells: share of the cohort that came back in period k after birth. * still open;"
            .concat(
                " ~ small cohort; mean and curve: weighted by size, over complete cells only.%n")
            .formatted());
    return text.toString();
  }

  private static String title(Row cell) {
    String dimension = cell.getAs("segment_dimension");
    String segment =
        dimension.equals(ALL)
            ? ""
            : ", %s = %s".formatted(dimension, cell.<String>getAs("segment_value"));
    return "%s: %ss by %s of %s%s%s"
        .formatted(
            cell.<String>getAs("definition"),
            cell.<String>getAs("unit").replace('_', ' '),
            cell.<String>getAs("grain"),
            cell.<String>getAs("birth").replace('_', ' '),
            counting(cell),
            segment);
  }

  private static String counting(Row cell) {
    String counting = cell.getAs("counting");
    Integer horizon = cell.getAs("horizon");
    String how =
        counting == null || counting.equals("on")
            ? ""
            : counting.equals("bracket")
                ? ", by ranges of days"
                : horizon == null ? ", on or after" : ", on or after up to " + horizon;
    return "rolling".equals(cell.getAs("window")) ? how + ", elapsed time" : how;
  }

  private static void triangle(StringBuilder text, String title, List<Row> cells, Page page) {
    Map<String, Cohort> cohorts = new TreeMap<>();
    int longest = 0;
    for (Row cell : cells) {
      int period = cell.<Integer>getAs("period");
      longest = Math.max(longest, period);
      cohorts
          .computeIfAbsent(
              cohort(cell),
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
    List<Double> means = means(all, longest);
    mean(text, all, means.subList(0, shown + 1));
    left(text, all.size() - latest.size(), longest - shown);
    curve(text, means, page.rows());
    text.append("%n".formatted());
  }

  private static String cell(Row cell) {
    if (cell == null) {
      return " ".repeat(CELL_COLUMNS);
    }
    boolean isComplete = cell.<Boolean>getAs("is_complete");
    Double rate = cell.getAs("retention_rate");
    return "%5s%s".formatted(rate == null ? "-" : TextTable.percent(rate), isComplete ? " " : "*");
  }

  /** A cohort of hours by its instant, in UTC; any other by its first day. */
  private static String cohort(Row cell) {
    Date day = cell.getAs("cohort_start");
    Timestamp at = cell.getAs("cohort_start_at");
    return "hour".equals(cell.getAs("grain")) && at != null
        ? at.toInstant().toString().substring(2, 13)
        : day.toString();
  }

  /** The mean of each period over complete cells; NULL where there is none. */
  private static List<Double> means(List<Cohort> cohorts, int longest) {
    List<Double> means = new ArrayList<>();
    for (int period = 0; period <= longest; period++) {
      long retained = 0;
      long size = 0;
      for (Cohort cohort : cohorts) {
        Row cell = cohort.cells().get(period);
        if (cell != null && cell.<Boolean>getAs("is_complete")) {
          Long livedThrough = cell.getAs("lived_through");
          retained += cell.<Long>getAs("retained");
          size += livedThrough == null ? cell.<Long>getAs("cohort_size") : livedThrough;
        }
      }
      means.add(size == 0 ? null : (Double) ((double) retained / size));
    }
    return means;
  }

  private static void mean(StringBuilder text, List<Cohort> cohorts, List<Double> means) {
    text.append("%-10s %,7d ".formatted("mean", cohorts.stream().mapToLong(Cohort::size).sum()));
    means.forEach(
        mean -> text.append("%5s ".formatted(mean == null ? "" : TextTable.percent(mean))));
    end(text);
  }

  private static void curve(StringBuilder text, List<Double> means, int rows) {
    text.append("%n".formatted());
    for (int period = 0; period < Math.min(means.size(), rows); period++) {
      Double mean = means.get(period);
      if (mean != null) {
        int filled = (int) Math.round(mean * BAR);
        text.append(
            "%4d %s%s %4s%n"
                .formatted(
                    period, "#".repeat(filled), ".".repeat(BAR - filled), TextTable.percent(mean)));
      }
    }
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
