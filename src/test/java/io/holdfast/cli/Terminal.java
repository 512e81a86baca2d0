package io.holdfast.cli;

import io.holdfast.SharedSpark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Function;

/** Runs a command in this process, as a person at a terminal would. */
public final class Terminal {

  private Terminal() {}

  /** How a command ended and what it printed. */
  public record Result(int exitCode, String out, String err) {
    /** The last line of the output. */
    public String lastLine() {
      List<String> lines = out.strip().lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
  }

  /** Runs the platform's commands and those that a program adds. */
  public static Result run(Program program, Function<Program, List<Object>> more, String... args) {
    SharedSpark.session();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        HoldfastCommand.execute(
            program, more.apply(program), new PrintWriter(out), new PrintWriter(err), args);
    return new Result(exitCode, out.toString(), err.toString());
  }
}
