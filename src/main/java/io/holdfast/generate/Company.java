package io.holdfast.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.PlatformFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Generates the feeds of a made-up SaaS company whose customers leave for reasons, and the truth.
 *
 * <p>The same parameters give the same bytes, on however many cores: each customer has dice of its
 * own, and each file is written whole by one task. Nothing but totals reaches the driver.
 */
public final class Company {
  private static final StructType FIGURES = StructType.fromDDL("figure STRING, value BIGINT");

  private Company() {}

  /**
   * What kind of company.
   *
   * @param customers how many sign up, from the first day to the last
   * @param lastDate the company's last local day; nothing that arrives later has landed
   * @param zone where the company's days begin and end
   * @param out a directory of any Hadoop file system
   * @param ceilingRuns how many times customers of a sample live on from each observation, to find
   *     how well leaving can be foreseen; 0: that is not looked for
   */
  public record Parameters(
      long customers,
      int days,
      long seed,
      LocalDate lastDate,
      ZoneId zone,
      String out,
      int ceilingRuns)
      implements Serializable {
    public Parameters {
      if (customers < 1 || days < 1) {
        throw new BadInput(
            String.format(
                Locale.ROOT,
                "Cannot generate a company of %d customers and %d days: ask for one of each or more.",
                customers,
                days));
      }
    }

    /** A company in New York on its usual last day. */
    public static Parameters of(long customers, int days, long seed, String out) {
      return new Parameters(
          customers, days, seed, LocalDate.of(2026, 6, 30), ZoneId.of("America/New_York"), out, 0);
    }

    public Parameters lastDate(LocalDate date) {
      return new Parameters(customers, days, seed, date, zone, out, ceilingRuns);
    }

    public Parameters ceilingRuns(int runs) {
      return new Parameters(customers, days, seed, lastDate, zone, out, runs);
    }

    public LocalDate firstDate() {
      return lastDate.minusDays(days - 1L);
    }

    CompanyCalendar calendar() {
      return new CompanyCalendar(firstDate(), days, zone);
    }
  }

  /** What was generated: the figures of {@code truth/counts.csv}. */
  public record Summary(Parameters parameters, SortedMap<String, Long> figures) {
    public long figure(String name) {
      return figures.getOrDefault(name, 0L);
    }

    public long events() {
      return figure("landed_events");
    }

    public double eventsPerCustomerDay() {
      return events() / ((double) parameters.customers() * parameters.days());
    }
  }

  /**
   * Writes {@code landing/} and {@code truth/} under the output directory.
   *
   * @throws BadInput if feeds stand there that are not a generated company's
   */
  public static Summary generate(SparkSession spark, Parameters parameters) {
    int cores = spark.sparkContext().defaultParallelism();
    return generate(spark, parameters, (int) Math.max(4L * cores, parameters.customers() / 2_000));
  }

  static Summary generate(SparkSession spark, Parameters parameters, int partitions) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    try {
      replaceOldCompany(parameters, hadoop);
      SortedMap<String, Long> figures = writeFeeds(spark, parameters, partitions, hadoop);
      write(parameters, hadoop, "truth/counts.csv", "figure,value", figures);
      if (figures.get(Feed.CEILING.figure()) > 0) {
        writeCeiling(spark, parameters, hadoop);
      }
      return new Summary(parameters, figures);
    } catch (IOException e) {
      throw new PlatformFailure("Cannot write a company to " + parameters.out() + ".", e);
    }
  }

  private static SortedMap<String, Long> writeFeeds(
      SparkSession spark, Parameters parameters, int partitions, Configuration hadoop) {
    var files = new FeedFiles(parameters.out(), new SerializableConfiguration(hadoop));
    Dataset<Row> figures =
        blocks(spark, parameters, partitions)
            .repartition(partitions, col("feed"), col("date"))
            .sortWithinPartitions("feed", "date", "customer", "planted")
            .mapPartitions(files, Encoders.row(FIGURES))
            .groupBy("figure")
            .sum("value");
    SortedMap<String, Long> totals = new TreeMap<>();
    for (Feed feed : Feed.values()) {
      if (feed != Feed.FIGURES) {
        totals.put(feed.figure(), 0L);
      }
    }
    for (Planted planted : Planted.values()) {
      if (planted != Planted.NOTHING) {
        totals.put(planted.figure(), 0L);
      }
    }
    for (Row figure : figures.collectAsList()) {
      totals.put(figure.getString(0), figure.getLong(1));
    }
    return Collections.unmodifiableSortedMap(totals);
  }

  /** The truth is also the mark of a generated company: only its feeds may be thrown away. */
  private static void replaceOldCompany(Parameters parameters, Configuration hadoop)
      throws IOException {
    var out = new Path(parameters.out());
    var landing = new Path(out, "landing");
    var mark = new Path(out, "truth/parameters.csv");
    FileSystem files = out.getFileSystem(hadoop);
    if (files.exists(landing) && !files.exists(mark)) {
      throw new BadInput(
          "Cannot generate into %s: the feeds in %s were not generated. Name another directory."
              .formatted(out, landing));
    }
    files.delete(landing, true);
    files.delete(new Path(out, "truth"), true);
    SortedMap<String, Object> given = new TreeMap<>();
    given.put("customers", parameters.customers());
    given.put("days", parameters.days());
    given.put("seed", parameters.seed());
    given.put("first_date", parameters.firstDate());
    given.put("last_date", parameters.lastDate());
    given.put("time_zone", parameters.zone());
    write(parameters, hadoop, "truth/parameters.csv", "parameter,value", given);
  }

  private static void write(
      Parameters parameters,
      Configuration hadoop,
      String name,
      String header,
      SortedMap<String, ?> values)
      throws IOException {
    var text = new StringBuilder(header).append('\n');
    values.forEach((key, value) -> text.append(key).append(',').append(value).append('\n'));
    try (OutputStream file = FeedFiles.create(new Path(parameters.out(), name), hadoop)) {
      file.write(text.toString().getBytes(UTF_8));
    }
  }

  /**
   * The sample is bounded, so that its observations fit in the driver however large the company.
   */
  private static void writeCeiling(SparkSession spark, Parameters parameters, Configuration hadoop)
      throws IOException {
    List<Row> observations =
        spark
            .read()
            .option("header", "true")
            .csv(new Path(parameters.out(), "truth/ceiling.csv").toString())
            .select("observation_date", "probability", "unannounced", "is_churned")
            .collectAsList();
    try (OutputStream file =
        FeedFiles.create(new Path(parameters.out(), "truth/ceiling_by_date.csv"), hadoop)) {
      file.write(Ceiling.byDate(observations).getBytes(UTF_8));
    }
  }

  private static Dataset<Row> blocks(SparkSession spark, Parameters parameters, int partitions) {
    MapPartitionsFunction<Long, Row> lives = numbers -> lives(numbers, parameters);
    return spark
        .range(0, parameters.customers(), 1, partitions)
        .mapPartitions(lives, Encoders.row(Block.SCHEMA));
  }

  /** The figures of a part of the company follow its last customer. */
  private static Iterator<Row> lives(Iterator<Long> numbers, Parameters parameters) {
    var calendar = parameters.calendar();
    var catalogue = Catalogue.of(calendar);
    var effects = Effects.plausible();
    var figures = new Figures();
    Iterable<Long> each = () -> numbers;
    Stream<Block> blocks =
        StreamSupport.stream(each.spliterator(), false)
            .flatMap(
                number -> {
                  var landing = Landing.of(calendar, number);
                  if (number == 0) {
                    catalogue.land(calendar, landing);
                    new Books(parameters, calendar, landing).land();
                    effects.land(landing);
                  }
                  var life = new Life(number, parameters, effects, calendar, catalogue, landing);
                  if (parameters.ceilingRuns() > 0) {
                    new Ceiling(number, parameters, calendar, landing).live(life);
                  } else {
                    life.live();
                  }
                  life.tellTheTruth(figures, catalogue);
                  return landing.blocks();
                });
    Stream<Block> last =
        Stream.of(figures)
            .map(sums -> new Block(Feed.FIGURES, "", -1, Planted.NOTHING, 1, sums.lines()));
    return Stream.concat(blocks, last).map(Block::toRow).iterator();
  }
}
