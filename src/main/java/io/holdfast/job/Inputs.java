package io.holdfast.job;

import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * All that a job may know: the tables it declared, the date, its settings. There is no clock.
 *
 * <p>Reading a table or a setting that the job did not declare throws {@link
 * IllegalArgumentException}.
 */
public interface Inputs extends Settled {

  /**
   * The last local day that counts.
   *
   * @throws IllegalStateException in a job whose table does not depend on it
   */
  LocalDate asOf();

  /** The last arrival date that counts. */
  LocalDate arrivedBy();

  /**
   * The rows of a table that this job is to read: of a table by night, this night's; in a job that
   * replaces touched days, of a table with days, the touched days' rows; else all.
   */
  Dataset<Row> rows(Table table);

  /** All rows of a table, whatever this job replaces; of a table by night, this night's. */
  Dataset<Row> all(Table table);

  /** The rows of the touched days and of {@code days} days before and after each. */
  Dataset<Row> nearby(Table table, int days);

  /** The rows of {@code days} days before and after each touched day, without those of these. */
  Dataset<Row> around(Table table, int days);

  /** The rows of a table by night of every kept night up to this one. */
  Dataset<Row> history(Table table);

  /**
   * The job's own table as it stood before: of a table by night, the earlier nights. The job must
   * declare it by {@code readsPrevious}.
   */
  Dataset<Row> previous();

  /** The version of a table's content that this job reads; -1 if it was never built. */
  long version(Table table);

  /** Hash of the program: another one can make something else of the same rows. */
  String program();

  /**
   * The parts of the job's own table that it does not hold yet: their rows of all days are to be
   * made, those of the other parts of the touched days. Empty where the table has no parts.
   */
  default Set<String> newParts() {
    return Set.of();
  }

  /**
   * Says how many bytes of delivered files are read from now on: the queries over few bytes and
   * over many are run in different ways.
   */
  default void expect(double bytes) {}

  /** Delivered files: for the jobs that take them in. */
  Landing landing();

  /** A small dataset made on the driver. */
  Dataset<Row> create(List<Row> rows, StructType schema);

  /** Says in the run's summary and in the commit what a reader of the table should know. */
  void note(String sentence);
}
