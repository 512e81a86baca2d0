package io.holdfast.failure;

/** An input is not there yet. Trying again later helps. */
public final class NotReady extends Failure {

  private static final long serialVersionUID = 1L;

  public NotReady(String message) {
    super(message, null);
  }

  public NotReady(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 4;
  }

  @Override
  public int rank() {
    return 4;
  }
}
