package io.holdfast.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
            TinyCompany.write(folder.resolve("company.conf"), company.configuration()).toString()));
    Process driver = spark("driver", submitted.toArray(String[]::new));

    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).as(log("driver")).isTrue();

    assertThat(driver.exitValue()).as(log("driver") + log("master")).isZero();
    assertThat(said("driver")).last().asString().contains("\"exit_code\":0");
    List<Table> tables = Catalog.JOBS.stream().map(Job::table).toList();
    LakeRows.assertSame(
        "on the cluster",
        LakeRows.of(company.lake(folder.resolve("clustered")), tables, LocalDate.parse(NIGHT)),
        LakeRows.of(company.lake(local), tables, LocalDate.parse(NIGHT)));
    // The work was done by executors of both workers.
    for (String worker : List.of("worker-1", "worker-2")) {
      assertThat(log(worker)).contains("Asked to launch executor app-");
    }
  }

  /** Starts a master and two workers of a core each. */
  private String cluster() throws Exception {
    int port = freePort();
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
    await(() -> isOpen(port), "master");
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

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
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
