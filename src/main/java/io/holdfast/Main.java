package io.holdfast;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.cli.HoldfastCommand;
import io.holdfast.cli.Program;
import io.holdfast.cli.View;
import io.holdfast.commands.ActivateCommand;
import io.holdfast.commands.AdoptionBars;
import io.holdfast.commands.ChurnWindows;
import io.holdfast.commands.DatasetCommand;
import io.holdfast.commands.DemoCommand;
import io.holdfast.commands.DocsCommand;
import io.holdfast.commands.DoctorCommand;
import io.holdfast.commands.GenerateCommand;
import io.holdfast.commands.MapCommand;
import io.holdfast.commands.ModelCommand;
import io.holdfast.commands.ModelFigures;
import io.holdfast.commands.MrrMonths;
import io.holdfast.commands.ReportCommand;
import io.holdfast.commands.RetentionTriangle;
import io.holdfast.commands.RiskList;
import io.holdfast.commands.SegmentShares;
import io.holdfast.commands.StatusCommand;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/**
 * Starts the program: {@code spark-submit --class io.holdfast.Main holdfast.jar run nightly ...}.
 */
public final class Main {

  static final List<View> VIEWS =
      List.of(
          RetentionTriangle.VIEW,
          AdoptionBars.VIEW,
          MrrMonths.VIEW,
          ChurnWindows.VIEW,
          ModelFigures.VIEW,
          RiskList.VIEW,
          SegmentShares.VIEW);

  private Main() {}

  public static void main(String[] args) {
    // Whatever the terminal's locale: names of customers are not ASCII.
    PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, UTF_8), true);
    PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, UTF_8), true);
    int exitCode = run(System.getenv(), out, err, args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs a command in this process.
   *
   * @param environment variables, which configure too
   * @return the exit code
   */
  public static int run(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    Program program =
        new Program(
            Catalog.JOBS, Catalog.PUBLICATIONS, VIEWS, CodeHash.ofThisProgram(), environment);
    return HoldfastCommand.execute(program, commands(program), out, err, args);
  }

  /** The commands that know the domain. */
  static List<Object> commands(Program program) {
    return List.of(
        new StatusCommand(program),
        new DoctorCommand(program),
        new ReportCommand(program),
        ActivateCommand.of(program),
        ModelCommand.of(program),
        new DatasetCommand(program),
        new GenerateCommand(),
        new DemoCommand(program),
        new DocsCommand(program),
        new MapCommand(program));
  }
}
