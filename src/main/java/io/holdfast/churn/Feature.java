package io.holdfast.churn;

import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;

/**
 * Something that was known of a customer on an observation date: a column of the data set, an input
 * of the models, a reason of a score.
 *
 * @param name the column, window and unit in it
 * @param type the stored type
 * @param kind how models take it
 * @param feed what a company must deliver for it
 * @param meaning what a value says
 * @param wording the value in words a customer-success manager understands, from a row of all
 *     features
 */
record Feature(
    String name,
    DataType type,
    Kind kind,
    String feed,
    String meaning,
    Function<Row, String> wording) {

  /** How models take a feature. */
  enum Kind {
    /** A quantity: more means more. */
    NUMBER,
    /** A name. */
    CATEGORY
  }

  /** The value in words; also where it is unknown. */
  String sentence(Row features) {
    return features.isNullAt(features.fieldIndex(name))
        ? "not known: " + meaning
        : wording.apply(features);
  }
}
