package io.holdfast.generate;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Collects the lines of one customer by the file in which they arrive. */
final class Landing {
  private final CompanyCalendar calendar;
  private final long customer;
  private final Map<Place, Lines> places = new TreeMap<>();

  Landing(CompanyCalendar calendar, long customer) {
    this.calendar = calendar;
    this.customer = customer;
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

  /** Adds a line; one that arrives after the company's last day has not arrived. */
  void line(Feed feed, int day, Planted planted, CharSequence line) {
    if (day >= 0 && day <= calendar.lastDay()) {
      Lines lines = places.computeIfAbsent(new Place(feed, day, planted), place -> new Lines());
      lines.text.append(line).append('\n');
      lines.rows++;
    }
  }

  /** Adds a CSV row; a null is an empty field. */
  void row(Feed feed, int day, Object... fields) {
    var line = new StringBuilder(160);
    for (Object field : fields) {
      if (line.length() > 0) {
        line.append(',');
      }
      line.append(quoted(field == null ? "" : field.toString()));
    }
    line(feed, day, Planted.NOTHING, line);
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
