package io.holdfast.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.averagingLong;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.holdfast.SharedSpark;
import io.holdfast.failure.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompanyTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static SparkSession spark;
  private static Path company;
  private static Company.Summary summary;

  @BeforeAll
  static void generateACompany() {
    spark = SharedSpark.session();
    company = directory.resolve("company");
    summary = Company.generate(spark, parameters(1, company), 4);
  }

  private static Company.Parameters parameters(long seed, Path out) {
    return Company.Parameters.of(220, 300, seed, out.toString());
  }

  @Test
  void theSameSeedGivesTheSameBytesWhateverThePartitions() throws Exception {
    Path once = directory.resolve("once");
    Path again = directory.resolve("again");
    Company.generate(spark, Company.Parameters.of(30, 180, 1, once.toString()).ceilingRuns(3), 1);
    Company.generate(spark, Company.Parameters.of(30, 180, 1, again.toString()).ceilingRuns(3), 5);
    assertThat(digests(again)).isEqualTo(digests(once)).containsKey("truth/ceiling_by_date.csv");
  }

  /** By a flag, for it takes minutes: -Dholdfast.company.customers says how many customers. */
  @Test
  @Tag("long")
  void theSameSeedGivesTheSameBytesAtSize() throws Exception {
    long customers = Long.getLong("holdfast.company.customers", 2_000);
    Path once = directory.resolve("large-once");
    Path again = directory.resolve("large-again");
    Company.generate(spark, Company.Parameters.of(customers, 540, 1, once.toString()), 1);
    Company.generate(spark, Company.Parameters.of(customers, 540, 1, again.toString()), 13);
    assertThat(digests(again)).isEqualTo(digests(once));
  }

  @Test
  void anotherSeedIsAnotherCompanyAndReplacesTheGeneratedOne() throws Exception {
    Path other = directory.resolve("other");
    Company.generate(spark, Company.Parameters.of(20, 30, 1, other.toString()), 2);
    Map<String, String> first = digests(other);
    Company.generate(spark, Company.Parameters.of(20, 30, 2, other.toString()), 2);
    assertThat(digests(other).get("truth/customers.csv"))
        .isNotEqualTo(first.get("truth/customers.csv"));
    assertThat(landed(other, Feed.EVENTS))
        .hasSize(Math.toIntExact(counts(other).get("landed_events")));
  }

  @Test
  void theExampleConfigurationHasTheRatesThatTheTruthCountsBy() {
    Config rates =
        ConfigFactory.parseFile(Path.of("conf", "examples", "generated.conf").toFile())
            .getConfig("revenue.rates");
    for (Currency currency : List.of(Currency.EUR, Currency.GBP)) {
      Map<String, Integer> listed = new TreeMap<>();
      rates
          .getConfig(currency.name())
          .root()
          .forEach(
              (month, rate) ->
                  listed.put(
                      month,
                      new BigDecimal(rate.unwrapped().toString())
                          .movePointRight(2)
                          .intValueExact()));
      Map<String, Integer> counted = new TreeMap<>();
      currency.rates().forEach((month, rate) -> counted.put(month.toString(), rate));
      assertThat(listed).isEqualTo(counted);
    }
  }

  @Test
  void feedsThatWereNotGeneratedAreLeftAlone() throws Exception {
    Path foreign = directory.resolve("foreign");
    Files.createDirectories(foreign.resolve("landing/accounts"));
    assertThatThrownBy(() -> Company.generate(spark, parameters(1, foreign)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "Cannot generate into %s: the feeds in %s/landing were not generated. "
                    .formatted(foreign, foreign)
                + "Name another directory.");
  }

  @Test
  void theCountsAreThoseOfTheFiles() {
    Map<String, Long> counts = counts(company);
    for (Feed feed : Feed.values()) {
      long rows = feed.isParquet() ? parquetRows(feed) : landed(company, feed).size();
      if (feed != Feed.FIGURES) {
        assertThat(counts.get(feed.figure())).as(feed.figure()).isEqualTo(rows);
      }
      if (feed != Feed.CEILING) {
        assertThat(rows).as(feed.text()).isPositive();
      }
    }
    assertThat(summary.figures()).isEqualTo(counts);
  }

  private static long parquetRows(Feed feed) {
    return spark.read().parquet(company.resolve("landing/" + feed.text()).toString()).count();
  }

  @Test
  void everyKindOfDirtIsPlantedAndEachPieceIsNamedInItsFile() {
    Map<String, Long> planted = new TreeMap<>();
    Map<String, String> texts = new TreeMap<>();
    for (Map<String, String> row : rows(company, Feed.PLANTED)) {
      planted.merge("planted_" + row.get("kind"), 1L, Long::sum);
      String text =
          texts.computeIfAbsent(
              row.get("file"), file -> String.join("\n", lines(company.resolve(file)).toList()));
      assertThat(text.contains(row.get("id"))).as(row.toString()).isTrue();
    }
    for (Planted kind : Planted.values()) {
      if (kind != Planted.NOTHING) {
        assertThat(planted.getOrDefault(kind.figure(), 0L))
            .as(kind.figure())
            .isPositive()
            .isEqualTo(counts(company).get(kind.figure()));
      }
    }
  }

  @Test
  void everyCancellationUpToTheLastDayIsAnExitUnlessTheCustomerPaysOtherwise() {
    Map<String, List<String>> exits =
        rows(company, Feed.EXITS).stream()
            .collect(
                groupingBy(
                    row -> row.get("account_id"), mapping(row -> row.get("exit_date"), toList())));
    long cancelled = 0;
    for (Map<String, String> row : latest(Feed.SUBSCRIPTIONS, "subscription_id")) {
      boolean left = List.of("cancelled", "not_renewed").contains(row.get("end_reason"));
      boolean isPlain = row.get("paused_from").isEmpty() && row.get("discount_from").isEmpty();
      boolean isPlanted = row.get("subscription_id").contains("-x");
      if (left && isPlain && !isPlanted && row.get("ended_on").compareTo("2026-06-30") <= 0) {
        cancelled++;
        assertThat(exits.get(row.get("account_id")))
            .as(row.toString())
            .contains(row.get("ended_on"));
      }
    }
    assertThat(cancelled).isGreaterThan(10);
  }

  @Test
  void whoLeavesOfItsOwnAccordWasInMoreDangerOfItThanWhoStays() {
    List<String> leavers =
        rows(company, Feed.EXITS).stream()
            .filter(exit -> exit.get("exit_kind").equals("voluntary"))
            .map(exit -> exit.get("account_id"))
            .toList();
    Map<Boolean, Double> danger =
        rows(company, Feed.HAZARDS).stream()
            .collect(
                partitioningBy(
                    day -> leavers.contains(day.get("account_id")),
                    averagingLong(day -> Long.parseLong(day.get("hazard_per_million")))));
    assertThat(danger.get(true)).isGreaterThan(1.2 * danger.get(false)).isLessThan(1_000_000);
  }

  @Test
  void aTicketIsLandedAtItsOpeningAndAgainAtItsClosing() throws IOException {
    String ticket = "";
    List<JsonNode> rows = new ArrayList<>();
    for (String line : landed(company, Feed.TICKETS)) {
      if (!line.endsWith("}") || line.contains("-x")) {
        continue;
      }
      JsonNode row = JSON.readTree(line);
      ticket = ticket.isEmpty() ? row.get("ticket_id").asText() : ticket;
      if (row.get("ticket_id").asText().equals(ticket)) {
        rows.add(row);
      }
    }
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).get("first_response_minutes").isNull()).isTrue();
    assertThat(rows.get(0).get("updated_at")).isEqualTo(rows.get(0).get("opened_at"));
    assertThat(rows.get(1).get("first_response_minutes").asInt()).isPositive();
    assertThat(rows.get(1).get("updated_at")).isEqualTo(rows.get(1).get("closed_at"));
  }

  /** The latest row of each id: files are read in order of arrival. */
  private static Iterable<Map<String, String>> latest(Feed feed, String id) {
    var latest = new LinkedHashMap<String, Map<String, String>>();
    rows(company, feed).forEach(row -> latest.put(row.get(id), row));
    return latest.values();
  }

  /** Rows of a CSV feed without quoted fields. */
  private static List<Map<String, String>> rows(Path of, Feed feed) {
    List<String> names = Arrays.asList(feed.header().split(",", -1));
    return landed(of, feed).stream()
        .map(
            line -> {
              String[] fields = line.split(",", -1);
              var row = new LinkedHashMap<String, String>();
              for (int index = 0; index < fields.length; index++) {
                row.put(names.get(index), fields[index]);
              }
              return (Map<String, String>) row;
            })
        .toList();
  }

  private static Map<String, Long> counts(Path of) {
    var counts = new TreeMap<String, Long>();
    lines(of.resolve("truth/counts.csv"))
        .skip(1)
        .map(line -> line.split(",", -1))
        .forEach(fields -> counts.put(fields[0], Long.valueOf(fields[1])));
    return counts;
  }

  /** All rows of a feed, in order of arrival. */
  private static List<String> landed(Path of, Feed feed) {
    return files(of)
        .filter(file -> of.relativize(file).toString().matches(feed.path("[0-9-]{10}")))
        .flatMap(file -> lines(file).skip(feed.header().isEmpty() ? 0 : 1))
        .toList();
  }

  private static Stream<Path> files(Path of) {
    try (Stream<Path> files = Files.walk(of)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try (InputStream plain = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
      return new String(text.readAllBytes(), UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> digests(Path of) throws Exception {
    var digests = new TreeMap<String, String>();
    for (Path file : files(of).toList()) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      digests.put(of.relativize(file).toString(), new BigInteger(1, digest).toString(16));
    }
    return digests;
  }
}
