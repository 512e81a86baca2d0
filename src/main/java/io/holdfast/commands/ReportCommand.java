package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.cli.Options;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.config.Settings;
import io.holdfast.failure.NotReady;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.job.Folder;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.report.Report;
import io.holdfast.report.ReportSettings;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the report of a night that stands already, to where one wants it. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Writes report.html and report.json of a night: a page to open or to send.")
public final class ReportCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "the night; the latest one published by default")
  private Optional<LocalDate> asOf = Optional.empty();

  @Option(
      names = "--language",
      paramLabel = "LANGUAGE",
      description = "EN or ES; report.language by default")
  private Optional<ReportSettings.Language> language = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "where the files are written (default: here)")
  private Path out = Path.of(".");

  public ReportCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Settings settings = options.settings(program);
    Lake lake = Options.existingLake(Session.open("report"), settings);
    LocalDate night = night(lake);
    ReportSettings configured = settings.get(ReportSettings.SETTING);
    ReportSettings wanted = language.map(configured::in).orElse(configured);
    PrintWriter printer = spec.commandLine().getOut();
    Report.write(
        new Report.Of(night, arrivedBy(lake, night), settings.get(Company.SETTING)),
        wanted,
        source(lake, night),
        (name, content) -> printer.println(write(name, content)));
    printer.flush();
    return 0;
  }

  private LocalDate night(Lake lake) {
    Optional<LocalDate> latest = Ledger.latestNight(lake);
    LocalDate night =
        asOf.or(() -> latest)
            .orElseThrow(
                () ->
                    new NotReady(
                        "Cannot write a report: no night is published. Run `holdfast run nightly --as-of DATE`, or give --as-of."));
    boolean isBuilt =
        Report.tables().stream()
            .anyMatch(table -> table.isByNight() && lake.last(table, night).isPresent());
    if (!isBuilt) {
      throw new NotReady(
          "Cannot write a report of %s: no table was built for that night. Run `holdfast run nightly --as-of %s`."
              .formatted(night, night));
    }
    return night;
  }

  /** With what had arrived by when its tables were built. */
  private static LocalDate arrivedBy(Lake lake, LocalDate night) {
    return Report.tables().stream()
        .filter(Table::isByNight)
        .flatMap(table -> lake.last(table, night).stream())
        .map(Commit.Logged::commit)
        .map(commit -> LocalDate.parse(commit.arrivedBy()))
        .max(LocalDate::compareTo)
        .orElse(night);
  }

  private static Report.Source source(Lake lake, LocalDate night) {
    return new Report.Source() {
      @Override
      public Dataset<Row> rows(Table table) {
        Dataset<Row> rows = lake.read(table);
        return table.isByNight() ? rows.filter(col(Table.AS_OF_DATE).equalTo(lit(night))) : rows;
      }

      @Override
      public Dataset<Row> history(Table table) {
        return lake.read(table).filter(col(Table.AS_OF_DATE).leq(lit(night)));
      }
    };
  }

  private Path write(String name, Folder.Content content) {
    Path file = out.resolve(name);
    try {
      Files.createDirectories(out);
      try (OutputStream stream = Files.newOutputStream(file)) {
        content.writeTo(stream);
      }
      return file;
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot write %s: %s. Name another folder with --out.".formatted(file, e), e);
    }
  }
}
