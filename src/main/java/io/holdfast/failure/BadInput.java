package io.holdfast.failure;

/** The command, the configuration or an input file is wrong. Trying again does not help. */
public final class BadInput extends Failure {

  private static final long serialVersionUID = 1L;

  public BadInput(String message) {
    super(message, null);
  }

  public BadInput(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 2;
  }

  @Override
  public int rank() {
    return 2;
  }
}
