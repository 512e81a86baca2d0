package io.holdfast.job;

import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.table.Days;
import io.holdfast.table.Refresh;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a job has to do for a night: nothing, some days, or all.
 *
 * @param job the job
 * @param isSkipped whether what stands is what the job would make
 * @param reason why it is skipped, or what is to be built
 * @param days the days to replace, for a table that is replaced by day
 * @param parts the parts that there are to be
 * @param newParts those of them that the table does not hold yet
 * @param goneParts those that it holds and that are to go
 * @param inputs the version of each table that it reads
 * @param settings hash of the configuration that it reads
 * @param version the version of its own table; -1 if it was never built
 */
record Plan(
    Job job,
    boolean isSkipped,
    String reason,
    Days days,
    Set<String> parts,
    Set<String> newParts,
    Set<String> goneParts,
    Map<String, Long> inputs,
    String settings,
    long version) {

  /**
   * Compares what the table's last commit read with what there is now.
   *
   * @param code hash of the program
   * @throws BadInput if the configuration behind a table's state changed since it was built
   * @throws NotReady if a table that it reads was never built for this night
   */
  static Plan of(Job job, Lake lake, Settings settings, Night night, String code) {
    Map<String, Long> inputs = new TreeMap<>();
    for (Table read : job.reads()) {
      inputs.put(read.id(), lake.version(read));
    }
    String hash = settings.hash(job.settingsOfAll());
    Set<String> parts = job.parts().map(p -> p.names().apply(settings::get)).orElse(Set.of());
    Optional<Commit.Logged> own =
        job.table().isByNight() ? lake.last(job.table(), night.asOf()) : lake.last(job.table());
    Plan plan =
        new Plan(
            job,
            false,
            "",
            Days.ALL,
            parts,
            Set.of(),
            Set.of(),
            inputs,
            hash,
            lake.version(job.table()));
    requireInputs(job, lake, night, inputs);
    if (own.isEmpty()) {
      return plan.because("first build");
    }
    Commit last = own.get().commit();
    Refresh refresh = job.table().refresh();
    if (refresh instanceof Refresh.Append) {
      return plan.because("new files");
    }
    if (refresh instanceof Refresh.Touched) {
      return night.isRebuild() ? plan.because("rebuild") : touched(plan, own.get(), lake);
    }
    boolean same =
        last.inputs().equals(inputs)
            && job.reads().stream().allMatch(read -> isAsRead(read, own.get(), lake))
            && last.settings().equals(hash)
            && last.code().equals(code)
            && (refresh instanceof Refresh.Whole
                || last.arrivedBy().equals(night.arrivedBy().toString()));
    if (same && !night.isRebuild()) {
      return plan.skipped("unchanged");
    }
    return plan.because(same ? "rebuild" : "inputs, settings or program changed");
  }

  private static void requireInputs(Job job, Lake lake, Night night, Map<String, Long> inputs) {
    for (Table read : job.reads()) {
      boolean isMissing =
          inputs.get(read.id()) < 0
              || (read.isByNight() && lake.last(read, night.asOf()).isEmpty());
      if (isMissing) {
        throw new NotReady(
            "Cannot build %s for %s: %s does not stand for that night. Run the application that builds %s first, or `run nightly`."
                .formatted(job.table(), night.asOf(), read, read));
      }
    }
  }

  /**
   * Whether a table's version that a commit read is still the one of that number: a table that was
   * deleted and built anew counts from 0 again, and its versions are later than the commit.
   */
  private static boolean isAsRead(Table read, Commit.Logged own, Lake lake) {
    return lake.commit(read, own.commit().inputs().getOrDefault(read.id(), -1L))
        .map(then -> !then.at().isAfter(own.at()))
        .orElse(true);
  }

  private static Plan touched(Plan plan, Commit.Logged own, Lake lake) {
    Job job = plan.job();
    Commit last = own.commit();
    if (!last.settings().equals(plan.settings())) {
      throw new BadInput(
          "Cannot go on with %s: the configuration %s differs from the one it was built with, and its state must not be mixed."
                  .formatted(job.table(), job.settings().stream().map(s -> s.path()).toList())
              + " Put the old values back, or build it anew: `holdfast backfill nightly --from DATE --to DATE --rebuild`"
              + " (%s).".formatted(costOfAll(job, lake)));
    }
    Days days = Days.NONE;
    for (Table read : job.reads()) {
      if (!read.refresh().day().isEmpty()) {
        days = days.and(changed(read, own, lake));
      }
    }
    if (job.table().refresh() instanceof Refresh.Touched touched) {
      days = days.widened(touched.reach());
    }
    Set<String> added = new TreeSet<>(plan.parts());
    added.removeAll(last.partsHeld());
    Set<String> gone = new TreeSet<>(last.partsHeld());
    gone.removeAll(plan.parts());
    if (days.isEmpty() && added.isEmpty() && gone.isEmpty()) {
      return plan.skipped("nothing touched");
    }
    return new Plan(
            job,
            false,
            "",
            days,
            plan.parts(),
            added,
            gone,
            plan.inputs(),
            plan.settings(),
            plan.version())
        .replacing(days);
  }

  /** The same, but with these days replaced too. */
  Plan and(Days more) {
    return more.isEmpty() || days.isAll() ? this : replacing(days.and(more));
  }

  private Plan replacing(Days which) {
    return new Plan(
        job,
        false,
        reason(which, newParts, goneParts),
        which,
        parts,
        newParts,
        goneParts,
        inputs,
        settings,
        version);
  }

  private static String reason(Days days, Set<String> added, Set<String> gone) {
    return (days.isAll() ? "all days" : days.isEmpty() ? "no days" : "days " + days)
        + (added.isEmpty() ? "" : ", and new: " + added)
        + (gone.isEmpty() ? "" : ", and no longer: " + gone);
  }

  /** What building a table anew reads: which days, and how much. */
  private static String costOfAll(Job job, Lake lake) {
    List<Table> inputs = job.reads().stream().filter(t -> !t.refresh().day().isEmpty()).toList();
    Days known = Days.NONE;
    long bytes = 0;
    for (Table input : inputs) {
      bytes += lake.bytes(input);
      for (Commit.Logged logged : lake.commitsAfter(input, -1).orElse(List.of())) {
        Days replaced = logged.commit() == null ? Days.NONE : logged.commit().replaced();
        known = replaced.isAll() ? known : known.and(replaced);
      }
    }
    String days =
        known.first().isEmpty()
            ? "all days"
            : "all days since %s, up to %s".formatted(known.first().get(), known.days().last());
    return "reads %s of %s again, some %,d MB"
        .formatted(days, inputs.stream().map(Table::id).toList(), Math.max(1, bytes / 1_000_000));
  }

  private static Days changed(Table read, Commit.Logged own, Lake lake) {
    long since = own.commit().inputs().getOrDefault(read.id(), -1L);
    Optional<List<Commit.Logged>> commits = lake.commitsAfter(read, since);
    boolean isAnother = since > lake.version(read) || !isAsRead(read, own, lake);
    if (since < 0 || isAnother || commits.isEmpty()) {
      return Days.ALL;
    }
    Days days = Days.NONE;
    for (Commit.Logged logged : commits.get()) {
      if (!logged.isMaintenance()) {
        days = days.and(logged.commit() == null ? Days.ALL : logged.commit().replaced());
      }
    }
    return days;
  }

  private Plan because(String why) {
    return new Plan(job, false, why, days, parts, newParts, goneParts, inputs, settings, version);
  }

  private Plan skipped(String why) {
    return new Plan(
        job, true, why, Days.NONE, parts, newParts, goneParts, inputs, settings, version);
  }

  /**
   * The night that is built.
   *
   * @param asOf the last local day that counts
   * @param arrivedBy the last arrival date that counts
   * @param isRebuild whether state is started anew
   */
  record Night(LocalDate asOf, LocalDate arrivedBy, boolean isRebuild) {}
}
