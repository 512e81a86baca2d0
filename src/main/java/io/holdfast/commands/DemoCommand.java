package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.churn.Models;
import io.holdfast.churn.Predictions;
import io.holdfast.cli.Console;
import io.holdfast.cli.Options;
import io.holdfast.cli.Page;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.config.Applications;
import io.holdfast.config.Settings;
import io.holdfast.failure.Failure;
import io.holdfast.failure.PlatformFailure;
import io.holdfast.generate.Company;
import io.holdfast.job.Landing;
import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.FeatureAdoption;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a newcomer what Holdfast does, on a company made up for that, in a few minutes. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Makes up a company, runs two nights, and shows what comes out.")
public final class DemoCommand implements Callable<Integer> {

  private static final String CONFIGURATION = "conf/examples/generated.conf";

  private final Program program;

  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      defaultValue = "demo",
      description = "where all of it is written; an earlier demo is replaced (default: ./demo)")
  private Path dir = Path.of("demo");

  @Option(
      names = "--customers",
      paramLabel = "N",
      defaultValue = "900",
      description = "how many customers the company has (default: ${DEFAULT-VALUE})")
  private long customers;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "540",
      description = "how many days it has lived (default: ${DEFAULT-VALUE})")
  private int days;

  public DemoCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String place = dir.toAbsolutePath().normalize().toString();
    SparkSession spark = Session.open("demo");
    forget(spark, place);
    heading(out, "1. A made-up company");
    Company.Parameters parameters = Company.Parameters.of(customers, days, 1, place);
    GenerateCommand.summary(Company.generate(spark, parameters), out);
    Settings settings = settings(place);
    Lake lake = Options.lake(spark, settings);
    LocalDate last = parameters.lastDate();
    heading(out, "2. The first night, %s: all that ever arrived".formatted(last.minusDays(1)));
    RunReport first = night(last.minusDays(1), settings, lake, spark, out);
    if (first.failure().isPresent()) {
      return exitCode(first, out);
    }
    heading(out, "3. The next night, %s: what one more day touches".formatted(last));
    RunReport second = night(last, settings, lake, spark, out);
    if (second.failure().isPresent()) {
      return exitCode(second, out);
    }
    out.printf("The first night wrote %,d rows, the next %,d.%n", written(first), written(second));
    look(lake, spark, last, out);
    goOn(last, out);
    out.flush();
    return 0;
  }

  /** An earlier demo's lake would remember the files of the company that is replaced now. */
  private static void forget(SparkSession spark, String place) {
    var root = new org.apache.hadoop.fs.Path(place);
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      var lake = new org.apache.hadoop.fs.Path(root, "lake");
      boolean isDemo =
          files.exists(new org.apache.hadoop.fs.Path(root, "truth/parameters.csv"))
              && files.exists(new org.apache.hadoop.fs.Path(lake, "_holdfast.json"));
      if (isDemo) {
        files.delete(lake, true);
      }
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot replace the demo in %s: %s. Name another folder with --dir.".formatted(place, e),
          e);
    }
  }

  private Settings settings(String place) {
    Map<String, String> environment = new HashMap<>(program.environment());
    environment.put("GENERATED_DIR", place);
    try (InputStream in = DemoCommand.class.getClassLoader().getResourceAsStream(CONFIGURATION)) {
      if (in == null) {
        throw new IOException("it is not in the jar");
      }
      String text = new String(in.readAllBytes(), UTF_8);
      Settings settings =
          Settings.load(
              Optional.of(text), CONFIGURATION, environment, Map.of("lake.path", place + "/lake"));
      Options.check(settings, program);
      return settings;
    } catch (IOException e) {
      throw new PlatformFailure("Cannot read %s: %s.".formatted(CONFIGURATION, e), e);
    }
  }

  private RunReport night(
      LocalDate night, Settings settings, Lake lake, SparkSession spark, PrintWriter out) {
    Console console = new Console(out, Console.isTerminal(), false);
    RunReport report =
        new Runner(spark, lake, settings, program.jobs(), program.code(), console)
            .run(
                program.request(
                    Applications.named(List.of(Applications.NIGHTLY)),
                    night,
                    night,
                    settings,
                    lake));
    console.summary(report);
    return report;
  }

  private static int exitCode(RunReport report, PrintWriter out) {
    out.flush();
    return report.failure().map(Failure::exitCode).orElse(0);
  }

  private static long written(RunReport report) {
    return report.outcomes().stream().mapToLong(Outcome::rows).sum();
  }

  private static void look(Lake lake, SparkSession spark, LocalDate night, PrintWriter out) {
    int columns = Page.of(1).columns();
    heading(out, "4. Who stays: customers by month of signup, share active in month k");
    Dataset<Row> cells =
        lake.read(CohortRetention.TABLE)
            .filter(
                col("as_of_date")
                    .equalTo(lit(night))
                    .and(col("definition").equalTo("signup_monthly")));
    out.print(RetentionTriangle.text(cells, new Page(10, columns)));
    heading(out, "5. What they use");
    Dataset<Row> adoption =
        lake.read(FeatureAdoption.TABLE).filter(col("as_of_date").equalTo(lit(night)));
    out.print(AdoptionBars.text(adoption, new Page(30, columns)));
    heading(out, "6. How well leaving is foreseen");
    out.print(ModelFigures.text(lake.read(Models.TABLE), Page.of(20)));
    heading(out, "7. Who is most at risk");
    Dataset<Row> predictions =
        lake.read(Predictions.TABLE).filter(col("as_of_date").equalTo(lit(night)));
    out.print(RiskList.text(predictions, new Page(5, columns)));
    heading(out, "8. Files for the tools that act");
    Landing files = Landing.of(spark);
    String exports = "%s/_exports/destination=*/date=%s/run=*".formatted(lake.root(), night);
    for (Landing.LandedFile file : files.list(exports)) {
      if (!file.path().endsWith("manifest.json")) {
        out.printf(
            "%s, %,d bytes%n  %s%n",
            file.path(), file.bytes(), shortened(files.firstLine(file.path()).orElse(""), columns));
      }
    }
    heading(out, "9. The page to open, or to send");
    String reports = "%s/_exports/report/date=%s/run=*".formatted(lake.root(), night);
    for (Landing.LandedFile file : files.list(reports)) {
      if (file.path().endsWith(".html")) {
        out.printf("%s, %,d bytes%n", file.path(), file.bytes());
      }
    }
  }

  private static String shortened(String line, int columns) {
    return line.length() <= columns - 5 ? line : line.substring(0, columns - 5) + "...";
  }

  private void goOn(LocalDate night, PrintWriter out) {
    heading(out, "Go on");
    out.printf("export GENERATED_DIR=%s%n", dir.toAbsolutePath().normalize());
    for (String command :
        List.of(
            "status",
            "show metrics.cohort_retention --where \"segment_dimension = 'plan'\"",
            "show churn.predictions --limit 10",
            "show programs.segments",
            "show activation.audiences --csv audience.csv",
            "report --out .",
            "activate fields braze",
            "run nightly --as-of " + night,
            "doctor")) {
      out.printf("bin/holdfast %s --config %s%n", command, CONFIGURATION);
    }
  }

  private static void heading(PrintWriter out, String text) {
    out.printf("%n%s%n%s%n%n", text, "-".repeat(text.length()));
    out.flush();
  }
}
