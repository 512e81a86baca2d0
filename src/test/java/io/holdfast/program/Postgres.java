package io.holdfast.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** A PostgreSQL of its own, on loopback, for the tests of one class. */
final class Postgres {

  static final String PASSWORD = "Tr0ub4dor-and-3-horses";

  private static final Path SCRIPT = Path.of("src/test/sh/postgres.sh").toAbsolutePath();
  private static final ProcessBuilder.Redirect LOG =
      ProcessBuilder.Redirect.appendTo(new File("target/postgres.log"));
  private static final int NOT_INSTALLED = 3;

  private final int port;
  private final String folder;

  private Postgres(int port, String folder) {
    this.port = port;
    this.folder = folder;
  }

  /** Starts one; empty where none is installed. */
  static Optional<Postgres> start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    ProcessBuilder starting = new ProcessBuilder(SCRIPT.toString(), "start", "" + port);
    starting.environment().put("POSTGRES_PASSWORD", PASSWORD);
    Process process = starting.redirectError(LOG).start();
    String folder = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    int exitCode = process.waitFor();
    if (exitCode == NOT_INSTALLED) {
      return Optional.empty();
    }
    if (exitCode != 0) {
      throw new IllegalStateException(
          "PostgreSQL did not start: " + exitCode + "; target/postgres.log says why");
    }
    return Optional.of(new Postgres(port, folder));
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /** Runs statements. */
  void run(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "owner", PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Stops it and removes its folder. */
  void stop() throws IOException, InterruptedException {
    new ProcessBuilder(SCRIPT.toString(), "stop", folder)
        .redirectErrorStream(true)
        .redirectOutput(LOG)
        .start()
        .waitFor();
  }
}
