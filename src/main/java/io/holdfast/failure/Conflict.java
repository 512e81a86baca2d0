package io.holdfast.failure;

/** Another writer holds the lake or committed first. Trying again helps. */
public final class Conflict extends Failure {

  private static final long serialVersionUID = 1L;

  public Conflict(String message) {
    super(message, null);
  }

  public Conflict(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 5;
  }

  @Override
  public int rank() {
    return 3;
  }
}
