package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.job.Progress;
import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells a person or a log how a run goes.
 *
 * <p>On a terminal one line changes in place; in a log each table has a line. The last line of a
 * run is one JSON object.
 */
final class Console implements Progress {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final boolean isTerminal;
  private final boolean isQuiet;
  private final long start = System.nanoTime();
  private final List<String> running = new ArrayList<>();
  private int done;
  private int total;

  Console(PrintWriter out, boolean isTerminal, boolean isQuiet) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.isQuiet = isQuiet;
  }

  /** Whether a person watches. The launcher knows: Java 17 cannot tell what its output is. */
  static boolean isTerminal() {
    return Boolean.getBoolean("holdfast.terminal");
  }

  @Override
  public synchronized void started(String name) {
    running.add(name);
    draw();
  }

  @Override
  public synchronized void ended(Outcome outcome, int nowDone, int ofTotal) {
    running.remove(outcome.name());
    done = nowDone;
    total = ofTotal;
    if (!isQuiet) {
      clear();
      out.println(line(outcome));
    }
    draw();
  }

  private void draw() {
    if (isTerminal && !isQuiet) {
      clear();
      if (!running.isEmpty()) {
        out.printf(
            "[%d of %s] %s  %s",
            done, total == 0 ? "?" : total, seconds(elapsed()), String.join(", ", running));
      }
      out.flush();
    }
  }

  private void clear() {
    if (isTerminal) {
      out.print("\r\u001b[K");
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static String line(Outcome outcome) {
    String status = outcome.status().name().toLowerCase(Locale.ROOT);
    String figures =
        outcome.status() == Status.BUILT && outcome.rows() > 0
            ? "%,12d rows".formatted(outcome.rows())
            : " ".repeat(17);
    String detail =
        outcome.status() == Status.FAILED ? outcome.detail() : shortened(outcome.detail());
    return "%-8s %-28s %s %8s  %s"
        .formatted(status, outcome.name(), figures, seconds(outcome.elapsed()), detail)
        .stripTrailing();
  }

  private static String shortened(String detail) {
    return detail.length() <= 70 ? detail : detail.substring(0, 67) + "...";
  }

  private static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }

  /** The summary of a run: what was counted and noted, and how it ended. */
  void summary(RunReport report) {
    clear();
    if (!isQuiet) {
      remarks(report);
      out.println();
      out.printf(
          "%s of %s: %d built, %d unchanged, %d failed, %d blocked in %s%n",
          report.isPublished() ? "Night published" : "Run",
          report.asOf(),
          report.count(Status.BUILT),
          report.count(Status.SKIPPED),
          report.count(Status.FAILED),
          report.count(Status.BLOCKED),
          seconds(report.elapsed()));
      if (report.count(Status.BUILT) == 0 && report.failure().isEmpty()) {
        out.println("Every job was skipped: nothing that it reads has changed.");
      }
    }
    out.flush();
  }

  private void remarks(RunReport report) {
    for (Outcome outcome : report.outcomes()) {
      outcome
          .warnings()
          .forEach(
              (rule, count) ->
                  out.printf(
                      "warning  %-28s %,12d of %,d rows: %s%n",
                      outcome.name(), count, outcome.rows(), rule));
      outcome.notes().forEach(note -> out.printf("note     %-28s %s%n", outcome.name(), note));
    }
  }

  /** The result as one line of JSON, for whoever started the process. */
  void result(RunReport report, int exitCode) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("run_id", report.runId());
    result.put("as_of", report.asOf().toString());
    result.put("arrived_by", report.arrivedBy().toString());
    result.put("exit_code", exitCode);
    result.put("is_published", report.isPublished());
    for (Status status : Status.values()) {
      result.put(status.name().toLowerCase(Locale.ROOT), report.count(status));
    }
    result.put("seconds", report.elapsed().toMillis() / 1000.0);
    report.failure().ifPresent(failure -> result.put("failure", failure.getMessage()));
    print(result);
  }

  /** A failure before or outside a run, as one line of JSON. */
  void result(String failure, int exitCode) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("exit_code", exitCode);
    result.put("failure", failure);
    print(result);
  }

  private void print(Map<String, Object> result) {
    try {
      out.println(JSON.writeValueAsString(result));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
