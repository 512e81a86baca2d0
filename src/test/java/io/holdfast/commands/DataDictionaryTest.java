package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.Golden;
import io.holdfast.cli.Program;
import io.holdfast.cli.Terminal;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDictionaryTest {

  /** {@code mvn test -Dtest=DataDictionaryTest -Dgolden.rewrite=true} writes it anew. */
  @Test
  void theCommittedDictionaryIsWhatTheCatalogSays() {
    Golden.assertFile(
        Path.of("docs", "data-dictionary.md"), DataDictionary.of(Catalog.JOBS).getBytes(UTF_8));
  }

  @Test
  void itHoldsEveryContractAndTable() {
    String text = DataDictionary.of(Catalog.JOBS);
    for (Contract contract : Contracts.ALL) {
      assertThat(text).contains("\n### " + contract.name() + "\n");
    }
    Catalog.JOBS.forEach(job -> assertThat(text).contains("\n### " + job.table().id() + "\n"));
    assertThat(text)
        .contains(
            "| `attempted` | moment | yes | `attempted_at` timestamp, `attempted_date` date |")
        .contains("- Must hold: retained never exceeds the cohort")
        .contains("- Warns of rows: opened before the customer's signup");
  }

  @Test
  void theCommandWritesIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("docs").resolve("dictionary.md");
    Program program = new Program(Catalog.JOBS, List.of(), List.of(), "code", Map.of());
    Terminal.Result result =
        Terminal.run(program, p -> List.of(new DocsCommand(p)), "docs", "--out", file.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(Files.readString(file)).isEqualTo(DataDictionary.of(Catalog.JOBS));
  }
}
