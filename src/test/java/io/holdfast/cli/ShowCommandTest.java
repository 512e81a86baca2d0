package io.holdfast.cli;

import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.job.Job;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowCommandTest {

  private static final Table VISITS =
      Table.in("metrics", "visits")
          .grain("one row per shop")
          .column("shop", StringType, "the shop")
          .column("visitors", LongType, "who came")
          .column("sales_rate", DoubleType, "share that bought")
          .key("shop")
          .published()
          .build();

  private static final Program PROGRAM =
      new Program(
          Stream.concat(
                  Catalog.JOBS.stream(),
                  Stream.of(Job.writes(VISITS).as(in -> in.create(List.of(), VISITS.schema()))))
              .toList(),
          Catalog.PUBLICATIONS,
          List.of(),
          "",
          Map.of());

  @TempDir private Path folder;

  @Test
  void aTableIsAlignedAndSaysHowManyRowsItShowsOfHowMany() {
    build();

    Terminal.Result result = show("metrics.visits", "--limit", "2");

    assertThat(result.out())
        .isEqualTo(
            """
            metrics.visits, night of 2026-03-02 (not published)

            shop           visitors  sales_rate
            Abbey, "East"     1,200         0.5
            Bridge                7           -

            2 of 3 rows; --limit, --where or --csv FILE give others
            """);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void anEarlierNightIsShownWhenAskedFor() {
    build();

    assertThat(show("visits", "--as-of", "2026-03-01").out())
        .contains("night of 2026-03-01")
        .contains("Abbey        10           1")
        .contains("1 of 1 rows");
  }

  @Test
  void aConditionChoosesRows() {
    build();

    assertThat(show("visits", "--where", "visitors < 10").out())
        .contains("Bridge", "Cellar", "2 of 2 rows")
        .doesNotContain("Abbey");
  }

  @Test
  void aConditionOnAColumnThatIsNotThereIsAUsageError() {
    build();

    Terminal.Result result = show("visits", "--where", "visitor < 10");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("Cannot read --where \"visitor < 10\"", "sales_rate");
    assertThat(result.out()).doesNotContain("{");
  }

  @Test
  void aCsvFileHoldsEveryRowAndTellsNullFromEmpty() throws IOException {
    build();
    Path file = folder.resolve("visits.csv");

    show("visits", "--limit", "1", "--csv", file.toString());

    assertThat(Files.readString(file))
        .isEqualTo(
            "as_of_date,shop,visitors,sales_rate\r\n"
                + "2026-03-02,\"Abbey, \"\"East\"\"\",1200,0.5\r\n"
                + "2026-03-02,Bridge,7,\r\n"
                + "2026-03-02,Cellar,0,0.25\r\n");
  }

  @Test
  void anUnknownTableIsAnErrorThatNamesTheNearest() {
    Terminal.Result result = show("metrics.visit");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("there is no such table (nearest: metrics.visits)");
  }

  @Test
  void aTableThatWasNeverBuiltIsNotReady() {
    Lake.open(SharedSpark.session(), folder.resolve("lake").toString());

    Terminal.Result result = show("visits");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("metrics.visits: it was never built");
  }

  @Test
  void lookingAtALakeThatIsNotThereMakesNone() {
    Terminal.Result result = show("visits");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(folder.resolve("lake")).doesNotExist();
  }

  @Test
  void columnsThatFindNoRoomAreNamed() {
    String text =
        new TextTable("first", "second", "third").row("x".repeat(60), 1, 2).text(new Page(1, 56));

    assertThat(text)
        .isEqualTo(
            "first"
                + " ".repeat(45)
                + "second\n"
                + "x".repeat(45)
                + "...       1\nNo room for 1 more columns: third.\n");
  }

  @Test
  void aCommandThatSchedulersStartEndsWithItsResultAlsoWhenItFails() {
    Terminal.Result result =
        Terminal.run(
            PROGRAM,
            program -> List.of(),
            "backfill",
            "nightly",
            "--from",
            "2026-03-02",
            "--to",
            "2026-03-01");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.lastLine()).startsWith("{\"exit_code\":2,\"failure\":\"Cannot backfill");
  }

  private Terminal.Result show(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "show";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--set";
    all[args.length + 2] = "lake.path=" + folder.resolve("lake");
    return Terminal.run(PROGRAM, program -> List.of(), all);
  }

  private void build() {
    Lake lake = Lake.open(SharedSpark.session(), folder.resolve("lake").toString());
    write(
        lake,
        "2026-03-01",
        """
        | as_of_date | shop  | visitors | sales_rate |
        | 2026-03-01 | Abbey | 10       | 1.0        |
        """);
    write(
        lake,
        "2026-03-02",
        """
        | as_of_date | shop          | visitors | sales_rate |
        | 2026-03-02 | Abbey, "East" | 1200     | 0.5        |
        | 2026-03-02 | Bridge        | 7        |            |
        | 2026-03-02 | Cellar        | 0        | 0.25       |
        """);
  }

  private static void write(Lake lake, String night, String pipeTable) {
    Dataset<Row> rows = rows(VISITS, pipeTable);
    Commit commit =
        new Commit(
            "run-" + night,
            night,
            night,
            Map.of(),
            "",
            "",
            "",
            List.of(),
            "",
            rows.count(),
            "",
            0,
            Map.of(),
            List.of());
    lake.write(VISITS, rows, Days.NONE, commit, LocalDate.parse(night), lake.version(VISITS));
  }
}
