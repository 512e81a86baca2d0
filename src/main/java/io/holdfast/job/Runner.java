package io.holdfast.job;

import io.holdfast.config.LakeSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.failure.NotReady;
import io.holdfast.job.RunReport.Outcome;
import io.holdfast.job.RunReport.Status;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Builds the tables of a night: each after those that it reads, independent ones side by side.
 *
 * <p>For each job: compare what its last commit read with what there is; skip it, or conform its
 * rows, hold them against the rules, and replace atomically. A failure stops its table and all that
 * read it, and nothing else.
 */
public final class Runner {

  private final SparkSession spark;
  private final Lake lake;
  private final Settings settings;
  private final List<Job> catalog;
  private final String code;
  private final Progress progress;

  /**
   * A runner.
   *
   * @param catalog every job there is, each after those that it reads
   * @param code hash of the program: changed code recomputes a night
   */
  public Runner(
      SparkSession spark,
      Lake lake,
      Settings settings,
      List<Job> catalog,
      String code,
      Progress progress) {
    this.spark = spark;
    this.lake = lake;
    this.settings = settings;
    this.catalog = List.copyOf(catalog);
    this.code = code;
    this.progress = progress;
  }

  /**
   * What is to be run.
   *
   * @param asOf the last local day that counts
   * @param arrivedBy the last arrival date that counts
   * @param jobs the jobs of the chosen applications
   * @param publications what follows the tables
   * @param isRebuild whether state is started anew
   * @param exports the folder under which publications write
   * @param parallel how many tables are built side by side
   * @param patience how long another run that holds the lake is waited for
   */
  public record Request(
      LocalDate asOf,
      LocalDate arrivedBy,
      List<Job> jobs,
      List<Publication> publications,
      boolean isRebuild,
      String exports,
      int parallel,
      Duration patience) {}

  /** Says what a run would do, and does nothing. */
  public RunReport dryRun(Request request) {
    Instant start = Instant.now();
    Plan.Night night = new Plan.Night(request.asOf(), request.arrivedBy(), request.isRebuild());
    Set<String> changed = new TreeSet<>();
    List<Outcome> outcomes = new ArrayList<>();
    for (Job job : ordered(request.jobs())) {
      Outcome outcome = planned(job, night, changed);
      if (outcome.status() == Status.PLANNED) {
        changed.add(job.table().id());
      }
      outcomes.add(outcome);
    }
    return new RunReport("dry run", night.asOf(), night.arrivedBy(), outcomes, false, since(start));
  }

  private Outcome planned(Job job, Plan.Night night, Set<String> changed) {
    String name = job.table().id();
    List<String> news = job.reads().stream().map(Table::id).filter(changed::contains).toList();
    if (!news.isEmpty()) {
      return Outcome.of(name, Status.PLANNED, "after " + news, Duration.ZERO);
    }
    try {
      Plan plan = Plan.of(job, lake, settings, night, code);
      return Outcome.of(
          name, plan.isSkipped() ? Status.SKIPPED : Status.PLANNED, plan.reason(), Duration.ZERO);
    } catch (Failure failure) {
      return Outcome.failed(name, failure, Duration.ZERO);
    }
  }

  /**
   * Runs a night.
   *
   * @throws BadInput if the night lies before what the lake has taken in
   * @throws io.holdfast.failure.Conflict if another run holds the lake
   */
  public RunReport run(Request request) {
    Instant start = Instant.now();
    Plan.Night night = new Plan.Night(request.asOf(), request.arrivedBy(), request.isRebuild());
    String runId = night.asOf() + "-" + UUID.randomUUID().toString().substring(0, 8);
    try (Lease lease = Lease.acquire(lake.fileSystem(), lake.root(), runId, request.patience())) {
      requireNothingLater(night);
      Ledger ledger =
          new Ledger(
              spark,
              lake,
              night,
              runId,
              code,
              settings.get(LakeSettings.SETTING).maxRestatements());
      ledger.record(tables());
      Turns turns = new Turns(request, night, runId, lease);
      List<Outcome> outcomes = new ArrayList<>(turns.take());
      boolean stands = outcomes.stream().allMatch(o -> o.failure().isEmpty()) && stands(night);
      lease.require();
      ledger.record(tables());
      if (stands) {
        ledger.publish(tables().stream().filter(Table::published).toList());
      }
      outcomes.addAll(turns.takeLast(outcomes));
      return new RunReport(runId, night.asOf(), night.arrivedBy(), outcomes, stands, since(start));
    }
  }

  private List<Table> tables() {
    return catalog.stream().map(Job::table).toList();
  }

  /** State holds all that has arrived and never goes back. */
  private void requireNothingLater(Plan.Night night) {
    for (Table table : tables()) {
      if (table.refresh() instanceof Refresh.Append) {
        String latest = lake.last(table).map(last -> last.commit().deliveredUntil()).orElse("");
        if (latest.compareTo(night.arrivedBy().toString()) > 0) {
          throw new BadInput(
              "Cannot run %s with what had arrived by %s: %s already holds arrivals up to %s, and state never goes back."
                      .formatted(night.asOf(), night.arrivedBy(), table, latest)
                  + " Run `holdfast backfill nightly --from %s --to %s` to state today's knowledge of that night."
                      .formatted(night.asOf(), night.asOf()));
        }
      }
    }
  }

  /** A night before the first row of all would be an empty one that nobody meant. */
  private void requireData(Job job, Plan.Night night) {
    if (!job.table().isByNight()) {
      return;
    }
    Optional<LocalDate> first =
        tables().stream()
            .filter(table -> table.refresh() instanceof Refresh.Append)
            .flatMap(table -> lake.commitsAfter(table, -1).orElse(List.of()).stream())
            .filter(logged -> logged.commit() != null)
            .flatMap(logged -> logged.commit().replaced().first().stream())
            .min(LocalDate::compareTo);
    if (first.isPresent() && first.get().isAfter(night.asOf())) {
      throw new BadInput(
          "Cannot build %s for %s: it is before all data, whose first row is of %s. Give a later --as-of."
              .formatted(job.table(), night.asOf(), first.get()));
    }
  }

  /** The latest arrival date that a lake has taken in; empty if nothing has landed. */
  public static Optional<LocalDate> latestArrival(Lake lake, List<Job> catalog) {
    return catalog.stream()
        .map(Job::table)
        .filter(table -> table.refresh() instanceof Refresh.Append)
        .flatMap(table -> lake.last(table).stream())
        .map(last -> last.commit().deliveredUntil())
        .filter(latest -> !latest.isEmpty())
        .map(LocalDate::parse)
        .max(LocalDate::compareTo);
  }

  /** Whether every table is what its job would make for this night. */
  private boolean stands(Plan.Night night) {
    Plan.Night plain = new Plan.Night(night.asOf(), night.arrivedBy(), false);
    try {
      for (Job job : catalog) {
        boolean lands = job.table().refresh() instanceof Refresh.Append;
        if (lands ? lake.version(job.table()) < 0 : isStale(job, plain)) {
          return false;
        }
      }
      return true;
    } catch (NotReady | BadInput notBuilt) {
      return false;
    }
  }

  private boolean isStale(Job job, Plan.Night night) {
    return !Plan.of(job, lake, settings, night, code).isSkipped();
  }

  /** The chosen jobs in the catalog's order, which puts each after those that it reads. */
  private List<Job> ordered(List<Job> jobs) {
    return catalog.stream().filter(jobs::contains).map(job -> job.under(settings::get)).toList();
  }

  private static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  /** The turns of one run's jobs and publications. */
  private final class Turns {
    private final Request request;
    private final Plan.Night night;
    private final String runId;
    private final Lease lease;
    private final Sessions sessions = new Sessions(spark, lake);
    private final List<Outcome> outcomes = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final int total;

    Turns(Request request, Plan.Night night, String runId, Lease lease) {
      this.request = request;
      this.night = night;
      this.runId = runId;
      this.lease = lease;
      this.total = request.jobs().size() + request.publications().size();
    }

    List<Outcome> take() {
      List<Job> jobs = ordered(request.jobs());
      try (Line line = new Line(Math.max(1, request.parallel()), jobs)) {
        Map<String, CompletableFuture<Outcome>> turns = new HashMap<>();
        for (Job job : jobs) {
          List<CompletableFuture<Outcome>> before =
              job.reads().stream()
                  .map(read -> turns.get(read.id()))
                  .filter(turn -> turn != null)
                  .toList();
          turns.put(job.table().id(), after(before, () -> turn(job), line, job.table().id()));
        }
        List<CompletableFuture<Outcome>> all = new ArrayList<>(turns.values());
        for (Publication publication : publications(p -> !readsBooks(p))) {
          List<CompletableFuture<Outcome>> before =
              publication.reads().stream()
                  .map(read -> turns.get(read.id()))
                  .filter(turn -> turn != null)
                  .toList();
          all.add(after(before, () -> turn(publication), line, publication.name()));
        }
        all.forEach(CompletableFuture::join);
        synchronized (outcomes) {
          return List.copyOf(outcomes);
        }
      }
    }

    /**
     * What reads the books of this run has its turn when they are written.
     *
     * @param before how the tables of this run ended
     */
    List<Outcome> takeLast(List<Outcome> before) {
      List<Outcome> last = new ArrayList<>();
      for (Publication publication : publications(Turns::readsBooks)) {
        List<String> reads = publication.reads().stream().map(Table::id).toList();
        List<Outcome> read = before.stream().filter(o -> reads.contains(o.name())).toList();
        last.add(end(unlessFailed(read, () -> turn(publication), publication.name())));
      }
      return last;
    }

    private List<Publication> publications(Predicate<Publication> which) {
      return request.publications().stream().filter(which).toList();
    }

    private static boolean readsBooks(Publication publication) {
      return publication.reads().stream().anyMatch(Ledger.TABLES::contains);
    }

    private CompletableFuture<Outcome> after(
        List<CompletableFuture<Outcome>> before, Supplier<Outcome> turn, Line line, String name) {
      return CompletableFuture.allOf(before.toArray(CompletableFuture<?>[]::new))
          .thenApplyAsync(
              nothing ->
                  end(
                      unlessFailed(
                          before.stream().map(CompletableFuture::join).toList(), turn, name)),
              line.of(name));
    }

    private static Outcome unlessFailed(List<Outcome> before, Supplier<Outcome> turn, String name) {
      List<String> failed =
          before.stream()
              .filter(o -> o.status() == Status.FAILED || o.status() == Status.BLOCKED)
              .map(Outcome::name)
              .toList();
      return failed.isEmpty()
          ? turn.get()
          : Outcome.of(
              name,
              Status.BLOCKED,
              "stays as it was, because " + failed + " failed",
              Duration.ZERO);
    }

    private Outcome end(Outcome outcome) {
      synchronized (outcomes) {
        outcomes.add(outcome);
        progress.ended(outcome, done.incrementAndGet(), total);
      }
      return outcome;
    }

    private Outcome turn(Job job) {
      String name = job.table().id();
      Instant start = Instant.now();
      progress.started(name);
      // Spark's own pages and logs then say whose jobs they show.
      spark.sparkContext().setJobDescription(name);
      try {
        requireData(job, night);
        Plan plan = Plan.of(job, lake, settings, night, code);
        if (plan.isSkipped()) {
          return Outcome.of(name, Status.SKIPPED, plan.reason(), since(start));
        }
        SparkSession session = session(job);
        Lake view = lake.in(session);
        Plan whole = withAllItsDays(plan, session, view);
        Optional<Commit> commit =
            new TableBuilder(view, lease, night, runId, code)
                .build(whole, LakeInputs.of(whole, sessions, session, view, settings, night, code));
        return commit
            .map(made -> built(name, whole, made, start))
            .orElseGet(
                () -> Outcome.of(name, Status.SKIPPED, "nothing new has arrived", since(start)));
      } catch (Exception
          | FSError thrown) { // Scala declares no checked ones; a full disk is an Error.
        return Outcome.failed(
            name, Failures.of(thrown, "build " + name, lake.root().toString()), since(start));
      }
    }

    /** What has landed can change things that lie on other days as well. */
    private Plan withAllItsDays(Plan plan, SparkSession session, Lake view) {
      return plan.days().isAll()
          ? plan
          : plan.and(
              plan.job()
                  .alsoReplaces()
                  .apply(LakeInputs.of(plan, sessions, session, view, settings, night, code)));
    }

    /** Files that land are of any size: their job says of what, once it has looked. */
    private SparkSession session(Job job) {
      return job.table().refresh() instanceof Refresh.Append ? spark : sessions.toRead(job.reads());
    }

    private Outcome built(String name, Plan plan, Commit commit, Instant start) {
      Map<String, Long> warnings = new TreeMap<>(commit.warnings());
      warnings.values().removeIf(count -> count == 0);
      return new Outcome(
          name,
          Status.BUILT,
          plan.reason(),
          commit.rows(),
          commit.changed(),
          since(start),
          warnings,
          commit.notes(),
          Optional.empty());
    }

    private Outcome turn(Publication publication) {
      Instant start = Instant.now();
      String name = publication.name();
      progress.started(name);
      try {
        Map<String, Long> versions = new TreeMap<>();
        publication.reads().forEach(table -> versions.put(table.id(), lake.version(table)));
        SparkSession session = sessions.toRead(publication.reads());
        LakeInputs inputs =
            LakeInputs.of(publication, versions, session, lake.in(session), settings, night, code);
        return published(publication, inputs, start);
      } catch (Exception
          | FSError thrown) { // Scala declares no checked ones; a full disk is an Error.
        return Outcome.failed(
            name, Failures.of(thrown, "publish " + name, lake.root().toString()), since(start));
      }
    }

    private Outcome published(Publication publication, LakeInputs inputs, Instant start) {
      Path exports = new Path(request.exports());
      List<String> wrote = new ArrayList<>();
      long bytes = 0;
      for (Publication.Output output : publication.outputs().of(inputs)) {
        Path path = new Path(exports, output.path());
        HadoopFolder folder = HadoopFolder.at(path, spark);
        if (!folder.isPublished()) {
          output.fill().into(folder);
          folder.publish();
          wrote.add(path.toString());
          bytes += folder.written().stream().mapToLong(Folder.Written::bytes).sum();
        }
      }
      boolean isNew = !wrote.isEmpty();
      return new Outcome(
          publication.name(),
          isNew ? Status.BUILT : Status.SKIPPED,
          isNew ? "%,d bytes in %s".formatted(bytes, wrote) : "unchanged",
          0,
          0,
          since(start),
          Map.of(),
          inputs.notes(),
          Optional.empty());
    }
  }
}
