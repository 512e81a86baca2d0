package io.holdfast.sources;

import java.util.Optional;

/**
 * Where a contract's column comes from. Exactly one of column, constant, expression and lookup.
 *
 * @param column a column of the feed; dots lead into nested JSON
 * @param constant the same text for every row
 * @param expression Spark SQL over the feed's columns
 * @param lookup another contract, landed before this one, in which {@code by} is looked up
 * @param by the feed's column that names the thing looked up
 * @param take the column of the other contract that is taken; this column's own name if absent
 * @param format how a date or time is written, as Spark's patterns say; ISO 8601 if absent
 * @param knownAt when the value became known: {@code row} (with its row, the default), {@code
 *     never}, or a column of the feed that holds the date
 */
public record Mapping(
    Optional<String> column,
    Optional<String> constant,
    Optional<String> expression,
    Optional<String> lookup,
    Optional<String> by,
    Optional<String> take,
    Optional<String> format,
    Optional<String> knownAt) {

  /** The short form {@code customer_id = account_id}: a column of the feed. */
  public static Mapping of(String column) {
    return new Mapping(
        Optional.of(column),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
