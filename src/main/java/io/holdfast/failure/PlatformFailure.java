package io.holdfast.failure;

/** The platform failed: disk, network, lake. Trying again later may help. */
public final class PlatformFailure extends Failure {

  private static final long serialVersionUID = 1L;

  public PlatformFailure(String message) {
    super(message, null);
  }

  public PlatformFailure(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 1;
  }

  @Override
  public int rank() {
    return 5;
  }
}
