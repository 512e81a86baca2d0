package io.holdfast.cli;

import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Job;
import io.holdfast.job.Members;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists who stands behind a cell of a table. */
@Command(
    name = "members",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the customers or users behind any cell of a table that counts them.",
      "--where may also name what a member was counted as: \"counted_as = 'retained'\"."
    })
final class MembersCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();
  @Mixin private RowOptions chosen = new RowOptions();

  @Parameters(paramLabel = "TABLE", description = "stage.table; the stage may be left out")
  private String name = "";

  MembersCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Job job = job();
    Settings settings = options.settings(program);
    SparkSession spark = Session.open("members " + job.table());
    Lake lake = Options.existingLake(spark, settings);
    LocalDate night = night(job, lake);
    Dataset<Row> rows =
        chosen.chosen(
            Members.of(job, night, spark, lake, settings, program.jobs()),
            "the members of " + job.table());
    PrintWriter out = spec.commandLine().getOut();
    if (chosen.csv().isPresent()) {
      Path file = chosen.csv().get();
      out.printf("%,d members of %s written to %s%n", Csv.write(rows, file), job.table(), file);
    } else {
      out.printf("%s, night of %s%n%n", job.table(), night);
      print(rows, out);
    }
    out.flush();
    return 0;
  }

  private Job job() {
    return program.jobs().stream()
        .filter(job -> job.table().id().equals(name) || job.table().name().equals(name))
        .min((a, b) -> Boolean.compare(b.table().published(), a.table().published()))
        .orElseThrow(
            () ->
                new BadInput(
                    "Cannot list the members of '%s': there is no such table. `holdfast status` lists them."
                        .formatted(name)));
  }

  private LocalDate night(Job job, Lake lake) {
    return chosen
        .night(lake, job.table())
        .orElseThrow(
            () ->
                new NotReady(
                    "Cannot list the members of %s: it was never built. Run `holdfast run nightly --as-of DATE` first."
                        .formatted(job.table())));
  }

  private void print(Dataset<Row> rows, PrintWriter out) {
    Dataset<Row> kept = rows.cache();
    long count = kept.count();
    Dataset<Row> first = Csv.plain(kept.orderBy("unit_id").limit(chosen.limit()));
    TextTable text = new TextTable(List.of(first.columns()));
    for (Row row : first.collectAsList()) {
      text.row(IntStream.range(0, row.size()).mapToObj(row::get).toList());
    }
    kept.unpersist();
    out.print(text.text(Page.of(chosen.limit())));
    out.print(chosen.counted(count, "members"));
  }
}
