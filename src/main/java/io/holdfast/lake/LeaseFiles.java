package io.holdfast.lake;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a lake's lease: one a holder, numbered; the highest number holds the lake.
 *
 * <p>Taking over is creating the next number, which one of several succeeds in. Deleting the old
 * file and creating it again would let a slow second taker delete the first one's. A number is
 * never used twice, since the highest is never deleted.
 */
final class LeaseFiles {

  /** A holder's file. The holder is empty where the file is half-written. */
  record Entry(long number, Optional<LeaseHolder> holder, Instant modifiedAt) {}

  private final FileSystem fs;
  private final Path folder;

  LeaseFiles(FileSystem fs, Path lake) {
    // Checksum files beside a file that is read while it is written would not match.
    this.fs = fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
    this.folder = new Path(lake, "_lease");
  }

  /** The file of the highest number. */
  Optional<Entry> highest() throws IOException {
    while (true) {
      Optional<FileStatus> last = list().stream().max(Comparator.comparing(LeaseFiles::number));
      if (last.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(read(last.get()));
      } catch (FileNotFoundException e) {
        // It went since the listing, so there is a higher one by now.
      }
    }
  }

  /** Whether someone else took the lake after this number. */
  boolean isOvertaken(long number) throws IOException {
    return list().stream().anyMatch(status -> number(status) > number);
  }

  /** Creates a number, unless it is there or was before. */
  boolean create(long number, LeaseHolder holder) throws IOException {
    try {
      NewFile.write(fs, path(number), holder.json());
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    // A taker that read the list long ago can hit a number that came and went since.
    if (isOvertaken(number)) {
      fs.delete(path(number), false);
      return false;
    }
    for (FileStatus status : list()) {
      if (number(status) < number) {
        fs.delete(status.getPath(), false);
      }
    }
    return true;
  }

  /** Writes a number again. Only its holder does. */
  void overwrite(long number, LeaseHolder holder) throws IOException {
    try (FSDataOutputStream out = fs.create(path(number), true)) {
      out.write(holder.json());
    } catch (FSError e) {
      throw new IOException(e);
    }
  }

  private Entry read(FileStatus status) throws IOException {
    Instant modifiedAt = Instant.ofEpochMilli(status.getModificationTime());
    try (FSDataInputStream in = fs.open(status.getPath())) {
      return new Entry(number(status), LeaseHolder.parse(in.readAllBytes()), modifiedAt);
    }
  }

  private List<FileStatus> list() throws IOException {
    List<FileStatus> files = new ArrayList<>();
    try {
      for (FileStatus status : fs.listStatus(folder)) {
        if (status.getPath().getName().matches("\\d{12}\\.json")) {
          files.add(status);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return files;
  }

  private Path path(long number) {
    return new Path(folder, "%012d.json".formatted(number));
  }

  private static long number(FileStatus status) {
    return Long.parseLong(status.getPath().getName().substring(0, 12));
  }
}
