package io.holdfast.sources;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.BrokenRule;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Origin;
import io.holdfast.sources.Files.Delivered;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.sql.Date;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of what has landed, one a contract: every row of every file exactly once, kept or
 * rejected with its reason, and in the same commit the files that were read.
 */
public final class Sources {

  private static final Map<String, Table> TABLES = new HashMap<>();

  static {
    Contracts.ALL.forEach(contract -> TABLES.put(contract.name(), contract.table()));
  }

  private static final StructType FILE_RECORD =
      new StructType()
          .add("feed", DataTypes.StringType)
          .add("record", DataTypes.StringType)
          .add("file", DataTypes.StringType)
          .add("arrives", DataTypes.StringType)
          .add("file_bytes", DataTypes.LongType)
          .add("file_tag", DataTypes.StringType)
          .add("folder_date", DataTypes.DateType);

  private Sources() {}

  /** The table of a contract. */
  public static Table table(Contract contract) {
    return TABLES.get(contract.name());
  }

  /** The job that takes in the feeds of a contract. */
  public static Job job(Contract contract) {
    return Job.writes(table(contract))
        .reads(Contracts.lookedInto(contract).stream().map(Sources::table).toArray(Table[]::new))
        .needs(settled -> lookedInto(contract, settled.settings(Feeds.SETTING)))
        .readsPrevious()
        .takesInFrom(settled -> origins(contract, settled.settings(Feeds.SETTING)))
        .settings(Feeds.SETTING)
        .settings(Company.SETTING)
        .settings(ExchangeRates.SETTING)
        .check(Sources::requireReadable)
        .as(in -> landed(contract, in));
  }

  private static List<Origin> origins(Contract contract, Feeds feeds) {
    return feeds.of(contract).entrySet().stream()
        .map(
            named -> {
              Feed feed = named.getValue();
              return feed.url()
                  .map(url -> new Origin(url, Optional.of(feed.table().orElse(named.getKey()))))
                  .orElseGet(() -> new Origin(feed.path().orElseThrow(), Optional.empty()));
            })
        .toList();
  }

  /** The tables in which a contract's feeds look something up. */
  private static List<Table> lookedInto(Contract contract, Feeds feeds) {
    Set<String> named =
        feeds.of(contract).values().stream()
            .flatMap(feed -> feed.columns().values().stream())
            .flatMap(mapping -> mapping.lookup().stream())
            .collect(Collectors.toSet());
    return Contracts.lookedInto(contract).stream()
        .filter(other -> named.contains(other.name()))
        .map(Sources::table)
        .toList();
  }

  /** The rows that a feed's contract takes from it: neither rejected nor the record of a file. */
  public static Dataset<Row> kept(Dataset<Row> landed) {
    return landed.filter(col("record").equalTo("row").and(col("reject_reason").isNull()));
  }

  private static Dataset<Row> landed(Contract contract, Inputs in) {
    Feeds feeds = in.settings(Feeds.SETTING);
    Map<String, Feed> mine = feeds.of(contract);
    if (mine.isEmpty()) {
      in.note("no feed tells of %s".formatted(contract.name()));
    }
    Map<String, List<Delivered>> fresh = new LinkedHashMap<>();
    mine.forEach(
        (name, feed) ->
            fresh.put(
                name,
                feed.format() == Feed.Format.JDBC
                    ? Extract.due(
                        name,
                        feed,
                        in.landing(),
                        Extract.records(name, in.previous()),
                        Optional.of(in.arrivedBy()))
                    : Files.of(
                            name,
                            feed,
                            feeds.folderDate(),
                            in.landing(),
                            read(name, in.previous()),
                            in.asOf(),
                            in.arrivedBy())
                        .fresh()));
    in.expect(
        fresh.entrySet().stream()
            .mapToDouble(entry -> bytes(mine.get(entry.getKey()), entry.getValue()))
            .sum());
    Dataset<Row> all = in.create(List.of(), table(contract).schema());
    for (Map.Entry<String, List<Delivered>> entry : fresh.entrySet()) {
      String name = entry.getKey();
      Feed feed = mine.get(name);
      Mapped mapped =
          new Mapped(
              contract,
              name,
              feed,
              feeds,
              in.settings(Company.SETTING),
              in.settings(ExchangeRates.SETTING));
      if (!entry.getValue().isEmpty()) {
        all = all.unionByName(delivered(name, feed, mapped, entry.getValue(), in), true);
      }
    }
    return all;
  }

  /** Of a table nothing tells how many. */
  private static double bytes(Feed feed, List<Delivered> files) {
    return isTable(feed) && !files.isEmpty()
        ? Double.POSITIVE_INFINITY
        : files.stream().mapToLong(one -> one.file().bytes()).sum();
  }

  /** Whether what is delivered is one table, whose size nothing tells. */
  static boolean isTable(Feed feed) {
    return feed.format() == Feed.Format.DELTA || feed.format() == Feed.Format.JDBC;
  }

  /** The identities of the files that a feed has read. */
  private static Set<String> read(String feed, Dataset<Row> previous) {
    return previous
        .filter(col("record").equalTo("file").and(col("feed").equalTo(feed)))
        .select("file", "file_tag")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0) + "#" + row.getString(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Dataset<Row> delivered(
      String name, Feed feed, Mapped mapped, List<Delivered> files, Inputs in) {
    Dataset<Row> records = fileRecords(name, feed, files, in);
    files.stream()
        .filter(file -> file.file().bytes() == 0 && !isTable(feed))
        .forEach(
            file -> in.note("file %s of feed %s is empty".formatted(file.file().path(), name)));
    return Reading.of(name, feed, mapped.wanted(), in.landing(), files)
        .map(reading -> held(name, feed, reading, in))
        .map(
            reading -> {
              Dataset<Row> named = broadcast(folders(feed, files, in));
              String[] bySparkName = {"_spark_file"};
              Dataset<Row> dated =
                  reading
                      .rows()
                      .withColumnRenamed("_file", "_spark_file")
                      .join(named, bySparkName, "left");
              Dataset<Row> counts =
                  reading
                      .counts()
                      .withColumnRenamed("_file", "_spark_file")
                      .join(named, bySparkName, "left")
                      .select(col("_file").as("counted"), col("file_rows"));
              return mapped
                  .rows(dated, other -> latest(other, in))
                  .unionByName(
                      records
                          .join(broadcast(counts), col("file").equalTo(col("counted")), "left")
                          .drop("counted"),
                      true);
            })
        .orElse(records.withColumn("file_rows", lit(0L)))
        .withColumn(
            "file_rows", when(col("record").equalTo("file"), coalesce(col("file_rows"), lit(0L))));
  }

  private static Reading held(String name, Feed feed, Reading reading, Inputs in) {
    Reading held = reading.held(name, feed, in.landing());
    if (feed.format() == Feed.Format.JDBC && held.rows().isEmpty()) {
      in.note("the database of feed %s holds no rows".formatted(name));
    }
    return held;
  }

  /**
   * Each file's date under the name that Spark gives its rows: encoded, and on a local disk with an
   * empty host or without.
   */
  private static Dataset<Row> folders(Feed feed, List<Delivered> files, Inputs in) {
    Map<String, Row> byName = new TreeMap<>();
    for (Delivered file : files) {
      String path = file.file().path();
      Date date = file.folderDate().map(Date::valueOf).orElse(null);
      for (String name : isTable(feed) ? List.of(path) : sparkNames(path)) {
        byName.put(name, RowFactory.create(name, path, date));
      }
    }
    return in.create(
        List.copyOf(byName.values()),
        new StructType()
            .add("_spark_file", DataTypes.StringType)
            .add("_file", DataTypes.StringType)
            .add("_folder", DataTypes.DateType));
  }

  private static List<String> sparkNames(String path) {
    String encoded = new Path(path).toUri().toString();
    return List.of(path, encoded, encoded.replaceFirst("^file:/+", "file:///"));
  }

  private static Dataset<Row> fileRecords(
      String name, Feed feed, List<Delivered> files, Inputs in) {
    List<Row> rows = new ArrayList<>();
    for (Delivered file : files) {
      rows.add(
          RowFactory.create(
              name,
              "file",
              file.file().path(),
              feed.arrives().name().toLowerCase(Locale.ROOT),
              file.file().bytes(),
              file.file().tag(),
              file.folderDate().map(Date::valueOf).orElse(null)));
    }
    Column day = coalesce(col("folder_date"), lit(Date.valueOf(Days.UNKNOWN)));
    return in.create(rows, FILE_RECORD).withColumn("arrival_date", day).withColumn("row_date", day);
  }

  /** The latest kept row of each thing of another contract. */
  private static Dataset<Row> latest(String contract, Inputs in) {
    Contract other =
        Contracts.ALL.stream().filter(c -> c.name().equals(contract)).findFirst().orElseThrow();
    var newestFirst =
        Window.partitionBy(other.id())
            .orderBy(
                col("row_version").desc_nulls_last(),
                col("arrival_date").desc(),
                col("file").desc(),
                col("row_hash").desc());
    return kept(in.all(table(other)))
        .withColumn("newest", row_number().over(newestFirst))
        .filter(col("newest").equalTo(1));
  }

  /** Too much dirt is a wrong mapping or a broken export: nothing of it is taken in. */
  private static void requireReadable(Dataset<Row> landed, Inputs in) {
    double most = in.settings(Feeds.SETTING).maxRejectedRate();
    List<Row> feeds =
        landed
            .filter(col("record").equalTo("row"))
            .groupBy("feed")
            .agg(
                count(lit(1)).as("rows"),
                sum(when(col("reject_reason").isNotNull(), 1).otherwise(0)).as("rejected"))
            .collectAsList();
    for (Row feed : feeds) {
      long rows = feed.getLong(1);
      long rejected = feed.getLong(2);
      if (rejected > 1 && rejected > most * rows) {
        refuse(feed.getString(0), rows, rejected, most, landed);
      }
    }
  }

  private static void refuse(
      String feed, long rows, long rejected, double most, Dataset<Row> landed) {
    List<Row> reasons =
        landed
            .filter(col("feed").equalTo(feed).and(col("reject_reason").isNotNull()))
            .withColumn("kind", regexp_replace(col("reject_reason"), "'.*'", "'...'"))
            .groupBy("kind")
            .agg(count(lit(1)).as("rows"), min("reject_reason").as("example"))
            .orderBy(col("rows").desc(), col("kind"))
            .takeAsList(3);
    Row first = reasons.get(0);
    if (first.getLong(1) == rows && first.getString(0).startsWith("cannot read")) {
      throw new BadInput(
          "Cannot read feed %s: no row of %d could be read; %s. Correct the column's mapping or its format in sources.feeds.%s.columns."
              .formatted(feed, rows, first.getString(2), feed));
    }
    throw new BrokenRule(
        "Cannot take in feed %s: %d of %d rows (%.1f%%) are rejected, more than sources.max_rejected_rate = %s. Most often: %s. Nothing was taken in; mend the export or the mapping and run again."
            .formatted(
                feed,
                rejected,
                rows,
                100.0 * rejected / rows,
                most,
                reasons.stream()
                    .map(r -> "%s (%d rows)".formatted(r.getString(2), r.getLong(1)))
                    .toList()));
  }
}
