package io.holdfast.failure;

/**
 * Ends a run with a message for a person and an exit code for a scheduler.
 *
 * <p>Each kind stands for a different reaction of the scheduler. A message says what could not be
 * done, why with the values, and what to do.
 */
public abstract sealed class Failure extends RuntimeException
    permits BadInput, BrokenRule, Conflict, NotReady, PlatformFailure {

  private static final long serialVersionUID = 1L;

  Failure(String message, Throwable cause) {
    super(message, cause);
  }

  /** The process's exit code: see the table in {@code docs/operations.md}. */
  public abstract int exitCode();

  /** Which failure a run reports when it met several: the lowest rank. */
  public abstract int rank();
}
