package io.holdfast.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.job.Job;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lake that version 0.1.0 wrote: one night of a generated company of 12 customers. Whoever
 * changes a table must still read it.
 */
class UpgradeTest {

  private static final LocalDate NIGHT = LocalDate.of(2026, 5, 31);

  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    Path archive = Path.of("src/test/resources/lakes/0.1.0.tar.gz").toAbsolutePath();
    int exitCode =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exitCode).isZero();
    lake = Lake.open(SharedSpark.session(), folder.resolve("lake").toString());
  }

  @Test
  void everyTableIsStillReadWithAllItsRows() {
    for (Job job : Catalog.JOBS) {
      Table table = job.table();
      if (lake.version(table) < 0) {
        continue; // a table that came after 0.1.0
      }
      Commit commit = lake.last(table).orElseThrow().commit();
      Dataset<Row> rows = lake.read(table);
      assertThat(List.of(rows.columns())).as(table.id()).isEqualTo(table.columnNames());
      boolean isOneCommit =
          lake.version(table) == 0 && !(table.refresh() instanceof Refresh.Append);
      if (isOneCommit) {
        assertThat(rows.count()).as(table.id()).isEqualTo(commit.rows());
      }
    }
  }

  @Test
  void theTablesOfItsNightAreThere() {
    assertThat(lake.last(Catalog.table("metrics.cohort_retention").orElseThrow(), NIGHT))
        .isPresent();
    assertThat(
            lake.read(Catalog.table("conformed.customers").orElseThrow())
                .filter("is_current")
                .count())
        .isEqualTo(12);
  }
}
