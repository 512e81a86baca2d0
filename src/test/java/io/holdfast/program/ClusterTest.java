package io.holdfast.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.Catalog;
import io.holdfast.Ports;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A night on a real cluster: a standalone master, two workers and the executors that they start,
 * each a process of its own, and the shaded jar by {@code spark-submit}. Needs {@code make jar}.
 */
@Tag("integration")
class ClusterTest {

  private static final String NIGHT = "2026-03-03";

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (int i = started.size() - 1; i >= 0; i--) {
      Process process = started.get(i);
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void theShadedJarOnAClusterMakesTheRowsOfLocalMode() throws Exception {
    TinyCompany company = TinyCompany.ofThree(folder.resolve("company"));
    Path local = folder.resolve("local");
    List<String> night =
        List.of("run", "ingest", "activity", "retention", "adoption", "--as-of", NIGHT, "--set");
    List<String> here = new ArrayList<>(night);
    here.add("lake.path=" + local);
    Terminal.Result expected = company.run(here.toArray(String[]::new));
    assertThat(expected.exitCode()).as(expected.out() + expected.err()).isZero();

    String master = cluster();
    List<String> submitted =
        new ArrayList<>(
            List.of(
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master,
                "--executor-memory",
                "640m",
                "--conf",
                "spark.sql.shuffle.partitions=2",
                "--conf",
                "spark.ui.enabled=false",
                "--class",
                "io.holdfast.Main",
                jar().toString()));
    submitted.addAll(night);
    submitted.add("lake.path=" + folder.resolve("clustered"));
    submitted.addAll(
        List.of(
            "--config",
            TinyCompany.write(folder.resolve("company.conf"), company.configuration() + lineage())
                .toString()));
    Process driver = spark("driver", submitted.toArray(String[]::new));

    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).as(log("driver")).isTrue();

    assertThat(driver.exitValue()).as(log("driver") + log("master")).isZero();
    assertThat(said("driver")).last().asString().contains("\"exit_code\":0");
    List<Table> tables = Catalog.JOBS.stream().map(Job::table).toList();
    LakeRows.assertSame(
        "on the cluster",
        LakeRows.of(company.lake(folder.resolve("clustered")), tables, LocalDate.parse(NIGHT)),
        LakeRows.of(company.lake(local), tables, LocalDate.parse(NIGHT)));
    assertLineage(company);
    // The work was done by executors of both workers.
    for (String worker : List.of("worker-1", "worker-2")) {
      assertThat(log(worker)).contains("Asked to launch executor app-");
    }
  }

  private Path events() {
    return folder.resolve("events.jsonl");
  }

  private String lineage() {
    Path file =
        TinyCompany.write(
            folder.resolve("openlineage.yml"),
            "transport: {type: file, location: %s}".formatted(events()));
    return "monitoring.openlineage_config = \"%s\"\n".formatted(file);
  }

  /** OpenLineage was told of every table: what it was made from, and where it is. */
  private void assertLineage(TinyCompany company) throws java.io.IOException {
    Map<String, JsonNode> told = new HashMap<>();
    for (String line : Files.readAllLines(events())) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.at("/eventType").asText().equals("COMPLETE")) {
        told.put(event.at("/job/name").asText(), event);
      }
    }
    Lake lake = company.lake(folder.resolve("clustered"));
    List<Job> built = Catalog.JOBS.stream().filter(job -> lake.version(job.table()) >= 0).toList();
    assertThat(built).hasSizeGreaterThan(30);
    for (Job job : built) {
      String name = job.table().id();
      assertThat(told).containsKey(name);
      assertThat(names(told.get(name).at("/outputs"))).containsExactly(path(name));
      List<String> inputs = names(told.get(name).at("/inputs"));
      assertThat(job.reads().stream().map(table -> path(table.id())))
          .as("what %s may read", name)
          .containsAll(inputs.stream().filter(input -> !input.contains("/landing/")).toList());
      assertThat(inputs.isEmpty()).as("inputs of " + name).isEqualTo(hasNone(job, company));
    }
    assertThat(names(told.get("sources.events").at("/inputs")))
        .containsExactly("file " + folder.resolve("company/landing/events"));
    assertThat(names(told.get("activity.customer_days").at("/inputs")))
        .contains(path("conformed.events"));
  }

  /** A contract of which the company has no feed is made from nothing. */
  private static boolean hasNone(Job job, TinyCompany company) {
    return job.table().stage().equals("sources")
        && !company.configuration().contains("contract = " + job.table().name());
  }

  private String path(String table) {
    return "file " + folder.resolve("clustered/" + table.replace('.', '/'));
  }

  private static List<String> names(JsonNode datasets) {
    return StreamSupport.stream(datasets.spliterator(), false)
        .map(it -> it.get("namespace").asText() + " " + it.get("name").asText())
        .toList();
  }

  /** Starts a master and two workers of a core each. */
  private String cluster() throws Exception {
    int port = Ports.free();
    String master = "spark://127.0.0.1:" + port;
    started.add(
        spark(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            "" + port,
            "--webui-port",
            "0"));
    await(() -> Ports.isOpen(port), "master");
    for (String worker : List.of("worker-1", "worker-2")) {
      started.add(
          spark(
              worker,
              "org.apache.spark.deploy.worker.Worker",
              "--host",
              "127.0.0.1",
              "--webui-port",
              "0",
              "--cores",
              "1",
              "--memory",
              "1g",
              "--work-dir",
              folder.resolve(worker + "-work").toString(),
              master));
      await(() -> log(worker).contains("Successfully registered with master"), worker);
    }
    return master;
  }

  private Process spark(String name, String... program) throws Exception {
    Path home = folder.resolve("spark");
    if (!Files.exists(home)) {
      ChildJvm.sparkHome(home);
      Path conf = Files.createDirectories(home.resolve("conf"));
      Files.writeString(
          conf.resolve("log4j2.properties"),
          """
          rootLogger.level = info
          rootLogger.appenderRef.console.ref = console
          appender.console.type = Console
          appender.console.name = console
          appender.console.target = SYSTEM_ERR
          appender.console.layout.type = PatternLayout
          appender.console.layout.pattern = %p %c{1}: %m%n
          logger.hadoop.name = org.apache.hadoop
          logger.hadoop.level = warn
          """);
    }
    return ChildJvm.start(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Duser.timezone=UTC",
            "-cp",
            home.resolve("conf") + java.io.File.pathSeparator + home.resolve("jars") + "/*"),
        // Spark's scripts would say the version of Scala; workers ask for it.
        Map.of(
            "SPARK_HOME", home.toString(),
            "SPARK_LOCAL_IP", "127.0.0.1",
            "SPARK_SCALA_VERSION", "2.13"),
        folder.resolve(name + ".log"),
        program);
  }

  private static Path jar() throws Exception {
    try (var files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("holdfast-[0-9.]+.*\\.jar"))
          .filter(file -> !file.getFileName().toString().contains("original"))
          .max(Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow(
              () ->
                  new AssertionError(
                      "There is no shaded jar in target. Run `make jar`, then the test again."));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(Condition condition, String name) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(name + " does not come up:\n" + log(name)).isLessThan(end);
      Thread.sleep(100);
    }
  }

  /** What a program itself printed, beside what Spark logged until the end of the process. */
  private List<String> said(String name) throws java.io.IOException {
    return log(name).lines().filter(line -> !line.matches("(INFO|WARN|ERROR) .*")).toList();
  }

  private String log(String name) throws java.io.IOException {
    Path file = folder.resolve(name + ".log");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
