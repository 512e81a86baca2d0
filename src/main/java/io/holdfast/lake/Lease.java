package io.holdfast.lake;

import io.holdfast.failure.Conflict;
import io.holdfast.failure.PlatformFailure;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer at a time for a lake: held from before the first write until closed.
 *
 * <p>It expires on its own, so that a killed run locks nobody out for long; the clocks of machines
 * that write one lake must agree to a few seconds. It keeps work from being done twice; that no
 * commit is lost does not depend on it, since each requires the version that it read.
 */
public final class Lease implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  /**
   * How long things take.
   *
   * @param valid how long a lease lasts unless renewed
   * @param renewEvery how often the holder renews
   * @param lookEvery how often a waiting run looks
   */
  record Timing(Duration valid, Duration renewEvery, Duration lookEvery) {
    static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(1));
  }

  private final Path lake;
  private final LeaseFiles files;
  private final Timing timing;
  private final Clock clock;
  private final long number;
  private final ScheduledExecutorService renewals;
  private volatile LeaseHolder self;
  private volatile boolean isLost;

  private Lease(
      Path lake, LeaseFiles files, Timing timing, Clock clock, long number, LeaseHolder self) {
    this.lake = lake;
    this.files = files;
    this.timing = timing;
    this.clock = clock;
    this.number = number;
    this.self = self;
    this.renewals =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "holdfast-lease");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Takes a lake, waiting for another run's lease.
   *
   * @param runId the run that writes
   * @param patience how long it waits; a killed run's lease ends after 60 s
   * @throws Conflict if another run holds the lake and goes on renewing
   * @throws PlatformFailure if the lake cannot be read or written
   */
  public static Lease acquire(FileSystem fs, Path lake, String runId, Duration patience) {
    return acquire(fs, lake, runId, patience, Timing.DEFAULT, Clock.systemUTC());
  }

  static Lease acquire(
      FileSystem fs, Path lake, String runId, Duration patience, Timing timing, Clock clock) {
    LeaseFiles files = new LeaseFiles(fs, lake);
    long start = System.nanoTime();
    try {
      while (true) {
        Optional<LeaseFiles.Entry> holder = files.highest();
        if (holder.isEmpty() || isFree(holder.get(), timing, clock)) {
          long next = holder.map(LeaseFiles.Entry::number).orElse(0L) + 1;
          Instant now = clock.instant();
          LeaseHolder self = LeaseHolder.self(runId, now, now.plus(timing.valid()));
          if (files.create(next, self)) {
            Lease lease = new Lease(lake, files, timing, clock, next, self);
            lease.startRenewing();
            return lease;
          }
        } else if (System.nanoTime() - start > patience.toNanos()) {
          throw heldBy(lake, holder.get());
        } else {
          pause(lake, timing.lookEvery());
        }
      }
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot take the lake %s: %s. Check that it can be written, then run again."
              .formatted(lake, e.getMessage()),
          e);
    }
  }

  /** Whether this run is still the lake's writer. */
  public boolean isHeld() {
    return !isLost && clock.instant().isBefore(Instant.parse(self.expiresAt()));
  }

  /**
   * Asserts before a commit that this run is still the lake's writer.
   *
   * @throws Conflict if it is not, because it stood still for too long and another run took over
   */
  public void require() {
    if (!isHeld()) {
      throw new Conflict(
          ("Cannot commit to the lake %s: run %s held it since %s, could not renew that in time, and"
                  + " lost it. Nothing half-done is visible; run it again.")
              .formatted(lake, self.runId(), self.since()));
    }
  }

  /** Lets the next run in at once. */
  @Override
  public void close() {
    renewals.shutdown();
    synchronized (this) {
      if (isHeld()) {
        try {
          files.overwrite(number, self.until(Instant.EPOCH));
        } catch (IOException e) {
          LOG.warn("Cannot release the lake {}: its lease ends at {}.", lake, self.expiresAt(), e);
        }
      }
      isLost = true;
    }
  }

  /** Extends the lease, or finds out that it is lost. A failure is tried again until it expires. */
  synchronized void renew() {
    if (isLost) {
      return;
    }
    try {
      if (!isHeld() || files.isOvertaken(number)) {
        isLost = true;
        LOG.warn("Run {} lost the lake {}.", self.runId(), lake);
        return;
      }
      LeaseHolder extended = self.until(clock.instant().plus(timing.valid()));
      files.overwrite(number, extended);
      self = extended;
    } catch (IOException e) {
      LOG.warn("Cannot renew the lease of {} yet: it ends at {}.", lake, self.expiresAt(), e);
    }
  }

  private void startRenewing() {
    long period = timing.renewEvery().toMillis();
    var unused =
        renewals.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  private static void pause(Path lake, Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformFailure(
          "Cannot take the lake %s: interrupted while another run held it. Run again."
              .formatted(lake),
          e);
    }
  }

  private static boolean isFree(LeaseFiles.Entry entry, Timing timing, Clock clock) {
    Instant end =
        entry
            .holder()
            .map(holder -> Instant.parse(holder.expiresAt()))
            .orElse(entry.modifiedAt().plus(timing.valid()));
    return !clock.instant().isBefore(end)
        || entry.holder().map(LeaseHolder::isDeadHere).orElse(false);
  }

  /** What a run would be told if another holds the lake; empty if it is free. */
  public static Optional<Conflict> holder(FileSystem fs, Path lake) {
    try {
      return new LeaseFiles(fs, lake)
          .highest()
          .filter(entry -> !isFree(entry, Timing.DEFAULT, Clock.systemUTC()))
          .map(entry -> heldBy(lake, entry));
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot read who holds the lake %s: %s. Check its file system and its rights."
              .formatted(lake, e.getMessage()),
          e);
    }
  }

  private static Conflict heldBy(Path lake, LeaseFiles.Entry entry) {
    return new Conflict(
        entry
            .holder()
            .map(
                holder ->
                    ("Cannot write to the lake %s: run %s of %s (process %d) holds it since %s and"
                            + " renewed it until %s. Wait for it to end, or end it, and run again.")
                        .formatted(
                            lake,
                            holder.runId(),
                            holder.person(),
                            holder.pid(),
                            holder.since(),
                            holder.expiresAt()))
            .orElse(
                "Cannot write to the lake %s: another run is just taking it. Run again."
                    .formatted(lake)));
  }
}
