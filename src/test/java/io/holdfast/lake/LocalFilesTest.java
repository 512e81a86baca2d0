package io.holdfast.lake;

import static org.apache.hadoop.fs.CreateFlag.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {

  @TempDir java.nio.file.Path folder;

  @Test
  void isWhatTheConfigurationNames() throws IOException {
    assertThat(files().getClass()).isEqualTo(LocalFiles.class);
  }

  @Test
  void givesTheSamePermissionsAsHadoops() throws IOException {
    Path file = new Path(folder.toUri().toString(), "made/deeper/file");
    files().create(file).close();

    assertThat(permissions("made")).isEqualTo("rwxr-xr-x");
    assertThat(permissions("made/deeper/file")).isEqualTo("rw-r--r--");
    assertThat(permissions("made/deeper/.file.crc")).isEqualTo("rw-r--r--");

    files().setPermission(file, new FsPermission("640"));
    assertThat(permissions("made/deeper/file")).isEqualTo("rw-r-----");
  }

  @Test
  void writesAndRenamesByTheOtherInterfaceToo() throws IOException {
    FileContext files = FileContext.getFileContext(URI.create("file:///"), configuration());
    Path made = new Path(folder.toUri().toString(), "made/file");
    Path renamed = new Path(folder.toUri().toString(), "made/renamed");
    Path link = new Path(folder.toUri().toString(), "link");
    try (var out = files.create(made, EnumSet.of(CREATE), CreateOpts.createParent())) {
      out.writeUTF("text");
    }
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("made"));

    assertThat(files.getDefaultFileSystem()).isInstanceOf(LocalFiles.Abstract.class);
    assertThat(permissions("made/file")).isEqualTo("rw-r--r--");
    files.rename(made, renamed);
    try (var in = files.open(renamed)) {
      assertThat(in.readUTF()).isEqualTo("text");
    }
    assertThatThrownBy(() -> files.rename(link, renamed)).isInstanceOf(IOException.class);
    files.create(made, EnumSet.of(CREATE)).close();
    assertThatThrownBy(() -> files.rename(made, renamed))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void keepsTheGroupThatAFolderHandsDown() throws IOException {
    Files.setAttribute(folder, "unix:mode", 02755);
    Path child = new Path(folder.toUri().toString(), "child");

    files().mkdirs(child);
    files().setPermission(child, new FsPermission("750"));

    int mode = (int) Files.getAttribute(folder.resolve("child"), "unix:mode");
    assertThat(Integer.toOctalString(mode & 07777)).isEqualTo("2750");
  }

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }

  private static FileSystem files() throws IOException {
    return FileSystem.newInstance(URI.create("file:///"), configuration());
  }

  private static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", LocalFiles.class.getName());
    hadoop.set("fs.AbstractFileSystem.file.impl", LocalFiles.Abstract.class.getName());
    hadoop.set("fs.permissions.umask-mode", "022");
    return hadoop;
  }
}
