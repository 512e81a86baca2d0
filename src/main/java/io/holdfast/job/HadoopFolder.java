package io.holdfast.job;

import io.holdfast.failure.PlatformFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Writes a publication's folder: files under temporary names, then all of them, then _SUCCESS. */
final class HadoopFolder implements Folder {

  private static final String SUCCESS = "_SUCCESS";

  private final FileSystem files;
  private final Path path;
  private final List<Written> written = new ArrayList<>();

  private HadoopFolder(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  static HadoopFolder at(Path path, SparkSession spark) {
    try {
      return new HadoopFolder(path.getFileSystem(spark.sessionState().newHadoopConf()), path);
    } catch (IOException e) {
      throw new PlatformFailure("Cannot write to %s: %s. Check export_path.".formatted(path, e), e);
    }
  }

  /** Whether the folder was published whole. */
  boolean isPublished() {
    try {
      return files.exists(new Path(path, SUCCESS));
    } catch (IOException e) {
      throw failed(SUCCESS, e);
    }
  }

  @Override
  public Written write(String name, Content content) {
    MessageDigest digest = sha256();
    Path temporary = temporary(name);
    try (FSDataOutputStream file = files.create(temporary, true);
        OutputStream out = new DigestOutputStream(file, digest)) {
      content.writeTo(out);
      out.flush();
      Written one = new Written(name, file.getPos(), HexFormat.of().formatHex(digest.digest()));
      written.removeIf(before -> before.name().equals(name));
      written.add(one);
      return one;
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  @Override
  public List<Written> written() {
    return List.copyOf(written);
  }

  /** Gives every file its name, and says last that the folder is whole. */
  void publish() {
    try {
      for (Written file : written) {
        Path target = new Path(path, file.name());
        files.delete(target, false);
        if (!files.rename(temporary(file.name()), target)) {
          throw new IOException("rename to " + target + " was refused");
        }
      }
      files.create(new Path(path, SUCCESS), true).close();
    } catch (IOException e) {
      throw failed(SUCCESS, e);
    }
  }

  private Path temporary(String name) {
    return new Path(path, "_temporary-" + name);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private PlatformFailure failed(String name, IOException e) {
    return new PlatformFailure(
        "Cannot write %s: %s. Check export_path, its free space and its rights; what was published before still stands."
            .formatted(new Path(path, name), e),
        e);
  }
}
