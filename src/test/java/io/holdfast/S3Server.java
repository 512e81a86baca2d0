package io.holdfast;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * An S3 server of its own, on loopback: <a
 * href="https://github.com/versity/versitygw">versitygw</a> over a folder, whose conditional puts
 * are atomic. {@code bin/test-services} installs it.
 */
public final class S3Server implements AutoCloseable {

  public static final String ACCESS_KEY = "holdfast-tests";
  public static final String SECRET_KEY = "Corr3ct-horse-battery-staple";
  public static final String MISSING = "versitygw is missing: bin/test-services installs it";

  private static final File LOG = new File("target/versitygw.log");

  private final Path program;
  private final Path folder;
  private final int port;
  private Process process;

  private S3Server(Path program, Path folder, int port) {
    this.program = program;
    this.folder = folder;
    this.port = port;
    // Who ends this process does not close what it started.
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /**
   * Starts one; empty where none is installed.
   *
   * @param folder where the objects lie; a folder in it is a bucket
   */
  public static Optional<S3Server> start(Path folder) {
    return program()
        .map(
            program -> {
              try {
                Files.createDirectories(folder);
                S3Server server = new S3Server(program, folder, Ports.free());
                server.start();
                return server;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private static Optional<Path> program() {
    Stream<Path> folders =
        Stream.concat(
            Stream.of(Path.of("target", "tools").toAbsolutePath()),
            Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)).map(Path::of));
    return folders.map(at -> at.resolve("versitygw")).filter(Files::isExecutable).findFirst();
  }

  /** Starts it again, at the same port and over the same objects. */
  public void start() {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(), "--port", "127.0.0.1:" + port, "posix", folder.toString());
    builder.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
    builder.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(LOG));
    try {
      process = builder.start();
      for (int i = 0; i < 300 && process.isAlive(); i++) {
        if (Ports.isOpen(port)) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    throw new IllegalStateException("versitygw did not start; " + LOG + " says why");
  }

  /** Ends it as a power cut would: what was asked for is not answered. */
  public void kill() {
    if (process == null) {
      return;
    }
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }

  public int port() {
    return port;
  }

  /** Makes a bucket. */
  public void bucket(String name) {
    try {
      Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What tells Hadoop where a bucket is, and with which keys. */
  public static Map<String, String> settings(String bucket, int port) {
    String of = "fs.s3a.bucket." + bucket + ".";
    return Map.of(
        of + "endpoint",
        "http://127.0.0.1:" + port,
        of + "endpoint.region",
        "us-east-1",
        of + "path.style.access",
        "true",
        of + "access.key",
        ACCESS_KEY,
        of + "secret.key",
        SECRET_KEY);
  }

  /** The same, in a configuration. */
  public static void set(Configuration conf, String bucket, int port) {
    settings(bucket, port).forEach(conf::set);
  }
}
