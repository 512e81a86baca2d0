package io.holdfast.cli;

import io.holdfast.table.Table;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A table as people read it: a retention triangle rather than its rows.
 *
 * @param table the table
 * @param text makes the text of some of its rows, of one night
 */
public record View(Table table, Function<Dataset<Row>, String> text) {}
