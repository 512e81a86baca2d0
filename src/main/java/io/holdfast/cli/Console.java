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
import java.util.Comparator;
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
public final class Console implements Progress {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final boolean isTerminal;
  private final boolean isQuiet;
  private final long start = System.nanoTime();
  private final List<String> running = new ArrayList<>();
  private int done;
  private int total;

  /** A console that writes to {@code out}. */
  public Console(PrintWriter out, boolean isTerminal, boolean isQuiet) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.isQuiet = isQuiet;
  }

  /** Whether a person watches. The launcher knows: Java 17 cannot tell what its output is. */
  public static boolean isTerminal() {
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
        outcome.status() == Status.FAILED ? outcome.detail() : TextTable.cut(outcome.detail(), 70);
    return "%-8s %-28s %s %8s  %s"
        .formatted(status, outcome.name(), figures, seconds(outcome.elapsed()), detail)
        .stripTrailing();
  }

  private static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }

  /** The summary of a run: what was counted and noted, and how it ended. */
  public void summary(RunReport report) {
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

  /**
   * Each table's share of the time, the longest first: side by side they add up to more than it.
   */
  void times(RunReport report) {
    clear();
    List<Outcome> longest =
        report.outcomes().stream()
            .sorted(Comparator.comparing(Outcome::elapsed).reversed())
            .toList();
    double all = longest.stream().mapToLong(outcome -> outcome.elapsed().toMillis()).sum();
    TextTable table = new TextTable("table", "seconds", "share", "so far");
    double sum = 0;
    for (Outcome outcome : longest) {
      double millis = outcome.elapsed().toMillis();
      sum += millis;
      table.row(
          outcome.name(),
          "%.1f".formatted(millis / 1000),
          "%.1f%%".formatted(all == 0 ? 0 : 100 * millis / all),
          "%.0f%%".formatted(all == 0 ? 0 : 100 * sum / all));
    }
    out.println();
    out.print(table.text(Page.of(Integer.MAX_VALUE)));
    out.printf(
        "%.1f s of work in %s: tables are built side by side.%n",
        all / 1000, seconds(report.elapsed()));
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
  public void result(RunReport report, int exitCode) {
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

  /** The result of several nights as one line of JSON. */
  void result(List<RunReport> reports, int exitCode) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("from", reports.get(0).asOf().toString());
    result.put("to", reports.get(reports.size() - 1).asOf().toString());
    result.put("exit_code", exitCode);
    result.put("published_nights", reports.stream().filter(RunReport::isPublished).count());
    for (Status status : Status.values()) {
      result.put(
          status.name().toLowerCase(Locale.ROOT),
          reports.stream().mapToLong(report -> report.count(status)).sum());
    }
    result.put(
        "changed_rows",
        reports.stream().flatMap(r -> r.outcomes().stream()).mapToLong(Outcome::changed).sum());
    result.put("seconds", reports.stream().mapToLong(r -> r.elapsed().toMillis()).sum() / 1000.0);
    reports.stream()
        .flatMap(report -> report.failure().stream())
        .findFirst()
        .ifPresent(failure -> result.put("failure", failure.getMessage()));
    print(result);
  }

  /** A failure before or outside a run, as one line of JSON. */
  void result(String failure, int exitCode) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("exit_code", exitCode);
    result.put("failure", failure);
    print(result);
  }

  /** A result of other keys as one line of JSON, in the order of the map. */
  void print(Map<String, Object> result) {
    try {
      out.println(JSON.writeValueAsString(result));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
