package io.holdfast.sources;

import io.holdfast.sources.Feed.Arrives;
import io.holdfast.sources.Feed.Format;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which keys of a feed go together: those of files, or those of a database. */
final class FeedKeys {

  /** Options that keys of a feed say, or that say how its values are read. */
  private static final List<String> OF_KEYS =
      List.of(
          "url",
          "dbtable",
          "query",
          "driver",
          "user",
          "fetchsize",
          "partitioncolumn",
          "lowerbound",
          "upperbound",
          "numpartitions",
          "connectionprovider",
          "customschema",
          "prefertimestampntz");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(password|passwd|pwd|secret|token).*");

  private static final Pattern SECRET_IN_URL =
      Pattern.compile(
          "(?i).*([?;&:](\\w*password|passwd|pwd|\\w*secret|\\w*token)=|//[^/@:]*:[^/@]*@|:[^:/@]+/[^/@]+@).*");

  private FeedKeys() {}

  /**
   * Asserts that a feed has the keys of its format and no others.
   *
   * @throws IllegalArgumentException naming the key and what to do
   */
  static void require(String name, Feed feed) {
    if (feed.format() == Format.JDBC) {
      requireDatabase(name, feed);
    } else {
      requireFiles(name, feed);
    }
  }

  private static void requireFiles(String name, Feed feed) {
    Map<String, Optional<?>> ofDatabases = new LinkedHashMap<>();
    ofDatabases.put("url", feed.url());
    ofDatabases.put("driver", feed.driver());
    ofDatabases.put("user", feed.user());
    ofDatabases.put("password", feed.password());
    ofDatabases.put("table", feed.table());
    ofDatabases.put("query", feed.query());
    ofDatabases.put("growing_column", feed.growingColumn());
    ofDatabases.put("time_zone", feed.timeZone());
    ofDatabases.put("fetch_size", feed.fetchSize());
    ofDatabases.put("partition", feed.partition());
    refuse(name, feed, ofDatabases, "which goes with format = jdbc alone");
    if (feed.path().isEmpty()) {
      throw refused(name, feed, "no path", "say in sources.feeds.%s.path where its files are");
    }
  }

  private static void requireDatabase(String name, Feed feed) {
    Map<String, Optional<?>> ofFiles = new LinkedHashMap<>();
    ofFiles.put("path", feed.path());
    ofFiles.put("folder_date", feed.folderDate());
    ofFiles.put("is_required", feed.isRequired());
    ofFiles.put("max_age_days", feed.maxAgeDays());
    refuse(name, feed, ofFiles, "which goes with files alone");
    requireUrl(name, feed);
    if (feed.table().isPresent() == feed.query().isPresent()) {
      throw refused(
          name,
          feed,
          feed.table().isPresent() ? "both a table and a query" : "neither a table nor a query",
          "set one of sources.feeds.%1$s.table and sources.feeds.%1$s.query");
    }
    requireGrowth(name, feed);
    feed.options().keySet().forEach(option -> requireOption(name, feed, option));
    if (feed.fetchSize().filter(size -> size < 1).isPresent()) {
      throw refused(
          name,
          feed,
          "fetch_size = " + feed.fetchSize().get(),
          "set sources.feeds.%s.fetch_size to 1 or more");
    }
    if (feed.partition().filter(partition -> partition.number() < 1).isPresent()) {
      throw refused(
          name,
          feed,
          "partition.number = " + feed.partition().get().number(),
          "set sources.feeds.%s.partition.number to 1 or more");
    }
  }

  /** A refused URL is not shown: a password may be in it. */
  private static void requireUrl(String name, Feed feed) {
    String url = feed.url().orElse("");
    if (!url.startsWith("jdbc:")) {
      throw refused(
          name,
          feed,
          url.isEmpty() ? "no url" : "a url that does not begin with jdbc:",
          "write sources.feeds.%s.url as jdbc:postgresql://HOST/DATABASE");
    }
    if (SECRET_IN_URL.matcher(url).matches()) {
      throw refused(
          name,
          feed,
          "a password in its url",
          "take it out, and write sources.feeds.%s.password = ${?NAME} with the environment variable NAME");
    }
  }

  private static void requireGrowth(String name, Feed feed) {
    boolean isNewRows = feed.arrives() == Arrives.APPEND || feed.arrives() == Arrives.CHANGES;
    if (isNewRows && feed.growingColumn().isEmpty()) {
      throw refused(
          name,
          feed,
          "arrives = %s and no growing_column".formatted(word(feed.arrives())),
          "name in sources.feeds.%s.growing_column the column that says which rows are new, or set arrives = snapshot");
    }
    if (!isNewRows && feed.growingColumn().isPresent()) {
      throw refused(
          name,
          feed,
          "arrives = %s and a growing_column".formatted(word(feed.arrives())),
          "take out sources.feeds.%s.growing_column, or set arrives = append or changes");
    }
  }

  private static void requireOption(String name, Feed feed, String option) {
    if (SECRET_NAME.matcher(option).matches()) {
      throw refused(
          name,
          feed,
          "a secret in options." + option,
          "take it out; sources.feeds.%s.password = ${?NAME} reads the environment variable NAME");
    }
    if (OF_KEYS.contains(option.toLowerCase(Locale.ROOT))) {
      throw refused(
          name,
          feed,
          "options." + option,
          "say it by the feed's own keys: url, driver, user, table or query, fetch_size, partition, or by a cast in sources.feeds.%s.query");
    }
  }

  private static void refuse(
      String name, Feed feed, Map<String, Optional<?>> keys, String because) {
    keys.forEach(
        (key, value) -> {
          if (value.isPresent()) {
            throw refused(name, feed, key + ", " + because, "take out sources.feeds.%s." + key);
          }
        });
  }

  private static IllegalArgumentException refused(
      String name, Feed feed, String what, String remedy) {
    return new IllegalArgumentException(
        "feed %s (format = %s) has %s; %s"
            .formatted(name, word(feed.format()), what, remedy.formatted(name)));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
