package io.holdfast.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;

/** Creates a file that is not there yet: of several writers at once exactly one succeeds. */
final class NewFile {

  private NewFile() {}

  /**
   * Creates a file.
   *
   * @throws FileAlreadyExistsException if it is there, also if another writer was a moment faster
   */
  static void write(FileSystem fs, Path path, byte[] content) throws IOException {
    switch (fs.getUri().getScheme()) {
      case "file" -> onDisk(fs, path, content);
      case "s3a" -> onS3(fs, path, content);
      default -> elsewhere(fs, path, content);
    }
  }

  /** Hadoop's local file system looks first and creates then; the operating system does both. */
  private static void onDisk(FileSystem fs, Path path, byte[] content) throws IOException {
    fs.mkdirs(path.getParent());
    java.nio.file.Path file = java.nio.file.Path.of(fs.makeQualified(path).toUri());
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(content);
    }
  }

  /** Bytes are sent at close, on the condition that nothing stands there then. */
  private static void onS3(FileSystem fs, Path path, byte[] content) throws IOException {
    FSDataOutputStreamBuilder<?, ?> file = fs.createFile(path);
    file.create();
    file.recursive();
    file.must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    try (FSDataOutputStream out = file.build()) {
      out.write(content);
    } catch (RemoteFileChangedException e) {
      // The client repeats a put whose answer was lost, and then finds its own file.
      if (!holds(fs, path, content)) {
        throw exists(path, e);
      }
    }
  }

  private static void elsewhere(FileSystem fs, Path path, byte[] content) throws IOException {
    try (FSDataOutputStream out = fs.create(path, false)) {
      out.write(content);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw exists(path, e);
    }
  }

  private static boolean holds(FileSystem fs, Path path, byte[] content) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return Arrays.equals(in.readAllBytes(), content);
    }
  }

  private static FileAlreadyExistsException exists(Path path, IOException cause) {
    FileAlreadyExistsException exists = new FileAlreadyExistsException(path.toString());
    exists.initCause(cause);
    return exists;
  }
}
