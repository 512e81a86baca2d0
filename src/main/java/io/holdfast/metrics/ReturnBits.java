package io.holdfast.metrics;

import static org.apache.spark.sql.functions.bit_or;
import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;

/**
 * The periods in which a unit came back, as bits: bit k of the words says "in period k".
 *
 * @param longest the largest period that is kept
 */
record ReturnBits(int longest) {

  /** Bits in a word of 64: the sign stays free. */
  private static final int WORD = 63;

  /** The columns of the words. */
  List<String> columns() {
    return IntStream.rangeClosed(0, longest / WORD).mapToObj(ReturnBits::name).toList();
  }

  /** Aggregates a period, NULL where there is none, into the words. */
  List<Column> collect(Column period) {
    return IntStream.rangeClosed(0, longest / WORD).mapToObj(word -> word(period, word)).toList();
  }

  /** Whether a unit came back in any period from one to another, both among them. */
  Column isReturned(Column from, Column to) {
    Column any = lit(false);
    for (int word = 0; word <= longest / WORD; word++) {
      Column first = greatest(from, lit(word * WORD));
      Column last = least(to, lit((word + 1) * WORD - 1));
      Column asked =
          call_function(
              "shiftleft",
              call_function(
                  "shiftright", lit(Long.MAX_VALUE), lit(WORD - 1).minus(last.minus(first))),
              first.minus(lit(word * WORD)));
      any = any.or(first.leq(last).and(col(name(word)).bitwiseAND(asked).notEqual(0L)));
    }
    return any;
  }

  private static Column word(Column period, int word) {
    Column bit = call_function("shiftleft", lit(1L), period.minus(lit(word * WORD)));
    Column isHere = period.between(word * WORD, (word + 1) * WORD - 1);
    return coalesce(bit_or(when(isHere, bit)), lit(0L)).as(name(word));
  }

  private static String name(int word) {
    return "returned_" + word;
  }
}
