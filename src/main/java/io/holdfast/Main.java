package io.holdfast;

import io.holdfast.cli.HoldfastCommand;
import io.holdfast.cli.Program;
import java.util.List;

/**
 * Starts the program: {@code spark-submit --class io.holdfast.Main holdfast.jar run nightly ...}.
 */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    Program program =
        new Program(Catalog.JOBS, Catalog.PUBLICATIONS, List.of(), CodeHash.ofThisProgram());
    int exitCode = HoldfastCommand.execute(program, List.of(), args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
