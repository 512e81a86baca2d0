package io.holdfast;

import io.holdfast.cli.HoldfastCommand;
import io.holdfast.cli.Program;
import io.holdfast.cli.View;
import io.holdfast.commands.ActivateCommand;
import io.holdfast.commands.AdoptionBars;
import io.holdfast.commands.DemoCommand;
import io.holdfast.commands.DoctorCommand;
import io.holdfast.commands.GenerateCommand;
import io.holdfast.commands.ModelFigures;
import io.holdfast.commands.RetentionTriangle;
import io.holdfast.commands.RiskList;
import io.holdfast.commands.SegmentShares;
import io.holdfast.commands.StatusCommand;
import java.util.List;

/**
 * Starts the program: {@code spark-submit --class io.holdfast.Main holdfast.jar run nightly ...}.
 */
public final class Main {

  static final List<View> VIEWS =
      List.of(
          RetentionTriangle.VIEW,
          AdoptionBars.VIEW,
          ModelFigures.VIEW,
          RiskList.VIEW,
          SegmentShares.VIEW);

  private Main() {}

  public static void main(String[] args) {
    Program program =
        new Program(Catalog.JOBS, Catalog.PUBLICATIONS, VIEWS, CodeHash.ofThisProgram());
    int exitCode = HoldfastCommand.execute(program, commands(program), args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /** The commands that know the domain. */
  static List<Object> commands(Program program) {
    return List.of(
        new StatusCommand(program),
        new DoctorCommand(program),
        ActivateCommand.of(program),
        new GenerateCommand(),
        new DemoCommand(program));
  }
}
