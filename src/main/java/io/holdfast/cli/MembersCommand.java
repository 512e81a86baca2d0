package io.holdfast.cli;

import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.job.Members;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists who stands behind a cell of a table. */
@Command(
    name = "members",
    mixinStandardHelpOptions = true,
    description = "Lists the customers or users behind any cell of a table that counts them.")
final class MembersCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Parameters(paramLabel = "TABLE", description = "stage.table; the stage may be left out")
  private String name = "";

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "the night; the latest one published by default")
  private Optional<LocalDate> asOf = Optional.empty();

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description =
          "only cells and members for which this holds, such as \"definition = 'signup_monthly' and"
              + " period = 3 and counted_as = 'retained'\"")
  private Optional<String> where = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "how many rows (default: ${DEFAULT-VALUE})")
  private int limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "write every row to a CSV file instead")
  private Optional<Path> csv = Optional.empty();

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
    Dataset<Row> rows = chosen(Members.of(job, night, spark, lake, settings, program.jobs()), job);
    PrintWriter out = spec.commandLine().getOut();
    if (csv.isPresent()) {
      out.printf(
          "%,d members of %s written to %s%n", Csv.write(rows, csv.get()), job.table(), csv.get());
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
    return asOf.or(() -> Ledger.nights(lake).keySet().stream().max(LocalDate::compareTo))
        .or(
            () ->
                lake.last(job.table())
                    .map(Commit.Logged::commit)
                    .map(commit -> LocalDate.parse(commit.asOf())))
        .orElseThrow(
            () ->
                new NotReady(
                    "Cannot list the members of %s: it was never built. Run `holdfast run nightly --as-of DATE` first."
                        .formatted(job.table())));
  }

  private Dataset<Row> chosen(Dataset<Row> rows, Job job) {
    if (where.isEmpty()) {
      return rows;
    }
    try {
      return filtered(rows, where.get());
    } catch (AnalysisException e) {
      throw new BadInput(
          "Cannot read --where \"%s\": %s. The columns of the members of %s are %s."
              .formatted(
                  where.get(),
                  e.getMessage().lines().findFirst().orElse("").replaceAll("\\.? SQLSTATE.*", ""),
                  job.table(),
                  String.join(", ", rows.columns())),
          e);
    }
  }

  // Scala does not declare what it throws.
  @SuppressWarnings("RedundantThrows")
  private static Dataset<Row> filtered(Dataset<Row> rows, String sql) throws AnalysisException {
    return rows.filter(sql);
  }

  private void print(Dataset<Row> rows, PrintWriter out) {
    Dataset<Row> kept = rows.cache();
    long count = kept.count();
    Dataset<Row> first = Csv.plain(kept.orderBy("unit_id").limit(limit));
    TextTable text = new TextTable(List.of(first.columns()));
    for (Row row : first.collectAsList()) {
      text.row(IntStream.range(0, row.size()).mapToObj(row::get).toList());
    }
    kept.unpersist();
    out.print(text.text(Page.of(limit)));
    out.printf(
        "%n%,d of %,d members%s%n",
        Math.min(limit, count),
        count,
        count > limit ? "; --limit, --where or --csv FILE give others" : "");
  }
}
