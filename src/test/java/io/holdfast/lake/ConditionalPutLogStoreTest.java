package io.holdfast.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConditionalPutLogStoreTest {

  private final Configuration conf = new Configuration();
  private final ConditionalPutLogStore store = new ConditionalPutLogStore(conf);

  @TempDir java.nio.file.Path folder;

  @Test
  void aCommitIsWrittenOnce() throws Exception {
    Path commit = commit();
    store.write(commit, List.of("{\"a\":1}", "{\"b\":2}").iterator(), false, conf);
    assertThatThrownBy(() -> store.write(commit, List.of("{}").iterator(), false, conf))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("00000000000000000001.json");
    assertThat(Files.readString(folder.resolve("_delta_log/00000000000000000001.json")))
        .isEqualTo("{\"a\":1}\n{\"b\":2}\n");
    assertThat(store.isPartialWriteVisible(commit, conf)).isFalse();
  }

  @Test
  void anOverwriteReplaces() throws Exception {
    store.write(commit(), List.of("old", "lines").iterator(), true, conf);
    store.write(commit(), List.of("new").iterator(), true, conf);
    try (var lines = store.read(commit(), conf)) {
      assertThat(lines).toIterable().containsExactly("new");
    }
  }

  @Test
  void linesThatBreakOffLeaveNoFile() {
    Iterator<String> broken =
        new Iterator<>() {
          private int given;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public String next() {
            if (given++ == 1) {
              throw new IllegalStateException("no more");
            }
            return "{}";
          }
        };
    assertThatThrownBy(() -> store.write(commit(), broken, false, conf)).hasMessage("no more");
    assertThat(folder).isEmptyDirectory();
  }

  private Path commit() {
    return new Path(folder.toUri().toString(), "_delta_log/00000000000000000001.json");
  }
}
