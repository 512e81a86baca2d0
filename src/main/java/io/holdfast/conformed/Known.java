package io.holdfast.conformed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads a thing that changes as it was known at a date, so that nothing from later is seen.
 *
 * <p>Source: metrics "Known at": a value whose time is after the cut is NULL.
 */
public final class Known {

  private static final Set<String> ABOUT_KNOWING =
      Set.of("feed", "known_from", "known_until", "is_current", "known_at");

  private Known() {}

  /** The latest version of each thing. */
  public static Dataset<Row> current(Dataset<Row> versions) {
    return versions.filter(col("is_current"));
  }

  /** Whether a version is the one that was known at the end of a date. */
  public static Column isKnownAt(Column cut) {
    return col("known_from")
        .leq(cut)
        .and(col("known_until").isNull().or(col("known_until").gt(cut)));
  }

  /**
   * The versions that were known at the end of a date, with each column that became known later
   * NULL, and without the attributes that did.
   *
   * @param versions rows of a versioned table, and whatever was joined to them
   * @param cut the date, a literal or a column of the rows
   */
  public static Dataset<Row> at(Dataset<Row> versions, Column cut) {
    return versions
        .filter(isKnownAt(cut))
        .select(
            Arrays.stream(versions.columns())
                .map(name -> ABOUT_KNOWING.contains(name) ? col(name) : masked(name, cut))
                .toArray(Column[]::new));
  }

  private static Column masked(String name, Column cut) {
    if (name.equals("attributes")) {
      return map_filter(
              col(name),
              (key, value) ->
                  coalesce(
                      col("known_at").getItem(concat(lit("attributes."), key)).leq(cut), lit(true)))
          .as(name);
    }
    Column knownLater = coalesce(col("known_at").getItem(name).gt(cut), lit(false));
    return when(knownLater, lit(null)).otherwise(col(name)).as(name);
  }
}
