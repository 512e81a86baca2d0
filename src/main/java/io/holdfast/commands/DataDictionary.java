package io.holdfast.commands;

import io.holdfast.job.Job;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contract.Term;
import io.holdfast.sources.Contracts;
import io.holdfast.table.Field;
import io.holdfast.table.Refresh;
import io.holdfast.table.Rule;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every contract and table with its columns and their meanings, as Markdown. */
public final class DataDictionary {

  private static final String INTRODUCTION =
      """
      # Data dictionary

      Written by `holdfast docs` from the catalog: the contracts that feeds fill, and the tables of the lake. A test fails
      when it is not what the catalog says. [feeds.md](feeds.md) says how feeds are mapped, [tables.md](tables.md) how figures
      are defined.
      """;

  private final StringBuilder text = new StringBuilder(INTRODUCTION);

  private DataDictionary() {}

  /** The dictionary of the contracts and of the tables that jobs write. */
  public static String of(List<Job> jobs) {
    DataDictionary dictionary = new DataDictionary();
    dictionary.contracts();
    dictionary.tables(jobs.stream().map(Job::table).toList());
    return dictionary.text.toString();
  }

  private void contracts() {
    text.append(
        """

        ## Contracts

        A value is known with its row, unless the mapping names another column or `never` as `known_at`
        ([why](feeds.md#known_at-values-that-came-later-than-their-row)). A moment is stored as `_at`, the instant, and `_date`,
        its local day.
        """);
    for (Contract contract : Contracts.ALL) {
      text.append("\n### ").append(contract.name()).append("\n\n");
      text.append(sentence(contract.meaning())).append(" Told apart by `").append(contract.id());
      text.append(
          contract.time().isEmpty()
              ? "`; its rows have no time of their own.\n\n"
              : "`; a row's own time is `" + contract.time() + "`.\n\n");
      text.append("| column | kind | required | stored as | meaning |\n");
      text.append("| --- | --- | --- | --- | --- |\n");
      for (Term term : contract.terms()) {
        row(
            "`" + term.name() + "`",
            term.kind().name().toLowerCase(Locale.ROOT),
            term.isRequired() ? "yes" : "",
            stored(term),
            term.meaning());
      }
    }
  }

  private static String stored(Term term) {
    List<String> columns = new ArrayList<>();
    for (Field field : term.fields()) {
      String type = field.type().simpleString();
      columns.add(field.name().equals(term.name()) ? type : "`" + field.name() + "` " + type);
    }
    return String.join(", ", columns);
  }

  private void tables(List<Table> tables) {
    text.append("\n## Tables\n\n");
    text.append("| table | one row per | published |\n| --- | --- | --- |\n");
    for (Table table : tables) {
      row(
          "[" + table.id() + "](#" + anchor(table) + ")",
          table.grain().replaceFirst("^one row per ", ""),
          table.published() ? "yes" : "");
    }
    tables.forEach(this::table);
  }

  private void table(Table table) {
    text.append("\n### ").append(table.id()).append("\n\n");
    text.append(sentence(table.grain())).append("\n\n");
    text.append("- Key: ").append(code(table.key())).append('\n');
    text.append("- Replaced: ").append(replaced(table.refresh())).append('\n');
    text.append("- Published: ").append(table.published() ? "yes" : "no").append('\n');
    if (table.historyDependent()) {
      text.append("- What stands depends on the nights before\n");
    }
    for (Rule rule : table.rules()) {
      text.append(rule.severity() == Rule.Severity.BLOCKS ? "- Must hold: " : "- Warns of rows: ");
      text.append(rule.name()).append('\n');
    }
    text.append("\n| column | type | meaning |\n| --- | --- | --- |\n");
    for (Field field : table.columns()) {
      row("`" + field.name() + "`", field.type().simpleString(), field.meaning());
    }
  }

  private static String replaced(Refresh refresh) {
    if (refresh instanceof Refresh.AsOf night) {
      return night.keepsAll()
          ? "by night; every night is kept"
          : "by night; the latest %d nights and month ends are kept".formatted(Refresh.AsOf.NIGHTS);
    }
    if (refresh instanceof Refresh.Touched touched) {
      return "the days of `%s` whose input changed".formatted(touched.dayColumn());
    }
    return refresh instanceof Refresh.Append ? "never: rows are added" : "whole";
  }

  private static String anchor(Table table) {
    return table.id().replace(".", "");
  }

  private static String code(List<String> names) {
    return String.join(", ", names.stream().map(name -> "`" + name + "`").toList());
  }

  private static String sentence(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
  }

  private void row(String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|").replaceAll("\\s+", " "));
      text.append(cell.isEmpty() ? "" : " ");
    }
    text.append("|\n");
  }
}
