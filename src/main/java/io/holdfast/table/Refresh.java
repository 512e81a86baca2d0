package io.holdfast.table;

import java.util.Optional;
import org.apache.spark.sql.Column;

/** How a table's content is replaced when its job runs. */
public sealed interface Refresh {

  /**
   * The partition of {@code as_of_date} is replaced. Old nights go, month ends stay.
   *
   * @param keepsAll whether every night is kept
   */
  record AsOf(boolean keepsAll) implements Refresh {

    /** How many nights are kept besides the month ends. */
    public static final int NIGHTS = 35;
  }

  /**
   * The days whose input changed are replaced, also when their new content is empty.
   *
   * @param dayColumn the DATE column that says to which day a row belongs
   * @param reach how many days around a changed day can look different for it: 0, or 1 where what
   *     begins on one day goes on past midnight
   * @param partColumn the column that says to which part of the table a row belongs, where parts
   *     come and go by themselves; else an empty text
   */
  record Touched(String dayColumn, int reach, String partColumn) implements Refresh {}

  /** The whole table is replaced: for small tables that do not depend on a date. */
  record Whole() implements Refresh {}

  /**
   * Rows are added and never replaced: for what has landed.
   *
   * @param dayColumn the DATE column whose values tell readers which days the new rows touch
   * @param deliveryColumn the DATE column that says when a row was delivered, or an empty text: a
   *     night that is cut before the latest delivery can no longer be told
   * @param apart which rows lie in files of their own, so that who looks for these few does not
   *     read all
   */
  record Append(String dayColumn, String deliveryColumn, Optional<Column> apart)
      implements Refresh {}

  /** The column that names a row's day, or an empty text where rows have none. */
  default String day() {
    if (this instanceof Touched touched) {
      return touched.dayColumn();
    }
    if (this instanceof Append append) {
      return append.dayColumn();
    }
    return "";
  }
}
