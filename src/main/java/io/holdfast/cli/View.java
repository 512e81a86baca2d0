package io.holdfast.cli;

import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A table as people read it: a retention triangle rather than its rows.
 *
 * @param table the table
 * @param text makes the text of some of its rows
 */
public record View(Table table, Text text) {

  /** Makes the text. */
  public interface Text {
    /**
     * The text of some rows of one night, or of all nights where the table keeps them all.
     *
     * @param page how much of them
     */
    String of(Dataset<Row> rows, Page page);
  }
}
