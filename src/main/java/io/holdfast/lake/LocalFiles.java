package io.holdfast.lake;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, which without its native library starts a process, {@code chmod}, for
 * every file and folder that it makes. This one sets the same permissions by itself.
 *
 * <p>{@code fs.file.impl} names it where all runs on one machine.
 */
public final class LocalFiles extends LocalFileSystem {

  public LocalFiles() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      boolean isPlain =
          !permission.getStickyBit()
              && FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
      if (isPlain) {
        Files.setPosixFilePermissions(
            pathToFile(path).toPath(),
            PosixFilePermissions.fromString(
                permission.getUserAction().SYMBOL
                    + permission.getGroupAction().SYMBOL
                    + permission.getOtherAction().SYMBOL));
      } else {
        super.setPermission(path, permission);
      }
    }
  }
}
