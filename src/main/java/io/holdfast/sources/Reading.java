package io.holdfast.sources;

import static io.holdfast.sources.Values.named;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.json_tuple;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.holdfast.config.Nearest;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Database;
import io.holdfast.job.Landing;
import io.holdfast.sources.Files.Delivered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads a feed's files as they are: every row with its file, its raw text, and whether it is
 * damaged. Columns may come in any order, and more of them than anybody asked for.
 *
 * @param counts {@code _file} and {@code file_rows}: the rows of each file, without parsing them
 * @param rows {@code _file} (as Spark names it), {@code _raw}, {@code _damage} (NULL: none) and the
 *     feed's columns
 */
record Reading(Dataset<Row> rows, Dataset<Row> counts) {

  private static final String DAMAGED = "_damaged";

  /**
   * Reads files of one feed.
   *
   * @param wanted the columns of the feed that the mapping names
   * @return empty if every file is empty
   * @throws BadInput if a file's header lacks a wanted column
   */
  static Optional<Reading> of(
      String name, Feed feed, Set<String> wanted, Landing landing, List<Delivered> files) {
    List<String> paths = files.stream().map(f -> f.file().path()).toList();
    return switch (feed.format()) {
      case CSV -> csv(name, feed, wanted, landing, paths);
      case JSONL -> Optional.of(jsonLines(feed, wanted, landing, paths));
      case PARQUET ->
          Optional.of(
              typed("parquet", Map.of("mergeSchema", "true"), feed, landing, paths, wanted, name));
      case DELTA -> Optional.of(typed("delta", Map.of(), feed, landing, paths, wanted, name));
      case JDBC -> database(name, feed, wanted, landing, files.get(0));
    };
  }

  /**
   * The same rows for every query over them: what is read from a database is read now, once.
   *
   * @return this reading, where it is of files: these do not change under a run
   */
  Reading held(String name, Feed feed, Landing landing) {
    if (feed.format() != Feed.Format.JDBC) {
      return this;
    }
    Dataset<Row> held = landing.database(Extract.source(name, feed)).hold(rows);
    return new Reading(held, counted(held));
  }

  private static Optional<Reading> database(
      String name, Feed feed, Set<String> wanted, Landing landing, Delivered delivery) {
    Database database = landing.database(Extract.source(name, feed));
    requireColumns(name, wanted, List.of(database.columns().fieldNames()), delivery.file().path());
    return Extract.rows(feed, delivery, database)
        .map(
            read -> {
              Stream<Column> first =
                  Stream.of(
                      lit(delivery.file().path()).as("_file"),
                      to_json(struct(col("*"))).as("_raw"),
                      lit(null).cast("string").as("_damage"));
              Stream<Column> rest =
                  wanted.stream().map(column -> inDatabase(column, feed, database).as(column));
              Dataset<Row> rows = read.select(Stream.concat(first, rest).toArray(Column[]::new));
              return new Reading(rows, counted(rows));
            });
  }

  /** A column of a database: dots lead into JSON, and times without a zone get the feed's. */
  private static Column inDatabase(String column, Feed feed, Database database) {
    DataType type = database.columns().apply(top(column)).dataType();
    if (column.contains(".") && type instanceof StringType) {
      return get_json_object(named(top(column)), "$." + column.substring(column.indexOf('.') + 1));
    }
    return feed.timeZone()
        .filter(zone -> type instanceof TimestampNTZType)
        .map(zone -> to_utc_timestamp(named(column).try_cast("timestamp"), zone.getId()))
        .orElseGet(() -> nested(column));
  }

  /** Files of one header are read together: Spark takes the columns of CSV by position. */
  private static Optional<Reading> csv(
      String name, Feed feed, Set<String> wanted, Landing landing, List<String> paths) {
    Map<List<String>, List<String>> byHeader = new LinkedHashMap<>();
    for (String path : paths) {
      landing
          .firstLine(path)
          .filter(line -> !line.isBlank())
          .ifPresent(
              line ->
                  byHeader.computeIfAbsent(header(line, feed), h -> new ArrayList<>()).add(path));
    }
    Dataset<Row> all = null;
    for (Map.Entry<List<String>, List<String>> group : byHeader.entrySet()) {
      requireColumns(name, wanted, group.getKey(), group.getValue().get(0));
      Dataset<Row> rows = csvOfHeader(feed, wanted, landing, group.getKey(), group.getValue());
      all = all == null ? rows : all.unionByName(rows, true);
    }
    return Optional.ofNullable(all).map(rows -> new Reading(rows, counted(rows)));
  }

  private static List<String> header(String line, Feed feed) {
    String separator = feed.options().getOrDefault("sep", ",");
    String text = line.startsWith("\uFEFF") ? line.substring(1) : line;
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        isQuoted = !isQuoted;
      } else if (!isQuoted && text.startsWith(separator, i)) {
        names.add(name.toString().strip());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString().strip());
    return unique(names);
  }

  private static List<String> unique(List<String> names) {
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      String free = name.isEmpty() ? "column_" + (unique.size() + 1) : name;
      while (unique.contains(free)) {
        free += "_";
      }
      unique.add(free);
    }
    return unique;
  }

  private static Dataset<Row> csvOfHeader(
      Feed feed, Set<String> wanted, Landing landing, List<String> header, List<String> paths) {
    Map<String, String> options =
        new LinkedHashMap<>(
            Map.of(
                "header", "true",
                "escape", "\"",
                "multiLine", "true",
                "mode", "PERMISSIVE",
                "columnNameOfCorruptRecord", DAMAGED));
    options.putAll(feed.options());
    StructField[] fields =
        Stream.concat(header.stream(), Stream.of(DAMAGED))
            .map(column -> new StructField(column, DataTypes.StringType, true, none()))
            .toArray(StructField[]::new);
    Dataset<Row> read = landing.read("csv", options, Optional.of(new StructType(fields)), paths);
    Column raw = to_json(struct(header.stream().map(Values::named).toArray(Column[]::new)));
    return read.select(
        columns(
            List.of(
                input_file_name().as("_file"),
                when(col(DAMAGED).isNotNull(), col(DAMAGED)).otherwise(raw).as("_raw"),
                when(
                        col(DAMAGED).isNotNull(),
                        lit("the line has not as many cells as the header has names"))
                    .as("_damage")),
            wanted));
  }

  /** One pass finds all fields of a line; a line that is no JSON object has none. */
  private static Reading jsonLines(
      Feed feed, Set<String> wanted, Landing landing, List<String> paths) {
    List<String> names = wanted.stream().map(Reading::top).distinct().sorted().toList();
    Dataset<Row> lines =
        landing
            .read("text", feed.options(), Optional.empty(), paths)
            // Not by its length: that counts the letters of every line.
            .filter(trim(col("value")).notEqual(""))
            .select(input_file_name().as("_file"), col("value").as("_raw"));
    Seq<String> fields =
        CollectionConverters.asScala(
                IntStream.range(0, names.size()).mapToObj(field -> "_f" + field).toList())
            .toSeq();
    Column found = json_tuple(col("_raw"), CollectionConverters.asScala(names).toSeq()).as(fields);
    Dataset<Row> parsed = lines.select(col("_file"), col("_raw"), found);
    List<Column> columns = new ArrayList<>();
    columns.add(col("_file"));
    columns.add(col("_raw"));
    Column nothing =
        IntStream.range(0, names.size())
            .mapToObj(field -> col("_f" + field).isNull())
            .reduce(Column::and)
            .orElse(lit(false));
    columns.add(when(nothing, lit("the line is no JSON object")).as("_damage"));
    for (String column : wanted) {
      Column value = col("_f" + names.indexOf(top(column)));
      columns.add(
          (column.contains(".")
                  ? get_json_object(value, "$." + column.substring(column.indexOf('.') + 1))
                  : value)
              .as(column));
    }
    return new Reading(parsed.select(columns.toArray(Column[]::new)), counted(lines));
  }

  private static Reading typed(
      String format,
      Map<String, String> defaults,
      Feed feed,
      Landing landing,
      List<String> paths,
      Set<String> wanted,
      String name) {
    Map<String, String> options = new LinkedHashMap<>(defaults);
    options.putAll(feed.options());
    Dataset<Row> read = landing.read(format, options, Optional.empty(), paths);
    requireColumns(name, wanted, Arrays.asList(read.columns()), paths.get(0));
    Column file = format.equals("delta") ? lit(paths.get(0)) : input_file_name();
    Dataset<Row> rows =
        read.select(
            columns(
                List.of(
                    file.as("_file"),
                    to_json(struct(col("*"))).as("_raw"),
                    lit(null).cast("string").as("_damage")),
                wanted));
    return new Reading(rows, counted(rows));
  }

  private static Dataset<Row> counted(Dataset<Row> rows) {
    return rows.groupBy("_file").agg(count(lit(1)).as("file_rows"));
  }

  private static Column[] columns(List<Column> first, Collection<String> wanted) {
    return Stream.concat(first.stream(), wanted.stream().map(column -> nested(column).as(column)))
        .toArray(Column[]::new);
  }

  private static Column nested(String column) {
    int dot = column.indexOf('.');
    return dot < 0 ? named(column) : named(top(column)).getField(column.substring(dot + 1));
  }

  private static String top(String column) {
    int dot = column.indexOf('.');
    return dot < 0 ? column : column.substring(0, dot);
  }

  private static void requireColumns(
      String name, Set<String> wanted, Collection<String> given, String file) {
    for (String column : wanted) {
      if (!given.contains(top(column))) {
        throw new BadInput(
            "Cannot read feed %s: %s has no column '%s'%s. It has %s. Correct sources.feeds.%s.columns, or the file."
                .formatted(name, file, column, hint(column, given), given, name));
      }
    }
  }

  private static String hint(String column, Collection<String> given) {
    return Nearest.to(column, given).map(near -> " (nearest: '" + near + "')").orElse("");
  }

  private static Metadata none() {
    return Metadata.empty();
  }
}
