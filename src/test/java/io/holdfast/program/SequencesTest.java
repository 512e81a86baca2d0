package io.holdfast.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is delivered in whatever order: nights one by one make what one rebuild of the same
 * deliveries makes. Starts from files. {@code -Dholdfast.sequences=40} tries more sequences.
 */
@Tag("integration")
class SequencesTest {

  private static final LocalDate FIRST = LocalDate.parse("2026-03-01");
  private static final int NIGHTS = 3;

  @TempDir private Path folder;

  static Stream<Integer> seeds() {
    int first = Integer.getInteger("holdfast.sequences.first", 1);
    return IntStream.range(first, first + Integer.getInteger("holdfast.sequences", 6)).boxed();
  }

  private static List<Table> tables(boolean isHistory) {
    return Catalog.JOBS.stream()
        .map(Job::table)
        .filter(table -> !LakeRows.isAppended(table) && table.historyDependent() == isHistory)
        .toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nightsOneByOneEqualARebuild(int seed) {
    TinyCompany company = new TinyCompany(folder);
    RandomDeliveries deliveries = new RandomDeliveries(company, seed, FIRST);
    // Every sixth sequence builds every table every night, and has a night less. In the others the
    // tables by night, which are made of the state alone, follow on the last night: a few of them,
    // or in one of six more.
    boolean isWhole = seed % 6 == 3;
    LocalDate last = FIRST.plusDays(isWhole ? NIGHTS - 2 : NIGHTS - 1);
    String[] early = isWhole ? new String[] {"nightly"} : new String[] {"ingest", "activity"};
    String[] late =
        switch (seed % 6) {
          case 3 -> early;
          case 0 -> new String[] {"ingest", "activity", "retention", "adoption", "churn_dataset"};
          default -> new String[] {"ingest", "activity", "retention"};
        };
    for (LocalDate night = FIRST; night.isBefore(last); night = night.plusDays(1)) {
      deliveries.deliver(night);
      night(company, company.lakeFolder(), night, early);
    }
    deliveries.deliver(last);
    night(company, company.lakeFolder(), last, late);

    Path rebuilt = folder.resolve("rebuilt");
    night(company, rebuilt, last, late);

    Map<String, List<String>> expected = rows(company, rebuilt, last);
    LakeRows.assertSame(
        "seed " + seed + ", another lake", rows(company, company.lakeFolder(), last), expected);
    assertThat(expected.get("conformed.events")).isNotEmpty();
    assertThat(expected.get("metrics.cohort_retention")).isNotEmpty();
    if (isWhole) {
      Terminal.Result again =
          company.run(
              "backfill", "nightly", "--rebuild", "--from", last.toString(), "--to", "" + last);
      assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
      LakeRows.assertSame(
          "seed " + seed + ", in place", rows(company, company.lakeFolder(), last), expected);
    }
  }

  @Test
  void whatDependsOnTheNightsBeforeIsTheSameWhenTheyAreReplayed() {
    TinyCompany company = new TinyCompany(folder);
    RandomDeliveries deliveries = new RandomDeliveries(company, 4711, FIRST);
    LocalDate last = FIRST.plusDays(1);
    for (LocalDate night = FIRST; !night.isAfter(last); night = night.plusDays(1)) {
      deliveries.deliver(night);
    }
    List<Map<String, List<String>>> found = new ArrayList<>();
    for (String lake : List.of("once", "again")) {
      Map<String, List<String>> byNight = new TreeMap<>();
      for (LocalDate night = FIRST; !night.isAfter(last); night = night.plusDays(1)) {
        // The applications of all such tables, and of what they read.
        night(
            company,
            folder.resolve(lake),
            night,
            "ingest",
            "activity",
            "churn_dataset",
            "churn_training",
            "scoring");
        String suffix = ", night of " + night;
        LakeRows.of(company.lake(folder.resolve(lake)), tables(true), night)
            .forEach((table, rows) -> byNight.put(table + suffix, rows));
      }
      found.add(byNight);
    }
    // The first night is a Sunday: it observes its next morning, and the Mondays before that.
    assertThat(found.get(0).get("churn.observations, night of " + FIRST)).isNotEmpty();
    LakeRows.assertSame("replayed", found.get(1), found.get(0));
  }

  private static Map<String, List<String>> rows(TinyCompany company, Path path, LocalDate night) {
    Lake lake = company.lake(path);
    return LakeRows.of(lake, tables(false), night);
  }

  private static void night(TinyCompany company, Path lake, LocalDate night, String... what) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.addAll(List.of(what));
    args.addAll(List.of("--as-of", night.toString(), "--set", "lake.path=" + lake));
    Terminal.Result result = company.run(args.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }
}
