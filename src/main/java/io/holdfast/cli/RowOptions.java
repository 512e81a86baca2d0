package io.holdfast.cli;

import io.holdfast.failure.BadInput;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Option;

/** The options of every command that shows rows: which of them, how many, and where. */
final class RowOptions {

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "the night; the latest one published by default")
  private Optional<LocalDate> asOf = Optional.empty();

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description =
          "only rows for which this holds, such as \"definition = 'signup_monthly' and period = 3\"")
  private Optional<String> where = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "how many rows, or lines of a view (default: ${DEFAULT-VALUE})")
  private int limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "write every row and column to a CSV file instead")
  private Optional<Path> csv = Optional.empty();

  int limit() {
    return limit;
  }

  Optional<Path> csv() {
    return csv;
  }

  /** The night that is asked for, else the latest published, else the table's last; or none. */
  Optional<LocalDate> night(Lake lake, Table table) {
    return asOf.or(() -> Ledger.latestNight(lake))
        .or(
            () ->
                lake.last(table)
                    .map(Commit.Logged::commit)
                    .map(commit -> LocalDate.parse(commit.asOf())));
  }

  /**
   * The rows for which {@code --where} holds.
   *
   * @param what what the rows are of, for the message
   * @throws BadInput if it is no condition on their columns
   */
  Dataset<Row> chosen(Dataset<Row> rows, String what) {
    if (where.isEmpty()) {
      return rows;
    }
    try {
      return filtered(rows, where.get());
    } catch (AnalysisException e) {
      throw new BadInput(
          "Cannot read --where \"%s\": %s. The columns of %s are %s."
              .formatted(
                  where.get(),
                  e.getMessage().lines().findFirst().orElse("").replaceAll("\\.? SQLSTATE.*", ""),
                  what,
                  String.join(", ", rows.columns())),
          e);
    }
  }

  // Scala does not declare what it throws.
  @SuppressWarnings("RedundantThrows")
  private static Dataset<Row> filtered(Dataset<Row> rows, String sql) throws AnalysisException {
    return rows.filter(sql);
  }

  /** How many of all are shown, and how to see others. */
  String counted(long count, String what) {
    return "%n%,d of %,d %s%s%n"
        .formatted(
            Math.min(limit, count),
            count,
            what,
            count > limit ? "; --limit, --where or --csv FILE give others" : "");
  }
}
