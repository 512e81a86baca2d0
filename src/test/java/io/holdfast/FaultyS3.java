package io.holdfast;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What stands between a program and its S3 server on a bad day: a proxy that answers some requests
 * with 503, before or after they were done, closes connections without an answer or in the middle
 * of one, and lets others wait. Or a good day far away, on which what is written takes a while.
 */
public final class FaultyS3 implements AutoCloseable {

  /** What can happen to a request. */
  public enum Fault {
    /** 503 Slow Down, and nothing was done. */
    REFUSED,
    /** 503, though it was done. */
    DONE_AND_REFUSED,
    /** The connection is closed; nothing was done. */
    DROPPED,
    /** The connection is closed, though it was done. */
    DONE_AND_DROPPED,
    /** Half of the answer, then the connection is closed. */
    HALF,
    /** An answer that takes its time. */
    SLOW
  }

  private static final Set<String> OWN_TO_A_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "transfer-encoding",
          "upgrade",
          "http2-settings");
  private static final byte[] SLOW_DOWN =
      "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** Passes the host on for which requests are signed, which pom.xml allows. */
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final int behind;
  private final double rate;
  private final long putMillis;
  private final Random dice;

  /**
   * Stands before a server.
   *
   * @param behind the server's port on loopback
   * @param rate which share of requests something happens to
   */
  public static FaultyS3 onABadDay(int behind, double rate, long seed) {
    return new FaultyS3(behind, rate, seed, 0);
  }

  /**
   * Stands before a server and loses nothing.
   *
   * @param putMillis how long each PUT takes to arrive
   */
  public static FaultyS3 farAway(int behind, long putMillis) {
    return new FaultyS3(behind, 0, 0, putMillis);
  }

  private FaultyS3(int behind, double rate, long seed, long putMillis) {
    this.behind = behind;
    this.rate = rate;
    this.putMillis = putMillis;
    this.dice = new Random(seed);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** How often what happened. */
  public synchronized Map<Fault, Integer> faults() {
    return new EnumMap<>(faults);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private synchronized Fault next() {
    return dice.nextDouble() >= rate ? null : Fault.values()[dice.nextInt(Fault.values().length)];
  }

  private synchronized void count(Fault fault) {
    faults.merge(fault, 1, Integer::sum);
  }

  private void handle(HttpExchange exchange) throws IOException {
    Fault fault = next();
    try (InputStream in = exchange.getRequestBody()) {
      byte[] body = in.readAllBytes();
      if (fault != null && fault != Fault.HALF) {
        count(fault);
      }
      if (fault == Fault.REFUSED) {
        refuse(exchange);
        return;
      }
      if (fault == Fault.DROPPED) {
        return;
      }
      if (fault == Fault.SLOW) {
        Thread.sleep(1500);
      }
      if (exchange.getRequestMethod().equals("PUT")) {
        Thread.sleep(putMillis);
      }
      HttpResponse<byte[]> answer =
          client.send(request(exchange, body), HttpResponse.BodyHandlers.ofByteArray());
      if (fault == Fault.DONE_AND_REFUSED) {
        refuse(exchange);
      } else if (fault != Fault.DONE_AND_DROPPED) {
        boolean hasHalves = answer.body().length > 1 && !exchange.getRequestMethod().equals("HEAD");
        boolean isHalf = fault == Fault.HALF && hasHalves;
        if (isHalf) {
          count(fault);
        }
        answer(exchange, answer, isHalf ? answer.body().length / 2 : answer.body().length);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Without an answer this closes the connection.
      exchange.close();
    }
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + behind + exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN_TO_A_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    exchange.sendResponseHeaders(503, SLOW_DOWN.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(SLOW_DOWN);
    }
  }

  /** Passes an answer on; with fewer bytes than it has, the connection is closed after these. */
  private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer, int bytes)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    for (Map.Entry<String, List<String>> header : answer.headers().map().entrySet()) {
      if (!OWN_TO_A_CONNECTION.contains(header.getKey())) {
        headers.put(header.getKey(), header.getValue());
      }
    }
    byte[] body = answer.body();
    if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
      answer
          .headers()
          .firstValue("content-length")
          .ifPresent(length -> headers.set("Content-Length", length));
      exchange.sendResponseHeaders(answer.statusCode(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.statusCode(), body.length);
    // Closing it early is refused, which closes the connection.
    OutputStream out = exchange.getResponseBody();
    out.write(body, 0, bytes);
    out.flush();
    if (bytes == body.length) {
      out.close();
    }
  }
}
