package io.holdfast.generate;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Collects the lines of one customer by the file in which they arrive. */
final class Landing {
  private final CompanyCalendar calendar;
  private final long customer;
  private final boolean isOpen;
  private final Map<Place, Lines> places = new TreeMap<>();

  private Landing(CompanyCalendar calendar, long customer, boolean isOpen) {
    this.calendar = calendar;
    this.customer = customer;
    this.isOpen = isOpen;
  }

  static Landing of(CompanyCalendar calendar, long customer) {
    return new Landing(calendar, customer, true);
  }

  /** Where what might have been goes: nothing is kept. */
  static Landing nowhere(CompanyCalendar calendar) {
    return new Landing(calendar, -1, false);
  }

  private record Place(Feed feed, int day, Planted planted) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byFeed = feed.compareTo(other.feed);
      int byDay = byFeed != 0 ? byFeed : Integer.compare(day, other.day);
      return byDay != 0 ? byDay : planted.compareTo(other.planted);
    }
  }

  private static final class Lines {
    private final StringBuilder text = new StringBuilder();
    private int rows;
  }

  /** Whether lines are kept at all: those who make them need not otherwise. */
  boolean isOpen() {
    return isOpen;
  }

  /** Whether what arrives on a day has arrived: not after the company's last day. */
  boolean isDue(int day) {
    return isOpen && day >= 0 && day <= calendar.lastDay();
  }

  /** Adds a good line. */
  void line(Feed feed, int day, CharSequence line) {
    line(feed, day, Planted.NOTHING, "", line);
  }

  /** Adds a line, and for a planted one a line of the truth that names it. */
  void line(Feed feed, int day, Planted planted, String id, CharSequence line) {
    if (!isDue(day)) {
      return;
    }
    Lines lines = places.computeIfAbsent(new Place(feed, day, planted), place -> new Lines());
    lines.text.append(line).append('\n');
    lines.rows++;
    if (planted != Planted.NOTHING) {
      row(
          Feed.PLANTED,
          0,
          feed.text(),
          feed.path(calendar.date(day).toString()),
          id,
          planted.text(),
          planted.fate.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Adds a good row; a null is an empty field. */
  void row(Feed feed, int day, Object... fields) {
    line(feed, day, Planted.NOTHING, "", isDue(day) ? joined(feed, fields) : "");
  }

  /** Adds a planted row. */
  void planted(Planted planted, String id, Feed feed, int day, Object... fields) {
    line(feed, day, planted, id, isDue(day) ? joined(feed, fields) : "");
  }

  static CharSequence joined(Feed feed, Object... fields) {
    var line = new StringBuilder(160);
    char separator = feed.isParquet() ? '\t' : ',';
    for (int index = 0; index < fields.length; index++) {
      if (index > 0) {
        line.append(separator);
      }
      line.append(quoted(fields[index] == null ? "" : fields[index].toString()));
    }
    return line;
  }

  private static String quoted(String field) {
    return field.contains(",") || field.contains("\"")
        ? '"' + field.replace("\"", "\"\"") + '"'
        : field;
  }

  Stream<Block> blocks() {
    return places.entrySet().stream()
        .map(
            entry -> {
              Place place = entry.getKey();
              return new Block(
                  place.feed(),
                  calendar.date(place.day()).toString(),
                  customer,
                  place.planted(),
                  entry.getValue().rows,
                  entry.getValue().text.toString());
            });
  }
}
