package io.holdfast.sources;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.job.Landing;
import io.holdfast.sources.Contract.Term;
import io.holdfast.sources.Files.Delivered;
import io.holdfast.table.Table;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What a feed would give if it were taken in now: for whoever maps it, before the first run.
 *
 * @param feed the feed
 * @param contract the contract that it fills; empty if there is none of that name
 * @param mapped contract column to where it comes from, as a person reads it
 * @param unmapped the columns of the contract that the feed does not tell
 * @param files how many files are due
 * @param bytes their size
 * @param latest the latest delivery; empty where folders have no dates
 * @param sampled how many rows of the latest file were read
 * @param rejected how many of these were rejected
 * @param reasons why, with how many rows, the most frequent first
 * @param samples the first kept rows as their contract sees them; empty where none was kept
 * @param problem why the feed cannot be taken in
 */
public record Preview(
    String feed,
    Optional<Contract> contract,
    Map<String, String> mapped,
    List<Term> unmapped,
    int files,
    long bytes,
    Optional<LocalDate> latest,
    long sampled,
    long rejected,
    Map<String, Long> reasons,
    List<Map<String, String>> samples,
    Optional<String> problem) {

  private static final int SAMPLE = 200;
  private static final int SHOWN = 3;

  /**
   * Previews every configured feed.
   *
   * @param asOf files that were delivered later do not count; empty: all count
   * @param lake the rows of a table that has landed, to look things up in
   */
  public static List<Preview> all(
      Feeds feeds,
      Company company,
      ExchangeRates rates,
      Landing landing,
      Optional<LocalDate> asOf,
      Function<Table, Dataset<Row>> lake) {
    List<Preview> all = new ArrayList<>();
    new TreeMap<>(feeds.feeds())
        .forEach(
            (name, feed) ->
                all.add(
                    new Reader(name, feed, feeds, company, rates, landing, asOf, lake).preview()));
    return all;
  }

  /** Reads a sample of one feed. */
  private record Reader(
      String name,
      Feed feed,
      Feeds feeds,
      Company company,
      ExchangeRates rates,
      Landing landing,
      Optional<LocalDate> asOf,
      Function<Table, Dataset<Row>> lake) {

    Preview preview() {
      Optional<Contract> contract = contract(feed.contract().orElse(name));
      if (contract.isEmpty()) {
        return failed(
            contract,
            "there is no contract '%s', only %s; set sources.feeds.%s.contract"
                .formatted(
                    feed.contract().orElse(name),
                    Contracts.ALL.stream().map(Contract::name).toList(),
                    name));
      }
      try {
        return sampled(contract.get());
      } catch (Failure failure) {
        return failed(contract, failure.getMessage());
      }
    }

    private Preview sampled(Contract contract) {
      Mapped mapped = new Mapped(contract, name, feed, feeds, company, rates);
      List<Delivered> due = due();
      List<Delivered> filled =
          due.stream().filter(file -> file.file().bytes() > 0 || Sources.isTable(feed)).toList();
      List<Row> rows =
          filled.isEmpty()
              ? List.of()
              : rows(mapped, List.of(filled.get(filled.size() - 1))).limit(SAMPLE).collectAsList();
      Map<String, Long> reasons = new TreeMap<>();
      for (Row row : rows) {
        String reason = row.getAs("reject_reason");
        if (reason != null) {
          reasons.merge(reason.replaceAll("'.*'", "'...'"), 1L, Long::sum);
        }
      }
      long rejected = reasons.values().stream().mapToLong(Long::longValue).sum();
      return new Preview(
          name,
          Optional.of(contract),
          mapped(contract),
          unmapped(contract),
          due.size(),
          due.stream().mapToLong(file -> file.file().bytes()).sum(),
          due.stream().flatMap(f -> f.folderDate().stream()).max(LocalDate::compareTo),
          rows.size(),
          rejected,
          frequentFirst(reasons),
          rows.stream()
              .filter(row -> row.getAs("reject_reason") == null)
              .limit(SHOWN)
              .map(row -> sample(contract, row))
              .toList(),
          problem(rows.size(), rejected));
    }

    private Optional<String> problem(long rows, long rejected) {
      return rejected > 1 && rejected > feeds.maxRejectedRate() * rows
          ? Optional.of(
              "%d of %d sample rows would be rejected, more than sources.max_rejected_rate = %s"
                  .formatted(rejected, rows, feeds.maxRejectedRate()))
          : Optional.empty();
    }

    private List<Delivered> due() {
      if (feed.format() == Feed.Format.JDBC) {
        return Extract.due(name, feed, landing, List.of(), asOf);
      }
      return Files.of(
              name,
              feed,
              feeds.folderDate(),
              landing,
              Set.of(),
              asOf.orElse(LocalDate.EPOCH),
              asOf.orElse(LocalDate.MAX))
          .fresh();
    }

    /** The contract's rows of some files. */
    private Dataset<Row> rows(Mapped mapped, List<Delivered> files) {
      Delivered last = files.get(files.size() - 1);
      Reading read =
          Reading.of(name, feed, mapped.wanted(), landing, files)
              .orElseThrow(
                  () ->
                      new BadInput(
                          (feed.format() == Feed.Format.JDBC
                                  ? "the table of feed %s has no rows"
                                  : "every file of feed %s is empty")
                              .formatted(name)));
      Dataset<Row> few =
          files.size() == 1
              ? new Reading(read.rows().limit(SAMPLE), read.counts())
                  .held(name, feed, landing)
                  .rows()
              : read.rows();
      Dataset<Row> dated =
          few.withColumn(
              "_folder", lit(last.folderDate().map(Date::valueOf).orElse(null)).cast("date"));
      return mapped.rows(dated, this::lookup);
    }

    /** Things of another contract: those that have landed, else those of its files. */
    private Dataset<Row> lookup(String other) {
      Contract target = contract(other).orElseThrow();
      Dataset<Row> found = Sources.kept(lake.apply(Sources.table(target)));
      if (found.isEmpty()) {
        for (Map.Entry<String, Feed> entry : feeds.of(target).entrySet()) {
          Reader reader =
              new Reader(
                  entry.getKey(), entry.getValue(), feeds, company, rates, landing, asOf, lake);
          Mapped mapped = new Mapped(target, reader.name(), reader.feed(), feeds, company, rates);
          found = found.unionByName(Sources.kept(reader.rows(mapped, reader.due())), true);
        }
      }
      var any = Window.partitionBy(target.id()).orderBy(col("row_version").desc_nulls_last());
      return found.withColumn("newest", row_number().over(any)).filter(col("newest").equalTo(1));
    }

    private Map<String, String> mapped(Contract contract) {
      Map<String, String> columns = new LinkedHashMap<>();
      for (Term term : contract.terms()) {
        Mapping mapping = feed.columns().get(term.name());
        if (mapping != null) {
          columns.put(term.name(), origin(mapping));
        }
      }
      new TreeMap<>(feed.attributes())
          .forEach((key, mapping) -> columns.put("attributes." + key, origin(mapping)));
      return columns;
    }

    private static String origin(Mapping mapping) {
      String from =
          mapping
              .column()
              .or(() -> mapping.constant().map(text -> "'" + text + "'"))
              .or(() -> mapping.expression())
              .orElseGet(() -> mapping.lookup().orElse("") + " by " + mapping.by().orElse(""));
      return mapping
          .knownAt()
          .map(when -> when.equals("never") ? "no history" : "known at " + when)
          .map(when -> from + " (" + when + ")")
          .orElse(from);
    }

    private List<Term> unmapped(Contract contract) {
      return contract.terms().stream()
          .filter(term -> !feed.columns().containsKey(term.name()))
          .toList();
    }

    private Map<String, String> sample(Contract contract, Row row) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (Term term : contract.terms()) {
        if (feed.columns().containsKey(term.name())) {
          String stored = term.fields().get(term.fields().size() - 1).name();
          Object value = row.getAs(stored);
          cells.put(term.name(), String.valueOf(value));
        }
      }
      return cells;
    }

    private Preview failed(Optional<Contract> contract, String problem) {
      return new Preview(
          name,
          contract,
          contract.map(this::mapped).orElse(Map.of()),
          contract.map(this::unmapped).orElse(List.of()),
          0,
          0,
          Optional.empty(),
          0,
          0,
          Map.of(),
          List.of(),
          Optional.of(problem));
    }

    private static Optional<Contract> contract(String name) {
      return Contracts.ALL.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    private static Map<String, Long> frequentFirst(Map<String, Long> reasons) {
      Map<String, Long> sorted = new LinkedHashMap<>();
      reasons.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      return Collections.unmodifiableMap(sorted);
    }
  }
}
