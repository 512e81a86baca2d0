package io.holdfast.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Field;
import io.holdfast.table.Table;
import java.io.FileNotFoundException;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a commit changed of a night that had been published, figure by figure: read from the table's
 * versions before and after it.
 */
final class Restatements {

  private static final Logger LOG = LoggerFactory.getLogger(Restatements.class);

  private final Lake lake;
  private final int most;

  /**
   * Restatements of a lake's tables.
   *
   * @param most how many figures of one column are listed for one commit; all are counted
   */
  Restatements(Lake lake, int most) {
    this.lake = lake;
    this.most = most;
  }

  /** Rows of {@code ops.restatements}; none where the night was never published before. */
  List<Row> of(Table table, Commit.Logged logged) {
    Commit commit = logged.commit();
    LocalDate night = LocalDate.parse(commit.asOf());
    boolean canRestate = table.published() && table.isByNight() && commit.changed() > 0;
    if (!canRestate || !Ledger.isPublished(lake, night)) {
      return List.of();
    }
    try {
      if (!stillStood(table, logged)) {
        return List.of();
      }
      return changes(
              table,
              ofNight(lake.read(table, logged.version() - 1), night),
              ofNight(lake.read(table, logged.version()), night),
              most)
          .collectAsList()
          .stream()
          .map(change -> row(table, logged, change))
          .toList();
    } catch (Exception thrown) { // Scala declares no checked ones.
      if (!isGone(thrown)) {
        throw Failures.of(thrown, "compare what " + table + " states", lake.root().toString());
      }
      LOG.warn(
          "Cannot list what version {} of {} restated of {}: the version before is gone.",
          logged.version(),
          table,
          night);
      return List.of();
    }
  }

  private static Row row(Table table, Commit.Logged logged, Row change) {
    return RowFactory.create(
        table.id(),
        logged.version(),
        logged.commit().runId(),
        Date.valueOf(logged.commit().asOf()),
        Timestamp.from(logged.at()),
        change.getString(0),
        change.getString(1),
        change.getString(2),
        change.getString(3),
        change.getLong(4));
  }

  /**
   * Old nights are dropped: one that is built again then changes nothing that anybody could see.
   */
  private boolean stillStood(Table table, Commit.Logged logged) {
    Optional<Commit> before =
        lake.lastBefore(table, LocalDate.parse(logged.commit().asOf()), logged.version())
            .map(Commit.Logged::commit);
    return before.isPresent()
        && (before.get().rows() == 0
            || !ofNight(
                    lake.read(table, logged.version() - 1), LocalDate.parse(logged.commit().asOf()))
                .isEmpty());
  }

  private static Dataset<Row> ofNight(Dataset<Row> rows, LocalDate night) {
    return rows.filter(col(Table.AS_OF_DATE).equalTo(lit(night)));
  }

  /**
   * The figures that differ: {@code row_key}, {@code column_name}, {@code from_value}, {@code
   * to_value}, {@code restated_figures}.
   */
  static Dataset<Row> changes(Table table, Dataset<Row> before, Dataset<Row> after, int most) {
    List<Field> figures =
        table.columns().stream()
            .filter(field -> !table.key().contains(field.name()))
            .filter(field -> !table.provenance().contains(field.name()))
            .toList();
    Column[] sides =
        figures.stream()
            .map(
                field ->
                    struct(
                        lit(field.name()).as("column_name"),
                        col("was").getField(field.name()).as("from_value"),
                        col("is").getField(field.name()).as("to_value")))
            .toArray(Column[]::new);
    var byColumn = Window.partitionBy("column_name");
    return texts(table, figures, before, "was")
        .join(texts(table, figures, after, "is"), new String[] {"row_key"}, "full_outer")
        .filter(not(col("was").eqNullSafe(col("is"))))
        .select(col("row_key"), explode(array(sides)).as("figure"))
        .select("row_key", "figure.*")
        .filter(not(col("from_value").eqNullSafe(col("to_value"))))
        .withColumn("restated_figures", count(lit(1)).over(byColumn))
        .withColumn("place", row_number().over(byColumn.orderBy("row_key")))
        .filter(col("place").leq(most))
        .drop("place");
  }

  private static Dataset<Row> texts(
      Table table, List<Field> figures, Dataset<Row> rows, String side) {
    Column[] key =
        table.key().stream()
            .filter(name -> !name.equals(Table.AS_OF_DATE))
            .map(name -> concat(lit(name + "="), coalesce(col(name).cast("string"), lit(""))))
            .toArray(Column[]::new);
    return rows.select(
        concat_ws(", ", key).as("row_key"),
        struct(figures.stream().map(Restatements::text).toArray(Column[]::new)).as(side));
  }

  private static Column text(Field field) {
    Column value = col(field.name());
    Column text = value.cast("string");
    if (field.type() instanceof BinaryType) {
      text = sha2(value, 256);
    } else if (field.type() instanceof MapType) {
      text = to_json(sort_array(map_entries(value)));
    } else if (field.type() instanceof ArrayType || field.type() instanceof StructType) {
      text = to_json(value);
    }
    return text.as(field.name());
  }

  /** Whether what was to be read was cleaned up meanwhile. */
  private static boolean isGone(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof FileNotFoundException
          || t instanceof org.apache.spark.sql.delta.VersionNotFoundException) {
        return true;
      }
    }
    return false;
  }
}
