package io.holdfast.cli;

import io.holdfast.config.Application;
import io.holdfast.config.LakeSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.job.Publication;
import io.holdfast.job.Runner;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the commands work on.
 *
 * @param jobs every job, each after those that it reads
 * @param publications every publication
 * @param views how people read some of the tables
 * @param code hash of the program
 * @param environment the process's environment, which configures too
 */
public record Program(
    List<Job> jobs,
    List<Publication> publications,
    List<View> views,
    String code,
    Map<String, String> environment) {

  /** Every table of the lake. */
  public List<Table> tables() {
    return Stream.concat(jobs.stream().map(Job::table), Ledger.TABLES.stream()).toList();
  }

  /**
   * The jobs and publications of some applications, for one night.
   *
   * @throws BadInput if an application names a table or publication that there is none of
   */
  public Runner.Request request(
      Map<String, Application> applications,
      LocalDate asOf,
      LocalDate arrivedBy,
      Settings settings,
      Lake lake) {
    List<String> tables = applications.values().stream().flatMap(a -> a.tables().stream()).toList();
    List<String> names =
        applications.values().stream().flatMap(a -> a.publications().stream()).toList();
    List<Job> chosen = jobs.stream().filter(job -> tables.contains(job.table().id())).toList();
    List<Publication> written =
        publications.stream().filter(p -> names.contains(p.name())).toList();
    if (chosen.size() != tables.size() || written.size() != names.size()) {
      throw new BadInput(
          "Cannot run %s: jobs/*.conf names tables or publications that the catalog lacks. It names %s and %s."
              .formatted(applications.keySet(), tables, names));
    }
    return request(chosen, written, asOf, arrivedBy, settings, lake);
  }

  /** Some jobs and publications, for one night. */
  public Runner.Request request(
      List<Job> chosen,
      List<Publication> written,
      LocalDate asOf,
      LocalDate arrivedBy,
      Settings settings,
      Lake lake) {
    LakeSettings place = settings.get(LakeSettings.SETTING);
    return new Runner.Request(
        asOf,
        arrivedBy,
        chosen,
        written,
        false,
        place.exportPath().orElse(lake.root() + "/_exports"),
        place.parallelTables(),
        Duration.ofSeconds(place.waitSeconds()));
  }

  /** The same request, but with state started anew. */
  Runner.Request rebuilding(Runner.Request request) {
    return new Runner.Request(
        request.asOf(),
        request.arrivedBy(),
        request.jobs(),
        request.publications(),
        true,
        request.exports(),
        request.parallel(),
        request.patience());
  }
}
