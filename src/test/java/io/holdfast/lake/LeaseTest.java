package io.holdfast.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.failure.Conflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

  private static final Instant NOW = Instant.parse("2026-01-05T02:00:00Z");

  /** The test renews by hand; a waiting run gives up after 60 ms. */
  private static final Lease.Timing BY_HAND =
      new Lease.Timing(Duration.ofMillis(60), Duration.ofHours(1), Duration.ofMillis(5));

  private final FakeClock clock = new FakeClock();

  @TempDir java.nio.file.Path folder;
  private FileSystem fs;
  private Path lake;

  @BeforeEach
  void lake() throws IOException {
    lake = new Path(folder.toUri().toString());
    fs = lake.getFileSystem(new Configuration());
  }

  @Test
  void aSecondRunWaitsOneExpiryAndNamesTheHolder() {
    try (Lease first = acquire("night-1")) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> acquire("night-2"))
          .isInstanceOf(Conflict.class)
          .hasMessageMatching(
              "Cannot write to the lake file:.*: run night-1 of "
                  + System.getProperty("user.name")
                  + "@.* \\(process "
                  + ProcessHandle.current().pid()
                  + "\\) holds it since 2026-01-05T02:00:00Z and renewed it until"
                  + " 2026-01-05T02:00:00.060Z. Wait for it to end, or end it, and run again.");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(BY_HAND.valid());
      assertThat(first.isHeld()).isTrue();
    }
  }

  @Test
  void aReleasedLakeIsFreeAtOnce() {
    Lease first = acquire("night-1");
    first.close();
    assertThat(first.isHeld()).isFalse();
    try (Lease second = acquire("night-2")) {
      assertThat(second.isHeld()).isTrue();
    }
    first.close();
  }

  @Test
  void anExpiredLeaseIsTakenOverAndItsHolderMayCommitNoMore() {
    Lease first = acquire("night-1");
    assertThatCode(first::require).doesNotThrowAnyException();
    clock.pass(BY_HAND.valid());
    try (Lease second = acquire("night-2")) {
      first.renew();
      first.close();
      assertThat(second.isHeld()).isTrue();
      assertThat(first.isHeld()).isFalse();
      assertThatThrownBy(first::require)
          .isInstanceOf(Conflict.class)
          .hasMessageMatching(
              "Cannot commit to the lake file:.*: run night-1 held it since 2026-01-05T02:00:00Z,"
                  + " could not renew that in time, and lost it. Nothing half-done is visible; run"
                  + " it again.");
    }
  }

  @Test
  void aHolderWhoseClockIsSlowFindsOutWhenItRenews() throws IOException {
    Lease first = acquire("night-1");
    LeaseHolder other = LeaseHolder.self("night-2", NOW, NOW.plusSeconds(60));
    assertThat(new LeaseFiles(fs, lake).create(2, other)).isTrue();
    assertThat(first.isHeld()).isTrue();
    first.renew();
    assertThat(first.isHeld()).isFalse();
  }

  @Test
  void aRenewedLeaseLasts() {
    try (Lease first = acquire("night-1")) {
      clock.pass(Duration.ofMillis(50));
      first.renew();
      clock.pass(Duration.ofMillis(50));
      assertThat(first.isHeld()).isTrue();
      assertThatThrownBy(() -> acquire("night-2")).isInstanceOf(Conflict.class);
    }
  }

  @Test
  void aLeaseRenewsItself() throws Exception {
    Lease.Timing quick =
        new Lease.Timing(Duration.ofSeconds(2), Duration.ofMillis(20), Duration.ofMillis(20));
    try (Lease first =
        Lease.acquire(fs, lake, "night-1", quick.valid(), quick, Clock.systemUTC())) {
      Thread.sleep(2500);
      assertThat(first.isHeld()).isTrue();
      assertThatThrownBy(
              () -> Lease.acquire(fs, lake, "night-2", quick.valid(), quick, Clock.systemUTC()))
          .isInstanceOf(Conflict.class);
    }
  }

  @Test
  void theLeaseOfADeadProcessOfThisMachineIsTakenAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    LeaseHolder self = LeaseHolder.self("night-1", NOW, NOW.plusSeconds(60));
    LeaseHolder dead = of(self, self.machine(), process.pid(), self.startedAt());
    LeaseHolder reused = of(self, self.machine(), self.pid(), "2020-01-01T00:00:00Z");
    LeaseHolder elsewhere = of(self, "another", process.pid(), self.startedAt());
    LeaseFiles files = new LeaseFiles(fs, lake);

    assertThat(files.create(1, dead)).isTrue();
    acquire("night-2").close();
    assertThat(files.create(3, reused)).isTrue();
    acquire("night-3").close();
    assertThat(files.create(5, elsewhere)).isTrue();
    assertThatThrownBy(() -> acquire("night-4")).isInstanceOf(Conflict.class);
  }

  @Test
  void aHalfWrittenLeaseCountsFromWhenItWasWritten() throws IOException {
    java.nio.file.Path file = folder.resolve("_lease/000000000007.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"run_id\":\"nig");
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    assertThatThrownBy(() -> acquire("night-2"))
        .isInstanceOf(Conflict.class)
        .hasMessageMatching(
            "Cannot write to the lake file:.*: another run is just taking it. Run again.");
    clock.pass(BY_HAND.valid());
    acquire("night-2").close();
    assertThat(folder.resolve("_lease")).isDirectoryContaining("glob:**/000000000008.json");
  }

  @Test
  void aTakerWithAnOldListDoesNotGetANumberThatCameAndWent() throws IOException {
    LeaseFiles files = new LeaseFiles(fs, lake);
    LeaseHolder self = LeaseHolder.self("night-1", NOW, NOW.plusSeconds(60));
    assertThat(files.create(1, self)).isTrue();
    assertThat(files.create(2, self)).isTrue();
    assertThat(files.create(3, self)).isTrue();
    assertThat(files.create(2, self)).isFalse();
    assertThat(files.create(3, self)).isFalse();
    assertThat(files.highest()).get().extracting(LeaseFiles.Entry::number).isEqualTo(3L);
    assertThat(folder.resolve("_lease").toFile().list()).containsExactly("000000000003.json");
  }

  @Test
  void ofManyTakersExactlyOneWins() throws Exception {
    int takers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(takers);
    try {
      for (int round = 0; round < 40; round++) {
        // Each round takes over from the one before: a new lake, then released or expired ones.
        CyclicBarrier start = new CyclicBarrier(takers);
        List<Future<Lease>> all = new ArrayList<>();
        for (int i = 0; i < takers; i++) {
          all.add(
              threads.submit(
                  () -> {
                    start.await();
                    try {
                      return acquire("night");
                    } catch (Conflict e) {
                      return null;
                    }
                  }));
        }
        List<Lease> winners = new ArrayList<>();
        for (Future<Lease> one : all) {
          Lease lease = one.get();
          if (lease != null) {
            winners.add(lease);
          }
        }
        assertThat(winners).as("round " + round).hasSize(1);
        assertThat(winners.get(0).isHeld()).isTrue();
        if (round % 2 == 0) {
          winners.get(0).close();
        } else {
          clock.pass(BY_HAND.valid());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Lease acquire(String runId) {
    return Lease.acquire(fs, lake, runId, BY_HAND.valid(), BY_HAND, clock);
  }

  private static LeaseHolder of(LeaseHolder self, String machine, long pid, String startedAt) {
    return new LeaseHolder(
        self.runId(), self.person(), machine, pid, startedAt, self.since(), self.expiresAt());
  }

  private static final class FakeClock extends Clock {
    private volatile Instant now = NOW;

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
