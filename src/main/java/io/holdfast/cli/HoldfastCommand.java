package io.holdfast.cli;

import io.holdfast.failure.Failure;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The program's commands, and the one place where a failure becomes an exit code. */
@Command(
    name = "holdfast",
    mixinStandardHelpOptions = true,
    version = "holdfast 0.1.0",
    description = "Measures how a company keeps its customers, every night, from its own exports.",
    subcommands = HelpCommand.class)
public final class HoldfastCommand {

  private HoldfastCommand() {}

  /**
   * Runs a command.
   *
   * @param more commands that know the domain
   * @return the exit code
   */
  public static int execute(
      Program program, List<Object> more, PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new HoldfastCommand());
    line.addSubcommand(new RunCommand(program));
    line.addSubcommand(new BackfillCommand(program));
    line.addSubcommand(new ShowCommand(program));
    line.addSubcommand(new PlanCommand(program));
    line.addSubcommand(new MembersCommand(program));
    line.addSubcommand(new MaintainCommand(program));
    line.addSubcommand(new RegisterCommand(program));
    more.forEach(line::addSubcommand);
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command));
    line.setParameterExceptionHandler((wrong, arguments) -> misused(wrong));
    return line.execute(args);
  }

  private static int failed(Exception thrown, CommandLine command) {
    boolean isForeseen = thrown instanceof Failure;
    int exitCode = thrown instanceof Failure failure ? failure.exitCode() : 1;
    PrintWriter err = command.getErr();
    String message =
        isForeseen ? thrown.getMessage() : "Cannot go on: " + thrown + ". This was not foreseen.";
    err.println(message);
    if (!isForeseen) {
      thrown.printStackTrace(err);
    }
    err.flush();
    if (command.getCommand() instanceof EndsWithResult) {
      new Console(command.getOut(), false, true).result(message, exitCode);
    }
    return exitCode;
  }

  private static int misused(CommandLine.ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("See `" + command.getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return 2;
  }
}
