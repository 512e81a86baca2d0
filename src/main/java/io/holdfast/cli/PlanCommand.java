package io.holdfast.cli;

import io.holdfast.config.Applications;
import io.holdfast.failure.PlatformFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what a scheduler has to know of a night. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Writes what a scheduler has to know of a night: airflow/plan.json.")
final class PlanCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where to; ${DEFAULT-VALUE} if not given")
  private Path out = Path.of("airflow", "plan.json");

  PlanCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    NightPlan plan = new NightPlan(program, Applications.all(), Applications.profiles());
    try {
      Path folder = out.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      Files.writeString(out, plan.json());
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot write the plan to %s: %s. Give another --out.".formatted(out, e), e);
    }
    PrintWriter said = spec.commandLine().getOut();
    said.printf(
        "%s: %d applications, %d tables%n", out, plan.applications(), program.jobs().size());
    said.flush();
    return 0;
  }
}
