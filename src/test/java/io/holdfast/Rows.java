package io.holdfast;

import static org.apache.spark.sql.functions.col;

import com.holdenkarau.spark.testing.DataFrameSuiteBase$;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Rows as a test writes them: pipe tables with column names on the first line.
 *
 * <p>An empty cell is NULL, {@code ''} an empty text. How each type is written: see {@link Cells}.
 */
public final class Rows {

  /** How far two doubles may lie apart and still be equal. */
  private static final double TOLERANCE = 1e-9;

  private Rows() {}

  /**
   * Rows of a table. Columns that the text does not name are NULL.
   *
   * @throws AssertionError if the text names a column that the table lacks
   */
  public static Dataset<Row> rows(Table table, String pipeTable) {
    return rows(table.schema(), pipeTable);
  }

  /** No rows of a table. */
  public static Dataset<Row> none(Table table) {
    return SharedSpark.session().createDataFrame(List.<Row>of(), table.schema());
  }

  /**
   * Rows of a schema. Columns that the text does not name are NULL.
   *
   * @throws AssertionError if the text names a column that the schema lacks
   */
  public static Dataset<Row> rows(StructType schema, String pipeTable) {
    PipeTable text = PipeTable.parse(pipeTable);
    requireKnown(text.columns(), schema);
    List<Row> rows = new ArrayList<>();
    for (List<String> cells : text.rows()) {
      Object[] values = new Object[schema.size()];
      for (int i = 0; i < cells.size(); i++) {
        int at = schema.fieldIndex(text.columns().get(i));
        values[at] = Cells.parse(cells.get(i), schema.fields()[at]);
      }
      rows.add(RowFactory.create(values));
    }
    return SharedSpark.session().createDataFrame(rows, schema);
  }

  /**
   * Asserts that a dataset holds exactly these rows, in any order. Only the named columns are
   * compared; doubles within 1e-9, decimals whatever their scale.
   */
  public static void assertRows(Dataset<Row> actual, String pipeTable) {
    PipeTable text = PipeTable.parse(pipeTable);
    requireKnown(text.columns(), actual.schema());
    Dataset<Row> named =
        actual.select(
            text.columns().stream().map(name -> col("`" + name + "`")).toArray(Column[]::new));
    StructType schema = named.schema();
    List<Row> expectedRows = rows(schema, pipeTable).collectAsList();
    List<Row> missing = new ArrayList<>(expectedRows);
    List<Row> found = named.collectAsList();
    List<Row> unexpected = new ArrayList<>();
    for (Row row : found) {
      int at = indexOf(row, missing);
      if (at < 0) {
        unexpected.add(row);
      } else {
        missing.remove(at);
      }
    }
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new AssertionError(
          "Rows differ.\nExpected:\n%s\nBut found:\n%s\nMissing:\n%s\nUnexpected:\n%s"
              .formatted(
                  print(expectedRows, schema),
                  print(found, schema),
                  print(missing, schema),
                  print(unexpected, schema)));
    }
  }

  /** A dataset as a pipe table, sorted: what a test can copy to look at, not to expect. */
  public static String print(Dataset<Row> rows) {
    return print(rows.collectAsList(), rows.schema());
  }

  private static int indexOf(Row row, List<Row> candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      if (DataFrameSuiteBase$.MODULE$.approxEquals(candidates.get(i), row, TOLERANCE)) {
        return i;
      }
    }
    return -1;
  }

  private static String print(List<Row> rows, StructType schema) {
    List<List<String>> cells =
        rows.stream()
            .map(
                row -> {
                  List<String> line = new ArrayList<>();
                  for (int i = 0; i < schema.size(); i++) {
                    line.add(Cells.print(row.get(i)));
                  }
                  return line;
                })
            .sorted(Comparator.comparing(line -> String.join("|", line)))
            .collect(Collectors.toList());
    return new PipeTable(List.of(schema.fieldNames()), cells).toString();
  }

  private static void requireKnown(List<String> names, StructType schema) {
    List<String> known = Arrays.asList(schema.fieldNames());
    for (String name : names) {
      if (!known.contains(name)) {
        throw new AssertionError("There is no column '%s', only %s.".formatted(name, known));
      }
    }
  }
}
