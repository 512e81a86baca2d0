package io.holdfast.sources;

import static io.holdfast.sources.Values.blankIsNull;
import static io.holdfast.sources.Values.named;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lpad;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_concat;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.holdfast.config.Nearest;
import io.holdfast.failure.BadInput;
import io.holdfast.sources.Contract.Kind;
import io.holdfast.sources.Contract.Term;
import io.holdfast.sources.Feed.Arrives;
import io.holdfast.sources.Feed.EqualRows;
import io.holdfast.table.Days;
import io.holdfast.table.Field;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Turns the rows of one feed as they are into rows of its contract, kept or rejected. */
final class Mapped {

  /** The date from which a value is known that never is: columns without history. */
  static final LocalDate NEVER = LocalDate.of(9999, 12, 31);

  private final Contract contract;
  private final String name;
  private final Feed feed;
  private final Feeds feeds;
  private final Company company;
  private final ExchangeRates rates;
  private final Values parser;

  Mapped(
      Contract contract,
      String name,
      Feed feed,
      Feeds feeds,
      Company company,
      ExchangeRates rates) {
    this.contract = contract;
    this.name = name;
    this.feed = feed;
    this.feeds = feeds;
    this.company = company;
    this.rates = rates;
    this.parser = new Values(company.tz());
    requireKnownColumns();
  }

  private void requireKnownColumns() {
    List<String> known = contract.terms().stream().map(Term::name).toList();
    for (Map.Entry<String, Mapping> entry : feed.columns().entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new BadInput(
            "Cannot map feed %s: the contract %s has no column '%s' (nearest: '%s'). It has %s. Put columns of your own under sources.feeds.%s.attributes."
                .formatted(
                    name,
                    contract.name(),
                    entry.getKey(),
                    Nearest.to(entry.getKey(), known).orElse(""),
                    known,
                    name));
      }
      requireOneOrigin(entry.getKey(), entry.getValue());
    }
    feed.attributes().forEach(this::requireOneOrigin);
    for (Term term : contract.terms()) {
      if (term.isRequired() && !feed.columns().containsKey(term.name())) {
        throw new BadInput(
            "Cannot map feed %s: the contract %s needs %s (%s). Say where it comes from in sources.feeds.%s.columns.%s."
                .formatted(name, contract.name(), term.name(), term.meaning(), name, term.name()));
      }
    }
  }

  private void requireOneOrigin(String column, Mapping mapping) {
    long origins =
        List.of(mapping.column(), mapping.constant(), mapping.expression(), mapping.lookup())
            .stream()
            .filter(Optional::isPresent)
            .count();
    if (origins != 1 || mapping.lookup().isPresent() != mapping.by().isPresent()) {
      throw new BadInput(
          "Cannot map %s of feed %s: give exactly one of column, constant, expression, or lookup with by."
              .formatted(column, name));
    }
  }

  /** The columns of the feed that this mapping names. */
  Set<String> wanted() {
    Set<String> wanted = new TreeSet<>();
    for (Mapping mapping : allMappings().values()) {
      mapping.column().ifPresent(wanted::add);
      mapping.by().ifPresent(wanted::add);
      mapping.expression().ifPresent(sql -> wanted.addAll(columnsOf(sql)));
      mapping
          .knownAt()
          .filter(when -> !when.equals("row") && !when.equals("never"))
          .ifPresent(wanted::add);
    }
    feed.version().ifPresent(wanted::add);
    feed.arrivalColumn().ifPresent(wanted::add);
    feed.deletedWhen().ifPresent(sql -> wanted.addAll(columnsOf(sql)));
    return wanted;
  }

  private Map<String, Mapping> allMappings() {
    Map<String, Mapping> all = new TreeMap<>(feed.columns());
    feed.attributes().forEach((key, mapping) -> all.put("attributes." + key, mapping));
    return all;
  }

  private List<String> columnsOf(String sql) {
    try {
      List<String> names = new ArrayList<>();
      // Not by toSeq: that sorts, and what is not resolved yet cannot be sorted.
      CollectionConverters.asJava(parsed(sql).references().iterator())
          .forEachRemaining(attribute -> names.add(attribute.name()));
      return names;
    } catch (ParseException e) {
      throw new BadInput(
          "Cannot map feed %s: '%s' is no Spark SQL expression (%s)."
              .formatted(name, sql, e.getMessage().lines().findFirst().orElse("")),
          e);
    }
  }

  // Scala does not declare what it throws.
  private static Expression parsed(String sql) throws ParseException {
    return CatalystSqlParser$.MODULE$.parseExpression(sql);
  }

  /**
   * The rows of the contract's table.
   *
   * @param reading the feed's rows as {@link Reading} gives them, {@code _file} as a path, and
   *     {@code _folder}, the date of their folder
   * @param lookup the kept rows of another contract
   */
  Dataset<Row> rows(Dataset<Row> reading, Function<String, Dataset<Row>> lookup) {
    Dataset<Row> rows = reading;
    StructType types = rows.schema();
    List<Column> reasons = new ArrayList<>();
    reasons.add(col("_damage"));
    for (Map.Entry<String, Mapping> entry : feed.columns().entrySet()) {
      if (entry.getValue().lookup().isPresent()) {
        rows = lookedUp(rows, entry.getKey(), entry.getValue(), lookup);
      }
    }
    Map<String, Column> instants = new LinkedHashMap<>();
    Map<String, Column> values = new LinkedHashMap<>();
    for (Term term : contract.terms()) {
      read(term, types, instants, values, reasons);
    }
    values.put("attributes", attributes());
    values.put("known_at", knownAt(types));
    return stamped(
        rows.withColumns(instants).withColumns(values),
        types,
        coalesce(reasons.toArray(Column[]::new)));
  }

  private Dataset<Row> lookedUp(
      Dataset<Row> rows, String column, Mapping mapping, Function<String, Dataset<Row>> lookup) {
    String other = mapping.lookup().orElseThrow();
    Contract target =
        Contracts.ALL.stream()
            .filter(c -> c.name().equals(other))
            .findFirst()
            .orElseThrow(
                () ->
                    new BadInput(
                        "Cannot map %s of feed %s: there is no contract '%s' to look it up in."
                            .formatted(column, name, other)));
    List<String> open = Contracts.lookedInto(contract).stream().map(Contract::name).toList();
    if (!open.contains(other)) {
      throw new BadInput(
          "Cannot map %s of feed %s: %s can be looked up in %s, not in %s."
              .formatted(column, name, contract.name(), open, other));
    }
    String take = mapping.take().orElse(column);
    Dataset<Row> found =
        lookup
            .apply(other)
            .select(col(target.id()).as("_key_" + column), col(take).as("_found_" + column));
    return rows.join(
        broadcast(found),
        blankIsNull(named(mapping.by().orElseThrow())).equalTo(col("_key_" + column)),
        "left");
  }

  /**
   * Adds what a term's columns are made of, and why a row of it can be rejected.
   *
   * @param instants the columns that {@code values} are made of
   */
  private void read(
      Term term,
      StructType types,
      Map<String, Column> instants,
      Map<String, Column> values,
      List<Column> reasons) {
    Mapping mapping = feed.columns().get(term.name());
    if (mapping == null) {
      for (Field field : term.fields()) {
        values.put("_t_" + field.name(), lit(null).cast(field.type()));
      }
      return;
    }
    Column value = value(term.name(), mapping);
    DataType type =
        mapping.column().filter(c -> types.getFieldIndex(c).isDefined()).isPresent()
            ? types.apply(mapping.column().get()).dataType()
            : DataTypes.StringType;
    if (term.kind() == Kind.MOMENT) {
      String instant = "_t_" + term.name() + "_at";
      instants.put(instant, parser.instant(value, type, mapping.format()));
      values.put(
          "_t_" + term.name() + "_date", parser.day(value, type, mapping.format(), col(instant)));
    } else {
      Column read = parser.read(term.kind(), value, type, mapping.format());
      boolean isLastPaid =
          term.name().equals("end_date")
              && feed.endDateIs().filter(Feed.EndDateIs.LAST_PAID_DAY::equals).isPresent();
      values.put("_t_" + term.name(), isLastPaid ? date_add(read, 1) : read);
    }
    Column stored = col("_t_" + (term.kind() == Kind.MOMENT ? term.name() + "_date" : term.name()));
    reasons.add(Values.unreadable(term.name(), value, stored, term.kind()));
    mapping
        .lookup()
        .ifPresent(
            other ->
                reasons.add(
                    when(
                        stored.isNull().and(blankIsNull(named(mapping.by().get())).isNotNull()),
                        concat(
                            lit(mapping.by().get() + " '"),
                            named(mapping.by().get()),
                            lit("' is not in " + other)))));
    if (term.isRequired()) {
      reasons.add(when(stored.isNull(), lit("has no " + term.name())));
    }
    if (term.kind() == Kind.AMOUNT) {
      reasons.add(
          when(stored.lt(0), concat(lit(term.name() + " is negative: "), stored.cast("string"))));
    }
    if (term.kind() == Kind.SHARE) {
      reasons.add(
          when(
              not(stored.between(0, 1)),
              concat(
                  lit(term.name() + " is "),
                  stored.cast("string"),
                  lit(", and a share lies between 0 and 1"))));
    }
    if (term.kind() == Kind.CURRENCY) {
      reasons.add(
          when(
              stored
                  .notEqual(company.currency())
                  .and(not(stored.isin(rates.currencies().toArray()))),
              concat(
                  lit(term.name() + " is "),
                  stored,
                  lit(", and revenue.rates has no rate to " + company.currency()))));
    }
    if (term.name().equals(contract.time())) {
      reasons.add(
          when(
              stored.lt(lit(Date.valueOf(feeds.earliestDate()))),
              concat(
                  lit(term.name() + " "),
                  stored.cast("string"),
                  lit(" is before " + feeds.earliestDate()))));
    }
  }

  private static Column value(String column, Mapping mapping) {
    if (mapping.lookup().isPresent()) {
      return col("_found_" + column);
    }
    return mapping
        .column()
        .map(Values::named)
        .or(() -> mapping.constant().map(text -> lit(text)))
        .orElseGet(() -> expr(mapping.expression().orElseThrow()));
  }

  private Column attributes() {
    List<Column> entries = new ArrayList<>();
    new TreeMap<>(feed.attributes())
        .forEach(
            (key, mapping) -> {
              entries.add(lit(key));
              entries.add(blankIsNull(value(key, mapping)));
            });
    return entries.isEmpty()
        ? lit(null).cast("map<string,string>")
        : map(entries.toArray(Column[]::new));
  }

  /** When each value became known that did so later than its row. */
  private Column knownAt(StructType types) {
    Column all = map().cast("map<string,date>");
    for (Map.Entry<String, Mapping> entry : allMappings().entrySet()) {
      String when = entry.getValue().knownAt().orElse("row");
      if (!when.equals("row")) {
        Column date =
            when.equals("never")
                ? lit(Date.valueOf(NEVER))
                : parser.day(named(when), types.apply(when).dataType(), Optional.empty());
        for (String stored : storedNames(entry.getKey())) {
          Column one = map(lit(stored), date);
          all =
              map_concat(
                  all, when(date.isNotNull(), one).otherwise(map().cast("map<string,date>")));
        }
      }
    }
    return when(size(all).gt(0), all);
  }

  private List<String> storedNames(String column) {
    return contract.term(column).map(Term::fields).orElse(List.of()).isEmpty()
        ? List.of(column)
        : contract.term(column).get().fields().stream().map(Field::name).toList();
  }

  private Dataset<Row> stamped(Dataset<Row> rows, StructType types, Column reason) {
    String time = contract.timeDate();
    Column own = time.isEmpty() ? lit(null).cast("date") : col("_t_" + time);
    Column folder = col("_folder");
    Column arrival = arrival(own, folder, types);
    List<Column> content = new ArrayList<>();
    for (Term term : contract.terms()) {
      term.fields().forEach(field -> content.add(col("_t_" + field.name())));
    }
    content.add(map_entries(col("attributes")));
    content.add(map_entries(col("known_at")));
    boolean isSeveral = feed.equalRows().filter(EqualRows.SEVERAL::equals).isPresent();
    Column hash = xxhash64(content.toArray(Column[]::new));
    List<Column> out = new ArrayList<>();
    out.add(lit(name).as("feed"));
    out.add(lit("row").as("record"));
    out.add(col("_file").as("file"));
    out.add(lit(feed.arrives().name().toLowerCase(Locale.ROOT)).as("arrives"));
    out.add(
        lit(feed.clashes().orElse(Feed.Clashes.KEEP).name().toLowerCase(Locale.ROOT))
            .as("clashes"));
    out.add(folder.as("folder_date"));
    out.add(coalesce(arrival, lit(Date.valueOf(Days.UNKNOWN))).as("arrival_date"));
    out.add(coalesce(own, arrival, lit(Date.valueOf(Days.UNKNOWN))).as("row_date"));
    out.add(version(types).as("row_version"));
    out.add(
        feed.deletedWhen()
            .map(sql -> coalesce(expr(sql), lit(false)))
            .orElse(lit(false))
            .as("is_deleted"));
    out.add(reason.as("reject_reason"));
    out.add(col("_raw").as("raw"));
    out.add((isSeveral ? xxhash64(hash, col("_file"), col("_nth")) : hash).as("row_hash"));
    for (Term term : contract.terms()) {
      term.fields().forEach(field -> out.add(col("_t_" + field.name()).as(field.name())));
    }
    out.add(col("attributes"));
    out.add(col("known_at"));
    // Numbered within the file, so that what was read together with it changes nothing.
    var equals = Window.partitionBy(hash, col("_file")).orderBy("_raw");
    return (isSeveral ? rows.withColumn("_nth", row_number().over(equals)) : rows)
        .select(out.toArray(Column[]::new));
  }

  /** The order of rows of one thing: times and whole numbers written so that they sort as text. */
  private Column version(StructType types) {
    return feed.version()
        .map(
            column -> {
              Column value = named(column);
              Column text = blankIsNull(value);
              Column instant =
                  parser.instant(value, types.apply(column).dataType(), Optional.empty());
              return coalesce(
                  when(text.rlike("^\\d{1,38}$"), lpad(text, 38, "0")),
                  date_format(instant, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"),
                  text);
            })
        .orElse(lit(null).cast("string"));
  }

  private Column arrival(Column own, Column folder, StructType types) {
    Column presumed = date_add(own, lit(feed.typicalDelayDays().orElse(0)));
    if (feed.arrives() == Arrives.ONCE) {
      return presumed;
    }
    Column told =
        feed.arrivalColumn()
            .map(c -> parser.day(named(c), types.apply(c).dataType(), Optional.empty()))
            .map(day -> coalesce(day, folder))
            .orElse(folder);
    return feed.arrivalKnownFrom()
        .map(
            from ->
                when(told.lt(lit(Date.valueOf(from))), coalesce(presumed, told)).otherwise(told))
        .orElse(told);
  }
}
