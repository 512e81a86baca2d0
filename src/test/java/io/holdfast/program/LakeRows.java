package io.holdfast.program;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.lake.Lake;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.MapType;

/** The rows of many tables of a lake, as texts in order, so that two lakes can be held together. */
final class LakeRows {

  private LakeRows() {}

  /**
   * Every row of the tables; of one by night those of a night.
   *
   * @param tables tables of the lake; those that were never built have no rows
   */
  static Map<String, List<String>> of(Lake lake, List<Table> tables, LocalDate night) {
    Map<String, List<String>> rows = new TreeMap<>();
    for (Table table : tables) {
      Dataset<Row> all = lake.read(table);
      Dataset<Row> chosen =
          table.isByNight()
              ? all.filter(col(Table.AS_OF_DATE).equalTo(lit(Date.valueOf(night))))
              : all;
      rows.put(table.id(), texts(table, chosen));
    }
    return rows;
  }

  private static List<String> texts(Table table, Dataset<Row> rows) {
    Column[] columns =
        table.columns().stream()
            // A fitted model's file holds times of its making.
            .filter(field -> !(field.type() instanceof BinaryType))
            .map(
                field ->
                    field.type() instanceof MapType
                        ? array_sort(map_entries(col(field.name()))).as(field.name())
                        : col(field.name()))
            .toArray(Column[]::new);
    return rows.select(columns).collectAsList().stream().map(Row::toString).sorted().toList();
  }

  /** Asserts that two lakes hold the same, and shows the rows of the first table that differs. */
  static void assertSame(
      String what, Map<String, List<String>> actual, Map<String, List<String>> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (Map.Entry<String, List<String>> table : expected.entrySet()) {
      List<String> rows = actual.get(table.getKey());
      if (!rows.equals(table.getValue())) {
        Set<String> differing = new java.util.TreeSet<>();
        actual.forEach(
            (name, found) -> {
              if (!found.equals(expected.get(name))) {
                differing.add(name);
              }
            });
        assertThat(rows)
            .as("%s: rows of %s (all that differ: %s)", what, table.getKey(), differing)
            .containsExactlyInAnyOrderElementsOf(table.getValue());
      }
    }
  }

  /** Whether rows are only ever added: what has landed, and the bookkeeping of runs. */
  static boolean isAppended(Table table) {
    return table.refresh() instanceof Refresh.Append;
  }
}
