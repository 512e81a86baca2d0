package io.holdfast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of text.
 *
 * @param columns the names
 * @param rows a cell for each column
 */
record PipeTable(List<String> columns, List<List<String>> rows) {

  static PipeTable parse(String text) {
    List<List<String>> lines =
        text.lines().map(String::strip).filter(l -> !l.isEmpty()).map(PipeTable::cells).toList();
    if (lines.isEmpty()) {
      throw new AssertionError("A pipe table needs a line of column names.");
    }
    List<String> columns = lines.get(0);
    List<List<String>> rows = lines.subList(1, lines.size());
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new AssertionError(
            "The row %s has %d cells, but there are %d columns: %s."
                .formatted(row, row.size(), columns.size(), columns));
      }
    }
    return new PipeTable(columns, rows);
  }

  private static List<String> cells(String line) {
    if (line.length() < 2 || !line.startsWith("|") || !line.endsWith("|")) {
      throw new AssertionError("A line of a pipe table starts and ends with |, not: " + line);
    }
    return Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  @Override
  public String toString() {
    int[] widths = new int[columns.size()];
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns);
    lines.addAll(rows);
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        String cell = line.get(i);
        text.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
      }
      text.append("|\n");
    }
    return text.toString();
  }
}
