package io.holdfast.activation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** Turns sorted rows into lines, and counts the rows that can't be sent by their reason. */
final class SendableLines implements Iterator<byte[]> {

  private static final int ID = 0;
  private static final int CONSENT = 1;
  private static final int FIRST_VALUE = 2;

  private final Destination destination;
  private final Lines lines;
  private final Iterator<Row> rows;
  private final Map<String, Long> skipped = new TreeMap<>();
  private String lastId = "";
  private byte[] next;

  /**
   * Starts before the first line.
   *
   * @param rows the id, the consent and the mapped columns, sorted by the id
   */
  SendableLines(Destination destination, Iterator<Row> rows) {
    this.destination = destination;
    this.lines = Lines.of(destination);
    this.rows = rows;
  }

  /** The first line of every file with its end; empty for none. */
  byte[] header() {
    return lines.header().isEmpty() ? new byte[0] : ended(lines.header());
  }

  /** The next line, which stays the next. */
  byte[] peek() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return next;
  }

  @Override
  public boolean hasNext() {
    while (next == null && rows.hasNext()) {
      Row row = rows.next();
      String obstacle = obstacle(row);
      if (obstacle.isEmpty()) {
        lastId = row.getString(ID);
        next = ended(lines.line(lastId, values(row)));
      } else {
        skipped.merge(obstacle, 1L, Long::sum);
      }
    }
    return next != null;
  }

  @Override
  public byte[] next() {
    byte[] line = peek();
    next = null;
    return line;
  }

  /** Rows that were left out so far, by reason. */
  Map<String, Long> skipped() {
    return skipped;
  }

  /** Why a row can't be sent, or an empty text. */
  private String obstacle(Row row) {
    String id = row.getString(ID);
    if (id == null || id.isBlank()) {
      return "no " + destination.id().column();
    }
    if (destination.requiresConsent() && (row.isNullAt(CONSENT) || !row.getBoolean(CONSENT))) {
      return "no marketing consent";
    }
    return id.equals(lastId) ? "a repeated " + destination.id().column() : "";
  }

  private List<Object> values(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < destination.columns().size(); i++) {
      values.add(Values.of(row.get(FIRST_VALUE + i), destination.columns().get(i).type()));
    }
    return values;
  }

  private static byte[] ended(String line) {
    return (line + "\n").getBytes(UTF_8);
  }
}
