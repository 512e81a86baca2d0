package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run tells Prometheus: small tables take the places of an application's own. */
class PrometheusFileTest {

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("exporter/holdfast.prom");
  }

  private Terminal.Result run(long last, String... args) {
    List<String> all =
        new ArrayList<>(
            List.of("run", "adoption", "--as-of", "2026-05-01", "--set", "lake.path=" + lake()));
    all.addAll(Arrays.asList(args));
    return Terminal.run(NumberTables.program(last), any -> List.of(), all.toArray(String[]::new));
  }

  private Terminal.Result watched(long last, String... args) {
    List<String> all = new ArrayList<>(List.of("--set", "monitoring.prometheus_file=" + file()));
    all.addAll(Arrays.asList(args));
    return run(last, all.toArray(String[]::new));
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  @Test
  void aPublishedNightIsTold() throws IOException {
    double start = Instant.now().getEpochSecond();

    Terminal.Result result = watched(9);

    assertThat(result.exitCode()).as(result.err()).isZero();
    Map<String, Double> figures = parse(Files.readString(file()));
    assertThat(figures)
        .containsEntry("holdfast_run_exit_code", 0.0)
        .containsEntry("holdfast_run_is_published", 1.0)
        .containsEntry("holdfast_run_as_of_timestamp_seconds", 1777593600.0)
        .containsEntry("holdfast_run_warnings", 1.0)
        .containsEntry("holdfast_table_rows{table=\"metrics.time_to_value\"}", 10.0)
        .containsEntry(
            "holdfast_table_status{status=\"built\",table=\"metrics.time_to_value\"}", 1.0)
        .containsEntry(
            "holdfast_table_status{status=\"failed\",table=\"metrics.time_to_value\"}", 0.0)
        .containsEntry(
            "holdfast_table_warning_rows{rule=\"a \\\"small\\\" number\",table=\"metrics.feature_adoption\"}",
            2.0);
    assertThat(figures.get("holdfast_run_start_timestamp_seconds")).isGreaterThanOrEqualTo(start);
    assertThat(figures.get("holdfast_run_end_timestamp_seconds"))
        .isGreaterThan(figures.get("holdfast_run_start_timestamp_seconds"));
    assertThat(figures.get("holdfast_table_build_seconds{table=\"metrics.time_to_value\"}"))
        .isPositive();
    assertThat(onlyFileBeside()).isEqualTo("holdfast.prom");

    watched(9);

    assertThat(parse(Files.readString(file())))
        .containsEntry(
            "holdfast_table_status{status=\"skipped\",table=\"metrics.time_to_value\"}", 1.0)
        .containsEntry("holdfast_run_is_published", 1.0);
  }

  @Test
  void aFailedNightIsTold() throws IOException {
    Terminal.Result result = watched(200);

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(parse(Files.readString(file())))
        .containsEntry("holdfast_run_exit_code", 3.0)
        .containsEntry("holdfast_run_is_published", 0.0)
        .containsEntry(
            "holdfast_table_status{status=\"failed\",table=\"metrics.adopter_retention\"}", 1.0)
        .containsEntry(
            "holdfast_table_status{status=\"blocked\",table=\"metrics.time_to_value\"}", 1.0);
  }

  @Test
  void aRunThatEndsBeforeItsFirstTableIsTold() throws IOException {
    Lake lake = Lake.open(SharedSpark.session(), lake().toString());
    try (Lease other =
        Lease.acquire(lake.fileSystem(), lake.root(), "other", Duration.ofSeconds(5))) {
      assertThat(watched(9, "--set", "lake.wait_seconds=0").exitCode()).isEqualTo(5);
      assertThat(other.isHeld()).isTrue();
    }

    Map<String, Double> figures = parse(Files.readString(file()));
    assertThat(figures)
        .containsEntry("holdfast_run_exit_code", 5.0)
        .containsEntry("holdfast_run_is_published", 0.0);
    assertThat(figures.keySet()).noneMatch(name -> name.startsWith("holdfast_table"));
  }

  @Test
  void nothingIsWrittenUnlessConfiguredOrByADryRun() {
    assertThat(run(9).exitCode()).isZero();
    assertThat(watched(9, "--dry-run").exitCode()).isZero();

    assertThat(file().getParent()).doesNotExist();
  }

  @Test
  void aFileThatCannotBeWrittenStopsNoNight() throws IOException {
    Files.writeString(folder.resolve("exporter"), "in the way");

    Terminal.Result result = watched(9);

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).contains("Cannot write " + file());
  }

  @Test
  void aFileElsewhereIsRefused() {
    Terminal.Result result = run(9, "--set", "monitoring.prometheus_file=s3a://bucket/x.prom");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("prometheus_file = s3a://bucket/x.prom is no local file");
  }

  private String onlyFileBeside() throws IOException {
    try (Stream<Path> files = Files.list(file().getParent())) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0).getFileName().toString();
    }
  }

  private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) \\S.*");
  private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) gauge");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z_]+)(\\{[a-z_]+=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\"(?:,[a-z_]+=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\")*})? (-?\\d+(?:\\.\\d+)?)");

  /** Version 0.0.4 of the format, strictly: each name has its help, its type, then its samples. */
  private static Map<String, Double> parse(String text) {
    assertThat(text).endsWith("\n").doesNotContain("\r").doesNotContain("\n\n");
    Map<String, Double> samples = new LinkedHashMap<>();
    Set<String> seen = new TreeSet<>();
    String helped = "";
    String typed = "";
    for (String line : text.split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        helped = help.group(1);
        assertThat(seen.add(helped)).as("two groups of " + helped).isTrue();
      } else if (type.matches()) {
        typed = type.group(1);
        assertThat(typed).isEqualTo(helped);
      } else if (sample.matches()) {
        assertThat(sample.group(1)).isEqualTo(typed);
        String series = line.substring(0, line.lastIndexOf(' '));
        assertThat(samples.put(series, Double.valueOf(sample.group(3)))).as(series).isNull();
      } else {
        assertThat(line).isEmpty();
      }
    }
    return samples;
  }
}
