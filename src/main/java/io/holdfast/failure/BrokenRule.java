package io.holdfast.failure;

/** A rule of the data is broken: its table and all that read it stay as they were. */
public final class BrokenRule extends Failure {

  private static final long serialVersionUID = 1L;

  public BrokenRule(String message) {
    super(message, null);
  }

  public BrokenRule(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 3;
  }

  @Override
  public int rank() {
    return 1;
  }
}
