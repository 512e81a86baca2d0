package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.Catalog;
import io.holdfast.config.Applications;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What schedulers are told of a night; {@code -Dgolden.rewrite=true} writes it anew. */
class PlanCommandTest {

  private static final Path COMMITTED = Path.of("airflow", "plan.json");
  private static final Program PROGRAM =
      new Program(Catalog.JOBS, Catalog.PUBLICATIONS, List.of(), "", Map.of());

  @TempDir private Path folder;

  @Test
  void theCommittedPlanIsThatOfTheProgram() throws IOException {
    Path out = folder.resolve("plan.json");
    StringWriter said = new StringWriter();

    int exitCode =
        HoldfastCommand.execute(
            PROGRAM,
            List.of(),
            new PrintWriter(said),
            new PrintWriter(said),
            "plan",
            "--out",
            out.toString());

    assertThat(exitCode).as(said.toString()).isZero();
    assertThat(said.toString()).endsWith(" tables\n");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.copy(out, COMMITTED, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(Files.readString(out))
        .as("run `bin/holdfast plan` and commit airflow/plan.json")
        .isEqualTo(Files.readString(COMMITTED));
  }

  /** Scheduled as planned, no application meets a table that is not there yet. */
  @Test
  void everyTableIsBuiltOnceAndAfterWhatItReads() throws IOException {
    JsonNode plan =
        new ObjectMapper()
            .readTree(new NightPlan(PROGRAM, Applications.all(), Applications.profiles()).json());
    List<String> built = new ArrayList<>();
    for (JsonNode application : plan.get("applications")) {
      Set<String> visible = new TreeSet<>();
      for (JsonNode before : application.get("after")) {
        visible.addAll(reachable(plan, before.asText()));
      }
      List<String> own = texts(application.get("tables"));
      visible.addAll(own);
      for (JsonNode table : plan.get("tables")) {
        if (own.contains(table.get("table").asText())) {
          assertThat(visible)
              .as(table.get("table").asText())
              .containsAll(texts(table.get("reads")));
        }
      }
      built.addAll(own);
    }
    assertThat(built)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            PROGRAM.jobs().stream().map(job -> job.table().id()).toList());
  }

  private static Set<String> reachable(JsonNode plan, String name) {
    Set<String> tables = new TreeSet<>();
    for (JsonNode application : plan.get("applications")) {
      if (application.get("name").asText().equals(name)) {
        tables.addAll(texts(application.get("tables")));
        application.get("after").forEach(b -> tables.addAll(reachable(plan, b.asText())));
      }
    }
    return tables;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
