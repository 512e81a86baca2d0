package io.holdfast.program;

import static io.holdfast.program.TinyCompany.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.activity.CustomerDays;
import io.holdfast.cli.Terminal;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and machines do to a lake, and what the next night makes of it. */
@Tag("integration")
class AccidentsTest {

  private static final String FIRST = "2026-03-02";
  private static final String SECOND = "2026-03-03";
  private static final List<String> APPLICATIONS = List.of("ingest", "activity", "retention");

  private static final Map<Map<String, String>, Map<String, List<String>>> UNDISTURBED =
      new HashMap<>();

  @TempDir private static Path root;
  private static Path folder;
  private static TinyCompany company;

  /** The first night, which no test disturbs. */
  @BeforeAll
  static void firstNight() {
    folder = root.resolve("company");
    company = TinyCompany.ofThree(folder);
    company.environment("HOLDFAST_LAKE__WAIT_SECONDS", "600");
    assertThat(night(FIRST).exitCode()).isZero();
    company.copy(root.resolve("first"));
  }

  @BeforeEach
  void afterTheFirstNight() {
    company.restore(root.resolve("first"));
  }

  private static Terminal.Result night(String asOf, String... more) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.addAll(APPLICATIONS);
    args.addAll(List.of("--as-of", asOf));
    args.addAll(List.of(more));
    return company.run(args.toArray(String[]::new));
  }

  private static List<Table> tables() {
    return Catalog.JOBS.stream()
        .map(Job::table)
        .filter(table -> !LakeRows.isAppended(table))
        .toList();
  }

  private static Map<String, List<String>> rows(Path lake) {
    return LakeRows.of(company.lake(lake), tables(), LocalDate.parse(SECOND));
  }

  /**
   * What the second night makes of the deliveries in a lake that nothing ever happened to. Made
   * once for each set of delivered files.
   */
  private static Map<String, List<String>> undisturbed() {
    return UNDISTURBED.computeIfAbsent(
        delivered(),
        files -> {
          Path other = folder.resolve("undisturbed");
          Terminal.Result result = night(SECOND, "--set", "lake.path=" + other);
          assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
          return rows(other);
        });
  }

  private static Map<String, String> delivered() {
    try (var files = Files.walk(folder.resolve("landing"))) {
      Map<String, String> delivered = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        delivered.put(file.toString(), Arrays.toString(Files.readAllBytes(file)));
      }
      return delivered;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireUndisturbed(String what) {
    LakeRows.assertSame(what, rows(company.lakeFolder()), undisturbed());
  }

  @Test
  void twoNightsAtOnceMakeOneAndABackfillBesideOneNothingElse() {
    for (Supplier<Terminal.Result> other :
        List.<Supplier<Terminal.Result>>of(
            () -> night(SECOND),
            () ->
                company.run(
                    "backfill",
                    "retention",
                    "--from",
                    FIRST,
                    "--to",
                    SECOND,
                    "--arrived-by",
                    SECOND))) {
      CompletableFuture<Terminal.Result> first = CompletableFuture.supplyAsync(() -> night(SECOND));
      CompletableFuture<Terminal.Result> second = CompletableFuture.supplyAsync(other);

      assertThat(first.join().exitCode()).as(first.join().out() + first.join().err()).isZero();
      assertThat(second.join().exitCode()).as(second.join().out() + second.join().err()).isZero();
      requireUndisturbed("two at once");
    }
    Lake lake = company.lake(company.lakeFolder());
    assertThat(lake.read(Ledger.COMMITS).select("table_id", "version").collectAsList())
        .doesNotHaveDuplicates();
  }

  @Test
  void aNightThatMustNotWaitEndsWith5AndNamesWhoHoldsTheLake() throws Exception {
    String lease =
        """
        {"run_id":"other-run","holder":"ann@far","host":"another machine","pid":7,"started_at":"",\
        "since":"2026-03-03T02:00:00Z","expires_at":"%s"}
        """;
    Path file = lastLease().resolveSibling("000000000099.json");
    Files.writeString(file, lease.formatted(Instant.now().plusSeconds(3600)));

    Terminal.Result refused = night(SECOND, "--set", "lake.wait_seconds=0");

    assertThat(refused.exitCode()).isEqualTo(5);
    assertThat(refused.err()).contains("run other-run of ann@far (process 7) holds it since");

    // Its process died on another machine: nobody renews the lease, and it ends by itself.
    Files.writeString(file, lease.formatted(Instant.now().plusSeconds(3)));
    Terminal.Result waited = night(SECOND);

    assertThat(waited.exitCode()).as(waited.err()).isZero();
    requireUndisturbed("after a lease left behind");
  }

  private static Path lastLease() throws Exception {
    try (var files = Files.list(company.lakeFolder().resolve("_lease"))) {
      return files.max(Path::compareTo).orElseThrow();
    }
  }

  @Test
  void aTableThatSomebodyDeletedIsBuiltAnewAndItsReadersFollow() throws Exception {
    // News of a day long past, so that a reader which looks at the latest days alone misses it.
    for (Table table : List.of(Customers.TABLE, Events.TABLE, CustomerDays.TABLE)) {
      delete(table);
    }
    company.deliver(
        "customers",
        SECOND,
        "id,name,country,joined",
        "c1,Acorn,US,2026-02-20",
        "c4,Dogwood,,2026-03-03");
    TinyCompany.write(
        company.delivery("events", SECOND, "late.json"), event("e7", "c3", "2026-02-01T20:00:00Z"));

    Terminal.Result result = night(SECOND);

    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    requireUndisturbed("after tables were deleted");
  }

  @Test
  void aDeletedTableThatHasMoreVersionsAgainThanItsReaderReadIsStillSeenToBeAnother()
      throws Exception {
    delete(Events.TABLE);
    for (String day : List.of("2026-02-01", "2026-02-03")) {
      TinyCompany.write(
          company.delivery("events", FIRST, "late-" + day + ".json"),
          event("late-" + day, "c3", day + "T20:00:00Z"));
      Terminal.Result ingested = company.ingest(SECOND);
      assertThat(ingested.exitCode()).as(ingested.out() + ingested.err()).isZero();
    }

    Terminal.Result result = night(SECOND);

    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    requireUndisturbed("after events were deleted and grew again");
  }

  @Test
  void aDamagedFileOfTheLakeIsNamedWithHowToMendIt() throws Exception {
    Path damaged = dataFile(Events.TABLE);
    byte[] bytes = Files.readAllBytes(damaged);
    Files.write(damaged, Arrays.copyOf(bytes, bytes.length / 2));
    TinyCompany.write(
        company.delivery("events", SECOND, "late.json"), event("e7", "c3", "2026-03-01T20:00:00Z"));

    Terminal.Result broken = night(SECOND);

    assertThat(broken.exitCode()).as(broken.out() + broken.err()).isEqualTo(1);
    assertThat(broken.out())
        .contains("the lake's file")
        .contains(damaged.getFileName().toString())
        .contains("delete its table's folder and run `holdfast backfill --rebuild`");

    // What the message says.
    delete(Events.TABLE);
    for (String application : APPLICATIONS) {
      Terminal.Result mended =
          company.run("backfill", application, "--rebuild", "--from", SECOND, "--to", SECOND);
      assertThat(mended.exitCode()).as(mended.out() + mended.err()).isZero();
    }
    requireUndisturbed("after it was mended");
  }

  @Test
  void aDamagedLogOfATableIsNamedWithHowToMendIt() throws Exception {
    Path log = company.lakeFolder().resolve("conformed/events/_delta_log");
    try (var files = Files.list(log)) {
      for (Path file : files.toList()) {
        if (!Files.isDirectory(file)) {
          Files.writeString(file, "{\"commitInfo\":{\"time");
        }
      }
    }
    DeltaLog.clearCache();

    Terminal.Result broken = night(SECOND);

    assertThat(broken.exitCode()).as(broken.out() + broken.err()).isEqualTo(1);
    assertThat(broken.out() + broken.err())
        .contains("Cannot read the log of conformed.events")
        .contains("delete it and run `holdfast backfill --rebuild`");
  }

  private static Path dataFile(Table table) throws Exception {
    try (var files = Files.walk(company.lakeFolder().resolve(table.id().replace('.', '/')))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static void delete(Table table) throws Exception {
    FileUtils.deleteDirectory(company.lakeFolder().resolve(table.id().replace('.', '/')).toFile());
    DeltaLog.clearCache();
  }
}
