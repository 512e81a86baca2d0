package io.holdfast.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A folder in which a publication writes its files; nobody sees them before it is finished. */
public interface Folder {

  /** A written file. */
  record Written(String name, long bytes, String sha256) {}

  /** Writes a file's content. */
  interface Content {
    /** Writes to the stream, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file under a temporary name. A second file of the same name replaces the first. */
  Written write(String name, Content content);

  /** The files written so far, in order. */
  List<Written> written();
}
