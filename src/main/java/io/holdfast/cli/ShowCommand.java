package io.holdfast.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.config.Nearest;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a table as people read it. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a table as people read it, or writes it as CSV.")
final class ShowCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();
  @Mixin private RowOptions chosen = new RowOptions();

  @Parameters(paramLabel = "TABLE", description = "stage.table; the stage may be left out")
  private String name = "";

  ShowCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Table table = table();
    Settings settings = options.settings(program);
    SparkSession spark = Session.open("show " + table);
    Lake lake = Options.existingLake(spark, settings);
    if (lake.version(table) < 0) {
      throw new NotReady(
          "Cannot show %s: it was never built. Run `holdfast run nightly --as-of DATE` first."
              .formatted(table));
    }
    PrintWriter out = spec.commandLine().getOut();
    Dataset<Row> rows = chosen.chosen(night(table, lake, out), table.toString());
    if (chosen.csv().isPresent()) {
      Path file = chosen.csv().get();
      out.printf("%,d rows of %s written to %s%n", Csv.write(rows, file), table, file);
    } else {
      print(rows, table, out);
    }
    out.flush();
    return 0;
  }

  private Table table() {
    List<Table> tables = program.tables();
    return tables.stream()
        .filter(table -> table.id().equals(name) || table.name().equals(name))
        .min((a, b) -> Boolean.compare(b.published(), a.published()))
        .orElseThrow(
            () ->
                new BadInput(
                    "Cannot show '%s': there is no such table%s. `holdfast status` lists them."
                        .formatted(
                            name,
                            Nearest.to(
                                    name,
                                    tables.stream()
                                        .map(
                                            table -> name.contains(".") ? table.id() : table.name())
                                        .toList())
                                .map(near -> " (nearest: " + near + ")")
                                .orElse(""))));
  }

  private Dataset<Row> night(Table table, Lake lake, PrintWriter out) {
    Dataset<Row> rows = lake.read(table);
    if (!table.isByNight()) {
      out.printf("%s: %s; all that has arrived%n%n", table, table.grain());
      return rows;
    }
    LocalDate night = chosen.night(lake, table).orElseThrow();
    if (lake.last(table, night).isEmpty()) {
      throw new NotReady(
          "Cannot show %s of %s: that night was never built. Run `holdfast run nightly --as-of %s`."
              .formatted(table, night, night));
    }
    boolean isPublished = Ledger.isPublished(lake, night);
    boolean keepsAll = table.refresh() instanceof Refresh.AsOf nights && nights.keepsAll();
    out.printf(
        "%s, %s %s%s%n%n",
        table,
        keepsAll ? "all nights up to" : "night of",
        night,
        isPublished ? "" : " (not published)");
    Column date = col(Table.AS_OF_DATE);
    return rows.filter(keepsAll ? date.leq(lit(night)) : date.equalTo(lit(night)));
  }

  private void print(Dataset<Row> rows, Table table, PrintWriter out) {
    Page page = Page.of(chosen.limit());
    Optional<View> view =
        program.views().stream().filter(v -> v.table().id().equals(table.id())).findFirst();
    if (view.isPresent()) {
      out.print(view.get().text().of(rows, page));
      return;
    }
    long count = rows.count();
    Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> first = Csv.plain(rows.orderBy(key).limit(chosen.limit()));
    boolean isOneNight = table.isByNight();
    List<String> names =
        List.of(first.columns()).stream()
            .filter(column -> !isOneNight || !column.equals(Table.AS_OF_DATE))
            .toList();
    TextTable text = new TextTable(names);
    for (Row row : first.collectAsList()) {
      text.row(
          IntStream.range(0, row.size())
              .filter(i -> names.contains(row.schema().fields()[i].name()))
              .mapToObj(row::get)
              .toList());
    }
    out.print(text.text(page));
    out.print(chosen.counted(count, "rows"));
  }
}
