package io.holdfast.job;

import io.holdfast.failure.Failure;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run did.
 *
 * @param runId names the run in every commit it made
 * @param asOf the last local day that counts
 * @param arrivedBy the last arrival date that counts
 * @param outcomes a line for each table and publication, in the order in which they ended
 * @param isPublished whether all tables of this night now stand
 * @param elapsed from start to end
 */
public record RunReport(
    String runId,
    LocalDate asOf,
    LocalDate arrivedBy,
    List<Outcome> outcomes,
    boolean isPublished,
    Duration elapsed) {

  /** How a table's or publication's turn ended. */
  public enum Status {
    BUILT,
    SKIPPED,
    FAILED,
    BLOCKED,
    PLANNED
  }

  /**
   * What became of one table or publication.
   *
   * @param name its id
   * @param status how its turn ended
   * @param detail why it was skipped or blocked, or which days were replaced
   * @param rows rows written
   * @param changed rows that differ from what stood for the same night
   * @param elapsed its share of time
   * @param warnings how many rows each warning counted, those with any
   * @param notes what a reader should know
   * @param failure why it failed
   */
  public record Outcome(
      String name,
      Status status,
      String detail,
      long rows,
      long changed,
      Duration elapsed,
      Map<String, Long> warnings,
      List<String> notes,
      Optional<Failure> failure) {

    static Outcome of(String name, Status status, String detail, Duration elapsed) {
      return new Outcome(
          name, status, detail, 0, 0, elapsed, Map.of(), List.of(), Optional.empty());
    }

    static Outcome failed(String name, Failure failure, Duration elapsed) {
      return new Outcome(
          name,
          Status.FAILED,
          failure.getMessage(),
          0,
          0,
          elapsed,
          Map.of(),
          List.of(),
          Optional.of(failure));
    }
  }

  /** The failure that gives the run its exit code; none if all went well. */
  public Optional<Failure> failure() {
    return outcomes.stream()
        .flatMap(outcome -> outcome.failure().stream())
        .min(Comparator.comparingInt(Failure::rank));
  }

  /** How many ended in a way. */
  public long count(Status status) {
    return outcomes.stream().filter(outcome -> outcome.status() == status).count();
  }
}
