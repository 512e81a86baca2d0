package io.holdfast.cli;

import io.holdfast.config.MonitoringSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.Failure;
import io.holdfast.job.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The file from which Prometheus learns how the last run went; none unless one is configured. A
 * reader finds the whole of one run or of another.
 */
final class PrometheusFile {

  private final Optional<Path> file;
  private final PrintWriter err;

  private PrometheusFile(Optional<Path> file, PrintWriter err) {
    this.file = file;
    this.err = err;
  }

  /**
   * The configured file.
   *
   * @param err where it is said if the file cannot be written
   */
  static PrometheusFile of(Settings settings, PrintWriter err) {
    return new PrometheusFile(
        settings.get(MonitoringSettings.SETTING).prometheusFile().map(Path::of), err);
  }

  /** Makes a run, and writes the file however it ends. */
  RunReport around(LocalDate asOf, Supplier<RunReport> run) {
    Instant start = Instant.now();
    int exitCode = 1; // Of whatever was not foreseen.
    Optional<RunReport> report = Optional.empty();
    try {
      report = Optional.of(run.get());
      exitCode = report.get().failure().map(Failure::exitCode).orElse(0);
      return report.get();
    } catch (Failure failure) {
      exitCode = failure.exitCode();
      throw failure;
    } finally {
      write(new RunFigures(asOf, start, Instant.now(), exitCode, report));
    }
  }

  /** A night stands whether or not this file does: what goes wrong is said and stops nothing. */
  private void write(RunFigures figures) {
    if (file.isEmpty()) {
      return;
    }
    Path path = file.get().toAbsolutePath();
    // The exporter reads *.prom: a hidden file of another ending is none of them.
    Path beside = path.resolveSibling("." + path.getFileName() + ".tmp");
    try {
      Files.createDirectories(path.getParent());
      Files.writeString(beside, figures.text());
      Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      err.printf(
          "Cannot write %s: %s. Check monitoring.prometheus_file; the run itself is not affected.%n",
          path, e);
      err.flush();
    }
  }
}
