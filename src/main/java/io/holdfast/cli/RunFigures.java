package io.holdfast.cli;

import io.holdfast.job.RunReport;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run in the text format of Prometheus.
 *
 * @param asOf the last local day that counts
 * @param start when the run began
 * @param end when it ended
 * @param exitCode how it ended
 * @param report what it did; empty where it ended before its first table
 */
record RunFigures(
    LocalDate asOf, Instant start, Instant end, int exitCode, Optional<RunReport> report) {

  private static final List<Status> ENDS =
      List.of(Status.BUILT, Status.SKIPPED, Status.FAILED, Status.BLOCKED);

  /** The text: each figure with what it means and of what type it is. */
  String text() {
    Text text = new Text();
    text.figure(
        "run_exit_code", "Exit code of the last run: 0 is done.", BigDecimal.valueOf(exitCode));
    text.figure(
        "run_is_published",
        "Whether all tables of the night stood after the last run.",
        BigDecimal.valueOf(report.map(RunReport::isPublished).orElse(false) ? 1 : 0));
    text.figure(
        "run_as_of_timestamp_seconds",
        "The night of the last run: its last local day that counts, as midnight UTC.",
        seconds(asOf.atStartOfDay().toInstant(ZoneOffset.UTC)));
    text.figure("run_start_timestamp_seconds", "When the last run began.", seconds(start));
    text.figure("run_end_timestamp_seconds", "When the last run ended.", seconds(end));
    List<Outcome> outcomes =
        report.map(RunReport::outcomes).orElse(List.of()).stream()
            .sorted(Comparator.comparing(Outcome::name))
            .toList();
    text.figure(
        "run_warnings",
        "How many rules only warned in the last run because of rows that break them.",
        BigDecimal.valueOf(outcomes.stream().mapToLong(it -> it.warnings().size()).sum()));
    tables(text, outcomes);
    return text.toString();
  }

  private static void tables(Text text, List<Outcome> outcomes) {
    text.head("table_build_seconds", "How long the turn of a table or publication took.");
    outcomes.forEach(
        it ->
            text.line(
                "table_build_seconds",
                Map.of("table", it.name()),
                BigDecimal.valueOf(it.elapsed().toMillis(), 3)));
    text.head("table_rows", "Rows that the last run wrote to a table.");
    outcomes.forEach(
        it -> text.line("table_rows", Map.of("table", it.name()), BigDecimal.valueOf(it.rows())));
    text.head("table_status", "How the turn ended: 1 for the one status that holds, else 0.");
    for (Outcome it : outcomes) {
      for (Status status : ENDS) {
        text.line(
            "table_status",
            Map.of("table", it.name(), "status", status.name().toLowerCase(Locale.ROOT)),
            BigDecimal.valueOf(it.status() == status ? 1 : 0));
      }
    }
    text.head("table_warning_rows", "Rows that break a rule which only warns.");
    for (Outcome it : outcomes) {
      it.warnings()
          .forEach(
              (rule, count) ->
                  text.line(
                      "table_warning_rows",
                      Map.of("table", it.name(), "rule", rule),
                      BigDecimal.valueOf(count)));
    }
  }

  private static BigDecimal seconds(Instant instant) {
    return BigDecimal.valueOf(instant.toEpochMilli(), 3);
  }

  /** Collects lines. */
  private static final class Text {
    private final StringBuilder lines = new StringBuilder();

    void figure(String name, String help, BigDecimal value) {
      head(name, help);
      line(name, Map.of(), value);
    }

    void head(String name, String help) {
      lines.append("# HELP holdfast_%s %s\n".formatted(name, help));
      lines.append("# TYPE holdfast_%s gauge\n".formatted(name));
    }

    void line(String name, Map<String, String> labels, BigDecimal value) {
      List<String> pairs =
          new TreeMap<>(labels)
              .entrySet().stream()
                  .map(it -> "%s=\"%s\"".formatted(it.getKey(), escaped(it.getValue())))
                  .toList();
      lines.append("holdfast_").append(name);
      lines.append(pairs.isEmpty() ? "" : "{" + String.join(",", pairs) + "}");
      lines.append(' ').append(value.toPlainString()).append('\n');
    }

    private static String escaped(String value) {
      return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
      return lines.toString();
    }
  }
}
