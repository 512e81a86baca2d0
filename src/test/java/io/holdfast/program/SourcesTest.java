package io.holdfast.program;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static io.holdfast.program.TinyCompany.event;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.GivenInputs;
import io.holdfast.Rows;
import io.holdfast.SharedSpark;
import io.holdfast.config.Settings;
import io.holdfast.conformed.ConformedSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.job.Job;
import io.holdfast.job.Landing;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Feeds;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of delivered files: each way in which a company can write them. */
@org.junit.jupiter.api.Tag("integration")
class SourcesTest {

  @TempDir private Path folder;
  private TinyCompany company;
  private String tz = "UTC";
  private final Map<String, Dataset<Row>> landed = new HashMap<>();

  @BeforeEach
  void company() {
    company = new TinyCompany(folder);
    company.feed("customers", TinyCompany.CUSTOMERS);
    company.feed("events", TinyCompany.EVENTS);
  }

  @Test
  void columnsMayComeInAnyOrderAndMoreOfThem() {
    company.deliver("customers", "2026-03-01", "id,name,country,joined", "c1,Acorn,US,2026-01-05");
    TinyCompany.write(
        company.delivery("customers", "2026-03-01", "other.csv"),
        "joined,\"name\", id ,country,mood\r",
        "2026-02-01,Birch,c2,DE,sunny\r");

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | customer_id | name  | country | signup_date | raw                                                                                       |
        | c1          | Acorn | US      | 2026-01-05  | {"id":"c1","name":"Acorn","country":"US","joined":"2026-01-05"}                           |
        | c2          | Birch | DE      | 2026-02-01  | {"joined":"2026-02-01","name":"Birch","id":"c2","country":"DE","mood":"sunny"} |
        """);
  }

  @Test
  void quotedCellsHoldCommasQuotesAndLineEnds() {
    company.deliver(
        "customers",
        "2026-03-01",
        "id,name,country,joined",
        "c1,\"Acorn, Inc. of \"\"Oslo\"\"",
        "and Bergen\",NO,2026-01-05",
        "c2,\"\",,2026-02-01");

    List<Row> names =
        land(Contracts.CUSTOMERS, "2026-03-01")
            .orderBy("customer_id")
            .select("name")
            .collectAsList();

    assertThat(names.get(0).getString(0)).isEqualTo("Acorn, Inc. of \"Oslo\"\nand Bergen");
    assertThat(names.get(1).isNullAt(0)).isTrue();
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() {
    company.deliver(
        "customers", "2026-03-01", "\uFEFFid,name,country,joined", "c1,Ørsted,DK,2026-01-05");
    company.deliver("events", "2026-03-01", "\uFEFF" + event("e1", "c1", "2026-03-01T09:00:00Z"));

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | customer_id | name   |
        | c1          | Ørsted |
        """);
    assertRows(
        land(Contracts.EVENTS, "2026-03-01"),
        """
        | event_id | reject_reason |
        | e1       |               |
        """);
  }

  @Test
  void aLineWithTooFewCellsOrNoObjectIsRejectedWithItsText() {
    company.deliver("customers", "2026-03-01", "id,name,country,joined", "c1,Acorn");
    company.deliver("events", "2026-03-01", "{\"id\": \"e1\", \"customer\"", "[]");

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | reject_reason                                               | raw      |
        | the line has not as many cells as the header has names      | c1,Acorn |
        """);
    assertRows(
        land(Contracts.EVENTS, "2026-03-01"),
        """
        | reject_reason              | raw                     |
        | the line is no JSON object | {"id": "e1", "customer" |
        | the line is no JSON object | []                      |
        """);
  }

  @Test
  void parquetAndDeltaFeedsKeepTheirTypes() {
    Dataset<Row> typed =
        SharedSpark.session()
            .sql(
                "select named_struct('id', 'c1') as account, date'2026-01-05' as day,"
                    + " timestamp'2026-01-05 23:30:00' as at, cast(100.5 as decimal(10,2)) as amount,"
                    + " 7L as id");
    typed.write().parquet(folder.resolve("landing/customers/date=2026-03-01").toString());
    typed.write().format("delta").save(folder.resolve("landing/subscriptions").toString());
    tz = "Europe/Berlin";
    company.feed(
        "customers",
        """
        contract = customers, format = parquet, arrives = append
        columns { customer_id = account.id, signup = at }
        """);
    company.feed(
        "subscriptions",
        """
        contract = subscriptions, format = delta, arrives = once
        columns {
          subscription_id = id, customer_id = account.id, amount = amount
          amount_period = { constant = Annual }, start_date = day
        }
        """);

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | customer_id | signup_at            | signup_date | arrival_date |
        | c1          | 2026-01-05T23:30:00Z | 2026-01-06  | 2026-03-01   |
        """);
    assertRows(
        land(Contracts.SUBSCRIPTIONS, "2026-03-01"),
        """
        | subscription_id | customer_id | amount | amount_period | start_date | arrival_date |
        | 7               | c1          | 100.5  | year          | 2026-01-05 | 2026-01-05   |
        """);
    assertThat(land(Contracts.SUBSCRIPTIONS, "2026-03-02").count()).isEqualTo(1);
  }

  @Test
  void aFileMayHaveAnyName() {
    for (String name : List.of("a b.csv", "a+b.csv", "50%.csv", "a%20b.csv", "ü(1) [old].csv")) {
      TinyCompany.write(
          company.delivery("customers", "2026-03-01", name),
          "id,name,country,joined",
          name + ",Acorn,US,2026-01-05");
    }

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | customer_id    | folder_date |
        | a b.csv        | 2026-03-01  |
        | a+b.csv        | 2026-03-01  |
        | 50%.csv        | 2026-03-01  |
        | a%20b.csv      | 2026-03-01  |
        | ü(1) [old].csv | 2026-03-01  |
        """);
    assertThat(files(Contracts.CUSTOMERS).filter("file_rows = 1").count()).isEqualTo(5);
  }

  @Test
  void dotsLeadIntoNestedJson() {
    company.feed(
        "events",
        """
        format = jsonl, arrives = append
        columns { event_id = id, customer_id = actor.account.id, event = name, occurred = at }
        attributes { platform = properties.platform, all = properties }
        """);
    company.deliver(
        "events",
        "2026-03-01",
        """
        {"id":"e1","actor":{"account":{"id":"c1"}},"name":"used","at":"2026-03-01T09:00:00Z","properties":{"platform":"ios","n":1}}""");

    assertRows(
        land(Contracts.EVENTS, "2026-03-01")
            .select(
                col("customer_id"),
                col("attributes").getItem("platform").as("platform"),
                col("attributes").getItem("all").as("all")),
        """
        | customer_id | platform | all                      |
        | c1          | ios      | {"platform":"ios","n":1} |
        """);
  }

  @Test
  void aTimeWithoutZoneIsLocalAndADayAloneIsNoInstant() {
    tz = "America/New_York";
    company.deliver(
        "events",
        "2026-11-02",
        event("zone", "c1", "2026-03-09T03:30:00Z"),
        event("offset", "c1", "2026-03-09T05:30:00+02:00"),
        event("local", "c1", "2026-03-08 23:30:00"),
        event("skipped-hour", "c1", "2026-03-08T02:30:00"),
        event("repeated-hour", "c1", "2026-11-01T01:30:00"),
        event("day", "c1", "2026-03-08"));

    assertRows(
        land(Contracts.EVENTS, "2026-11-02"),
        """
        | event_id      | occurred_at          | occurred_date |
        | zone          | 2026-03-09T03:30:00Z | 2026-03-08    |
        | offset        | 2026-03-09T03:30:00Z | 2026-03-08    |
        | local         | 2026-03-09T03:30:00Z | 2026-03-08    |
        | skipped-hour  | 2026-03-08T07:30:00Z | 2026-03-08    |
        | repeated-hour | 2026-11-01T05:30:00Z | 2026-11-01    |
        | day           |                      | 2026-03-08    |
        """);
  }

  @Test
  void aFormatSaysHowDatesAreWritten() {
    company.feed(
        "customers",
        """
        format = csv, arrives = changes
        columns { customer_id = id, signup = { column = joined, format = "dd.MM.yyyy" } }
        """);
    company.deliver("customers", "2026-03-01", "id,joined", "c1,05.01.2026", "c2,2026-01-05");

    assertRows(
        land(Contracts.CUSTOMERS, "2026-03-01"),
        """
        | customer_id | signup_at | signup_date | reject_reason                             |
        | c1          |           | 2026-01-05  |                                           |
        | c2          |           |             | cannot read signup '2026-01-05' as moment |
        """);
  }

  @Test
  void noFileIsReadTwiceAndALateOneInAnOldFolderIsFound() {
    company.deliver("events", "2026-03-02", event("e2", "c1", "2026-03-02T09:00:00Z"));
    company.deliver("events", "2026-03-03", event("e3", "c1", "2026-03-03T09:00:00Z"));
    assertThat(ids(land(Contracts.EVENTS, "2026-03-02"))).containsExactly("e2");
    assertThat(ids(land(Contracts.EVENTS, "2026-03-02"))).containsExactly("e2");

    TinyCompany.write(
        company.delivery("events", "2026-03-01", "late.json"),
        event("e1", "c1", "2026-03-01T09:00:00Z"));

    assertThat(ids(land(Contracts.EVENTS, "2026-03-03"))).containsExactly("e1", "e2", "e3");
    assertRows(
        files(Contracts.EVENTS),
        """
        | folder_date | file_rows |
        | 2026-03-01  | 1         |
        | 2026-03-02  | 1         |
        | 2026-03-03  | 1         |
        """);
  }

  @Test
  void aFileThatWasDeliveredAgainAddsWhatIsNewInIt() throws IOException {
    Path file = company.deliver("events", "2026-03-01", event("e1", "c1", "2026-03-01T09:00:00Z"));
    land(Contracts.EVENTS, "2026-03-01");

    company.deliver(
        "events",
        "2026-03-01",
        event("e1", "c1", "2026-03-01T09:00:00Z"),
        event("e2", "c1", "2026-03-01T10:00:00Z"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    land(Contracts.EVENTS, "2026-03-01");

    assertThat(ids(conformed(Events.TABLE))).containsExactly("e1", "e2");
  }

  @Test
  void repeatsMergeAndClashesAreKeptAndNumberedByArrival() {
    company.deliver(
        "events",
        "2026-03-01",
        event("same", "c1", "2026-03-01T09:00:00Z"),
        event("same", "c1", "2026-03-01T09:00:00Z"),
        event("clash", "c2", "2026-03-01T10:00:00Z"));
    company.deliver(
        "events",
        "2026-03-02",
        event("same", "c1", "2026-03-01T09:00:00Z"),
        event("clash", "c1", "2026-03-02T10:00:00Z"));
    land(Contracts.EVENTS, "2026-03-02");

    assertRows(
        conformed(Events.TABLE),
        """
        | event_id | clash_number | customer_id | event_date | arrival_date | quantity |
        | same     | 1            | c1          | 2026-03-01 | 2026-03-01   | 1        |
        | clash    | 1            | c2          | 2026-03-01 | 2026-03-01   | 1        |
        | clash    | 2            | c1          | 2026-03-02 | 2026-03-02   | 1        |
        """);
  }

  @Test
  void whereTheLaterWinsItAloneIsKept() {
    company.feed("events", TinyCompany.EVENTS + "clashes = later_wins\n");
    company.deliver(
        "events",
        "2026-03-01",
        event("e1", "c1", "2026-03-01T09:00:00Z"),
        event("e2", "c1", "2026-03-01T09:00:00Z"));
    company.deliver("events", "2026-03-02", event("e1", "c1", "2026-03-02T10:00:00Z"));
    land(Contracts.EVENTS, "2026-03-02");

    assertRows(
        conformed(Events.TABLE),
        """
        | event_id | event_date |
        | e1       | 2026-03-02 |
        | e2       | 2026-03-01 |
        """);
  }

  @Test
  void equalRowsWithoutIdAreOneOrSeveralAsTheFeedSays() {
    String[] lines = {
      "{\"customer\":\"c1\",\"name\":\"used\",\"at\":\"2026-03-01\"}",
      "{\"customer\":\"c1\",\"name\":\"used\",\"at\":\"2026-03-01\"}"
    };
    String columns =
        """
        contract = events, format = jsonl, arrives = append
        columns { customer_id = customer, event = name, occurred = at }
        """;
    company.feed("events", columns);
    company.feed("taps", columns + "equal_rows = several\n");
    company.deliver("events", "2026-03-01", lines);
    company.deliver("taps", "2026-03-01", lines);
    land(Contracts.EVENTS, "2026-03-01");
    List<String> together = ids(conformed(Events.TABLE));
    assertThat(together).hasSize(3).doesNotHaveDuplicates();

    // Another file beside it does not change what a file's rows are called.
    landed.clear();
    TinyCompany.write(company.delivery("taps", "2026-03-01", "a.json"), lines);
    land(Contracts.EVENTS, "2026-03-01");
    assertThat(ids(conformed(Events.TABLE))).hasSize(5).containsAll(together);
  }

  @Test
  void whatALaterSnapshotLacksIsNoMoreUntilItComesBack() {
    company.feed("customers", TinyCompany.CUSTOMERS.replace("changes", "snapshot"));
    String header = "id,name,country,joined";
    String acorn = "c1,Acorn,US,2026-01-05";
    String birch = "c2,Birch,DE,2026-02-01";
    company.deliver("customers", "2026-03-01", header, acorn, birch);
    company.deliver("customers", "2026-03-02", header, acorn);
    company.deliver("customers", "2026-03-04", header, acorn, birch);
    land(Contracts.CUSTOMERS, "2026-03-02");
    assertThat(Known.current(conformed(Customers.TABLE)).count()).isEqualTo(1);

    land(Contracts.CUSTOMERS, "2026-03-04");

    assertRows(
        conformed(Customers.TABLE),
        """
        | customer_id | name  | known_from | known_until | is_current |
        | c1          | Acorn | 2026-03-01 |             | true       |
        | c2          | Birch | 2026-03-01 | 2026-03-02  | false      |
        | c2          | Birch | 2026-03-04 |             | true       |
        """);
  }

  @Test
  void anOlderVersionThatArrivesLaterChangesNothing() {
    company.feed("customers", TinyCompany.CUSTOMERS + "version = v\n");
    String header = "id,name,country,joined,v";
    company.deliver(
        "customers",
        "2026-03-01",
        header,
        "c1,Ten,US,2026-01-05,10",
        "c2,Later,US,2026-01-05,2026-02-28T10:00:00.5Z");
    company.deliver(
        "customers",
        "2026-03-02",
        header,
        "c1,Nine,US,2026-01-05,9",
        "c2,Earlier,US,2026-01-05,2026-02-28T10:00:00Z");
    company.deliver(
        "customers",
        "2026-03-03",
        header,
        "c1,Eleven,US,2026-01-05,11",
        "c1,Twelve,US,2026-01-05,12");
    land(Contracts.CUSTOMERS, "2026-03-03");

    assertRows(
        conformed(Customers.TABLE),
        """
        | customer_id | name   | known_from | known_until | is_current |
        | c1          | Ten    | 2026-03-01 | 2026-03-03  | false      |
        | c1          | Twelve | 2026-03-03 |             | true       |
        | c2          | Later  | 2026-03-01 |             | true       |
        """);
  }

  @Test
  void aRowCanSayThatItsThingIsNoMore() {
    company.feed("customers", TinyCompany.CUSTOMERS + "deleted_when = \"gone = 'yes'\"\n");
    String header = "id,name,country,joined,gone";
    company.deliver(
        "customers", "2026-03-01", header, "c1,Acorn,US,2026-01-05,", "c2,Birch,DE,2026-02-01,no");
    company.deliver("customers", "2026-03-02", header, "c1,Acorn,US,2026-01-05,yes");
    land(Contracts.CUSTOMERS, "2026-03-02");

    assertRows(
        conformed(Customers.TABLE),
        """
        | customer_id | known_from | known_until | is_current |
        | c1          | 2026-03-01 | 2026-03-02  | false      |
        | c2          | 2026-03-01 |             | true       |
        """);
  }

  @Test
  void aValueIsSeenFromTheDateOnWhichItWasKnown() {
    company.feed(
        "subscriptions",
        """
        format = csv, arrives = once, end_date_is = last_paid_day
        columns {
          subscription_id = id, customer_id = customer, amount = amount
          amount_period = { constant = quarterly }, start_date = start
          end_date = { column = end, known_at = end }, plan = { column = plan, known_at = never }
        }
        """);
    TinyCompany.write(
        folder.resolve("landing/subscriptions/all.csv"),
        "id,customer,amount,start,end,plan",
        "s1,c1,300,2026-01-10,2026-02-27,pro",
        "s2,c2,100,2026-02-01,,basic");
    land(Contracts.SUBSCRIPTIONS, "2026-03-01");
    Dataset<Row> lines = conformed(Subscriptions.TABLE);

    assertRows(
        Known.current(lines),
        """
        | subscription_id | mrr     | end_date   | plan  |
        | s1              | 100     | 2026-02-28 | pro   |
        | s2              | 33.3333 |            | basic |
        """);
    String unseen =
        """
        | subscription_id | end_date | plan |
        | s1              |          |      |
        | s2              |          |      |
        """;
    assertRows(Known.at(lines, day("2026-02-26")), unseen);
    assertRows(
        Known.at(lines, day("2026-02-27")),
        unseen.replace("| s1              |          |", "| s1 | 2026-02-28 |"));
    assertThat(Known.at(lines, day("2026-01-09")).count()).isZero();
  }

  @Test
  void aLookupFindsOrSaysWhatItDidNot() {
    company.feed(
        "events",
        """
        format = csv, arrives = append
        columns {
          event_id = id, customer_id = { lookup = subscriptions, by = line }
          event = { constant = used }, occurred = at
        }
        """);
    company.deliver(
        "events",
        "2026-03-01",
        "id,line,at",
        "e1,s1,2026-03-01",
        "e2,s9,2026-03-01",
        "e3,,2026-03-01");
    landed.put(
        "sources.subscriptions",
        rows(
            Sources.table(Contracts.SUBSCRIPTIONS),
            """
            | record | subscription_id | customer_id | arrival_date | reject_reason |
            | row    | s1              | c0          | 2026-02-01   |               |
            | row    | s1              | c1          | 2026-02-02   |               |
            | row    | s9              | c9          | 2026-02-02   | bad           |
            """));

    assertRows(
        land(Contracts.EVENTS, "2026-03-01"),
        """
        | event_id | customer_id | reject_reason                  |
        | e1       | c1          |                                |
        | e2       |             | line 's9' is not in subscriptions |
        | e3       |             | has no customer_id             |
        """);
  }

  /** Takes in what was delivered by a night; what has landed by now, rows alone. */
  private Dataset<Row> land(Contract contract, String night) {
    Table table = Sources.table(contract);
    Settings settings = settings();
    Dataset<Row> before = landed.getOrDefault(table.id(), Rows.none(table));
    GivenInputs in =
        new GivenInputs(LocalDate.parse(night))
            .withPrevious(before)
            .with(Landing.of(SharedSpark.session()))
            .with(Feeds.SETTING, settings.get(Feeds.SETTING))
            .with(Company.SETTING, settings.get(Company.SETTING));
    Catalog.JOBS.forEach(
        job -> {
          if (landed.containsKey(job.table().id())) {
            in.with(job.table(), landed.get(job.table().id()));
          }
        });
    Dataset<Row> made = table.conform(Sources.job(contract).build().apply(in));
    landed.put(table.id(), kept(before.unionByName(kept(made, table)), table));
    return landed.get(table.id()).filter("record = 'row'");
  }

  /** Rows as they now are, whatever becomes of the files. */
  private static Dataset<Row> kept(Dataset<Row> rows, Table table) {
    return SharedSpark.session().createDataFrame(rows.collectAsList(), table.schema());
  }

  private Dataset<Row> files(Contract contract) {
    return landed.get(Sources.table(contract).id()).filter("record = 'file'");
  }

  private Dataset<Row> conformed(Table table) {
    Job job = Catalog.job(table.id()).orElseThrow();
    Settings settings = settings();
    GivenInputs in =
        new GivenInputs(LocalDate.parse("2026-03-31"))
            .with(Company.SETTING, settings.get(Company.SETTING))
            .with(ConformedSettings.SETTING, settings.get(ConformedSettings.SETTING));
    job.reads().forEach(read -> in.with(read, landed.getOrDefault(read.id(), Rows.none(read))));
    return table.conform(job.build().apply(in));
  }

  private Settings settings() {
    return Settings.load(
        Optional.of(company.configuration()), "test", Map.of(), Map.of("company.tz", tz));
  }

  private static List<String> ids(Dataset<Row> events) {
    return events.select("event_id").orderBy("event_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static org.apache.spark.sql.Column day(String date) {
    return lit(java.sql.Date.valueOf(date));
  }
}
