package io.holdfast.cli;

import io.holdfast.config.Application;
import io.holdfast.config.Applications;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.job.Progress;
import io.holdfast.job.RunReport;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs nightly applications for one date. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs applications for a night; 'nightly' is all of them, in order.")
final class RunCommand implements Callable<Integer>, EndsWithResult {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Parameters(paramLabel = "APPLICATION", arity = "1..*", description = "what to run")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "the last local day that counts, such as 2026-11-21; required")
  private Optional<LocalDate> asOf = Optional.empty();

  @Option(
      names = "--arrived-by",
      paramLabel = "DATE",
      description = "the last arrival date that counts; --as-of by default")
  private Optional<LocalDate> arrivedBy = Optional.empty();

  @Option(
      names = "--skip",
      paramLabel = "APPLICATION",
      description = "an application to leave out; may be repeated")
  private List<String> skipped = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description = "say which tables would be built and which days replaced, and do nothing")
  private boolean isDryRun;

  @Option(names = "--times", description = "say at the end which share of the time each table took")
  private boolean hasTimes;

  @Option(names = "--quiet", description = "print the result alone")
  private boolean isQuiet;

  RunCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    LocalDate night =
        asOf.orElseThrow(
            () ->
                new BadInput(
                    "Cannot run %s: --as-of is missing. Give the last local day that counts, such as --as-of 2026-11-21."
                        .formatted(String.join(" ", names))));
    Map<String, Application> applications = chosen();
    Settings settings = options.settings(program);
    PrintWriter out = spec.commandLine().getOut();
    Console console = new Console(out, Console.isTerminal(), isQuiet);
    RunReport report =
        isDryRun
            ? report(night, applications, settings, console)
            : PrometheusFile.of(settings, spec.commandLine().getErr())
                .around(night, () -> report(night, applications, settings, console));
    if (isDryRun && !isQuiet) {
      report.outcomes().forEach(outcome -> console.ended(outcome, 0, 0));
    }
    if (hasTimes) {
      console.times(report);
    }
    console.summary(report);
    int exitCode = report.failure().map(Failure::exitCode).orElse(0);
    console.result(report, exitCode);
    return exitCode;
  }

  private RunReport report(
      LocalDate night, Map<String, Application> applications, Settings settings, Console console) {
    SparkSession spark = Session.open("run " + String.join(" ", names) + " " + night);
    Lake lake = Options.lake(spark, settings);
    Runner.Request request =
        program.request(applications, night, arrivedBy.orElse(night), settings, lake);
    if (isDryRun) {
      return runner(spark, lake, settings, console).dryRun(request);
    }
    try (Lineage lineage = Lineage.of(settings, program, lake, spec.commandLine().getErr())) {
      return lineage.around(
          "run " + String.join(" ", names),
          night,
          console,
          progress -> runner(spark, lake, settings, progress).run(request));
    }
  }

  private Runner runner(SparkSession spark, Lake lake, Settings settings, Progress progress) {
    return new Runner(spark, lake, settings, program.jobs(), program.code(), progress);
  }

  private Map<String, Application> chosen() {
    Map<String, Application> applications = new LinkedHashMap<>(Applications.named(names));
    Applications.named(skipped).keySet().forEach(applications::remove);
    return applications;
  }
}
