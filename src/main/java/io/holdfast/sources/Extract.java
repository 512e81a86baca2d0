package io.holdfast.sources;

import static org.apache.spark.sql.functions.col;

import io.holdfast.failure.BadInput;
import io.holdfast.job.Database;
import io.holdfast.job.Landing;
import io.holdfast.job.Landing.LandedFile;
import io.holdfast.sources.Feed.Arrives;
import io.holdfast.sources.Files.Delivered;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a night takes from a database: one delivery for each arrival date, recorded like a file.
 *
 * <p>The tag of its record says which rows it holds, so that the next night goes on from there.
 */
final class Extract {

  private static final int FETCH_SIZE = 5000;
  private static final String ALL = "all rows";
  private static final String NONE = "no rows yet";

  private Extract() {}

  /**
   * What a feed took before.
   *
   * @param tag which rows
   * @param date the arrival date; empty for one dump
   */
  record Taken(String tag, Optional<LocalDate> date) {}

  /** The deliveries of a feed that have landed. */
  static List<Taken> records(String name, Dataset<Row> previous) {
    return previous
        .filter(col("record").equalTo("file").and(col("feed").equalTo(name)))
        .select("file_tag", "folder_date")
        .collectAsList()
        .stream()
        .map(
            row ->
                new Taken(
                    row.getString(0),
                    Optional.ofNullable(row.<Date>getAs(1)).map(Date::toLocalDate)))
        .toList();
  }

  /**
   * The delivery of an arrival date; none if that date, or a later one, has landed: what a database
   * held then, it does not tell any more.
   *
   * @param taken what has landed
   * @param arrivedBy the arrival date of what is read now; empty: it is not told
   * @throws BadInput if what has landed was not told apart by the same column
   */
  static List<Delivered> due(
      String name, Feed feed, Landing landing, List<Taken> taken, Optional<LocalDate> arrivedBy) {
    Optional<LocalDate> date = feed.arrives() == Arrives.ONCE ? Optional.empty() : arrivedBy;
    boolean hasLanded =
        taken.stream()
            .anyMatch(
                before ->
                    date.isEmpty()
                        || before.date().filter(day -> !day.isBefore(date.get())).isPresent());
    if (hasLanded) {
      return List.of();
    }
    String tag =
        feed.growingColumn().map(column -> news(name, feed, landing, taken, column)).orElse(ALL);
    String path =
        "%s/%s%s"
            .formatted(
                source(name, feed).shown(),
                feed.table().orElse("query of " + name),
                date.map(day -> "/date=" + day).orElse(""));
    return List.of(new Delivered(new LandedFile(path, 0, tag), date));
  }

  /** Which rows are new, by the column that grows. */
  private static String news(
      String name, Feed feed, Landing landing, List<Taken> taken, String column) {
    Optional<String> latest =
        taken.stream()
            .max(Comparator.comparing(before -> before.date().orElse(LocalDate.MIN)))
            .map(Taken::tag)
            .filter(tag -> !tag.equals(NONE));
    Optional<String> above = latest.flatMap(tag -> Growth.parse(column, tag)).map(Growth::upTo);
    if (latest.isPresent() && above.isEmpty()) {
      throw new BadInput(
          "Cannot read feed %1$s: what has landed of it is '%2$s', which does not say up to which %3$s. Put sources.feeds.%1$s.growing_column back, or give the feed another name: it is then read from the first row, and rows that are equal merge."
              .formatted(name, latest.get(), column));
    }
    return landing
        .database(source(name, feed))
        .largest(column, above)
        .or(() -> above)
        .map(upTo -> new Growth(column, above, upTo).tag())
        .orElse(NONE);
  }

  /** The rows of a delivery; empty if it holds none. */
  static Optional<Dataset<Row>> rows(Feed feed, Delivered delivery, Database database) {
    if (feed.growingColumn().isEmpty()) {
      return Optional.of(database.rows());
    }
    return Growth.parse(feed.growingColumn().get(), delivery.file().tag())
        .filter(growth -> !growth.above().equals(Optional.of(growth.upTo())))
        .map(growth -> database.between(growth.column(), growth.above(), growth.upTo()));
  }

  /** Where the rows of a feed are. */
  static Database.Source source(String name, Feed feed) {
    Map<String, String> options = new LinkedHashMap<>(feed.options());
    options.put("fetchsize", Integer.toString(feed.fetchSize().orElse(FETCH_SIZE)));
    Map<String, String> partition = new LinkedHashMap<>();
    feed.partition()
        .ifPresent(
            parts -> {
              partition.put("partitionColumn", parts.column());
              partition.put("lowerBound", parts.from());
              partition.put("upperBound", parts.to());
              partition.put("numPartitions", Integer.toString(parts.number()));
            });
    return new Database.Source(
        "feed " + name,
        "sources.feeds." + name,
        feed.url().orElseThrow(),
        feed.driver(),
        feed.user(),
        feed.password(),
        feed.query()
            .map(sql -> sql.strip().replaceAll(";+$", ""))
            .orElseGet(() -> "select * from " + feed.table().orElseThrow()),
        options,
        partition);
  }
}
