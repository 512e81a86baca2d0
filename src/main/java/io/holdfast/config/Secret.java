package io.holdfast.config;

/**
 * A value that nothing prints. It comes from the environment alone: in a file, or on a command
 * line, others could read it.
 */
public final class Secret {

  private final String text;

  /** A secret of this text. */
  public Secret(String text) {
    this.text = text;
  }

  /** The text, for whoever is asked for it. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "***";
  }
}
