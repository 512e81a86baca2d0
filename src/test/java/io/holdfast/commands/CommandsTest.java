package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.cli.Program;
import io.holdfast.cli.Terminal;
import io.holdfast.lake.Lake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {

  private static final Program PROGRAM =
      new Program(Catalog.JOBS, Catalog.PUBLICATIONS, List.of(), "", Map.of());

  @TempDir private Path folder;

  @Test
  void doctorSaysWhatAFeedLacksAndWhyRowsWouldBeRejected() throws IOException {
    Terminal.Result result =
        doctor("id,name,joined\nc1,Acorn,2026-01-01\nc2,Birch,someday\n,Fjord,\n");

    assertThat(result.out().replaceAll("\\s+", " "))
        .contains("WRONG feed crm tells of customers")
        .contains(
            "2 of 3 sample rows would be rejected, more than sources.max_rejected_rate = 0.05")
        .contains("customer_id <- id, name <- name, signup <- joined")
        .contains("country (no split by country)")
        .contains("3 rows of the latest file: 1 kept, 2 rejected:")
        .contains("cannot read signup '...' as moment (1)")
        .contains("has no customer_id (1)")
        .contains("customer_id = c1, name = Acorn, signup = 2026-01-01")
        .contains("no feed tells of events: no activity")
        .contains("1 to mend");
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void doctorIsContentWithACleanFeedAndMakesNoLake() throws IOException {
    Terminal.Result result = doctor("id,name,joined\nc1,Acorn,2026-01-01\n");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("lake is not there yet: the first run makes it")
        .endsWith("All is well.\n");
    assertThat(folder.resolve("lake")).doesNotExist();
  }

  @Test
  void doctorNamesTheColumnThatAFileLacks() throws IOException {
    Terminal.Result result = doctor("id,title,joined\nc1,Acorn,2026-01-01\n");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).contains("has no column 'name'");
  }

  @Test
  void aNightThatIsNotPublishedIsNotReady() {
    Lake.open(SharedSpark.session(), folder.resolve("lake").toString());

    assertThat(run("status").out()).contains("none is published yet");
    Terminal.Result asked = run("status", "--as-of", "2026-03-01");
    assertThat(asked.exitCode()).isEqualTo(4);
    assertThat(asked.err()).contains("Night 2026-03-01 is not published.");
  }

  @Test
  void destinationsAndTheirFieldsAreListed() {
    assertThat(run("activate", "list").out())
        .containsPattern("braze +yes +user +jsonl +10 +destination=braze");
    assertThat(run("activate", "fields", "braze").out())
        .containsPattern("churn_probability +number +churn_probability +");
    assertThat(run("activate", "fields", "brace").err()).contains("Did you mean 'braze'?");
  }

  @Test
  void filesOfANightThatWasNeverBuiltAreNotWritten() {
    Lake.open(SharedSpark.session(), folder.resolve("lake").toString());

    Terminal.Result result = run("activate", "write", "--as-of", "2026-03-01");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.lastLine()).startsWith("{\"exit_code\":4");
    assertThat(folder.resolve("lake/_exports")).doesNotExist();
  }

  @Test
  void aGeneratedCompanyIsDescribed() {
    Path out = folder.resolve("company");

    Terminal.Result result =
        Terminal.run(
            PROGRAM,
            program -> List.of(new GenerateCommand()),
            "generate",
            "--customers",
            "3",
            "--days",
            "10",
            "--last-date",
            "2026-01-10",
            "--out",
            out.toString());

    assertThat(result.out())
        .contains("A company of 3 customers from 2026-01-01 to 2026-01-10, seed 1, in " + out)
        .containsPattern("true_customers +3");
    assertThat(out.resolve("landing/accounts")).isDirectory();
  }

  private Terminal.Result doctor(String csv) throws IOException {
    Files.writeString(folder.resolve("crm.csv"), csv);
    Path config =
        Files.writeString(
            folder.resolve("company.conf"),
            """
            sources.feeds.crm {
              contract = customers, format = csv, arrives = once, path = "%s"
              columns { customer_id = id, name = name, signup = joined }
            }
            """
                .formatted(folder.resolve("crm.csv")));
    return run("doctor", "--config", config.toString());
  }

  private Terminal.Result run(String... args) {
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--set";
    all[args.length + 1] = "lake.path=" + folder.resolve("lake");
    return Terminal.run(
        PROGRAM,
        program ->
            List.of(
                new StatusCommand(program),
                new DoctorCommand(program),
                ActivateCommand.of(program)),
        all);
  }
}
