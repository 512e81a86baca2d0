package io.holdfast.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Options;
import io.holdfast.cli.Program;
import io.holdfast.cli.Session;
import io.holdfast.config.Nearest;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Landing;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.sources.Feeds;
import io.holdfast.sources.Preview;
import io.holdfast.sources.Proposal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Proposes how a file that nobody has mapped yet is mapped, and shows what would come of it. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = "Proposes a mapping of a file: configuration to paste, with sample rows.")
public final class MapCommand implements Callable<Integer> {

  /** So many rows tell what the values of a column are. */
  private static final int ROWS = 1000;

  private static final List<String> SEPARATORS = List.of(",", ";", "\t", "|");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Program program;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "a CSV, JSON lines or Parquet file, on any Hadoop file system")
  private String file = "";

  @Option(
      names = "--contract",
      paramLabel = "NAME",
      description = "what its rows are, where the guess is wrong")
  private Optional<String> contract = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one value of the configuration, such as company.tz; may be repeated")
  private Map<String, String> sets = new LinkedHashMap<>();

  public MapCommand(Program program) {
    this.program = program;
  }

  /**
   * A file as columns of text.
   *
   * @param format csv, jsonl or parquet
   * @param options options of Spark's reader that it needs
   */
  private record Sheet(
      String format, Map<String, String> options, Map<String, List<String>> columns) {}

  @Override
  public Integer call() {
    Optional<Contract> wanted = contract.map(MapCommand::named);
    SparkSession spark = Session.open("map");
    Landing landing = Landing.of(spark);
    Sheet sheet = sheet(landing);
    String name = new Path(file).getName();
    Proposal proposal = Proposal.of(name, sheet.columns(), wanted);
    if (!proposal.isConvincing()) {
      throw new BadInput(unconvincing(proposal, sheet));
    }
    String feed = name.replaceFirst("\\..*$", "");
    String text = proposal.hocon(feed, sheet.format(), file, sheet.options());
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "# %s holds %s (%s)%s. Paste this into your configuration and look at every line.%n",
        name,
        proposal.contract().name(),
        proposal.contract().meaning(),
        proposal.others().isEmpty()
            ? ""
            : "; it could also be " + proposal.others() + ": give --contract");
    out.print(text);
    preview(text, landing, spark, out);
    out.flush();
    return 0;
  }

  private static Contract named(String name) {
    List<String> known = Contracts.ALL.stream().map(Contract::name).toList();
    return Contracts.ALL.stream()
        .filter(contract -> contract.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInput(
                    "Cannot map to contract '%s' (nearest: '%s'): there are %s. Correct --contract."
                        .formatted(name, Nearest.to(name, known).orElse(""), known)));
  }

  private String unconvincing(Proposal proposal, Sheet sheet) {
    List<String> missing = proposal.missing().stream().map(Contract.Term::name).toList();
    return "Cannot propose a mapping of %s: of its columns %s, nothing tells %s of %s, the contract that it comes nearest to. Name another by --contract, or map it by hand as docs/feeds.md says."
        .formatted(
            file,
            sheet.columns().keySet(),
            missing.isEmpty() ? "enough" : missing,
            proposal.contract().name());
  }

  private Sheet sheet(Landing landing) {
    if (landing.list(file).isEmpty()) {
      throw new BadInput("Cannot map %s: there is no such file.".formatted(file));
    }
    if (file.toLowerCase(Locale.ROOT).endsWith(".parquet")) {
      return table(
          "parquet", Map.of(), landing.read("parquet", Map.of(), Optional.empty(), List.of(file)));
    }
    String first = landing.firstLine(file).orElse("").replace("\uFEFF", "").strip();
    if (first.isEmpty()) {
      throw new BadInput("Cannot map %s: its first line is empty.".formatted(file));
    }
    if (first.startsWith("{")) {
      return new Sheet("jsonl", Map.of(), lines(landing));
    }
    String separator = separator(first);
    Map<String, String> options = separator.equals(",") ? Map.of() : Map.of("sep", separator);
    Map<String, String> reading = new LinkedHashMap<>(options);
    reading.putAll(Map.of("header", "true", "escape", "\"", "multiLine", "true"));
    return table("csv", options, landing.read("csv", reading, Optional.empty(), List.of(file)));
  }

  /** The one that splits the header most, quoted parts aside. */
  private static String separator(String header) {
    String bare = header.replaceAll("\"[^\"]*\"", "");
    String best = ",";
    for (String separator : SEPARATORS) {
      if (count(bare, separator) > count(bare, best)) {
        best = separator;
      }
    }
    return best;
  }

  private static long count(String text, String separator) {
    return text.chars().filter(c -> c == separator.charAt(0)).count();
  }

  private static Sheet table(String format, Map<String, String> options, Dataset<Row> rows) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    List<Row> some = rows.limit(ROWS).collectAsList();
    String[] names = rows.columns();
    for (int i = 0; i < names.length; i++) {
      int at = i;
      columns.put(
          names[i].replace("\uFEFF", "").strip(),
          some.stream().map(row -> row.isNullAt(at) ? "" : row.get(at).toString()).toList());
    }
    return new Sheet(format, options, columns);
  }

  /** The fields of JSON lines, those of objects within by dots. */
  private Map<String, List<String>> lines(Landing landing) {
    List<Map<String, String>> rows = new ArrayList<>();
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (Row line :
        landing
            .read("text", Map.of(), Optional.empty(), List.of(file))
            .limit(ROWS)
            .collectAsList()) {
      Map<String, String> row = new LinkedHashMap<>();
      try {
        flatten("", JSON.readTree(line.getString(0)), row);
      } catch (JsonProcessingException e) {
        continue; // A damaged line is rejected when the file is read; it tells nothing here.
      }
      rows.add(row);
      row.keySet().forEach(key -> columns.putIfAbsent(key, new ArrayList<>()));
    }
    columns.forEach((key, values) -> rows.forEach(row -> values.add(row.getOrDefault(key, ""))));
    return columns;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node == null || node.isNull() || node.isMissingNode()) {
      return;
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  flatten(
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      field.getValue(),
                      into));
    } else {
      into.put(path, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  /** Reads the file by the proposal itself, so that what is shown is what a night would do. */
  private void preview(String text, Landing landing, SparkSession spark, PrintWriter out) {
    Settings settings =
        Settings.load(Optional.of(text), "the proposal", program.environment(), sets);
    Options.check(settings, program);
    List<Preview> previews =
        Preview.all(
            settings.get(Feeds.SETTING),
            settings.get(Company.SETTING),
            settings.get(ExchangeRates.SETTING),
            landing,
            Optional.empty(),
            table -> spark.createDataFrame(List.of(), table.schema()));
    for (Preview preview : previews) {
      out.printf(
          "%n# %,d rows of it read: %,d kept, %,d rejected.%n",
          preview.sampled(), preview.sampled() - preview.rejected(), preview.rejected());
      preview
          .reasons()
          .forEach((reason, rows) -> out.printf("# rejected  %,6d rows: %s%n", rows, reason));
      preview.problem().ifPresent(problem -> out.printf("# WRONG     %s%n", problem));
      for (Map<String, String> row : preview.samples()) {
        out.printf("#%n");
        row.forEach((column, value) -> out.printf("# sample    %-24s %s%n", column, value));
      }
    }
  }
}
