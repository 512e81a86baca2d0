package io.holdfast;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Worked cases of a definition: CSV files among the test resources whose first column is {@code
 * case}. The case becomes a column of the table, such as the customer, so that one look at the data
 * settles all of them.
 */
public final class Cases {

  private Cases() {}

  /**
   * The file as a pipe table. Lines that begin with # are remarks.
   *
   * @param resource the file
   * @param caseColumn the column that the case becomes
   */
  public static String of(String resource, String caseColumn) {
    List<String> lines =
        text(resource)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .collect(Collectors.toCollection(ArrayList::new));
    if (!lines.get(0).startsWith("case,")) {
      throw new AssertionError(resource + " must begin with the column case.");
    }
    lines.set(0, caseColumn + lines.get(0).substring("case".length()));
    return lines.stream()
        .map(line -> "| " + String.join(" | ", cells(line)) + " |")
        .collect(Collectors.joining("\n"));
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        isQuoted = !isQuoted;
      } else if (c == ',' && !isQuoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  private static String text(String resource) {
    try (InputStream in = Cases.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new AssertionError("There is no test resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
