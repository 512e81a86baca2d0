package io.holdfast.sources;

import io.holdfast.sources.ColumnProfile.Written;
import io.holdfast.sources.Contract.Kind;
import io.holdfast.sources.Contract.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A first mapping of a stranger's file, guessed from its columns' names and values.
 *
 * @param contract the contract that it fills best
 * @param columns contract column to where it comes from, as HOCON
 * @param attributes columns of the file that no contract column takes
 * @param doubts what a person has to look at, by contract column
 * @param missing required columns that nothing was found for
 * @param others what else the file could be, the likeliest first
 */
public record Proposal(
    Contract contract,
    Map<String, String> columns,
    List<String> attributes,
    Map<String, String> doubts,
    List<Term> missing,
    List<String> others) {

  /** So alike names have to be at least to be taken for the same. */
  private static final double LEAST = 0.35;

  /** Columns whose value is known from its own day on, where a file is one dump. */
  private static final Set<String> KNOWN_LATER =
      Set.of(
          "end_date",
          "closed",
          "responded",
          "opened",
          "clicked",
          "bounced",
          "unsubscribed",
          "pause_start",
          "past_due_since");

  /** What a required column is taken to be where a file does not say it. */
  private static final Map<String, Map<String, String>> PRESUMED =
      Map.of(
          "subscriptions", Map.of("amount_period", "month"),
          "events", Map.of("event", "feature_used"),
          "messages", Map.of("channel", "email"),
          "touchpoints", Map.of("kind", "outreach"),
          "survey_responses", Map.of("survey", "csat"),
          "costs", Map.of("category", "cost_of_revenue"),
          "id_aliases", Map.of("unit", "customer"));

  /**
   * Guesses.
   *
   * @param file the file's name: it often says what its rows are
   * @param table the columns' values of some rows, blank where a row has none, in the file's order
   * @param wanted the contract, where a person has chosen one
   */
  public static Proposal of(
      String file, Map<String, List<String>> table, Optional<Contract> wanted) {
    List<ColumnProfile> profiles = new ArrayList<>();
    table.forEach(
        (name, values) ->
            profiles.add(
                new ColumnProfile(
                    name,
                    values.stream()
                        .filter(value -> value != null && !value.isBlank())
                        .map(String::strip)
                        .toList(),
                    values.size())));
    List<Fit> fits =
        wanted.map(List::of).orElse(Contracts.ALL).stream()
            .map(contract -> Fit.of(contract, file, profiles))
            .sorted(Comparator.comparingDouble(Fit::score).reversed())
            .toList();
    List<String> others =
        fits.stream()
            .skip(1)
            .filter(fit -> fit.score() > 0.6 * fits.get(0).score() && fit.missing().isEmpty())
            .map(fit -> fit.contract().name())
            .toList();
    return fits.get(0).proposal(profiles, others);
  }

  /** Whether anything speaks for it: every required column, from at least two of the file's. */
  public boolean isConvincing() {
    return missing.isEmpty()
        && columns.values().stream().filter(origin -> !origin.contains("constant")).count() >= 2;
  }

  /**
   * A contract's columns put beside a file's.
   *
   * @param taken contract column to file column
   */
  private record Fit(
      Contract contract, Map<String, ColumnProfile> taken, List<Term> missing, double score) {

    static Fit of(Contract contract, String file, List<ColumnProfile> profiles) {
      Map<String, ColumnProfile> taken = new LinkedHashMap<>();
      Set<String> used = new LinkedHashSet<>();
      double score = Synonyms.isNamed(contract.name(), file) ? 2 : 0;
      for (Pair pair : pairs(contract, profiles)) {
        String term = pair.term().name();
        boolean isShared = term.equals("amount_period") || term.equals("billing_period");
        if (!taken.containsKey(term) && (isShared || used.add(pair.column().name()))) {
          taken.put(term, pair.column());
          score += pair.likeness() * (pair.term().isRequired() ? 1.5 : 1);
        }
      }
      Map<String, String> presumed = PRESUMED.getOrDefault(contract.name(), Map.of());
      List<Term> missing =
          contract.terms().stream()
              .filter(Term::isRequired)
              .filter(term -> !taken.containsKey(term.name()))
              .toList();
      score -= 1.5 * missing.size();
      List<Term> unsaid =
          missing.stream().filter(term -> !presumed.containsKey(term.name())).toList();
      // A thing that stands in several rows is hardly named by that column.
      ColumnProfile id = taken.get(contract.id());
      score += id != null && id.isUnique() ? 0.75 : 0;
      return new Fit(contract, taken, unsaid, score);
    }

    private static List<Pair> pairs(Contract contract, List<ColumnProfile> profiles) {
      List<Pair> pairs = new ArrayList<>();
      for (Term term : contract.terms()) {
        for (ColumnProfile column : profiles) {
          double likeness = Synonyms.likeness(contract.name(), term.name(), column.name());
          if (likeness >= LEAST && isReadable(term, column)) {
            pairs.add(new Pair(term, column, likeness));
          }
        }
      }
      pairs.sort(
          Comparator.comparingDouble(Pair::likeness)
              .reversed()
              .thenComparing(pair -> !pair.term().isRequired()));
      return pairs;
    }

    Proposal proposal(List<ColumnProfile> profiles, List<String> others) {
      Map<String, String> columns = new LinkedHashMap<>();
      Map<String, String> doubts = new LinkedHashMap<>();
      Map<String, String> presumed = PRESUMED.getOrDefault(contract.name(), Map.of());
      for (Term term : contract.terms()) {
        ColumnProfile column = taken.get(term.name());
        if (column != null) {
          columns.put(term.name(), origin(term, column));
          written(term, column)
              .map(Written::doubt)
              .filter(doubt -> !doubt.isEmpty())
              .ifPresent(doubt -> doubts.put(term.name(), doubt));
        } else if (term.isRequired() && presumed.containsKey(term.name())) {
          columns.put(term.name(), "{ constant = " + presumed.get(term.name()) + " }");
          doubts.put(term.name(), "the file does not say it");
        }
      }
      Set<String> mapped = new LinkedHashSet<>();
      taken.values().forEach(column -> mapped.add(column.name()));
      List<String> attributes =
          profiles.stream()
              .map(ColumnProfile::name)
              .filter(name -> !mapped.contains(name))
              .toList();
      return new Proposal(contract, columns, attributes, doubts, missing, others);
    }
  }

  /** A contract's column and one of the file that could be it. */
  private record Pair(Term term, ColumnProfile column, double likeness) {}

  private static boolean isReadable(Term term, ColumnProfile column) {
    if (column.values().isEmpty()) {
      return !term.isRequired();
    }
    return switch (term.kind()) {
      case TEXT, LIST, UNIT -> !term.name().endsWith("_id") || !column.isIsoTime();
      case DAY, MOMENT -> column.time().isPresent();
      case AMOUNT, SIGNED_AMOUNT, NUMBER, WHOLE, SHARE -> column.number().isPresent();
      case FLAG -> column.isFlag();
      case PERIOD -> column.isPeriod();
      case CURRENCY -> column.isCurrency();
    };
  }

  private static Optional<Written> written(Term term, ColumnProfile column) {
    return switch (term.kind()) {
      case DAY, MOMENT -> column.time();
      case AMOUNT, SIGNED_AMOUNT, NUMBER, WHOLE, SHARE -> column.number();
      default -> Optional.empty();
    };
  }

  private static String origin(Term term, ColumnProfile column) {
    String name = quoted(column.name());
    Written written = written(term, column).orElse(Written.plainly());
    boolean isPlain = written.expression().isEmpty() && written.format().isEmpty();
    // When a value became known is read as ISO 8601 alone; never is on the safe side.
    String knownAt = !isKnownLater(term) ? "" : ", known_at = " + (isPlain ? name : "never");
    if (!written.expression().isEmpty()) {
      String sql = written.expression().formatted("`" + column.name() + "`");
      return "{ expression = \"" + sql.replace("\"", "\\\"") + "\"" + knownAt + " }";
    }
    if (!written.format().isEmpty()) {
      return "{ column = " + name + ", format = \"" + written.format() + "\"" + knownAt + " }";
    }
    return knownAt.isEmpty() ? name : "{ column = " + name + knownAt + " }";
  }

  /** A ticket's opening is its row's own time, a message's came later. */
  private static boolean isKnownLater(Term term) {
    return isDated(term) && !term.isRequired() && KNOWN_LATER.contains(term.name());
  }

  private static boolean isDated(Term term) {
    return term.kind() == Kind.DAY || term.kind() == Kind.MOMENT;
  }

  /** A name as HOCON takes it. */
  static String quoted(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*")
        ? name
        : "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /**
   * The mapping as configuration.
   *
   * @param feed what to call the feed
   * @param format csv, jsonl or parquet
   * @param options options of Spark's reader
   */
  public String hocon(String feed, String format, String path, Map<String, String> options) {
    StringBuilder text = new StringBuilder();
    text.append("sources.feeds {\n  ").append(quoted(feed)).append(" {\n");
    text.append("    contract = ").append(contract.name()).append('\n');
    text.append("    format = ").append(format).append('\n');
    text.append("    path = \"").append(path.replace("\\", "\\\\")).append("\"\n");
    text.append("    arrives = once    # or append, changes, snapshot: see docs/feeds.md\n");
    if (!options.isEmpty()) {
      text.append("    options {");
      options.forEach(
          (key, value) ->
              text.append(" ")
                  .append(key)
                  .append(" = \"")
                  .append(value.replace("\t", "\\t"))
                  .append("\""));
      text.append(" }\n");
    }
    text.append("    columns {\n");
    columns.forEach(
        (column, origin) -> {
          text.append("      ").append(column).append(" = ").append(origin);
          if (doubts.containsKey(column)) {
            text.append("    # CHECK: ").append(doubts.get(column));
          }
          text.append('\n');
        });
    text.append("    }\n");
    if (!attributes.isEmpty()) {
      text.append("    attributes {\n");
      for (String attribute : attributes) {
        text.append("      ")
            .append(quoted(Synonyms.normal(attribute)))
            .append(" = ")
            .append(quoted(attribute))
            .append('\n');
      }
      text.append("    }\n");
    }
    return text.append("  }\n}\n").toString();
  }
}
