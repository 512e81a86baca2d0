package io.holdfast.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Column;

/**
 * Something that is said of every row of a table.
 *
 * @param name what is said, as a sentence that a person reads
 * @param severity what happens when rows break it
 * @param broken TRUE for a row that breaks it, never NULL
 */
public record Rule(String name, Severity severity, Column broken) {

  /** What happens when rows break a rule. */
  public enum Severity {
    /** The table stays as it was, and so does all that reads it. */
    BLOCKS,
    /** The rows are counted and reported. */
    WARNS
  }

  /** A rule that must hold for every row. A row for which it is unknown breaks it. */
  static Rule require(String name, Column holds) {
    return new Rule(name, Severity.BLOCKS, not(coalesce(holds, lit(false))));
  }

  /** A rule whose matching rows are counted. A row for which it is unknown is not. */
  static Rule warn(String name, Column when) {
    return new Rule(name, Severity.WARNS, coalesce(when, lit(false)));
  }
}
