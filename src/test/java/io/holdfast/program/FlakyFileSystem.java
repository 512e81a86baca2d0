package io.holdfast.program;

import io.holdfast.lake.LocalFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.sql.SparkSession;

/**
 * The local disk under the scheme {@code flaky}, which fails when a test says so: at its n-th
 * mutation, from then on, or when it is full. Mutations are creating a file, closing it, renaming,
 * deleting and making folders. One that fails was not made, or it was and nobody is told, as when
 * an answer is lost. A file whose closing fails keeps half of its bytes, or all.
 */
public final class FlakyFileSystem extends LocalFiles.Raw {

  static final String SCHEME = "flaky";
  static final String INJECTED = "injected failure";

  private static final URI ROOT = URI.create(SCHEME + ":///");
  private static final AtomicLong MUTATIONS = new AtomicLong();
  private static final AtomicLong FREE_BYTES = new AtomicLong(Long.MAX_VALUE);
  private static volatile long firstToFail = Long.MAX_VALUE;
  private static volatile long lastToFail = Long.MAX_VALUE;
  private static volatile boolean isMadeNevertheless;

  /** Makes the scheme known to a session. */
  static void register(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.flaky.impl", FlakyFileSystem.class.getName());
    hadoop.set("fs.AbstractFileSystem.flaky.impl", Files.class.getName());
  }

  /** Counts anew and fails at no mutation. */
  static void calm() {
    fail(How.UNMADE, Long.MAX_VALUE, Long.MAX_VALUE);
    FREE_BYTES.set(Long.MAX_VALUE);
  }

  /** What became of a mutation that failed. */
  enum How {
    UNMADE,
    MADE
  }

  /** Counts anew, and fails at these mutations; the first is 1. */
  static void fail(How how, long first, long last) {
    isMadeNevertheless = how == How.MADE;
    firstToFail = first;
    lastToFail = last;
    MUTATIONS.set(0);
  }

  /** Holds so many more bytes. */
  static void holdNoMoreThan(long bytes) {
    FREE_BYTES.set(bytes);
  }

  /** Mutations since it last began to count. */
  static long mutations() {
    return MUTATIONS.get();
  }

  private interface Mutation<T> {
    T make() throws IOException;
  }

  private static <T> T mutate(String what, Path path, Mutation<T> mutation) throws IOException {
    long number = MUTATIONS.incrementAndGet();
    boolean fails = number >= firstToFail && number <= lastToFail;
    if (fails && isMadeNevertheless) {
      T made = mutation.make();
      if (made instanceof OutputStream out) {
        out.close();
      }
    }
    if (fails) {
      throw new IOException("%s %d: %s %s".formatted(INJECTED, number, what, path));
    }
    return mutation.make();
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  protected OutputStream createOutputStream(Path path, boolean append) throws IOException {
    return mutate("create", path, () -> new Writing(super.createOutputStream(path, append), path));
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path path, boolean append, FsPermission permission) throws IOException {
    return mutate(
        "create",
        path,
        () -> new Writing(super.createOutputStreamWithMode(path, append, permission), path));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return mutate("rename", from, () -> super.rename(from, to));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return mutate("delete", path, () -> super.delete(path, recursive));
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    return exists(path) ? super.mkdirs(path) : mutate("mkdirs", path, () -> super.mkdirs(path));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    FileStatus[] listed = super.listStatus(folder);
    for (int i = 0; i < listed.length; i++) {
      listed[i] = plain(listed[i]);
    }
    return listed;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return plain(super.getFileStatus(path));
  }

  /** Hadoop's own asks for rights by the path, and knows files of its own scheme alone. */
  private static FileStatus plain(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        status.getReplication(),
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }

  private final class Writing extends FilterOutputStream {
    private final Path path;
    private long written;
    private boolean isClosed;

    Writing(OutputStream out, Path path) {
      super(out);
      this.path = path;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (FREE_BYTES.addAndGet(-length) < 0) {
        throw new IOException("No space left on device");
      }
      out.write(bytes, offset, length);
      written += length;
    }

    @Override
    public void close() throws IOException {
      if (isClosed) {
        return;
      }
      isClosed = true;
      out.close();
      boolean[] isWhole = {false};
      try {
        mutate("close", path, () -> isWhole[0] = true);
      } finally {
        if (!isWhole[0]) {
          truncate(path, written / 2);
        }
      }
    }
  }

  /** The same for Hadoop's other interface to file systems, by which Delta writes its log. */
  public static final class Files extends DelegateToFileSystem {
    public Files(URI uri, Configuration hadoop) throws IOException, URISyntaxException {
      super(uri, ready(hadoop), hadoop, SCHEME, false);
    }

    private static FlakyFileSystem ready(Configuration hadoop) throws IOException {
      FlakyFileSystem files = new FlakyFileSystem();
      files.initialize(ROOT, hadoop);
      return files;
    }
  }
}
