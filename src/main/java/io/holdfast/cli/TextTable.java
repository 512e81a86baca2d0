package io.holdfast.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cells in aligned columns, as a terminal shows them: figures to the right, the rest to the left.
 */
public final class TextTable {

  /** What stands for a value that there is none of. */
  public static final String NONE = "-";

  private static final int WIDEST = 48;
  private static final int GAP = 2;
  private static final Pattern FIGURE = Pattern.compile("[~+-]?[\\d,]*\\.?\\d+[%*~]*");
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table of these columns. */
  public TextTable(String... heads) {
    this(Arrays.asList(heads));
  }

  /** A table of these columns. */
  public TextTable(List<String> heads) {
    this.heads = List.copyOf(heads);
  }

  /** Adds a row: a value for each column. */
  public TextTable row(Object... values) {
    return row(Arrays.asList(values));
  }

  /** Adds a row: a value for each column. */
  public TextTable row(List<?> values) {
    List<String> cells = new ArrayList<>();
    values.forEach(value -> cells.add(cell(value)));
    rows.add(cells);
    return this;
  }

  /** A value as a person reads it; instants in UTC. */
  public static String cell(Object value) {
    if (value == null) {
      return NONE;
    }
    if (value instanceof Double number) {
      return number(number);
    }
    if (value instanceof BigDecimal amount) {
      return "%,.2f".formatted(amount.setScale(2, RoundingMode.HALF_EVEN));
    }
    if (value instanceof Integer || value instanceof Long) {
      return String.format(Locale.ROOT, "%,d", ((Number) value).longValue());
    }
    if (value instanceof Timestamp instant) {
      return MINUTE.format(instant.toInstant());
    }
    if (value instanceof Instant instant) {
      return MINUTE.format(instant);
    }
    return value.toString().replaceAll("\\s+", " ").strip();
  }

  private static String number(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return NONE;
    }
    if (Math.abs(number) >= 1000) {
      return String.format(Locale.ROOT, "%,.1f", number);
    }
    String text = String.format(Locale.ROOT, "%.4f", number);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  /** A share of 1 as a whole percentage. */
  public static String percent(Double share) {
    return share == null || share.isNaN() ? NONE : Math.round(share * 100) + "%";
  }

  /**
   * The lines of the table, none wider than the page: the columns that find no room are named
   * below.
   */
  public String text(Page page) {
    int[] widths = new int[heads.size()];
    boolean[] isRight = new boolean[heads.size()];
    for (int i = 0; i < heads.size(); i++) {
      int column = i;
      widths[i] =
          Math.max(
              cut(heads.get(i), WIDEST).length(),
              rows.stream().mapToInt(row -> cut(row.get(column), WIDEST).length()).max().orElse(0));
      isRight[i] = isFigures(column);
    }
    int shown = 0;
    int total = -GAP;
    while (shown < heads.size() && (shown == 0 || total + GAP + widths[shown] <= page.columns())) {
      total += GAP + widths[shown];
      shown++;
    }
    StringBuilder text = new StringBuilder();
    line(text, heads, widths, isRight, shown);
    for (List<String> row : rows) {
      line(text, row, widths, isRight, shown);
    }
    if (shown < heads.size()) {
      List<String> left = heads.subList(shown, heads.size());
      text.append(
          "No room for %d more columns: %s.%n".formatted(left.size(), String.join(", ", left)));
    }
    return text.toString();
  }

  private boolean isFigures(int column) {
    List<String> given =
        rows.stream().map(row -> row.get(column)).filter(cell -> !cell.equals(NONE)).toList();
    return !given.isEmpty() && given.stream().allMatch(cell -> FIGURE.matcher(cell).matches());
  }

  /** A text of at most so many characters; dots where it was longer. */
  static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 3) + "...";
  }

  private static void line(
      StringBuilder text, List<String> cells, int[] widths, boolean[] isRight, int shown) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < shown; i++) {
      String cell = cut(cells.get(i), WIDEST);
      String blanks = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : " ".repeat(GAP)).append(isRight[i] ? blanks + cell : cell + blanks);
    }
    text.append(line.toString().stripTrailing()).append(System.lineSeparator());
  }
}
