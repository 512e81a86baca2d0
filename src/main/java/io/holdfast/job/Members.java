package io.holdfast.job;

import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Says who stands behind the rows of a table, from what its job read when it made them. */
public final class Members {

  private Members() {}

  /**
   * One row per cell and unit that it counts.
   *
   * @throws BadInput if the table does not say who its members are, or other settings made it
   * @throws NotReady if there is no such night
   */
  public static Dataset<Row> of(
      Job job, LocalDate asOf, SparkSession spark, Lake lake, Settings settings, List<Job> all) {
    if (job.members().isEmpty()) {
      Set<String> others = new TreeSet<>();
      all.stream().filter(j -> j.members().isPresent()).forEach(j -> others.add(j.table().id()));
      throw new BadInput(
          "Cannot list the members of %s: its rows count nobody, or name them already. %s do."
              .formatted(job.table(), others));
    }
    Commit commit =
        lake.last(job.table(), asOf)
            .map(Commit.Logged::commit)
            .orElseThrow(
                () ->
                    new NotReady(
                        "Cannot list the members of %s of %s: that night was never built, or its log was cleaned up after maintenance.log_days. Run `holdfast backfill nightly --as-of %s`."
                            .formatted(job.table(), asOf, asOf)));
    if (!commit.settings().equals(settings.hash(job.settingsOfAll()))) {
      throw new BadInput(
          "Cannot list the members of %s of %s: the configuration differs from the one that made it. Give that one, or build the night again."
              .formatted(job.table(), asOf));
    }
    return job.members().get().apply(LakeInputs.asTheyWere(job, commit, spark, lake, settings));
  }
}
