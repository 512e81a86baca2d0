package io.holdfast.activation;

import io.holdfast.job.Folder;
import java.io.IOException;
import java.io.OutputStream;

/** One file: a header and as many of the waiting lines as fit, at least one. */
final class PartContent implements Folder.Content {

  private final SendableLines lines;
  private final long maxBytes;
  private long rows;

  PartContent(SendableLines lines, long maxBytes) {
    this.lines = lines;
    this.maxBytes = maxBytes;
  }

  /** How many rows it holds. */
  long rows() {
    return rows;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] header = lines.header();
    out.write(header);
    long bytes = header.length;
    while (lines.hasNext() && (rows == 0 || bytes + lines.peek().length <= maxBytes)) {
      byte[] line = lines.next();
      out.write(line);
      bytes += line.length;
      rows++;
    }
  }
}
