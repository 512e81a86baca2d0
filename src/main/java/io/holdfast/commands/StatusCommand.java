package io.holdfast.commands;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import io.holdfast.cli.Options;
import io.holdfast.cli.Page;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.cli.TextTable;
import io.holdfast.config.Settings;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Job;
import io.holdfast.job.Ledger;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.ops.RejectedRows;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is published, how fresh it is, and what was odd about it. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "What is published, how fresh it is, and what was odd about it.")
public final class StatusCommand implements Callable<Integer> {

  private static final Page WHOLE = Page.of(Integer.MAX_VALUE);

  private final Program program;

  @Spec private CommandSpec spec;
  @Mixin private Options options = new Options();

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "the night; exit code 4 if it is not published")
  private Optional<LocalDate> asOf = Optional.empty();

  public StatusCommand(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Settings settings = options.settings(program);
    Lake lake = Options.existingLake(Session.open("status"), settings);
    PrintWriter out = spec.commandLine().getOut();
    NavigableMap<LocalDate, Commit.Logged> nights = Ledger.nights(lake);
    Optional<LocalDate> night =
        asOf.or(() -> nights.isEmpty() ? Optional.empty() : Optional.of(nights.lastKey()));
    out.printf("Lake    %s%n", lake.root());
    out.printf("Nights  %s%n%n", nights(nights));
    tables(lake, night.map(nights::get), out);
    feeds(lake, out);
    warnings(lake, out);
    out.flush();
    if (asOf.isPresent() && !nights.containsKey(asOf.get())) {
      throw new NotReady(
          "Night %s is not published. Run `holdfast run nightly --as-of %s`."
              .formatted(asOf.get(), asOf.get()));
    }
    return 0;
  }

  private String nights(NavigableMap<LocalDate, Commit.Logged> nights) {
    if (nights.isEmpty()) {
      return "none is published yet";
    }
    LocalDate shown = asOf.filter(nights::containsKey).orElse(nights.lastKey());
    return "%d published, the latest %s; %s was published at %s UTC"
        .formatted(nights.size(), nights.lastKey(), shown, TextTable.cell(nights.get(shown).at()));
  }

  private void tables(Lake lake, Optional<Commit.Logged> published, PrintWriter out) {
    Map<String, Long> versions = published.map(p -> p.commit().inputs()).orElse(Map.of());
    TextTable text =
        new TextTable("table", "version", "rows written", "committed, UTC", "as of", "published");
    for (Table table : program.jobs().stream().map(Job::table).toList()) {
      Optional<Commit.Logged> last =
          asOf.isPresent() && table.isByNight() ? lake.last(table, asOf.get()) : lake.last(table);
      text.row(
          table.id(),
          last.map(Commit.Logged::version).orElse(null),
          last.map(l -> l.commit().rows()).orElse(null),
          last.map(Commit.Logged::at).orElse(null),
          last.map(l -> l.commit().asOf()).orElse(null),
          isPublished(table, last, versions));
    }
    out.print(text.text(WHOLE));
    out.println();
  }

  private static String isPublished(
      Table table, Optional<Commit.Logged> last, Map<String, Long> versions) {
    if (!table.published()) {
      return "internal";
    }
    Long version = versions.get(table.id());
    return last.isPresent() && version != null && last.get().version() <= version ? "yes" : "no";
  }

  /** From what the tables of landed rows remember of the files that they read. */
  private void feeds(Lake lake, PrintWriter out) {
    Optional<Dataset<Row>> files =
        Contracts.ALL.stream()
            .filter(contract -> lake.version(Sources.table(contract)) >= 0)
            .map(contract -> files(contract, lake))
            .reduce(Dataset::unionByName);
    if (files.isEmpty()) {
      return;
    }
    Map<String, Long> rejected = rejected(lake);
    TextTable text =
        new TextTable("feed", "contract", "files", "rows", "rejected", "latest delivery");
    for (Row row : files.get().orderBy("contract", "feed").collectAsList()) {
      String feed = row.getAs("feed");
      text.row(
          feed,
          row.getAs("contract"),
          row.getAs("files"),
          row.getAs("rows"),
          rejected.getOrDefault(feed, 0L),
          row.getAs("latest") == null ? "not dated" : row.getAs("latest"));
    }
    out.print(text.text(WHOLE));
    out.println();
  }

  private static Dataset<Row> files(Contract contract, Lake lake) {
    return lake.read(Sources.table(contract))
        .filter(col("record").equalTo("file"))
        .groupBy("feed")
        .agg(
            count(lit(1)).as("files"), sum("file_rows").as("rows"), max("folder_date").as("latest"))
        .withColumn("contract", lit(contract.name()));
  }

  private static Map<String, Long> rejected(Lake lake) {
    Map<String, Long> rejected = new HashMap<>();
    lake.read(RejectedRows.TABLE)
        .groupBy("feed")
        .count()
        .collectAsList()
        .forEach(row -> rejected.put(row.getString(0), row.getLong(1)));
    return rejected;
  }

  private void warnings(Lake lake, PrintWriter out) {
    boolean isAny = false;
    for (Table table : program.jobs().stream().map(Job::table).toList()) {
      Commit commit = lake.last(table).map(Commit.Logged::commit).orElse(null);
      if (commit != null) {
        for (Map.Entry<String, Long> warning : commit.warnings().entrySet()) {
          if (warning.getValue() > 0) {
            out.printf(
                "warning  %-26s %,12d of %,d rows: %s%n",
                table, warning.getValue(), commit.rows(), warning.getKey());
            isAny = true;
          }
        }
      }
    }
    if (!isAny) {
      out.println("No warnings.");
    }
  }
}
