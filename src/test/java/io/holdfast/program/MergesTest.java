package io.holdfast.program;

import static io.holdfast.Rows.assertRows;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.activity.StreamDays;
import io.holdfast.cli.Terminal;
import io.holdfast.metrics.CohortRetention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Accounts that merge and part again, and definitions that come: what a night rewrites for them.
 */
@Tag("integration")
class MergesTest {

  /** What holds the company's days: all that grows with history. */
  private static final List<String> OF_DAYS =
      List.of(
          "conformed.events",
          "activity.user_days",
          "activity.feature_days",
          "activity.customer_days",
          "activity.stream_days");

  @TempDir private Path folder;

  @Test
  void aWrongMergeThatIsUndoneLeavesEverythingAsBeforeAndRewritesNoDay() {
    TinyCompany company = merging(folder);
    night(company, "2026-03-03");
    Map<String, Long> before = ofDays(company);

    company.deliver("merges", "2026-03-04", "old,of,new", "c1,customer,c2");
    night(company, "2026-03-04");

    // c1 and c2 were born in March, by their first event; now they are one, beside c3.
    assertRows(
        company
            .rows(CohortRetention.TABLE)
            .filter(
                "definition = 'first_core_event_weekly' and segment_dimension = 'all'"
                    + " and period = 0 and as_of_date = '2026-03-04'"),
        """
        | cohort_start | cohort_size |
        | 2026-02-23   | 1           |
        | 2026-03-02   | 1           |
        """);
    assertThat(ofDays(company)).isEqualTo(before);

    company.deliver("merges", "2026-03-05", "old,of,new", "c1,customer,c1");
    night(company, "2026-03-05");

    assertThat(ofDays(company)).isEqualTo(before);
    Path other = folder.resolve("never-merged");
    TinyCompany apart = merging(other);
    night(apart, "2026-03-05");
    assertThat(nightOf(company, "2026-03-05")).isEqualTo(nightOf(apart, "2026-03-05"));
  }

  @Test
  void aNewDefinitionBuildsItsOwnStreamAndLeavesTheOthers() {
    TinyCompany company = merging(folder);
    night(company, "2026-03-03");
    List<String> with =
        new ArrayList<>(List.of("run", "ingest", "activity", "retention", "--as-of", "2026-03-03"));
    for (String key : List.of("unit=customer", "start_event=used", "grain=day", "periods=3")) {
      with.addAll(List.of("--set", "retention.definitions.exporting." + key));
    }

    Terminal.Result result = company.run(with.toArray(String[]::new));

    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .containsPattern("built +activity.stream_days .*no days, and new: \\[customer: used]");
    assertRows(
        company.rows(StreamDays.TABLE).filter("stream = 'used' and event_date = '2026-03-02'"),
        """
        | part           | unit_id | events |
        | customer: used | c1      | 1      |
        | customer: used | c3      | 1      |
        """);

    Terminal.Result back = night(company, "2026-03-03");

    assertThat(back.out()).contains("and no longer: [customer: used]");
    assertThat(company.rows(StreamDays.TABLE).filter("stream = 'used'").count()).isZero();
  }

  private static TinyCompany merging(Path folder) {
    TinyCompany company = TinyCompany.ofThree(folder);
    company.feed(
        "merges",
        """
        contract = id_aliases, format = csv, arrives = changes
        columns { alias_id = old, unit = of, canonical_id = new }
        """);
    company.deliver("merges", "2026-03-01", "old,of,new");
    return company;
  }

  private static Map<String, Long> ofDays(TinyCompany company) {
    Map<String, Long> versions = new TreeMap<>(company.versions());
    versions.keySet().retainAll(OF_DAYS);
    assertThat(versions).hasSameSizeAs(OF_DAYS);
    return versions;
  }

  /** The state and the figures of the last night, by content. */
  private static Map<String, String> nightOf(TinyCompany company, String asOf) {
    Map<String, String> contents =
        company.contents(company.lake(company.lakeFolder()), List.of("activity"));
    contents.put(
        "retention",
        company
            .rows(CohortRetention.TABLE)
            .filter("as_of_date = '%s'".formatted(asOf))
            .orderBy("definition", "cohort_start", "segment_dimension", "segment_value", "period")
            .collectAsList()
            .toString());
    return contents;
  }

  private static Terminal.Result night(TinyCompany company, String asOf) {
    Terminal.Result result = company.run("run", "ingest", "activity", "retention", "--as-of", asOf);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    return result;
  }
}
