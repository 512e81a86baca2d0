package io.holdfast.cli;

/**
 * How much a person wants to see at once.
 *
 * @param rows how many rows
 * @param columns how many characters fit on a line
 */
public record Page(int rows, int columns) {

  private static final int USUAL_COLUMNS = 120;

  /** So many rows on this terminal, whose width the launcher tells. */
  public static Page of(int rows) {
    return new Page(rows, Math.max(80, Integer.getInteger("holdfast.columns", USUAL_COLUMNS)));
  }
}
