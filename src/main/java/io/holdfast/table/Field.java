package io.holdfast.table;

import org.apache.spark.sql.types.DataType;

/**
 * A column of a table with its meaning, which is also its comment in Delta.
 *
 * @param name snake case, unit and window in it
 * @param type the stored type
 * @param meaning what a value says, in one sentence
 */
public record Field(String name, DataType type, String meaning) {}
