package io.holdfast.job;

import io.holdfast.table.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of a run, and who waits for one: first whom the longest chain of others waits for, so
 * that the end of the night does not wait for a chain that began late.
 */
final class Line implements AutoCloseable {

  private final ThreadPoolExecutor threads;
  private final Map<String, Integer> chains;
  private final AtomicLong arrivals = new AtomicLong();

  /**
   * A line before so many threads.
   *
   * @param jobs the run's jobs, each after those that it reads
   */
  Line(int parallel, List<Job> jobs) {
    this.threads =
        new ThreadPoolExecutor(
            parallel, parallel, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>());
    this.chains = chains(jobs);
  }

  private static Map<String, Integer> chains(List<Job> jobs) {
    Map<String, Integer> chains = new HashMap<>();
    for (int i = jobs.size() - 1; i >= 0; i--) {
      int own = chains.getOrDefault(jobs.get(i).table().id(), 0);
      for (Table read : jobs.get(i).reads()) {
        chains.merge(read.id(), own + 1, Math::max);
      }
    }
    return chains;
  }

  /** Where the turn of a name waits. */
  Executor of(String name) {
    int chain = chains.getOrDefault(name, 0);
    return turn -> threads.execute(new Waiting(chain, arrivals.incrementAndGet(), turn));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private record Waiting(int chain, long arrival, Runnable turn)
      implements Runnable, Comparable<Waiting> {

    @Override
    public void run() {
      turn.run();
    }

    @Override
    public int compareTo(Waiting other) {
      return chain == other.chain
          ? Long.compare(arrival, other.arrival)
          : Integer.compare(other.chain, chain);
    }
  }
}
