package io.holdfast.commands;

import io.holdfast.cli.Options;
import io.holdfast.cli.Page;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.cli.TextTable;
import io.holdfast.config.LakeSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.Failure;
import io.holdfast.job.Landing;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.sources.Feeds;
import io.holdfast.sources.Preview;
import io.holdfast.table.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells before the first night what would go wrong in it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Checks the configuration, the lake, and a sample of every feed.")
public final class DoctorCommand implements Callable<Integer> {

  private static final int WRONG = 2;

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "as of which night deliveries are looked at; all of them by default")
  private Optional<LocalDate> asOf = Optional.empty();

  public DoctorCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Settings settings = options.settings(program);
    Company company = settings.get(Company.SETTING);
    Feeds feeds = settings.get(Feeds.SETTING);
    for (var job : program.jobs()) {
      job.settings().forEach(settings::get);
    }
    out.printf(
        "ok       configuration  every key is known; days of %s, money in %s%n",
        company.tz(), company.currency());
    SparkSession spark = Session.open("doctor");
    out.printf(
        "ok       versions       Java %s, Spark %s, Delta %s, Hadoop %s%n",
        System.getProperty("java.version"),
        spark.version(),
        Lake.deltaVersion(),
        VersionInfo.getVersion());
    int wrong = lake(spark, settings, out) ? 0 : 1;
    if (feeds.feeds().isEmpty()) {
      out.println("WRONG    feeds          none is configured; see conf/examples");
      wrong++;
    }
    Optional<Lake> lake =
        settings.get(LakeSettings.SETTING).path().flatMap(path -> Lake.existing(spark, path));
    Function<Table, Dataset<Row>> landed =
        table ->
            lake.map(there -> there.read(table))
                .orElseGet(() -> spark.createDataFrame(List.of(), table.schema()));
    List<Preview> previews =
        Preview.all(
            feeds, company, settings.get(ExchangeRates.SETTING), Landing.of(spark), asOf, landed);
    for (Preview preview : previews) {
      feed(preview, out);
      wrong += preview.problem().isPresent() ? 1 : 0;
    }
    out.println();
    for (Contract contract : Contracts.ALL) {
      if (previews.stream().noneMatch(p -> p.contract().equals(Optional.of(contract)))) {
        out.printf("no feed tells of %s: %s%n", contract.name(), Consequences.of(contract));
      }
    }
    out.println(wrong == 0 ? "All is well." : wrong + " to mend; each is marked WRONG above.");
    out.flush();
    return wrong == 0 ? 0 : WRONG;
  }

  /** Whether a run could write to the lake now. */
  private static boolean lake(SparkSession spark, Settings settings, PrintWriter out) {
    Optional<String> path = settings.get(LakeSettings.SETTING).path();
    if (path.isEmpty()) {
      out.println("WRONG    lake           lake.path is not set");
      return false;
    }
    try {
      Optional<Lake> lake = Lake.existing(spark, path.get());
      Path root = new Path(path.get());
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      if (lake.isEmpty()) {
        boolean isTaken = files.exists(root) && files.listStatus(root).length > 0;
        out.printf(
            isTaken
                ? "WRONG    lake           %s holds something else; name an empty folder%n"
                : "ok       lake           %s is not there yet: the first run makes it%n",
            root);
        return !isTaken;
      }
      Path probe = new Path(root, "_doctor");
      files.create(probe, true).close();
      files.delete(probe, false);
      Optional<String> holder = Lease.holder(files, root).map(Throwable::getMessage);
      out.printf(
          "%-8s lake           %s%s%n",
          holder.isEmpty() ? "ok" : "WRONG",
          lake.get().root(),
          holder.map(text -> ": " + text).orElse(" can be written, and no run holds it"));
      return holder.isEmpty();
    } catch (IOException | Failure e) {
      out.printf("WRONG    lake           %s%n", e.getMessage());
      return false;
    }
  }

  private static void feed(Preview preview, PrintWriter out) {
    out.printf(
        "%n%-8s feed %s%s%n",
        preview.problem().isEmpty() ? "ok" : "WRONG",
        preview.feed(),
        preview.contract().map(c -> " tells of " + c.name()).orElse(""));
    preview.problem().ifPresent(problem -> part(out, "problem", problem));
    if (!preview.mapped().isEmpty()) {
      part(
          out,
          "mapped",
          preview.mapped().entrySet().stream()
              .map(entry -> entry.getKey() + " <- " + entry.getValue())
              .collect(Collectors.joining(", ")));
    }
    if (!preview.unmapped().isEmpty()) {
      part(
          out,
          "not told",
          preview.unmapped().stream()
              .map(
                  term ->
                      term.name()
                          + " ("
                          + Consequences.of(preview.contract().orElseThrow(), term)
                          + ")")
              .collect(Collectors.joining(", ")));
    }
    if (preview.files() > 0) {
      part(
          out,
          "files",
          "%s, %s bytes, latest delivery %s"
              .formatted(
                  TextTable.cell(preview.files()),
                  TextTable.cell(preview.bytes()),
                  preview.latest().map(LocalDate::toString).orElse("not dated")));
      part(out, "sample", sample(preview));
    }
    if (!preview.samples().isEmpty()) {
      part(
          out,
          "first row",
          preview.samples().get(0).entrySet().stream()
              .map(entry -> entry.getKey() + " = " + entry.getValue())
              .collect(Collectors.joining(", ")));
    }
  }

  private static String sample(Preview preview) {
    String reasons =
        preview.reasons().entrySet().stream()
            .limit(3)
            .map(entry -> "%s (%d)".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining("; "));
    return "%d rows of the latest file: %d kept, %d rejected%s"
        .formatted(
            preview.sampled(),
            preview.sampled() - preview.rejected(),
            preview.rejected(),
            reasons.isEmpty() ? "" : ": " + reasons);
  }

  /** A named part, wrapped between words under itself. */
  private static void part(PrintWriter out, String name, String text) {
    int width = Page.of(1).columns() - 20;
    StringBuilder line = new StringBuilder();
    String label = name;
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        out.printf("         %-10s %s%n", label, line);
        label = "";
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    out.printf("         %-10s %s%n", label, line);
  }
}
