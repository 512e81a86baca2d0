package io.holdfast.lake;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFs;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FsConstants;
import org.apache.hadoop.fs.FsServerDefaults;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.local.LocalConfigKeys;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, which without its native library starts a process for every file and
 * folder that it makes ({@code chmod}) and for every file that it renames ({@code readlink}). This
 * one does the same by itself.
 *
 * <p>{@code fs.file.impl} names it where all runs on one machine, and {@code
 * fs.AbstractFileSystem.file.impl} names {@link Abstract}.
 */
public final class LocalFiles extends LocalFileSystem {

  public LocalFiles() {
    super(new Raw());
  }

  /** The same for Hadoop's other interface to files, by which Delta writes its log. */
  public static final class Abstract extends ChecksumFs {

    /** As Hadoop makes one by reflection. */
    public Abstract(URI uri, Configuration hadoop) throws IOException, URISyntaxException {
      super(new Delegate(hadoop));
    }
  }

  private static final class Delegate extends DelegateToFileSystem {

    Delegate(Configuration hadoop) throws IOException, URISyntaxException {
      super(
          FsConstants.LOCAL_FS_URI, new Raw(), hadoop, FsConstants.LOCAL_FS_URI.getScheme(), false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    @Override
    @SuppressWarnings("deprecation") // what Hadoop's own answers, too
    public FsServerDefaults getServerDefaults() throws IOException {
      return LocalConfigKeys.getServerDefaults();
    }

    @Override
    public FsServerDefaults getServerDefaults(Path path) throws IOException {
      return LocalConfigKeys.getServerDefaults();
    }

    @Override
    public boolean isValidName(String name) {
      return true;
    }
  }

  /** The same without checksums. */
  public static class Raw extends RawLocalFileSystem {

    private static final int SET_IDS = 06000;

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (!FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
        super.setPermission(path, permission);
        return;
      }
      java.nio.file.Path file = pathToFile(path).toPath();
      // As chmod does, a folder keeps the group that it hands down.
      int kept =
          Files.isDirectory(file) ? (int) Files.getAttribute(file, "unix:mode") & SET_IDS : 0;
      Files.setAttribute(file, "unix:mode", kept | permission.toShort());
    }

    @Override
    public FileStatus getFileLinkStatus(Path path) throws IOException {
      return Files.isSymbolicLink(pathToFile(path).toPath())
          ? super.getFileLinkStatus(path)
          : getFileStatus(path);
    }
  }
}
