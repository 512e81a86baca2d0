package io.holdfast.churn;

import io.holdfast.failure.PlatformFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.spark.ml.PipelineModel;

/** A fitted pipeline as bytes: the zipped folder that MLlib writes, on the driver's own disk. */
final class ModelFiles {

  private ModelFiles() {}

  /** Packs a pipeline. */
  static byte[] pack(PipelineModel model) {
    return inTemporaryFolder(
        folder -> {
          Path saved = folder.resolve("model");
          model.write().saveToLocal(saved.toString());
          return zipped(saved);
        });
  }

  /** Unpacks a pipeline. */
  static PipelineModel unpack(byte[] packed) {
    return inTemporaryFolder(
        folder -> {
          unzip(packed, folder);
          return PipelineModel.read().loadFromLocal(folder.toString());
        });
  }

  private static byte[] zipped(Path root) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> walked = Files.walk(root)) {
      List<Path> files = walked.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(root.relativize(file).toString().replace('\\', '/'));
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void unzip(byte[] packed, Path folder) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(packed))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("the archive names a file outside of itself: " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }

  private interface Work<T> {
    T in(Path folder) throws IOException;
  }

  private static <T> T inTemporaryFolder(Work<T> work) {
    try {
      Path folder = Files.createTempDirectory("holdfast-model-");
      try {
        return work.in(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new PlatformFailure(
          "Cannot pack or unpack a model on the driver's disk: %s. Check the temporary folder."
              .formatted(e.getMessage()),
          e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> walked = Files.walk(folder)) {
      for (Path path : walked.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
