package io.holdfast.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import io.holdfast.Catalog;
import io.holdfast.Main;
import io.holdfast.SharedSpark;
import io.holdfast.cli.Terminal;
import io.holdfast.job.Job;
import io.holdfast.lake.Lake;
import io.holdfast.table.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.MapType;

/**
 * A company of a few rows that a test writes by hand, in its own folder, and the program as one
 * runs it there.
 */
final class TinyCompany {

  static final String CUSTOMERS =
      """
      contract = customers, format = csv, arrives = changes
      columns { customer_id = id, name = name, country = country, signup = joined }
      """;
  static final String SUBSCRIPTIONS =
      """
      contract = subscriptions, format = csv, arrives = changes, end_date_is = first_unpaid_day
      columns {
        subscription_id = id, customer_id = customer, plan = plan
        amount = amount, amount_period = { constant = month }
        start_date = start, end_date = end
      }
      """;
  static final String EVENTS =
      """
      contract = events, format = jsonl, arrives = append, is_required = true, max_age_days = 2
      columns {
        event_id = id, customer_id = customer, user_id = user, event = name
        feature = feature, occurred = at
      }
      """;

  private final Path folder;
  private final Map<String, String> feeds = new LinkedHashMap<>();
  private final Map<String, String> environment = new TreeMap<>();

  /** A company without feeds. */
  TinyCompany(Path folder) {
    this.folder = folder;
    SharedSpark.session();
  }

  /** Three customers, what they pay, and what they did on the first three days of March. */
  static TinyCompany ofThree(Path folder) {
    TinyCompany company = new TinyCompany(folder);
    company.feed("customers", CUSTOMERS);
    company.feed("subscriptions", SUBSCRIPTIONS);
    company.feed("events", EVENTS);
    company.deliver(
        "customers",
        "2026-03-01",
        "id,name,country,joined",
        "c1,Acorn,US,2026-01-05",
        "c2,Birch,DE,2026-02-01",
        "c3,Cedar,,2026-03-01");
    company.deliver(
        "subscriptions",
        "2026-03-01",
        "id,customer,plan,amount,start,end",
        "s1,c1,pro,100,2026-01-10,",
        "s2,c2,basic,20.50,2026-02-01,2026-03-02");
    company.deliverGzipped(
        "events",
        "2026-03-01",
        event("e1", "c1", "2026-03-01T09:00:00Z"),
        event("e2", "c1", "2026-03-01T09:10:00Z"),
        event("e3", "c2", "2026-03-01T10:00:00Z"));
    company.deliverGzipped(
        "events",
        "2026-03-02",
        event("e4", "c1", "2026-03-02T09:00:00Z"),
        event("e5", "c3", "2026-03-02T11:00:00Z"));
    company.deliver("events", "2026-03-03", event("e6", "c2", "2026-03-03T09:00:00Z"));
    return company;
  }

  static String event(String id, String customer, String at) {
    return "{\"id\":\"%s\",\"customer\":\"%s\",\"user\":\"%s-u1\",\"name\":\"used\",\"feature\":\"export\",\"at\":\"%s\"}"
        .formatted(id, customer, customer, at);
  }

  /** Adds a feed, or replaces it. Its files lie in landing/name unless it says a path. */
  void feed(String name, String hocon) {
    feeds.put(name, hocon);
  }

  void withoutFeed(String name) {
    feeds.remove(name);
  }

  /** Sets a variable of the process's environment. */
  void environment(String name, String value) {
    environment.put(name, value);
  }

  /** The file that a feed delivers on a date: the lines, each ended. */
  Path deliver(String feed, String date, String... lines) {
    return write(delivery(feed, date, "part-0.txt"), lines);
  }

  /** The same, compressed. */
  Path deliverGzipped(String feed, String date, String... lines) {
    return write(delivery(feed, date, "part-0.txt.gz"), gzipped(lines));
  }

  Path delivery(String feed, String date, String name) {
    return folder.resolve("landing").resolve(feed).resolve("date=" + date).resolve(name);
  }

  static Path write(Path file, String... lines) {
    return write(file, (String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  static Path write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzipped(String... lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  Path lakeFolder() {
    return folder.resolve("lake");
  }

  /** Takes in what has been delivered, and gives it one meaning. */
  Terminal.Result ingest(String asOf, String... more) {
    List<String> all = new ArrayList<>(List.of("run", "ingest", "--as-of", asOf));
    all.addAll(Arrays.asList(more));
    return run(all.toArray(String[]::new));
  }

  /** Runs a command with this company's configuration. The last of two values of a key counts. */
  Terminal.Result run(String... args) {
    return main("--config", write(folder.resolve("company.conf"), configuration()), args);
  }

  /** The configuration file's text. */
  String configuration() {
    StringBuilder text = new StringBuilder("lake.path = \"%s\"\n".formatted(lakeFolder()));
    feeds.forEach(
        (name, hocon) ->
            text.append("sources.feeds.%s {\n".formatted(name))
                .append("path = \"%s\"\n".formatted(folder.resolve("landing").resolve(name)))
                .append(hocon)
                .append("}\n"));
    return text.toString();
  }

  /** Runs a command with another configuration file. */
  Terminal.Result main(String option, Path config, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.add(option);
    all.add(config.toString());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            environment, new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return new Terminal.Result(exitCode, out.toString(), err.toString());
  }

  Dataset<Row> rows(Table table) {
    return lake(lakeFolder()).read(table);
  }

  Lake lake(Path path) {
    return Lake.existing(SharedSpark.session(), path.toString()).orElseThrow();
  }

  /** The version of every table that was built: what a reader could see. */
  Map<String, Long> versions() {
    Map<String, Long> versions = new TreeMap<>();
    Lake lake = lake(lakeFolder());
    for (Job job : Catalog.JOBS) {
      if (lake.version(job.table()) >= 0) {
        versions.put(job.table().id(), lake.version(job.table()));
      }
    }
    return versions;
  }

  /** What every table of some stages holds, as a hash of its rows in any order. */
  Map<String, String> contents(Lake lake, List<String> stages) {
    Map<String, String> contents = new TreeMap<>();
    for (Job job : Catalog.JOBS) {
      Table table = job.table();
      if (stages.contains(table.stage()) && lake.version(table) >= 0) {
        Column[] columns =
            table.columns().stream()
                .map(
                    field ->
                        field.type() instanceof MapType
                            ? array_sort(map_entries(col(field.name())))
                            : col(field.name()))
                .toArray(Column[]::new);
        Row found =
            lake.read(table)
                .select(xxhash64(columns).as("row"))
                .agg(count(lit(1)), bit_xor(col("row")), sum(col("row").bitwiseAND(lit(0xFFFFFFL))))
                .head();
        contents.put(table.id(), found.toString());
      }
    }
    return contents;
  }

  /** Puts everything back as it was when a copy was taken, at the same paths. */
  void restore(Path copy) {
    try {
      FileUtils.deleteDirectory(folder.toFile());
      copy(copy, folder);
      DeltaLog.clearCache();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies everything. */
  void copy(Path copy) {
    copy(folder, copy);
  }

  /** With the attributes in which a server keeps what it knows of an object. */
  private static void copy(Path from, Path to) {
    try {
      int exitCode =
          new ProcessBuilder("cp", "-a", from.toString(), to.toString())
              .inheritIO()
              .start()
              .waitFor();
      if (exitCode != 0) {
        throw new IllegalStateException("cp -a %s %s: %d".formatted(from, to, exitCode));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
