package io.holdfast.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;

import io.holdfast.config.Application;
import io.holdfast.config.Applications;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.job.Ledger;
import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs nights again, with all that has arrived since. */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    description = "Runs nights again with all that has arrived since, and says what it restated.")
final class BackfillCommand implements Callable<Integer>, EndsWithResult {

  /** How many restated figures are printed for a night. */
  private static final int SHOWN = 10;

  private static final int LONGEST = 60;

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Parameters(paramLabel = "APPLICATION", description = "what to run; 'nightly' is everything")
  private String name = "";

  @ArgGroup(multiplicity = "1")
  private Nights nights = new Nights();

  /** One night, or those from one to another. */
  static final class Nights {
    @Option(names = "--as-of", paramLabel = "DATE", required = true, description = "one night")
    private Optional<LocalDate> asOf = Optional.empty();

    @ArgGroup(exclusive = false)
    private Range range = new Range();

    LocalDate first() {
      return asOf.orElse(range.from);
    }

    LocalDate last() {
      return asOf.orElse(range.to);
    }
  }

  /** The first and the last of several nights. */
  static final class Range {
    @Option(names = "--from", paramLabel = "DATE", required = true, description = "the first night")
    private LocalDate from = LocalDate.MIN;

    @Option(names = "--to", paramLabel = "DATE", required = true, description = "the last night")
    private LocalDate to = LocalDate.MIN;
  }

  @Option(
      names = "--arrived-by",
      paramLabel = "DATE",
      description = "the last arrival date that counts; by default all that the lake has taken in")
  private Optional<LocalDate> arrivedBy = Optional.empty();

  @Option(names = "--rebuild", description = "start the state anew on the first night")
  private boolean isRebuild;

  @Option(names = "--quiet", description = "print the result alone")
  private boolean isQuiet;

  BackfillCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    LocalDate from = nights.first();
    LocalDate to = nights.last();
    if (to.isBefore(from)) {
      throw new BadInput(
          "Cannot backfill %s: --to %s is before --from %s. Swap them.".formatted(name, to, from));
    }
    Map<String, Application> applications = Applications.named(List.of(name));
    Settings settings = options.settings(program);
    PrintWriter out = spec.commandLine().getOut();
    SparkSession spark = Session.open("backfill " + name + " " + from + " " + to);
    Lake lake = Options.lake(spark, settings);
    PrometheusFile file = PrometheusFile.of(settings, spec.commandLine().getErr());
    List<RunReport> reports = new ArrayList<>();
    try (Lineage lineage = Lineage.of(settings, program, lake, spec.commandLine().getErr())) {
      for (LocalDate night = from; !night.isAfter(to); night = night.plusDays(1)) {
        Console console = new Console(out, Console.isTerminal(), isQuiet);
        Runner.Request plain =
            program.request(applications, night, arrived(night, lake), settings, lake);
        Runner.Request request = isRebuild && reports.isEmpty() ? program.rebuilding(plain) : plain;
        LocalDate asOf = night;
        RunReport report =
            file.around(
                night,
                () ->
                    lineage.around(
                        "backfill " + name,
                        asOf,
                        console,
                        progress ->
                            new Runner(
                                    spark, lake, settings, program.jobs(), program.code(), progress)
                                .run(request)));
        reports.add(report);
        console.summary(report);
        if (!isQuiet) {
          restated(report, lake, out);
        }
        if (report.failure().isPresent()) {
          break;
        }
      }
    }
    int exitCode = reports.get(reports.size() - 1).failure().map(Failure::exitCode).orElse(0);
    new Console(out, false, isQuiet).result(reports, exitCode);
    return exitCode;
  }

  /** State never goes back: an old night is told with all that has arrived by now. */
  private LocalDate arrived(LocalDate night, Lake lake) {
    return arrivedBy.orElseGet(
        () ->
            Runner.latestArrival(lake, program.jobs())
                .filter(latest -> latest.isAfter(night))
                .orElse(night));
  }

  private static void restated(RunReport report, Lake lake, PrintWriter out) {
    List<Outcome> changed = report.outcomes().stream().filter(o -> o.changed() > 0).toList();
    if (changed.isEmpty()) {
      out.printf("Nothing of %s was restated.%n%n", report.asOf());
      return;
    }
    out.printf("Restated of %s:%n", report.asOf());
    changed.forEach(o -> out.printf("  %-28s %,12d rows changed%n", o.name(), o.changed()));
    figures(lake.read(Ledger.RESTATEMENTS).filter(col("run_id").equalTo(report.runId())), out);
    out.println();
  }

  /** Some of the figures that had been published: the first of each table, then the second. */
  private static void figures(Dataset<Row> restated, PrintWriter out) {
    long all =
        restated
            .groupBy("table_id", "version", "column_name")
            .agg(max("restated_figures"))
            .collectAsList()
            .stream()
            .mapToLong(row -> row.getLong(3))
            .sum();
    if (all == 0) {
      out.println("  No published figure is among them.");
      return;
    }
    var ofATable = Window.partitionBy("table_id").orderBy("row_key", "column_name", "version");
    List<Row> shown =
        restated
            .withColumn("place", row_number().over(ofATable))
            .orderBy("place", "table_id")
            .limit(SHOWN)
            .orderBy("table_id", "place")
            .collectAsList();
    for (Row figure : shown) {
      out.printf(
          "    %s, %s: %s %s -> %s%n",
          figure.<String>getAs("table_id"),
          figure.<String>getAs("row_key"),
          figure.<String>getAs("column_name"),
          told(figure.getAs("from_value")),
          told(figure.getAs("to_value")));
    }
    out.printf(
        "  %,d published figures in all: `holdfast show ops.restatements --where \"run_id = '%s'\"` lists them.%n",
        all, restated.select("run_id").head().getString(0));
  }

  /** On one line, and no longer than a figure is. */
  private static String told(String value) {
    if (value == null) {
      return "(none)";
    }
    return TextTable.cut(value.replaceAll("\\s+", " ").strip(), LONGEST);
  }
}
