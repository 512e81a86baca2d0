package io.holdfast.program;

import static io.holdfast.Rows.assertRows;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.SharedSpark;
import io.holdfast.cli.Terminal;
import io.holdfast.config.Secret;
import io.holdfast.conformed.Customers;
import io.holdfast.job.Database;
import io.holdfast.job.Landing;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Feeds from a PostgreSQL that the test starts. Needs Debian's {@code postgresql}, which the test
 * installs where it runs as root; else it is skipped and says so.
 */
@Tag("integration")
class DatabaseFeedTest {

  private static final Table CUSTOMERS = Sources.table(Contracts.CUSTOMERS);
  private static final Table EVENTS = Sources.table(Contracts.EVENTS);
  private static final Table PAYMENTS = Sources.table(Contracts.PAYMENTS);

  private static Optional<Postgres> postgres = Optional.empty();

  @TempDir private Path folder;
  private TinyCompany company;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.start();
    assumeTrue(
        postgres.isPresent(), "skipped: PostgreSQL is not installed (apt-get install postgresql)");
  }

  @AfterAll
  static void stop() throws Exception {
    if (postgres.isPresent()) {
      postgres.get().stop();
    }
  }

  @BeforeEach
  void company() throws Exception {
    company = new TinyCompany(folder);
    company.environment("SHOP_PASSWORD", Postgres.PASSWORD);
    sql("drop schema public cascade; create schema public");
  }

  @Test
  void aSnapshotIsOneDeliveryANightAndWhatTheNextLacksIsNoMore() throws Exception {
    sql(
        """
        create table accounts (id int, name text, country char(4), joined timestamptz, test boolean);
        insert into accounts values
          (1, 'Acorn', 'US', '2026-01-05 23:30:00-05', false),
          (2, 'Birch', null, '2026-02-01 10:00:00+00', null),
          (3, 'Cedar', 'DE', '2026-02-03 10:00:00+00', true)
        """);
    company.feed(
        "accounts",
        database(
            """
            contract = customers, arrives = snapshot, table = public.accounts
            columns {
              customer_id = id, name = name, country = country, signup = joined
              is_internal = test
            }
            """));
    String out = night("2026-03-01");
    out += night("2026-03-01");
    assertThat(company.lake(company.lakeFolder()).version(CUSTOMERS)).isZero();

    sql("update accounts set name = 'Acorn Ltd' where id = 1; delete from accounts where id = 3");
    sql("insert into accounts values (4, 'Dogwood', 'FR', '2026-03-02 08:00:00+01', false)");
    out += night("2026-03-02");

    assertRows(
        company.rows(Customers.TABLE).filter("is_current"),
        """
        | customer_id | name      | country | signup_date | is_internal |
        | 1           | Acorn Ltd | US      | 2026-01-06  | false       |
        | 2           | Birch     |         | 2026-02-01  |             |
        | 4           | Dogwood   | FR      | 2026-03-02  | false       |
        """);
    assertRows(
        files(CUSTOMERS),
        """
        | feed     | file                                | file_tag | file_rows | folder_date |
        | accounts | URL/public.accounts/date=2026-03-01 | all rows | 3         | 2026-03-01  |
        | accounts | URL/public.accounts/date=2026-03-02 | all rows | 3         | 2026-03-02  |
        """
            .replace("URL", postgres.orElseThrow().url()));
    assertRows(
        company.rows(FeedDeliveries.TABLE).filter("as_of_date = '2026-03-02'"),
        """
        | feed     | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows |
        | accounts | 6           | 5         | 0             | 1           | 0                |
        """);
    assertNoPassword(out);
  }

  @Test
  void aGrowingColumnLandsEachRowOnce() throws Exception {
    sql(
        """
        create table clicks (id bigint generated always as identity, customer text, at timestamptz);
        insert into clicks (customer, at) values
          ('c1', '2026-03-01 09:00:00+00'), ('c1', '2026-03-01 09:10:00+00'),
          (null, '2026-03-01 10:00:00+00')
        """);
    company.feed(
        "clicks",
        database(
            """
            contract = events, arrives = append, table = clicks, growing_column = id
            columns {
              event_id = id, customer_id = customer, event = { constant = used }, occurred = at
            }
            """));
    night("2026-03-01");
    sql("insert into clicks (customer, at) values ('c2', '2026-03-02 09:00:00+00')");
    night("2026-03-02");
    night("2026-03-02");
    night("2026-03-03");

    // A night that fails has taken in nothing: the next try begins where the last good one ended.
    sql("insert into clicks (customer, at) values (null, '2026-03-04 09:00:00+00')");
    sql("insert into clicks (customer, at) values (null, '2026-03-04 09:01:00+00')");
    Terminal.Result broken = company.ingest("2026-03-04");
    assertThat(broken.exitCode()).as(broken.out() + broken.err()).isEqualTo(3);
    sql("update clicks set customer = 'c3' where id > 4");
    night("2026-03-04");

    assertRows(
        files(EVENTS),
        """
        | file                        | file_tag           | file_rows |
        | URL/clicks/date=2026-03-01  | id <= 3            | 3         |
        | URL/clicks/date=2026-03-02  | id > 3 and id <= 4 | 1         |
        | URL/clicks/date=2026-03-03  | id > 4 and id <= 4 | 0         |
        | URL/clicks/date=2026-03-04  | id > 4 and id <= 6 | 2         |
        """
            .replace("URL", postgres.orElseThrow().url()));
    assertRows(
        landed(EVENTS),
        """
        | event_id | customer_id | arrival_date | reject_reason      |
        | 1        | c1          | 2026-03-01   |                    |
        | 2        | c1          | 2026-03-01   |                    |
        | 3        |             | 2026-03-01   | has no customer_id |
        | 4        | c2          | 2026-03-02   |                    |
        | 5        | c3          | 2026-03-04   |                    |
        | 6        | c3          | 2026-03-04   |                    |
        """);
    assertRows(
        company.rows(FeedDeliveries.TABLE).filter("as_of_date = '2026-03-04'"),
        """
        | feed   | landed_rows | kept_rows | rejected_rows | merged_rows | not_yet_due_rows |
        | clicks | 6           | 5         | 1             | 0           | 0                |
        """);

    // Days that have landed are told again without the database.
    sql("drop table clicks");
    long version = company.lake(company.lakeFolder()).version(EVENTS);
    Terminal.Result again =
        company.run(
            "backfill", "ingest", "--from", "2026-03-02", "--to", "2026-03-04", "--rebuild");
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
    assertThat(company.lake(company.lakeFolder()).version(EVENTS)).isEqualTo(version);
  }

  @Test
  void typesAndZonesAreTheDatabasesWhereverThisMachineIs() throws Exception {
    sql(
        """
        create table payments (
          id uuid, customer bigint, booked timestamptz, tried timestamp, due date,
          amount numeric(12,2), fee numeric, status varchar(10), meta jsonb);
        insert into payments values
          ('00000000-0000-0000-0000-000000000001', 7, '2026-03-30 00:15:00.123456+02',
           '2026-03-29 02:30:00', '2026-03-29', 19.99, 0.1, 'paid', '{"kind": "recurring"}'),
          ('00000000-0000-0000-0000-000000000002', 8, '2026-03-30 00:15:00.123457+02',
           '2026-03-29 23:30:00', null, 1234567890.12, 12345678901234567890.5, 'paid', null)
        """);
    String columns =
        """
        columns {
          payment_id = id, customer_id = customer, attempted = tried, due = due, amount = amount
          status = status, kind = meta.kind
        }
        attributes { fee = fee, meta = meta }
        """;
    company.feed(
        "payments",
        database("arrives = append, table = payments, growing_column = booked\n" + columns));
    company.feed(
        "abroad",
        database(
            """
            contract = payments, arrives = changes, growing_column = booked
            version = booked, time_zone = America/New_York
            query = "select * from payments where customer = 7;"
            """
                + columns));
    TimeZone machine = TimeZone.getDefault();
    try {
      // In this zone there is no 2026-03-29 02:30.
      TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
      night("2026-03-30", "--set", "company.tz=Asia/Tokyo");
      sql(
          """
          insert into payments values
            ('00000000-0000-0000-0000-000000000003', 9, '2026-03-30 00:15:00.123458+02',
             '2026-03-30 10:00:00', '2026-03-31', 5, 0, 'paid', null)
          """);
      night("2026-03-31", "--set", "company.tz=Asia/Tokyo");
    } finally {
      TimeZone.setDefault(machine);
    }

    assertRows(
        landed(PAYMENTS)
            .withColumn("fee", col("attributes").getField("fee"))
            .withColumn("meta", col("attributes").getField("meta"))
            .withColumn("id", col("payment_id").substr(36, 1))
            .select(
                "feed",
                "id",
                "customer_id",
                "attempted_at",
                "attempted_date",
                "due",
                "amount",
                "status",
                "kind",
                "fee",
                "meta",
                "row_version",
                "arrival_date"),
        """
        | feed     | id | customer_id | attempted_at         | attempted_date | due        | amount          | status | kind      | fee                    | meta                  | row_version                | arrival_date |
        | abroad   | 1  | 7           | 2026-03-29T06:30:00Z | 2026-03-29     | 2026-03-29 | 19.9900         | paid   | recurring | 0.1                    | {"kind": "recurring"} | 2026-03-29T22:15:00.123456 | 2026-03-30   |
        | payments | 1  | 7           | 2026-03-28T17:30:00Z | 2026-03-29     | 2026-03-29 | 19.9900         | paid   | recurring | 0.1                    | {"kind": "recurring"} |                            | 2026-03-30   |
        | payments | 2  | 8           | 2026-03-29T14:30:00Z | 2026-03-29     |            | 1234567890.1200 | paid   |           | 12345678901234567890.5 |                       |                            | 2026-03-30   |
        | payments | 3  | 9           | 2026-03-30T01:00:00Z | 2026-03-30     | 2026-03-31 | 5.0000          | paid   |           | 0                      |                       |                            | 2026-03-31   |
        """);
    assertThat(
            files(PAYMENTS)
                .filter("feed = 'payments'")
                .orderBy("folder_date")
                .collectAsList()
                .stream()
                .map(row -> row.<String>getAs("file_tag")))
        .containsExactly(
            "booked <= 2026-03-30 00:15:00.123457+02",
            "booked > 2026-03-30 00:15:00.123457+02 and booked <= 2026-03-30 00:15:00.123458+02");
  }

  @Test
  void whatCannotBeReadIsSaidWithWhatToDo() throws Exception {
    sql("create table accounts (id int, name text, ratio float8, at timestamptz)");
    sql("insert into accounts values (1, 'Acorn', 0.5, null), (2, 'Birch', 0.5, now())");
    String table = "arrives = snapshot, table = accounts\n";
    problem("no_table", "arrives = snapshot, table = acounts\n");
    problem("no_column", table + "columns.name = nam\n");
    problem("no_growth", "arrives = append, table = accounts, growing_column = ids\n");
    problem("floating", "arrives = append, table = accounts, growing_column = ratio\n");
    problem("gaps", "arrives = append, table = accounts, growing_column = at\n");
    problem("no_database", table + "url = \"" + postgres.orElseThrow().url() + "x\"\n");
    problem("stranger", table + "user = stranger\n");
    problem("good", "arrives = append, table = accounts, growing_column = id\n");

    Terminal.Result doctor = company.run("doctor");

    String said = doctor.out().replaceAll("\\s+", " ");
    String url = postgres.orElseThrow().url();
    assertThat(said)
        .contains(
            "Cannot read feed no_table: "
                + url
                + " refuses the query (ERROR: relation \"acounts\" does not exist",
            "Correct sources.feeds.no_table.table, query or growing_column, or the rights of the user 'owner'.",
            "Cannot read feed no_column: "
                + url
                + "/accounts has no column 'nam' (nearest: 'name').",
            "has no column 'ids' (nearest: 'id'). It has [id, name, ratio, at]. Correct sources.feeds.no_growth.growing_column.",
            "Cannot read feed floating: ratio is double, which does not grow.",
            "Cannot read feed gaps: 1 rows have no at, by which it grows, and would never be read.",
            "Cannot read feed no_database: there is no such database as "
                + url
                + "x (FATAL: database \"postgresx\" does not exist). Correct sources.feeds.no_database.url.",
            "does not let the user 'stranger' in (FATAL: password authentication failed for user \"stranger\"). Correct sources.feeds.stranger.user, or the environment variable that sources.feeds.stranger.password names.",
            "ok feed good tells of customers",
            "customer_id = 1, name = Acorn");
    assertNoPassword(doctor.out() + doctor.err());

    company = new TinyCompany(folder);
    problem("accounts", table);
    Terminal.Result unsaid = company.ingest("2026-03-01");
    assertThat(unsaid.exitCode()).isEqualTo(2);
    assertThat(unsaid.out() + unsaid.err()).contains("does not let the user 'owner' in");

    company.environment("SHOP_PASSWORD", Postgres.PASSWORD);
    problem("accounts", table + "url = \"jdbc:postgresql://127.0.0.1:1/postgres\"\n");
    Terminal.Result unanswered = company.ingest("2026-03-01");
    assertThat(unanswered.exitCode()).isEqualTo(1);
    assertNoPassword(unanswered.out() + unanswered.err());

    problem("accounts", table);
    night("2026-03-01");
    problem("accounts", "arrives = append, table = accounts, growing_column = id\n");
    Terminal.Result other = company.ingest("2026-03-02");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.out() + other.err())
        .contains(
            "Cannot read feed accounts: what has landed of it is 'all rows', which does not say up to which id.");
  }

  @Test
  void partsHoldAllRowsHeldRowsStayAsTheyWereReadAndDebuggingTellsNoPassword() throws Exception {
    sql(
        "create table many as select n as id, 'row ' || n as name from generate_series(-50, 949) n");
    sql("insert into many values (null, 'without')");
    Map<String, String> parts =
        Map.of(
            "partitionColumn",
            "id",
            "lowerBound",
            "100",
            "upperBound",
            "800",
            "numPartitions",
            "4");
    Database database = many(parts);
    Logged log = new Logged("org.apache.spark.sql.execution.datasources.jdbc");
    Dataset<Row> rows = database.rows();
    Dataset<Row> held = database.hold(rows);
    assertThat(log.end())
        .contains("Number of partitions: 4", "closed connection")
        .doesNotContain(Postgres.PASSWORD);
    assertThat(rows.javaRDD().getNumPartitions()).isEqualTo(4);
    sql("delete from many where id < 500");

    assertThat(held.count()).isEqualTo(1001);
    assertThat(held.select("name").distinct().count()).isEqualTo(1001);
    assertThat(database.rows().count()).isEqualTo(451);
  }

  private static Database many(Map<String, String> partition) {
    return Landing.of(SharedSpark.session())
        .database(
            new Database.Source(
                "feed many",
                "sources.feeds.many",
                postgres.orElseThrow().url(),
                Optional.empty(),
                Optional.of("owner"),
                Optional.of(new Secret(Postgres.PASSWORD)),
                "select * from many",
                Map.of("fetchsize", "100"),
                partition));
  }

  /** What a package logs with debugging on. */
  private static final class Logged {
    private final StringWriter text = new StringWriter();
    private final String logger;
    private final WriterAppender appender =
        WriterAppender.newBuilder()
            .setName("told")
            .setTarget(text)
            .setLayout(PatternLayout.createDefaultLayout())
            .build();

    Logged(String logger) {
      this.logger = logger;
      appender.start();
      LoggerContext.getContext(false).getRootLogger().addAppender(appender);
      Configurator.setLevel(logger, Level.DEBUG);
    }

    String end() {
      Configurator.setLevel(logger, Level.ERROR);
      LoggerContext.getContext(false).getRootLogger().removeAppender(appender);
      return text.toString();
    }
  }

  private static void sql(String statements) throws Exception {
    postgres.orElseThrow().run(statements);
  }

  /** A feed's keys with those of the database. */
  private static String database(String keys) {
    return "path = null, format = jdbc, url = \"%s\", user = owner, password = ${?SHOP_PASSWORD}\n%s"
        .formatted(postgres.orElseThrow().url(), keys);
  }

  /** A feed of customers. */
  private void problem(String feed, String keys) {
    company.feed(
        feed, database("contract = customers\ncolumns { customer_id = id, name = name }\n" + keys));
  }

  private String night(String asOf, String... more) {
    Terminal.Result result = company.ingest(asOf, more);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    return result.out() + result.err();
  }

  private Dataset<Row> files(Table table) {
    return company.rows(table).filter("record = 'file'");
  }

  private Dataset<Row> landed(Table table) {
    return company.rows(table).filter("record = 'row'");
  }

  /** Neither what was printed nor any file of the company's folder has the password. */
  private void assertNoPassword(String printed) throws Exception {
    assertThat(printed).doesNotContain(Postgres.PASSWORD);
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : all) {
      assertThat(new String(Files.readAllBytes(file), ISO_8859_1).contains(Postgres.PASSWORD))
          .as("%s has the password", file)
          .isFalse();
    }
  }
}
