package io.holdfast.commands;

import io.holdfast.cli.Page;
import io.holdfast.cli.Session;
import io.holdfast.cli.TextTable;
import io.holdfast.generate.Company;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Generates the feeds of a made-up company, and their truth. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Generates the feeds of a made-up company, and the truth about it.")
public final class GenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--customers", required = true, description = "how many customers sign up")
  private long customers;

  @Option(names = "--days", required = true, description = "how many days the company lives")
  private int days;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "the same seed gives the same bytes (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "where landing/ and truth/ are written, on any Hadoop file system")
  private String out = "";

  @Option(
      names = "--last-date",
      paramLabel = "DATE",
      description = "the company's last day (default: 2026-06-30)")
  private Optional<LocalDate> lastDate = Optional.empty();

  @Option(
      names = "--ceiling-runs",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "also find how well leaving can be foreseen at all, by living on so many times from"
              + " each observation of a sample; 100 is plenty (default: ${DEFAULT-VALUE}: not)")
  private int ceilingRuns;

  @Override
  public Integer call() {
    Company.Parameters usual =
        Company.Parameters.of(customers, days, seed, out).ceilingRuns(ceilingRuns);
    Company.Parameters parameters = lastDate.map(usual::lastDate).orElse(usual);
    Company.Summary summary = Company.generate(Session.open("generate"), parameters);
    PrintWriter text = spec.commandLine().getOut();
    summary(summary, text);
    text.printf(
        "%nTo measure it:%n  export GENERATED_DIR=%s%n  holdfast run nightly --as-of %s --config conf/examples/generated.conf%n",
        out, parameters.lastDate());
    text.flush();
    return 0;
  }

  /** What was generated, in figures. */
  static void summary(Company.Summary summary, PrintWriter out) {
    Company.Parameters parameters = summary.parameters();
    out.printf(
        "A company of %,d customers from %s to %s, seed %d, in %s%n%n",
        parameters.customers(),
        parameters.firstDate(),
        parameters.lastDate(),
        parameters.seed(),
        parameters.out());
    TextTable figures = new TextTable("figure", "rows");
    summary.figures().forEach(figures::row);
    out.print(figures.text(Page.of(Integer.MAX_VALUE)));
  }
}
