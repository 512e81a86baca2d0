package io.holdfast.program;

import static io.holdfast.program.TinyCompany.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Rows;
import io.holdfast.activity.CustomerDays;
import io.holdfast.cli.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State that grows night by night is what one rebuild would make of the same deliveries. */
@org.junit.jupiter.api.Tag("integration")
class NightsTest {

  private static final List<String> STATE = List.of("conformed", "activity");

  @TempDir private Path folder;

  @Test
  void nightsOneByOneEqualOneRebuildAndARepeatedNightDoesNothing() {
    TinyCompany company = TinyCompany.ofThree(folder);
    company.feed(
        "taps",
        """
        contract = events, format = csv, arrives = append, equal_rows = several
        columns { customer_id = customer, event = { constant = tapped }, occurred = on }
        """);
    company.deliver("taps", "2026-03-01", "customer,on", "c1,2026-03-01", "c1,2026-03-01");
    night(company, "2026-03-01");

    company.deliver("taps", "2026-03-02", "on,customer", "2026-03-01,c2", "2026-03-02,c1");
    TinyCompany.write(
        company.delivery("events", "2026-03-01", "late.json"),
        event("e7", "c3", "2026-03-01T20:00:00Z"));
    company.deliver(
        "subscriptions",
        "2026-03-02",
        "id,customer,plan,amount,start,end",
        "s1,c1,pro,100,2026-01-10,2026-03-02",
        "s3,c3,pro,40,2026-03-02,");
    night(company, "2026-03-02");

    company.deliver(
        "customers",
        "2026-03-03",
        "country,joined,name,id",
        "GB,2026-01-05,Acorn Ltd,c1",
        "FR,2026-03-03,Dogwood,c4");
    company.deliverGzipped(
        "events",
        "2026-03-03",
        event("e1", "c1", "2026-03-01T09:00:00Z"),
        event("e2", "c1", "2026-03-02T09:10:00Z"),
        event("e8", "c2", "2026-03-01T23:59:59Z"),
        event("e9", "c4", "2026-03-03T12:00:00Z"));
    Terminal.Result third = night(company, "2026-03-03");

    // Only the days that something was said of are built again.
    assertThat(third.out())
        .containsPattern("built +conformed.events .* days 2026-03-01..2026-03-03");
    Map<String, String> oneByOne = company.contents(company.lake(company.lakeFolder()), STATE);
    Path other = folder.resolve("rebuilt");
    Terminal.Result rebuilt =
        company.run(
            "run", "ingest", "activity", "--as-of", "2026-03-03", "--set", "lake.path=" + other);
    assertThat(rebuilt.exitCode()).as(rebuilt.out()).isZero();
    assertThat(company.contents(company.lake(other), STATE)).isEqualTo(oneByOne);
    Rows.assertRows(
        company.rows(CustomerDays.TABLE),
        """
        | customer_id | event_date | events |
        | c1          | 2026-03-01 | 4      |
        | c2          | 2026-03-01 | 3      |
        | c3          | 2026-03-01 | 1      |
        | c1          | 2026-03-02 | 3      |
        | c3          | 2026-03-02 | 1      |
        | c2          | 2026-03-03 | 1      |
        | c4          | 2026-03-03 | 1      |
        """);

    Map<String, Long> versions = company.versions();
    Terminal.Result again = night(company, "2026-03-03");

    assertThat(again.out()).contains("Every job was skipped: nothing that it reads has changed.");
    assertThat(company.versions()).isEqualTo(versions);
  }

  private static Terminal.Result night(TinyCompany company, String asOf) {
    Terminal.Result result = company.run("run", "ingest", "activity", "--as-of", asOf);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    return result;
  }
}
