package io.holdfast.commands;

import io.holdfast.activation.Activation;
import io.holdfast.activation.Audiences;
import io.holdfast.activation.Destinations;
import io.holdfast.activation.Exports;
import io.holdfast.activation.Fields;
import io.holdfast.cli.Console;
import io.holdfast.cli.EndsWithResult;
import io.holdfast.cli.Options;
import io.holdfast.cli.Page;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.cli.TextTable;
import io.holdfast.config.Settings;
import io.holdfast.failure.Failure;
import io.holdfast.failure.NotReady;
import io.holdfast.job.RunReport;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The tools that act on the audience, and their files. */
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = "The tools that act on the audience, their fields and their files.")
public final class ActivateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private ActivateCommand() {}

  /** The command with its own subcommands. */
  public static CommandLine of(Program program) {
    return new CommandLine(new ActivateCommand())
        .addSubcommand(new ListCommand(program))
        .addSubcommand(new FieldsCommand(program))
        .addSubcommand(new WriteCommand(program));
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Say what to do: list, fields DESTINATION, or write --as-of DATE.");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The configured destinations.")
  private static final class ListCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    ListCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Activation activation = options.settings(program).get(Activation.SETTING);
      TextTable table =
          new TextTable("destination", "enabled", "a row is a", "format", "fields", "folder");
      for (Destinations.Listed each : Destinations.list(activation)) {
        table.row(
            each.name(),
            each.enabled() ? "yes" : "no",
            lower(each.unit()),
            lower(each.format()),
            each.fields(),
            each.exports());
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(table.text(Page.of(Integer.MAX_VALUE)));
      out.println();
      out.println("`holdfast activate fields DESTINATION` lists what to create in the tool.");
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "fields",
      mixinStandardHelpOptions = true,
      description = "The fields to create in a tool before its first file is loaded.")
  private static final class FieldsCommand implements Callable<Integer> {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    @Parameters(paramLabel = "DESTINATION", description = "a name that `activate list` shows")
    private String name = "";

    FieldsCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Activation activation = options.settings(program).get(Activation.SETTING);
      TextTable table = new TextTable("field", "type", "column", "meaning");
      for (Fields.CustomField field : Fields.of(Destinations.named(activation, name))) {
        table.row(field.field(), lower(field.type()), field.column(), field.meaning());
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(table.text(Page.of(Integer.MAX_VALUE)));
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "write",
      mixinStandardHelpOptions = true,
      description = "Writes the files of a night that stands already.")
  private static final class WriteCommand implements Callable<Integer>, EndsWithResult {
    private final Program program;
    @Spec private CommandSpec spec;
    @Mixin private Options options = new Options();

    @Option(names = "--as-of", paramLabel = "DATE", required = true, description = "the night")
    private LocalDate asOf = LocalDate.MIN;

    WriteCommand(Program program) {
      this.program = program;
    }

    @Override
    public Integer call() {
      Settings settings = options.settings(program);
      SparkSession spark = Session.open("activate write " + asOf);
      Lake lake = Options.existingLake(spark, settings);
      if (lake.last(Audiences.TABLE, asOf).isEmpty()) {
        throw new NotReady(
            "Cannot write files of %s: %s was never built for that night. Run `holdfast run nightly --as-of %s`."
                .formatted(asOf, Audiences.TABLE, asOf));
      }
      // State is left as it is, whatever has arrived since the night.
      LocalDate arrivedBy =
          Runner.latestArrival(lake, program.jobs()).filter(d -> d.isAfter(asOf)).orElse(asOf);
      Console console = new Console(spec.commandLine().getOut(), Console.isTerminal(), false);
      RunReport report =
          new Runner(spark, lake, settings, program.jobs(), program.code(), console)
              .run(
                  program.request(
                      List.of(), List.of(Exports.PUBLICATION), asOf, arrivedBy, settings, lake));
      console.summary(report);
      int exitCode = report.failure().map(Failure::exitCode).orElse(0);
      console.result(report, exitCode);
      return exitCode;
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
