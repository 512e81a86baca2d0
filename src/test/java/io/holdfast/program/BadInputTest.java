package io.holdfast.program;

import static io.holdfast.program.TinyCompany.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.Catalog;
import io.holdfast.Rows;
import io.holdfast.cli.Terminal;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.job.Job;
import io.holdfast.lake.Lease;
import io.holdfast.ops.RejectedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the program says, and how it ends, when something is wrong. After each failure the tables
 * are as they were, and the same command succeeds once the cause is mended.
 */
@org.junit.jupiter.api.Tag("integration")
class BadInputTest {

  @TempDir private static Path folder;
  private static Path copy;
  private static Path home;

  private TinyCompany company;

  @BeforeAll
  static void firstNight() {
    home = folder.resolve("home");
    copy = folder.resolve("copy");
    TinyCompany built = TinyCompany.ofThree(home);
    assertThat(built.ingest("2026-03-01").exitCode()).isZero();
    built.copy(copy);
  }

  @BeforeEach
  void theFirstNightStands() {
    company = TinyCompany.ofThree(home);
    company.restore(copy);
  }

  @Test
  void deliveriesThatCannotBeReadAreEachNamedWithWhatToDo() {
    company.feed("tickets", TICKETS);
    Path customers =
        company.deliver(
            "customers", "2026-03-02", "id,names,country,joined", "c4,Dogwood,US,2026-03-02");
    company.deliver(
        "subscriptions",
        "2026-03-02",
        "id,customer,plan,amount,start,end",
        "s3,c3,pro,a lot,2026-03-02,",
        "s4,c3,pro,plenty,2026-03-02,");
    String[] lines = new String[5000];
    Arrays.setAll(lines, i -> event("x" + i, "c1", "2026-03-02T12:00:%02dZ".formatted(i % 60)));
    byte[] whole = TinyCompany.gzipped(lines);
    Path events = company.delivery("events", "2026-03-02", "part-1.txt.gz");
    TinyCompany.write(events, Arrays.copyOf(whole, whole.length / 2));

    String said =
        failsWith(
            2,
            "2026-03-02",
            "sources.tickets",
            "sources.customers",
            "sources.subscriptions",
            "sources.events");

    // A path that never delivered.
    assertThat(said)
        .contains(
            "Cannot read feed tickets: there is no file at " + home.resolve("landing/tickets"))
        .contains("Correct sources.feeds.tickets.path, or take the feed out");
    // A wrong header: the nearest column, and all that the file has.
    assertThat(said)
        .contains("Cannot read feed customers: file:")
        .contains(
            customers
                + " has no column 'name' (nearest: 'names'). It has [id, names, country, joined]."
                + " Correct sources.feeds.customers.columns, or the file.");
    // A column that parses in no row is a wrong mapping.
    assertThat(said)
        .contains("Cannot read feed subscriptions: no row of 2 could be read; cannot read amount '")
        .contains("Correct the column's mapping or its format in sources.feeds.subscriptions");
    // An archive that is cut off.
    assertThat(said)
        .contains("Cannot build sources.events: the file file:")
        .contains(events + " is damaged or cut off")
        .contains("Deliver it again whole and run again; nothing of it was taken in.");

    company.deliver("tickets", "2026-03-02", "id,customer,opened", "t1,c1,2026-03-02");
    company.deliver(
        "customers", "2026-03-02", "id,name,country,joined", "c4,Dogwood,US,2026-03-02");
    company.deliver(
        "subscriptions",
        "2026-03-02",
        "id,customer,plan,amount,start,end",
        "s3,c3,pro,90,2026-03-02,");
    TinyCompany.write(events, whole);
    succeeds("2026-03-02");
    assertThat(company.rows(Events.TABLE).count()).isEqualTo(5 + 5000);
  }

  @Test
  void anEmptyFileIsAWarningAndOneBadRowIsRejectedWithItsReasonAndItsText() {
    Path empty = company.delivery("subscriptions", "2026-03-02", "part-0.csv");
    TinyCompany.write(empty, new byte[0]);
    company.deliver(
        "customers",
        "2026-03-02",
        "id,name,country,joined",
        "c4,Dogwood,US,2026-03-02",
        "c5,Elm,US,some day",
        "c6,Fir,US,2026-03-02");

    assertThat(succeeds("2026-03-02").out())
        .contains("file file:" + empty + " of feed subscriptions is empty");

    Rows.assertRows(
        company.rows(RejectedRows.TABLE),
        """
        | contract  | feed      | row_date   | reject_reason                           | raw                                                             |
        | customers | customers | 2026-03-02 | cannot read signup 'some day' as moment | {"id":"c5","name":"Elm","country":"US","joined":"some day"} |
        """);
    Rows.assertRows(
        company.rows(Customers.TABLE),
        """
        | customer_id |
        | c1          |
        | c2          |
        | c3          |
        | c4          |
        | c6          |
        """);
    Rows.assertRows(
        company.rows(Subscriptions.TABLE),
        """
        | subscription_id |
        | s1              |
        | s2              |
        """);
  }

  @Test
  void muchDirtIsNotTakenInAndAnArchiveCutOffInItsFirstLineIsNotTakenForAnEmptyOne() {
    company.deliver(
        "customers",
        "2026-03-02",
        "id,name,country,joined",
        "c4,Dogwood,US,2026-03-02",
        ",Elm,US,2026-03-02",
        "c6,Fir,US,soon");
    byte[] whole =
        TinyCompany.gzipped("id,customer,plan,amount,start,end", "s3,c3,pro,90,2026-03-02,");
    Path archive = company.delivery("subscriptions", "2026-03-02", "part-0.csv.gz");
    TinyCompany.write(archive, Arrays.copyOf(whole, 14));

    // Of several failures a broken rule counts first.
    assertThat(failsWith(3, "2026-03-02", "sources.customers", "sources.subscriptions"))
        .contains(
            "Cannot take in feed customers: 2 of 3 rows (66.7%) are rejected, more than"
                + " sources.max_rejected_rate = 0.05")
        .contains("has no customer_id (1 rows)", "cannot read signup 'soon' as moment (1 rows)")
        .contains("blocked  conformed.customers")
        .contains("stays as it was, because [")
        .contains(archive + ": the file is damaged or cut off");

    company.deliver(
        "customers", "2026-03-02", "id,name,country,joined", "c4,Dogwood,US,2026-03-02");
    TinyCompany.write(archive, whole);
    succeeds("2026-03-02");
    assertThat(company.rows(Customers.TABLE).count()).isEqualTo(4);
    assertThat(company.rows(Subscriptions.TABLE).count()).isEqualTo(3);
  }

  @Test
  void aLakeThatAnotherRunHoldsIsLeftAloneAndAnOldNightIsNotRunAgainOverNewerArrivals() {
    var lake = company.lake(company.lakeFolder());
    try (Lease other =
        Lease.acquire(lake.fileSystem(), lake.root(), "other-night", Duration.ZERO)) {
      assertThat(other.isHeld()).isTrue();
      Map<String, Long> before = company.versions();

      Terminal.Result result = company.ingest("2026-03-02", "--set", "lake.wait_seconds=1");

      assertThat(result.exitCode()).isEqualTo(5);
      assertThat(result.err())
          .contains("Cannot write to the lake", "run other-night of ")
          .contains("(process " + ProcessHandle.current().pid() + ") holds it since");
      assertThat(result.lastLine()).startsWith("{\"exit_code\":5,");
      assertThat(company.versions()).isEqualTo(before);
    }
    succeeds("2026-03-02");
    Map<String, Long> before = company.versions();

    Terminal.Result result = company.ingest("2026-03-01");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("already holds arrivals up to 2026-03-02, and state never goes back")
        .contains("Run `holdfast backfill nightly --from 2026-03-01 --to 2026-03-01`");
    assertThat(company.versions()).isEqualTo(before);
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearest() {
    Map<String, Long> before = company.versions();

    Terminal.Result result = company.ingest("2026-03-02", "--set", "sources.max_rejected_rat=0.5");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("Cannot read sources.max_rejected_rat (--set sources.max_rejected_rat)")
        .contains("The nearest known one is sources.max_rejected_rate.");
    assertThat(company.versions()).isEqualTo(before);
  }

  @Test
  void aNightNeedsItsDate() {
    Terminal.Result result = company.run("run", "ingest");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("Cannot run ingest: --as-of is missing. Give the last local day that counts");
    assertThat(result.lastLine()).startsWith("{\"exit_code\":2,");
  }

  @Test
  void aDateThatIsNoneIsSaidToBeNone() {
    Terminal.Result result = company.ingest("2026-02-30");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--as-of", "'2026-02-30'");
  }

  @Test
  void anUnknownApplicationIsNamedWithTheNearest() {
    Terminal.Result result = company.run("run", "ingets", "--as-of", "2026-03-02");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("Cannot run 'ingets': there is no such application (nearest: 'ingest').");
  }

  @Test
  void aDamagedLogOfATableIsThePlatformsFault() throws IOException {
    Path log =
        company.lakeFolder().resolve("conformed/customers/_delta_log/00000000000000000000.json");
    byte[] whole = Files.readAllBytes(log);
    TinyCompany.write(log, "{\"commitInfo\":{\"tim");

    assertThat(failsWith(1, "2026-03-02")).contains("conformed.customers", "_delta_log");

    TinyCompany.write(log, whole);
    succeeds("2026-03-02");
  }

  @Test
  void aLakeThatCannotBeReachedIsThePlatformsFault() {
    Path blocked = TinyCompany.write(home.resolve("a file"), "no folder").resolve("lake");
    for (String path : new String[] {"nosuch://bucket/lake", blocked.toString()}) {
      Terminal.Result result = company.ingest("2026-03-02", "--set", "lake.path=" + path);

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("Cannot open the lake " + path).contains("Check lake.path");
    }
  }

  @Test
  void aFolderThatHoldsSomethingElseIsNoLake() {
    Path landing = home.resolve("landing");

    Terminal.Result result = company.ingest("2026-03-02", "--set", "lake.path=" + landing);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("Cannot use file:" + landing + " as a lake: it holds something else")
        .contains("Point lake.path at a lake or at an empty folder.");
    assertThat(landing.resolve("_holdfast.json")).doesNotExist();
  }

  @Test
  void aDateBeforeAllDeliveriesIsRefused() {
    Path fresh = home.resolve("fresh");

    Terminal.Result result = company.ingest("2026-02-27", "--set", "lake.path=" + fresh);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out())
        .contains("Cannot read feed customers")
        .contains("its first delivery at ", " is of 2026-03-01, after 2026-02-27");
  }

  @Test
  void aDateBeforeAllRowsIsRefused() {
    TinyCompany.write(home.resolve("landing/crm/crm.csv"), "id,joined", "c1,2026-01-05");
    for (String feed : new String[] {"customers", "subscriptions", "events"}) {
      company.withoutFeed(feed);
    }
    company.feed(
        "crm",
        """
        contract = customers, format = csv, arrives = once
        columns { customer_id = id, signup = joined }
        """);

    Terminal.Result result =
        company.ingest("2026-01-04", "--set", "lake.path=" + home.resolve("fresh"));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out())
        .contains("it is before all data, whose first row is of 2026-01-05. Give a later --as-of.");
  }

  @Test
  void aRequiredFeedThatStoppedIsWaitedFor() {
    assertThat(failsWith(4, "2026-03-06", "sources.events"))
        .contains(
            "Cannot build 2026-03-06: required feed events last delivered on 2026-03-03, more than"
                + " 2 days before. Run again when it has delivered, or raise"
                + " sources.feeds.events.max_age_days.");

    company.deliver("events", "2026-03-05", event("e9", "c1", "2026-03-05T09:00:00Z"));
    succeeds("2026-03-06");
  }

  @Test
  void aTableThatWasNeverBuiltIsNamedWithWhatToRun() {
    Terminal.Result result = company.run("run", "retention", "--as-of", "2026-03-01");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.out())
        .contains("Cannot build metrics.cohort_retention for 2026-03-01: activity.aliases does")
        .contains("or `run nightly`");
  }

  @Test
  void aFullDiskLeavesNothingHalfWritten() throws IOException, InterruptedException {
    Path small = Files.createDirectories(folder.resolve("small"));
    assumeTrue(
        ran("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", small.toString()),
        "skipped: a small disk can be mounted by root alone");
    try {
      Terminal.Result result =
          company.ingest("2026-03-01", "--set", "lake.path=" + small.resolve("lake"));

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out() + result.err()).contains("a disk is full", "nothing is half-written");

      assertThat(ran("mount", "-o", "remount,size=50m", small.toString())).isTrue();
      Terminal.Result again =
          company.ingest("2026-03-01", "--set", "lake.path=" + small.resolve("lake"));
      assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
      assertThat(company.contents(company.lake(small.resolve("lake")), READ))
          .isEqualTo(company.contents(company.lake(company.lakeFolder()), READ));
    } finally {
      ran("umount", "-l", small.toString());
    }
  }

  private static final List<String> READ = List.of("conformed");

  private static final String TICKETS =
      """
      contract = tickets, format = csv, arrives = append
      columns { ticket_id = id, customer_id = customer, opened = opened }
      """;

  /** What a run says that fails with some tables: those and all that read them are as they were. */
  private String failsWith(int exitCode, String asOf, String... tables) {
    Map<String, Long> before = versionsFor(tables);
    Terminal.Result result = company.ingest(asOf);
    assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(exitCode);
    assertThat(result.lastLine()).contains("\"exit_code\":" + exitCode);
    Set<String> failed = new TreeSet<>(List.of(tables));
    for (Job job : Catalog.JOBS) {
      // The feeds of this company look nothing up in one another.
      boolean lands = job.table().stage().equals("sources");
      if (!lands && job.reads().stream().anyMatch(read -> failed.contains(read.id()))) {
        failed.add(job.table().id());
      }
    }
    Map<String, Long> after = versionsFor(tables);
    failed.forEach(name -> assertThat(after.get(name)).as(name).isEqualTo(before.get(name)));
    return result.out() + result.err();
  }

  /** The versions of all tables, read where some are to be compared: a damaged log has none. */
  private Map<String, Long> versionsFor(String... compared) {
    return compared.length == 0 ? Map.of() : company.versions();
  }

  private Terminal.Result succeeds(String asOf) {
    Terminal.Result result = company.ingest(asOf);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    return result;
  }

  private static boolean ran(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException noSuchCommand) {
      return false;
    }
  }
}
