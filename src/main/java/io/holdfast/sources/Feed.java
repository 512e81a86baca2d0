package io.holdfast.sources;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;

/**
 * How one export of the company reaches a contract.
 *
 * @param contract the contract that it fills; the feed's own name if absent
 * @param format what the files are
 * @param path file, folder or glob on any Hadoop file system
 * @param arrives how it arrives
 * @param folderDate regular expression whose first group is the arrival date in a file's path
 * @param arrivalColumn the column that says when a row arrived, where folders do not
 * @param arrivalKnownFrom before this date arrivals are not known: the first load held history
 * @param typicalDelayDays how long after its own time a row arrives, where its arrival is not known
 * @param isRequired whether a night waits for it
 * @param maxAgeDays how many days old the latest delivery of a required feed may be
 * @param equalRows what equal rows of a feed without ids are
 * @param clashes what becomes of two rows of one id with different content
 * @param version the column that orders the rows of one thing
 * @param deletedWhen Spark SQL over the feed's columns: the row says that its thing is no more
 * @param endDateIs for subscriptions: what the end date is
 * @param options options of Spark's reader, such as {@code sep}
 * @param columns contract column to where it comes from
 * @param attributes any further columns to keep, by name
 */
public record Feed(
    Optional<String> contract,
    Format format,
    String path,
    Arrives arrives,
    Optional<String> folderDate,
    Optional<String> arrivalColumn,
    Optional<LocalDate> arrivalKnownFrom,
    Optional<Integer> typicalDelayDays,
    Optional<Boolean> isRequired,
    Optional<Integer> maxAgeDays,
    Optional<EqualRows> equalRows,
    Optional<Clashes> clashes,
    Optional<String> version,
    Optional<String> deletedWhen,
    Optional<EndDateIs> endDateIs,
    Map<String, String> options,
    Map<String, Mapping> columns,
    Map<String, Mapping> attributes) {

  /** What the files are. */
  public enum Format {
    CSV,
    JSONL,
    PARQUET,
    DELTA
  }

  /** How a feed arrives. */
  public enum Arrives {
    /** A folder a day of arrival, each with new rows. */
    APPEND,
    /** The whole table every so often: what a later one lacks is no more. */
    SNAPSHOT,
    /** Rows that were added or updated, a folder a day or with an arrival column. */
    CHANGES,
    /** One dump, cut by its rows' own time. */
    ONCE
  }

  /** What equal rows of a feed without ids are. */
  public enum EqualRows {
    REPEATS,
    SEVERAL
  }

  /** What becomes of two rows of one id with different content. */
  public enum Clashes {
    KEEP,
    LATER_WINS
  }

  /** What a subscription's end date is. */
  public enum EndDateIs {
    LAST_PAID_DAY,
    FIRST_UNPAID_DAY
  }
}
