package io.holdfast.program;

import static io.holdfast.program.TinyCompany.event;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Rows;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Ledger;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill says which published figures it restated, from what to what. */
@Tag("integration")
class BackfillTest {

  @TempDir private Path folder;

  @Test
  void aLateRowRestatesThePublishedFiguresOfItsNightAndNoOther() {
    TinyCompany company = TinyCompany.ofThree(folder);
    assertThat(company.run("run", "nightly", "--as-of", "2026-03-02").exitCode()).isZero();
    TinyCompany.write(
        company.delivery("events", "2026-03-03", "late.json"),
        event("e7", "c3", "2026-03-01T20:00:00Z"));
    assertThat(company.run("run", "nightly", "--as-of", "2026-03-03").exitCode()).isZero();
    assertThat(company.lake(company.lakeFolder()).version(Ledger.RESTATEMENTS)).isEqualTo(-1);

    Terminal.Result backfill =
        company.run("backfill", "nightly", "--from", "2026-03-02", "--to", "2026-03-03");

    assertThat(backfill.exitCode()).as(backfill.out() + backfill.err()).isZero();
    Dataset<Row> restated = company.rows(Ledger.RESTATEMENTS);
    // Five events had landed; since then e6, which is of the day after, and e7.
    Rows.assertRows(
        restated.filter("table_id = 'ops.feed_deliveries'"),
        """
        | as_of_date | row_key                        | column_name      | from_value | to_value | restated_figures |
        | 2026-03-02 | contract=events, feed=events   | landed_rows      | 5          | 7        | 1                |
        | 2026-03-02 | contract=events, feed=events   | kept_rows        | 5          | 6        | 1                |
        | 2026-03-02 | contract=events, feed=events   | not_yet_due_rows | 0          | 1        | 1                |
        """);
    assertThat(
            restated
                .filter(col("as_of_date").notEqual(java.sql.Date.valueOf("2026-03-02")))
                .isEmpty())
        .isTrue();
    assertThat(backfill.out())
        .contains("Restated of 2026-03-02:")
        .contains("ops.feed_deliveries, contract=events, feed=events: kept_rows 5 -> 6")
        .contains("published figures in all")
        .contains("Nothing of 2026-03-03 was restated.");
    Terminal.Result shown =
        company.run("show", "ops.restatements", "--where", "column_name = 'not_yet_due_rows'");
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("contract=events, feed=events");

    long figures = restated.count();
    company.run("backfill", "nightly", "--from", "2026-03-02", "--to", "2026-03-02");

    assertThat(company.rows(Ledger.RESTATEMENTS).count()).isEqualTo(figures);
  }
}
