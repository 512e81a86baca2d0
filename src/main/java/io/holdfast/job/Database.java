package io.holdfast.job;

import io.holdfast.config.Nearest;
import io.holdfast.config.Secret;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.Failure;
import io.holdfast.failure.PlatformFailure;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.jdbc.JdbcDialects;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * A table or a query of a database that others keep, read by JDBC.
 *
 * <p>Values keep the database's types, but a time without a zone and a number without a declared
 * precision are text, as the database writes them: no zone of this machine moves the one, and no
 * precision that Spark chooses cuts the other.
 */
public final class Database {

  private static final String ALIAS = "holdfast";
  private static final List<String> NUMBERS = List.of("tinyint", "smallint", "int", "bigint");

  private final SparkSession spark;
  private final Source source;
  private StructType declared;

  Database(SparkSession spark, Source source) {
    this.spark = spark;
    this.source = source;
  }

  /**
   * Where the rows are and how they are reached.
   *
   * @param name what messages call it, such as {@code feed orders}
   * @param keys where its configuration stands, such as {@code sources.feeds.orders}
   * @param url the JDBC URL, without secrets
   * @param driver the driver's class; found by the URL if absent
   * @param user the database's user
   * @param password its password
   * @param select the SQL of all rows
   * @param options further options of Spark's reader and of the driver
   * @param partition the options by which Spark reads in parts; none to read in one
   */
  public record Source(
      String name,
      String keys,
      String url,
      Optional<String> driver,
      Optional<String> user,
      Optional<Secret> password,
      String select,
      Map<String, String> options,
      Map<String, String> partition) {

    /** The database as messages and records name it: without users and parameters. */
    public String shown() {
      return url.replaceFirst("[?;].*", "").replaceFirst("//[^/@]*@", "//");
    }
  }

  /** The columns, in the database's own types. */
  public StructType columns() {
    if (declared == null) {
      declared = told(() -> reader(source.select(), Map.of()).schema());
    }
    return declared;
  }

  /**
   * The largest value of a column as the database writes it; empty if there is none.
   *
   * @param above only of what is above this value
   * @throws BadInput if there is no such column, it has no order that can be written down, or some
   *     rows have no value in it: these would never be read
   */
  public Optional<String> largest(String column, Optional<String> above) {
    DataType type = typeOf(column);
    String name = quoted(column);
    String rows = "(" + source.select() + ") ";
    String sql =
        "select (select max(%s) from %s a%s) as largest, (select count(*) from %s b where %s is null) as missing"
            .formatted(
                name,
                rows,
                above
                    .map(value -> " where " + name + " > " + literal(column, type, value))
                    .orElse(""),
                rows,
                name);
    Row found =
        told(() -> reader(sql, Map.of("customSchema", "largest STRING, missing BIGINT")).head());
    if (found.getLong(1) > 0) {
      throw new BadInput(
          "Cannot read %s: %d rows have no %s, by which it grows, and would never be read. Name another column in %s.growing_column, or leave those rows out by %s.query."
              .formatted(source.name(), found.getLong(1), column, source.keys(), source.keys()));
    }
    Optional<String> largest = Optional.ofNullable(found.getString(0));
    largest.ifPresent(value -> literal(column, type, value));
    return largest;
  }

  /** All rows. Each query over them reads them again: see {@link #hold}. */
  public Dataset<Row> rows() {
    return reading(source.select());
  }

  /** The rows above one value of a column, or from the first, up to another. */
  public Dataset<Row> between(String column, Optional<String> above, String upTo) {
    DataType type = typeOf(column);
    String name = quoted(column);
    String from =
        above.map(value -> name + " > " + literal(column, type, value) + " and ").orElse("");
    return reading(
        "select * from (%s) a where %s%s <= %s"
            .formatted(source.select(), from, name, literal(column, type, upTo)));
  }

  /**
   * Reads rows once and keeps them for this run, so that all that is made of them is made of the
   * same rows, whatever the database does meanwhile.
   */
  public Dataset<Row> hold(Dataset<Row> rows) {
    return told(() -> rows.localCheckpoint(true));
  }

  private Dataset<Row> reading(String select) {
    String asText =
        Arrays.stream(columns().fields())
            .filter(field -> isReadAsText(field.dataType()))
            .map(field -> "`" + field.name().replace("`", "``") + "` STRING")
            .collect(Collectors.joining(", "));
    Map<String, String> more = new LinkedHashMap<>(source.partition());
    if (!asText.isEmpty()) {
      more.put("customSchema", asText);
    }
    return told(() -> reader(select, more));
  }

  private static boolean isReadAsText(DataType type) {
    return type instanceof TimestampNTZType || type.equals(DecimalType.SYSTEM_DEFAULT());
  }

  private Dataset<Row> reader(String select, Map<String, String> more) {
    Map<String, String> options = new LinkedHashMap<>(source.options());
    options.put("url", source.url());
    source.driver().ifPresent(driver -> options.put("driver", driver));
    source.user().ifPresent(user -> options.put("user", user));
    source
        .password()
        .ifPresent(
            password -> {
              options.put("password", password.reveal());
              options.put(QuietConnections.OPTION, QuietConnections.NAME);
            });
    options.put("preferTimestampNTZ", "true");
    options.putAll(more);
    options.put("dbtable", "(" + select + ") " + ALIAS);
    return spark.read().format("jdbc").options(options).load();
  }

  private DataType typeOf(String column) {
    List<String> names = List.of(columns().fieldNames());
    if (!names.contains(column)) {
      throw new BadInput(
          "Cannot read %s: %s has no column '%s'%s. It has %s. Correct %s.growing_column."
              .formatted(
                  source.name(),
                  source.shown(),
                  column,
                  Nearest.to(column, names).map(near -> " (nearest: '" + near + "')").orElse(""),
                  names,
                  source.keys()));
    }
    StructField field = columns().apply(column);
    if (pattern(field.dataType()).isEmpty()) {
      throw new BadInput(
          "Cannot read %s: %s is %s, which does not grow. Name a column of whole numbers, decimals, days, times or text in %s.growing_column."
              .formatted(source.name(), column, field.dataType().simpleString(), source.keys()));
    }
    return field.dataType();
  }

  /** How a value of a type is written, where values of it can be compared in SQL. */
  private static Optional<String> pattern(DataType type) {
    String day = "\\d{4}-\\d{2}-\\d{2}";
    String time = day + " \\d{2}:\\d{2}:\\d{2}(\\.\\d+)?";
    if (NUMBERS.contains(type.simpleString()) || type instanceof DecimalType) {
      return Optional.of("-?\\d+(\\.\\d+)?");
    }
    if (type instanceof DateType) {
      return Optional.of(day);
    }
    if (type instanceof TimestampNTZType) {
      return Optional.of(time);
    }
    if (type instanceof TimestampType) {
      return Optional.of(time + "[+-]\\d{2}(:?\\d{2})*");
    }
    return type instanceof StringType ? Optional.of("(?s).*") : Optional.empty();
  }

  private String literal(String column, DataType type, String value) {
    if (!value.matches(pattern(type).orElseThrow())) {
      throw new BadInput(
          "Cannot read %s: its %s is %s, and '%s' is no value of that. If the column has changed, give the feed another name; else leave such rows out by %s.query."
              .formatted(source.name(), column, type.simpleString(), value, source.keys()));
    }
    if (NUMBERS.contains(type.simpleString()) || type instanceof DecimalType) {
      return value;
    }
    String text = "'" + value.replace("'", "''") + "'";
    if (type instanceof DateType) {
      return "date " + text;
    }
    if (type instanceof TimestampNTZType) {
      return "timestamp " + text;
    }
    return type instanceof TimestampType ? "timestamp with time zone " + text : text;
  }

  private String quoted(String column) {
    return JdbcDialects.get(source.url()).quoteIdentifier(column);
  }

  /** What a query gives, or what a person can do about its failure. */
  private <T> T told(Supplier<T> query) {
    try {
      return query.get();
    } catch (Exception e) { // Scala declares no checked ones.
      throw failure(e);
    }
  }

  private Failure failure(Exception thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof Failure failure) {
        return failure;
      }
      if (t instanceof ClassNotFoundException) {
        return withoutDriver(thrown);
      }
      if (t instanceof SQLException sql) {
        return failure(sql, thrown);
      }
    }
    if (thrown instanceof AnalysisException || thrown instanceof IllegalArgumentException) {
      return new BadInput(
          "Cannot read %s: Spark refuses its options (%s). Correct %s."
              .formatted(source.name(), why(thrown), source.keys()),
          thrown);
    }
    return new PlatformFailure(
        "Cannot read %s from %s: %s. Run again when the database answers."
            .formatted(source.name(), source.shown(), why(thrown)),
        thrown);
  }

  /** By the classes of SQL states, which are the standard's. */
  private Failure failure(SQLException sql, Exception thrown) {
    String state = String.valueOf(sql.getSQLState());
    if (why(sql).toLowerCase(Locale.ROOT).contains("no suitable driver")) {
      return withoutDriver(thrown);
    }
    if (state.startsWith("28") || state.equals("08004")) {
      return new BadInput(
          "Cannot read %s: %s does not let the user '%s' in (%s). Correct %s.user, or the environment variable that %s.password names."
              .formatted(
                  source.name(),
                  source.shown(),
                  source.user().orElse(""),
                  why(sql),
                  source.keys(),
                  source.keys()),
          thrown);
    }
    if (state.startsWith("3D")) {
      return new BadInput(
          "Cannot read %s: there is no such database as %s (%s). Correct %s.url."
              .formatted(source.name(), source.shown(), why(sql), source.keys()),
          thrown);
    }
    if (state.startsWith("42") || state.startsWith("22") || state.startsWith("3F")) {
      return new BadInput(
          "Cannot read %s: %s refuses the query (%s). Correct %s.table, query or growing_column, or the rights of the user '%s'."
              .formatted(
                  source.name(), source.shown(), why(sql), source.keys(), source.user().orElse("")),
          thrown);
    }
    return new PlatformFailure(
        "Cannot read %s: %s does not answer (%s). Check %s.url, and that the database runs and lets this machine in."
            .formatted(source.name(), source.shown(), why(sql), source.keys()),
        thrown);
  }

  private BadInput withoutDriver(Exception thrown) {
    return new BadInput(
        "Cannot read %s: no JDBC driver for %s%s is on the class path. Name the driver's jar in HOLDFAST_CLASSPATH for bin/holdfast, or by --jars or --packages of spark-submit, and its class in %s.driver."
            .formatted(
                source.name(),
                source.shown(),
                source.driver().map(driver -> " (" + driver + ")").orElse(""),
                source.keys()),
        thrown);
  }

  /** The first line of a message, without the password should a driver repeat it. */
  private String why(Throwable thrown) {
    String text = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("").strip();
    String plain = text.replace(source.url(), source.shown()).replaceAll("\\.$", "");
    return source
        .password()
        .map(Secret::reveal)
        .filter(secret -> !secret.isEmpty())
        .map(secret -> plain.replace(secret, "***"))
        .orElse(plain);
  }
}
