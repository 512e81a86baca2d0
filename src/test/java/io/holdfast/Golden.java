package io.holdfast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that show what others read of us, byte by byte.
 *
 * <p>{@code mvn test -Dgolden.rewrite=true} writes them anew; the difference is then read like
 * code.
 */
public final class Golden {

  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  /** Asserts that a golden file holds exactly these bytes. */
  public static void assertGolden(String name, byte[] actual) {
    assertFile(FOLDER.resolve(name), actual);
  }

  /** Asserts that a file of the repository holds exactly these bytes. */
  public static void assertFile(Path file, byte[] actual) {
    try {
      if (Boolean.getBoolean("golden.rewrite")) {
        Files.createDirectories(file.getParent());
        Files.write(file, actual);
      }
      assertThat(new String(actual, UTF_8)).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
