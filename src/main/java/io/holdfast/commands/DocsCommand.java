package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.cli.Program;
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

/** Writes what every contract and table holds, from the catalog. */
@Command(
    name = "docs",
    mixinStandardHelpOptions = true,
    description = "Writes the data dictionary: every contract and table with its columns.")
public final class DocsCommand implements Callable<Integer> {

  private final Program program;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "docs/data-dictionary.md",
      description = "where it is written (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("docs", "data-dictionary.md");

  public DocsCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    String text = DataDictionary.of(program.jobs());
    try {
      Path folder = out.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(out, text, UTF_8);
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot write the data dictionary to %s: %s. Name another file by --out."
              .formatted(out, e),
          e);
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf("Wrote %s: %,d lines.%n", out, text.lines().count());
    console.flush();
    return 0;
  }
}
