package io.holdfast.job;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.failure.PlatformFailure;
import java.io.FileNotFoundException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says what went wrong in terms of what a person can do, for whatever Spark or a disk threw. */
final class Failures {

  private static final Pattern UNREADABLE_FILE =
      Pattern.compile(
          "(?s).*(?:FAILED_READ_FILE|error while reading file)[^]]*]?.*?reading file (\\S+?)\\.?(?:\\s.*|$)");

  /** What these throw tells of an object store that cannot be reached, or that refuses. */
  private static final List<String> CLIENTS_OF_STORES =
      List.of("software.amazon.", "org.apache.hadoop.fs.s3a.");

  private Failures() {}

  /**
   * The failure that a throwable stands for.
   *
   * @param what what could not be done: "build metrics.mrr"
   * @param lake the path of the lake: a damaged file in it is not a bad input
   */
  static Failure of(Throwable thrown, String what, String lake) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof Failure failure) {
        return failure;
      }
    }
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (message.contains("No space left on device")) {
        return new PlatformFailure(
            "Cannot %s: a disk is full (%s). Free space where the lake and spark.local.dir are, and run again; nothing is half-written."
                .formatted(what, firstLine(message)),
            thrown);
      }
      Matcher file = UNREADABLE_FILE.matcher(message);
      if (file.matches()) {
        return unreadable(what, file.group(1), root(thrown), lake, thrown);
      }
    }
    return new PlatformFailure(
        "Cannot %s: %s. If running again does not help, the log above says where it happened."
            .formatted(what, firstLine(root(thrown).toString())),
        thrown);
  }

  private static Failure unreadable(
      String what, String file, Throwable root, String lake, Throwable thrown) {
    String why = firstLine(root.toString());
    if (isOfTheWay(thrown)) {
      return new PlatformFailure(
          "Cannot %s: the file %s could not be read (%s). Check its file system, and run again."
              .formatted(what, file, why),
          thrown);
    }
    // A local path is written with one slash or three.
    if (file.replaceFirst("^file:/+", "file:/").contains(lake.replaceFirst("^file:/+", "file:/"))) {
      return new PlatformFailure(
          "Cannot %s: the lake's file %s is unreadable (%s). Restore it, or delete its table's folder and run `holdfast backfill --rebuild`."
              .formatted(what, file, why),
          thrown);
    }
    return new BadInput(
        "Cannot %s: the file %s is damaged or cut off (%s). Deliver it again whole and run again; nothing of it was taken in."
            .formatted(what, file, why),
        thrown);
  }

  /** Whether the way to a file failed, not its content: trying again can help. */
  private static boolean isOfTheWay(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String type = t.getClass().getName();
      if (t instanceof SocketException
          || t instanceof SSLException
          || t instanceof UnknownHostException
          || t instanceof InterruptedIOException
          || t instanceof FileNotFoundException
          || CLIENTS_OF_STORES.stream().anyMatch(type::startsWith)
          || type.endsWith("ConnectionClosedException")) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text).strip();
  }
}
