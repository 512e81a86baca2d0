package io.holdfast.sources;

import io.holdfast.config.Secret;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * How one export of the company reaches a contract.
 *
 * @param contract the contract that it fills; the feed's own name if absent
 * @param format what the files are, or that it is read from a database
 * @param path file, folder or glob on any Hadoop file system
 * @param url of a database: its JDBC URL
 * @param driver of a database: the class of its driver, where the URL does not tell it
 * @param user of a database: who reads
 * @param password of a database: the user's, from the environment
 * @param table of a database: what is read, as SQL names it
 * @param query of a database: SQL that is read in place of a table
 * @param growingColumn of a database: the column whose values only grow; rows above the largest
 *     that has landed are new
 * @param timeZone of a database: the zone of times without one; the company's if absent
 * @param fetchSize of a database: how many rows are fetched at once
 * @param partition of a database: how a large table is read in parts
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
    Optional<String> path,
    Optional<String> url,
    Optional<String> driver,
    Optional<String> user,
    Optional<Secret> password,
    Optional<String> table,
    Optional<String> query,
    Optional<String> growingColumn,
    Optional<ZoneId> timeZone,
    Optional<Integer> fetchSize,
    Optional<Partition> partition,
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

  /** What the files are, or that it is no files. */
  public enum Format {
    CSV,
    JSONL,
    PARQUET,
    DELTA,
    /** A table or a query of a database. */
    JDBC
  }

  /**
   * How a large table is read in parts, side by side. No row is left out, whatever the bounds: they
   * say where the parts meet.
   *
   * @param column a number, day or time that never changes in a row
   * @param from where the second part begins, about
   * @param to where the last part ends, about
   * @param number how many parts, and so connections
   */
  public record Partition(String column, String from, String to, int number) {}

  /** How a feed arrives. */
  public enum Arrives {
    /** New rows: a folder a day of arrival, or what a database holds above a growing column. */
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
