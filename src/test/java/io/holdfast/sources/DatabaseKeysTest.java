package io.holdfast.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.SharedSpark;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Landing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a feed from a database may say, and what is said of one that cannot be read. */
class DatabaseKeysTest {

  private static final String COLUMNS = "columns { customer_id = id }\n";
  private static final String DATABASE =
      """
      format = jdbc, url = "jdbc:postgresql://db.acme.test:5432/shop", user = reader
      password = ${?SHOP_PASSWORD}
      """;

  private static Settings settings(String feed, Map<String, String> environment) {
    return Settings.load(
        Optional.of("sources.feeds.customers {\n" + feed + COLUMNS + "}"),
        "acme.conf",
        environment,
        Map.of());
  }

  private static Feed feed(String text) {
    return settings(text, Map.of("SHOP_PASSWORD", "s3cret"))
        .get(Feeds.SETTING)
        .feeds()
        .get("customers");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          arrives = snapshot, table = t, path = x              | has path, which goes with files alone; take out sources.feeds.customers.path
          arrives = snapshot, table = t, is_required = true    | has is_required, which goes with files alone
          arrives = snapshot                                   | has neither a table nor a query; set one of sources.feeds.customers.table and sources.feeds.customers.query
          arrives = snapshot, table = t, query = q             | has both a table and a query
          arrives = append, table = t                          | has arrives = append and no growing_column; name in sources.feeds.customers.growing_column
          arrives = changes, table = t                         | has arrives = changes and no growing_column
          arrives = snapshot, table = t, growing_column = id   | has arrives = snapshot and a growing_column
          arrives = snapshot, table = t, fetch_size = 0        | has fetch_size = 0; set sources.feeds.customers.fetch_size to 1 or more
          arrives = snapshot, table = t, options.numPartitions = 2 | has options.numPartitions; say it by the feed's own keys
          arrives = snapshot, table = t, options.sslpassword = x | has a secret in options.sslpassword; take it out
          arrives = snapshot, table = t, url = "postgres://db" | has a url that does not begin with jdbc:
          arrives = snapshot, table = t, url = null            | has no url; write sources.feeds.customers.url as jdbc:postgresql://HOST/DATABASE
          """)
  void keysThatDoNotGoTogetherAreRefused(String keys, String reason) {
    assertThatThrownBy(() -> feed(DATABASE + keys + "\n"))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("Cannot read sources: feed customers (format = jdbc) " + reason);
  }

  @Test
  void aFeedOfFilesHasAPathAndNoDatabase() {
    assertThatThrownBy(() -> feed("format = csv, arrives = once\n"))
        .hasMessageStartingWith(
            "Cannot read sources: feed customers (format = csv) has no path; say in sources.feeds.customers.path where its files are");
    assertThatThrownBy(() -> feed("format = csv, arrives = once, path = x, table = t\n"))
        .hasMessageStartingWith(
            "Cannot read sources: feed customers (format = csv) has table, which goes with format = jdbc alone");
  }

  @Test
  void aMisspeltKeyIsAnErrorThatNamesTheNearest() {
    Settings settings =
        settings(DATABASE + "arrives = append, table = t, growing_colum = id\n", Map.of());
    assertThatThrownBy(() -> settings.check(List.of(Feeds.SETTING)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("sources.feeds.customers.growing_colum")
        .hasMessageContaining("The nearest known one is sources.feeds.customers.growing_column.");
  }

  @Test
  void aPasswordComesFromTheEnvironmentAlone() {
    Feed feed = feed(DATABASE + "arrives = snapshot, table = t\n");
    assertThat(feed.password().orElseThrow().reveal()).isEqualTo("s3cret");
    assertThat(feed.toString()).doesNotContain("s3cret");

    Map<String, String> byKey = Map.of("HOLDFAST_SOURCES__FEEDS__CUSTOMERS__PASSWORD", "0ther");
    assertThat(
            settings(DATABASE + "arrives = snapshot, table = t\n", byKey)
                .get(Feeds.SETTING)
                .feeds()
                .get("customers")
                .password()
                .orElseThrow()
                .reveal())
        .isEqualTo("0ther");

    assertThatThrownBy(() -> feed(DATABASE + "arrives = snapshot, table = t, password = s3cret\n"))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot read sources.feeds.customers.password: a secret stands in the open (line 4 of acme.conf)."
                + " Write password = ${?NAME} in the file, and set the environment variable NAME.");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db/shop?user=reader&password=s3cret",
    "jdbc:postgresql://reader:s3cret@db/shop",
    "jdbc:sqlserver://db;databaseName=shop;password=s3cret",
    "jdbc:oracle:thin:reader/s3cret@//db/shop"
  })
  void aPasswordInAUrlIsRefusedAndNotRepeated(String url) {
    assertThatThrownBy(
            () -> feed(DATABASE + "arrives = snapshot, table = t, url = \"" + url + "\"\n"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("feed customers (format = jdbc) has a password in its url")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void anotherPasswordIsNoOtherConfiguration() {
    String text = DATABASE + "arrives = snapshot, table = t\n";
    String hash = settings(text, Map.of()).hash(List.of(Feeds.SETTING));
    assertThat(settings(text, Map.of("SHOP_PASSWORD", "a")).hash(List.of(Feeds.SETTING)))
        .isEqualTo(hash);
    assertThat(
            settings(text.replace("table = t", "table = u"), Map.of()).hash(List.of(Feeds.SETTING)))
        .isNotEqualTo(hash);
  }

  @Test
  void aRangeIsReadBackFromItsTag() {
    Growth first = new Growth("at", Optional.empty(), "2026-03-01 10:00:00+00");
    Growth next = new Growth("at", Optional.of("2026-03-01 10:00:00+00"), "2026-03-02 09:30:00+00");
    assertThat(first.tag()).isEqualTo("at <= 2026-03-01 10:00:00+00");
    assertThat(next.tag())
        .isEqualTo("at > 2026-03-01 10:00:00+00 and at <= 2026-03-02 09:30:00+00");
    assertThat(Growth.parse("at", first.tag())).contains(first);
    assertThat(Growth.parse("at", next.tag())).contains(next);
    assertThat(Growth.parse("id", next.tag())).isEmpty();
    assertThat(Growth.parse("at", "1764215635000")).isEmpty();
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsNamedWithoutItsPassword() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String url = "jdbc:postgresql://127.0.0.1:" + closed + "/shop?connectTimeout=2";
    assertThat(problem("url = \"" + url + "\""))
        .startsWith(
            "Cannot read feed customers: jdbc:postgresql://127.0.0.1:"
                + closed
                + "/shop does not answer (")
        .endsWith(
            "Check sources.feeds.customers.url, and that the database runs and lets this machine in.")
        .doesNotContain("s3cret");
  }

  @Test
  void aMissingDriverIsNamedWithWhereToPutIt() {
    String what =
        "is on the class path. Name the driver's jar in HOLDFAST_CLASSPATH for bin/holdfast,"
            + " or by --jars or --packages of spark-submit, and its class in sources.feeds.customers.driver.";
    assertThat(problem("url = \"jdbc:acmedb://db/shop\""))
        .isEqualTo("Cannot read feed customers: no JDBC driver for jdbc:acmedb://db/shop " + what);
    assertThat(problem("driver = com.acme.Driver"))
        .isEqualTo(
            "Cannot read feed customers: no JDBC driver for jdbc:postgresql://db.acme.test:5432/shop"
                + " (com.acme.Driver) "
                + what);
  }

  private static String problem(String keys) {
    Settings settings =
        settings(
            DATABASE + "arrives = snapshot, table = t\n" + keys + "\n",
            Map.of("SHOP_PASSWORD", "s3cret"));
    return Preview.all(
            settings.get(Feeds.SETTING),
            settings.get(Company.SETTING),
            settings.get(ExchangeRates.SETTING),
            Landing.of(SharedSpark.session()),
            Optional.empty(),
            table -> SharedSpark.session().createDataFrame(List.of(), table.schema()))
        .get(0)
        .problem()
        .orElseThrow();
  }
}
