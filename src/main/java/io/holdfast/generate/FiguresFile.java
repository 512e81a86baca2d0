package io.holdfast.generate;

import java.io.IOException;

/** Adds up the figures that parts of the company counted, and writes each once, in order. */
final class FiguresFile implements FeedFile {
  private final FeedFile file;
  private final Figures sums = new Figures();

  FiguresFile(FeedFile file) {
    this.file = file;
  }

  @Override
  public void write(String lines) {
    sums.addLines(lines);
  }

  @Override
  public void close() throws IOException {
    file.write(sums.printed());
    file.close();
  }
}
