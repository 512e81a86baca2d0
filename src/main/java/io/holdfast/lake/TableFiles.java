package io.holdfast.lake;

import io.holdfast.failure.PlatformFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files in a table's folder that hold rows, those of older versions and leftovers included. A
 * file's name is as unique as its path: Delta makes it up anew each time.
 *
 * @param bytes the size of each, by name
 * @param modifiedAt when each was written, in milliseconds, by name
 */
record TableFiles(Map<String, Long> bytes, Map<String, Long> modifiedAt) {

  /** Lists a table's folder. */
  static TableFiles of(FileSystem system, Path table) {
    Map<String, Long> bytes = new HashMap<>();
    Map<String, Long> modifiedAt = new HashMap<>();
    try {
      RemoteIterator<LocatedFileStatus> listed = system.listFiles(table, true);
      while (listed.hasNext()) {
        LocatedFileStatus file = listed.next();
        String name = file.getPath().getName();
        if (!file.getPath().getParent().getName().equals("_delta_log")
            && !name.startsWith(".")
            && !name.startsWith("_")) {
          bytes.put(name, file.getLen());
          modifiedAt.put(name, file.getModificationTime());
        }
      }
    } catch (FileNotFoundException neverBuilt) {
      return new TableFiles(Map.of(), Map.of());
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot list the files in %s: %s. Check the file system and its rights."
              .formatted(table, e),
          e);
    }
    return new TableFiles(bytes, modifiedAt);
  }

  /** The name in a path, however that is encoded. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
