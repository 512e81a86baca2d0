package io.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.job.Origin;
import io.openlineage.client.utils.DatasetIdentifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run tells OpenLineage: small tables take the places of an application's own. */
class LineageTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private Terminal.Result run(long last, String... args) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "run",
                "adoption",
                "--as-of",
                "2026-05-01",
                "--set",
                "lake.path=" + folder.resolve("lake")));
    all.addAll(Arrays.asList(args));
    return Terminal.run(NumberTables.program(last), any -> List.of(), all.toArray(String[]::new));
  }

  private String configured(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("openlineage.yml"), yaml);
    return "monitoring.openlineage_config=" + file;
  }

  private String toFile() throws IOException {
    return configured("transport: {type: file, location: %s}".formatted(events()));
  }

  private Path events() {
    return folder.resolve("events.jsonl");
  }

  private static List<JsonNode> parsed(List<String> lines) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : lines) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  private static List<String> names(JsonNode datasets) {
    return StreamSupport.stream(datasets.spliterator(), false)
        .map(it -> it.get("namespace").asText() + " " + it.get("name").asText())
        .toList();
  }

  @Test
  void eachTableIsToldWithWhatItReadsAndWrites() throws IOException {
    Instant start = Instant.now();

    Terminal.Result result =
        run(9, "--set", toFile(), "--set", "monitoring.openlineage_namespace=acme");

    assertThat(result.exitCode()).as(result.err()).isZero();
    List<JsonNode> all = parsed(Files.readAllLines(events()));
    assertThat(all)
        .extracting(it -> it.at("/eventType").asText() + " " + it.at("/job/name").asText())
        .containsExactly(
            "START run adoption",
            "START metrics.customer_adoption",
            "COMPLETE metrics.customer_adoption",
            "START metrics.feature_adoption",
            "COMPLETE metrics.feature_adoption",
            "START metrics.adopter_retention",
            "COMPLETE metrics.adopter_retention",
            "START metrics.time_to_value",
            "COMPLETE metrics.time_to_value",
            "COMPLETE run adoption");
    assertThat(all).allMatch(it -> it.at("/job/namespace").asText().equals("acme"));
    assertThat(all)
        .allMatch(
            it ->
                it.at("/run/facets/nominalTime/nominalStartTime")
                    .asText()
                    .startsWith("2026-05-01T00:00"));
    assertThat(all).allMatch(it -> Instant.parse(it.at("/eventTime").asText()).isAfter(start));

    JsonNode told = all.get(4);
    String lake = "file " + folder.resolve("lake");
    assertThat(names(told.at("/inputs"))).containsExactly(lake + "/metrics/customer_adoption");
    assertThat(names(told.at("/outputs"))).containsExactly(lake + "/metrics/feature_adoption");
    assertThat(told.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong()).isEqualTo(10);
    assertThat(told.at("/outputs/0/facets/schema/fields").toString())
        .contains("\"name\":\"number\"", "\"type\":\"bigint\"", "\"description\":\"the number\"");
    assertThat(told.at("/run/runId")).isEqualTo(all.get(3).at("/run/runId"));
    assertThat(told.at("/run/facets/parent/run/runId")).isEqualTo(all.get(0).at("/run/runId"));
    assertThat(told.at("/run/facets/parent/job/name").asText()).isEqualTo("run adoption");
  }

  @Test
  void aSkippedTableIsNotTold() throws IOException {
    run(9);

    run(9, "--set", toFile());

    assertThat(parsed(Files.readAllLines(events())))
        .extracting(it -> it.at("/job/name").asText())
        .containsExactly("run adoption", "run adoption");
  }

  @Test
  void aFailureIsToldWithItsMessageAndWhatItBlocksIsNot() throws IOException {
    assertThat(run(200, "--set", toFile()).exitCode()).isEqualTo(3);

    List<JsonNode> all = parsed(Files.readAllLines(events()));
    List<JsonNode> failed =
        all.stream().filter(it -> it.at("/eventType").asText().equals("FAIL")).toList();
    assertThat(failed)
        .extracting(it -> it.at("/job/name").asText())
        .containsExactly("metrics.adopter_retention", "run adoption");
    assertThat(failed)
        .allMatch(
            it -> it.at("/run/facets/errorMessage/message").asText().contains("adopter_retention"));
    assertThat(failed.get(0).at("/outputs/0/name").asText()).endsWith("/adopter_retention");
    assertThat(failed.get(0).at("/outputs/0/outputFacets").has("outputStatistics")).isFalse();
    assertThat(all).noneMatch(it -> it.at("/job/name").asText().equals("metrics.time_to_value"));
  }

  @Test
  void eventsGoByHttpToo() throws IOException {
    List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/lineage",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      Terminal.Result result =
          run(9, "--set", configured("transport: {type: http, url: '%s'}".formatted(url)));
      assertThat(result.err()).doesNotContain("OpenLineage");
    } finally {
      server.stop(0);
    }

    assertThat(parsed(bodies)).hasSize(10);
  }

  @Test
  void whatCannotBeSentIsSaidOnceAndStopsNoNight() throws IOException {
    Terminal.Result result =
        run(9, "--set", configured("transport: {type: http, url: 'http://127.0.0.1:1'}"));

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).containsOnlyOnce("Cannot tell OpenLineage of the run");
  }

  @Test
  void noTableWaitsUntilAnEventIsAnswered() throws IOException {
    Path lastTable = folder.resolve("lake/metrics/time_to_value/_delta_log");
    AtomicBoolean isBuiltBeforeTheFirstAnswer = new AtomicBoolean();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/lineage",
        exchange -> {
          long end = System.nanoTime() + Duration.ofSeconds(50).toNanos();
          while (!Files.exists(lastTable) && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
          }
          isBuiltBeforeTheFirstAnswer.compareAndSet(false, Files.exists(lastTable));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      run(
          9,
          "--set",
          configured("transport: {type: http, url: '%s', timeoutInMillis: 60000}".formatted(url)));
    } finally {
      server.stop(0);
    }

    assertThat(isBuiltBeforeTheFirstAnswer).isTrue();
  }

  @Test
  void aConfigurationThatIsNoneIsRefused() throws IOException {
    Terminal.Result missing =
        run(9, "--set", "monitoring.openlineage_config=" + folder.resolve("none.yml"));
    Terminal.Result wrong = run(9, "--set", configured("transport: {type: pigeon}"));
    Terminal.Result noYaml = run(9, "--set", configured("transport: ["));
    Terminal.Result empty = run(9, "--set", configured(""));

    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("there is no file " + folder.resolve("none.yml"));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("is no OpenLineage configuration");
    assertThat(noYaml.exitCode()).isEqualTo(2);
    assertThat(noYaml.err()).contains("is no OpenLineage configuration");
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.err()).contains("is no OpenLineage configuration");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          s3a://bucket/exports/events, , s3://bucket, exports/events
          /data/exports/events, , file, /data/exports/events
          hdfs://nameservice/lake, , hdfs://nameservice, /lake
          jdbc:postgresql://db.local:5433/app?user=u&password=pw, public.events, postgres://db.local:5433, app.public.events
          jdbc:sqlserver://db:1433;databaseName=app;user=u;password=pw, events, sqlserver://db:1433, app.events
          jdbc:db2://db:50000/app:user=u;password=pw;, events, db2://db:50000, app.events
          jdbc:h2:/data/app;USER=u;PASSWORD=pw, events, h2:/data/app, events
          """)
  void placesHaveTheNamesOfTheSpecification(
      String location, String table, String namespace, String name) {
    DatasetIdentifier at = Lineage.dataset(new Origin(location, Optional.ofNullable(table)));

    assertThat(at.getNamespace()).isEqualTo(namespace);
    assertThat(at.getName()).isEqualTo(name);
  }

  @Test
  void aDryRunTellsNothing() throws IOException {
    run(9, "--set", toFile(), "--dry-run");

    assertThat(events()).doesNotExist();
  }
}
