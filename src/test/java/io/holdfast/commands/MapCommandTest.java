package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.cli.Program;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that nobody made for us. */
class MapCommandTest {

  @TempDir private Path folder;

  private Terminal.Result map(String name, String content, String... more) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    return run(file.toString(), more);
  }

  private static Terminal.Result run(String file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("map", file));
    arguments.addAll(List.of(more));
    Program program = new Program(Catalog.JOBS, Catalog.PUBLICATIONS, List.of(), "code", Map.of());
    return Terminal.run(program, p -> List.of(new MapCommand(p)), arguments.toArray(String[]::new));
  }

  @Test
  void contractsFromAGermanSpreadsheet() throws IOException {
    StringBuilder rows =
        new StringBuilder("Kundennummer;Vertragsnr;Tarif;Betrag;Beginn;Ende;Ort\n");
    for (int i = 1; i <= 9; i++) {
      rows.append(
          "K%d;V%d;Pro;1.049,90;%02d.03.2026;%s;Ulm\n"
              .formatted(i, i, i + 12, i == 1 ? "31.03.2026" : ""));
    }
    rows.append("K10;V10;Pro;offen;01.03.2026;;Ulm\n");

    Terminal.Result result = map("vertraege.csv", rows.toString());

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("# vertraege.csv holds subscriptions")
        .contains("contract = subscriptions")
        .contains("options { sep = \";\" }")
        .contains("customer_id = Kundennummer")
        .contains("subscription_id = Vertragsnr")
        .contains("plan = Tarif")
        .contains("amount = { expression = \"replace(replace(`Betrag`, '.', ''), ',', '.')\" }")
        .contains("amount_period = { constant = month }    # CHECK: the file does not say it")
        .contains("start_date = { column = Beginn, format = \"d.M.yyyy\" }")
        .contains("end_date = { column = Ende, format = \"d.M.yyyy\", known_at = never }")
        .contains("ort = Ort")
        .contains("# 10 rows of it read: 9 kept, 1 rejected.")
        .contains("1 rows: cannot read amount '...' as amount")
        .contains("# sample    amount                   1049.9000")
        .contains("# sample    start_date               2026-03-13")
        .contains("# sample    end_date                 2026-03-31");
  }

  @Test
  void ticketsWithTheMonthFirst() throws IOException {
    Terminal.Result result =
        map(
            "support_export.csv",
            """
            Ticket #,Account,Opened,Resolved,Severity,CSAT
            1001,acme,3/14/2026 2:05 PM,3/15/2026 9:00 AM,high,4
            1002,acme,3/16/2026 11:30 AM,,low,
            1003,"Bell, Inc",3/17/2026 12:00 AM,3/17/2026 1:00 PM,low,5
            """,
            "--set",
            "company.tz=America/New_York");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("contract = tickets")
        .contains("ticket_id = \"Ticket #\"")
        .contains("customer_id = Account")
        .contains("opened = { column = Opened, format = \"M/d/yyyy h:mm a\" }")
        .contains("closed = { column = Resolved, format = \"M/d/yyyy h:mm a\", known_at = never }")
        .contains("satisfaction_score = CSAT")
        .contains("# 3 rows of it read: 3 kept, 0 rejected.")
        .contains("# sample    opened                   2026-03-14");
  }

  @Test
  void aDateThatCouldBeEitherIsSaidToBe() throws IOException {
    Terminal.Result result =
        map(
            "payments.csv",
            """
            charge_id,customer,amount,status,payment_date
            a,c1,$10.00,paid,03/04/2026
            b,c2,$12.50,failed,05/06/2026
            """);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("contract = payments")
        .contains("amount = { expression = \"regexp_replace(`amount`, '[^0-9.-]', '')\" }")
        .contains(
            "attempted = { column = payment_date, format = \"d/M/yyyy\" }    # CHECK: day first or"
                + " month first (M/d/yyyy)? No value tells")
        .contains("# sample    amount                   10.0000");
  }

  @Test
  void eventsInNestedJson() throws IOException {
    Terminal.Result result =
        map(
            "track.jsonl",
            """
            {"uuid":"e1","distinct_id":"u1","event":"report_sent","timestamp":1767225600000,"properties":{"org_id":"o1","feature":"reports","plan":"pro"}}
            {"uuid":"e2","distinct_id":"u2","event":"login","timestamp":1767312000000,"properties":{"org_id":"o1"}}
            {"uuid":"e3","distinct_id":"u2","event":"login","timestamp":1767312060000,"properties":{}}
            """);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("contract = events")
        .contains("format = jsonl")
        .contains("event_id = uuid")
        .contains("user_id = distinct_id")
        .contains("customer_id = \"properties.org_id\"")
        .contains("feature = \"properties.feature\"")
        .contains("timestamp_millis(cast(`timestamp` as bigint))")
        .contains("properties_plan = \"properties.plan\"")
        .contains("# 3 rows of it read: 2 kept, 1 rejected.")
        .contains("1 rows: has no customer_id")
        .contains("# sample    occurred                 2026-01-01");
  }

  @Test
  void whatIsProposedCanBePasted() throws IOException {
    String csv =
        """
        account_id,company,signup_date,country
        a1,Lakeside,2026-01-02,US
        a2,Harbour,2026-01-03,DE
        """;
    Terminal.Result result = map("accounts.csv", csv);

    assertThat(result.out()).contains("contract = customers").contains("signup = signup_date");
    // All that is not configuration is a comment.
    var parsed = com.typesafe.config.ConfigFactory.parseString(result.out());
    assertThat(parsed.getString("sources.feeds.accounts.columns.customer_id"))
        .isEqualTo("account_id");
  }

  @Test
  void aFileThatTellsNothingIsSaidToTellNothing() throws IOException {
    Terminal.Result result = map("weather.csv", "station,celsius\nUlm,4\nJena,5\n");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("Cannot propose a mapping of")
        .contains("[station, celsius]")
        .contains("Name another by --contract, or map it by hand as docs/feeds.md says.");
  }

  @Test
  void aWrongNameIsSaid() throws IOException {
    assertThat(run(folder.resolve("none.csv").toString()).err()).contains("there is no such file");
    Terminal.Result result = map("a.csv", "a\n1\n", "--contract", "payment");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("Cannot map to contract 'payment' (nearest: 'payments')");
  }
}
