package io.holdfast.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium, spoken to by its DevTools protocol. */
final class Chromium implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 120;
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();

  private Chromium(Process process, URI address) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, new Listener()).join();
  }

  /** The browser of this machine: {@code CHROMIUM} names it, or it is where Debian puts it. */
  static Optional<Path> installed() {
    return Stream.of(
            System.getenv().getOrDefault("CHROMIUM", ""),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome")
        .filter(name -> !name.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path executable, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader errors = process.errorReader(UTF_8);
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread drain = new Thread(() -> errors.lines().forEach(ignored -> {}), "chromium errors");
        drain.setDaemon(true);
        drain.start();
        return new Chromium(process, URI.create(line.substring(LISTENING.length())));
      }
    }
    throw new IOException("Chromium ended before it listened: " + executable);
  }

  /** Collects messages, which can come in parts. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      text.append(data);
      if (isLast) {
        accept(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void accept(String text) {
    try {
      JsonNode message = JSON.readTree(text);
      if (message.has("id")) {
        replies.remove(message.get("id").asInt()).complete(message);
      } else {
        events.add(message);
      }
    } catch (IOException e) {
      throw new IllegalStateException("Chromium said: " + text, e);
    }
  }

  private JsonNode call(String session, String method, ObjectNode parameters) {
    int id = ids.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> reply = new CompletableFuture<>();
    replies.put(id, reply);
    socket.sendText(message.toString(), true).join();
    JsonNode answer = reply.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    if (answer.has("error")) {
      throw new AssertionError(method + ": " + answer.get("error"));
    }
    return answer.get("result");
  }

  private static ObjectNode with() {
    return JSON.createObjectNode();
  }

  /**
   * How a page is looked at.
   *
   * @param scheme light or dark
   * @param media screen or print
   */
  record View(int width, String scheme, String media) {}

  /** Opens a file. */
  Page open(Path file, View view) {
    String target =
        call("", "Target.createTarget", with().put("url", "about:blank")).get("targetId").asText();
    String session =
        call("", "Target.attachToTarget", with().put("targetId", target).put("flatten", true))
            .get("sessionId")
            .asText();
    Page page = new Page(session, target);
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(session, domain + ".enable", with());
    }
    call(
        session,
        "Emulation.setDeviceMetricsOverride",
        with()
            .put("width", view.width())
            .put("height", 900)
            .put("deviceScaleFactor", 1)
            .put("mobile", view.width() < 500));
    ObjectNode media = with().put("media", view.media());
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", view.scheme());
    call(session, "Emulation.setEmulatedMedia", media);
    call(session, "Page.navigate", with().put("url", file.toUri().toString()));
    page.evaluate(
        "new Promise(done => document.readyState === 'complete' ? done(1) : addEventListener('load', () => done(1)))");
    return page;
  }

  /** An open page. */
  final class Page {
    private final String session;
    private final String target;

    private Page(String session, String target) {
      this.session = session;
      this.target = target;
    }

    /** The value of an expression, awaited. */
    JsonNode evaluate(String expression) {
      JsonNode result =
          call(
              session,
              "Runtime.evaluate",
              with()
                  .put("expression", expression)
                  .put("awaitPromise", true)
                  .put("returnByValue", true));
      if (result.has("exceptionDetails")) {
        throw new AssertionError(result.get("exceptionDetails").toString());
      }
      return result.get("result").path("value");
    }

    /** The bytes of a PDF, in base 64. */
    String pdf() {
      return call(session, "Page.printToPDF", with().put("printBackground", true))
          .get("data")
          .asText();
    }

    /** What the browser complained about, and what it asked for besides the file itself. */
    List<String> complaints() {
      List<String> complaints = new ArrayList<>();
      for (JsonNode event : events) {
        if (event.path("sessionId").asText().equals(session)) {
          complaint(event).ifPresent(complaints::add);
        }
      }
      return complaints;
    }

    private Optional<String> complaint(JsonNode event) {
      JsonNode parameters = event.path("params");
      return switch (event.path("method").asText()) {
        case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded" ->
            Optional.of(parameters.toString());
        case "Network.requestWillBeSent" ->
            Optional.of(parameters.path("request").path("url").asText())
                .filter(url -> !parameters.path("type").asText().equals("Document"));
        default -> Optional.empty();
      };
    }

    void close() {
      call("", "Target.closeTarget", with().put("targetId", target));
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
