package io.holdfast.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
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

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }

  private static FileSystem files() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", LocalFiles.class.getName());
    hadoop.set("fs.permissions.umask-mode", "022");
    return FileSystem.newInstance(java.net.URI.create("file:///"), hadoop);
  }
}
