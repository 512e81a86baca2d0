package io.holdfast.conformed;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.sketch.BloomFilter;

/** What customers and their users did in the product. */
public final class Events {

  public static final Table TABLE =
      Table.in("conformed", "events")
          .grain("one row per event; rows of one id with different content are all kept, numbered")
          .column("event_id", StringType, "the event's id; for a feed without ids, one made of it")
          .column(
              "clash_number",
              IntegerType,
              "1; more where other content of the same id was known before this row")
          .column("customer_id", StringType, "the customer")
          .column("user_id", StringType, "the user; NULL: not said")
          .column("session_id", StringType, "the source's session; NULL: not said")
          .column("event", StringType, "what happened, by the source's name")
          .column("feature", StringType, "the feature that was used; NULL: none")
          .column("subscription_id", StringType, "the line in whose name it happened; NULL: unsaid")
          .column("occurred_at", TimestampType, "when; NULL where only the day is known")
          .column("event_date", DateType, "the local day on which it happened")
          .column(
              "quantity", DataTypes.createDecimalType(18, 4), "how much of it, for depth of use; 1")
          .column(
              "properties",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .column("feed", StringType, "the feed that said so")
          .column("arrival_date", DateType, "the date on which it arrived")
          .checked("signup_date", DateType, "the customer's signup")
          .checked("start_date", DateType, "the first day of the subscription line")
          .checked("end_date", DateType, "the first day that the subscription line does not pay")
          .key("event_date", "event_id", "clash_number")
          .touched("event_date")
          .warn("an id repeated with other content (both kept)", col("clash_number").gt(1))
          .warn("before the customer's signup", col("event_date").lt(col("signup_date")))
          .warn("before its subscription's start", col("event_date").lt(col("start_date")))
          .warn("after its subscription's last paid day", col("event_date").geq(col("end_date")))
          .build();

  private static final String ID_HASH = "id_hash";

  /** With more, more ids are compared in vain: with ten times as many, most. */
  private static final long EXPECTED_REPEATED_IDS = 1_000_000;

  private static final Table LANDED = Sources.table(Contracts.EVENTS);

  // The company's time zone gave the landed rows their days: state of another zone must not mix.
  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED, Customers.TABLE, Subscriptions.TABLE)
          .settings(ConformedSettings.SETTING)
          .settings(Company.SETTING)
          .alsoReplaces(
              in ->
                  daysOfTheSameIds(
                      in.rows(LANDED),
                      in.around(LANDED, in.settings(ConformedSettings.SETTING).clashDays())))
          .as(
              in ->
                  ruled(
                      events(
                          in.rows(LANDED),
                          in.around(LANDED, in.settings(ConformedSettings.SETTING).clashDays()),
                          in.settings(ConformedSettings.SETTING).clashDays()),
                      in.rows(Customers.TABLE),
                      in.rows(Subscriptions.TABLE)));

  /**
   * The further days on which rows of the touched days' events lie: a clash changes both its rows.
   *
   * @param landed rows of the touched days
   * @param around rows of the days around them
   */
  static Days daysOfTheSameIds(Dataset<Row> landed, Dataset<Row> around) {
    Dataset<Row> elsewhere =
        identified(around)
            .join(identified(landed).select(ID_HASH), new String[] {ID_HASH}, "left_semi")
            .select("row_date")
            .distinct();
    return Days.of(
        elsewhere.collectAsList().stream().map(row -> row.getDate(0).toLocalDate()).toList());
  }

  /**
   * Merges repeats and numbers clashes. Few ids come twice, so only the rows of these are sorted
   * and compared.
   *
   * @param landed rows of some days of the landed table
   * @param around rows of the days around them, in which clashes are looked for
   * @param clashDays how many days apart two rows of one id can lie to be compared
   */
  static Dataset<Row> events(Dataset<Row> landed, Dataset<Row> around, int clashDays) {
    Dataset<Row> rows = identified(landed);
    Dataset<Row> others = identified(around);
    Column isRepeated = isAmong(repeated(rows, others));
    Dataset<Row> once = rows.filter(not(isRepeated)).withColumn("clash_number", lit(1));
    Dataset<Row> several = rows.filter(isRepeated);
    Dataset<Row> compared =
        compared(several, several.unionByName(others.filter(isRepeated)), clashDays);
    return once.unionByName(compared)
        .withColumnRenamed("occurred_date", "event_date")
        .withColumn("quantity", coalesce(col("quantity"), lit(1)))
        .withColumnRenamed("attributes", "properties");
  }

  /** The hashes of the rows' ids that come more than once. */
  private static Dataset<Row> repeated(Dataset<Row> rows, Dataset<Row> others) {
    Dataset<Row> here = rows.groupBy(ID_HASH).count().filter(col("count").gt(1)).select(ID_HASH);
    Dataset<Row> elsewhere =
        others.select(ID_HASH).join(rows.select(ID_HASH), new String[] {ID_HASH}, "left_semi");
    return here.union(elsewhere);
  }

  /**
   * Whether a row's id is among some, or may be: who is taken for one of them is compared in vain.
   * A filter of fixed size says so row by row. A join would send all rows around, for the few.
   */
  private static Column isAmong(Dataset<Row> ids) {
    // Without any the filter is none.
    Dataset<Row> atLeastOne = ids.union(ids.sparkSession().range(1).select(col("id").as(ID_HASH)));
    BloomFilter filter = atLeastOne.stat().bloomFilter(ID_HASH, EXPECTED_REPEATED_IDS, 0.01);
    UDF1<Long, Boolean> mightContain = filter::mightContainLong;
    return udf(mightContain, DataTypes.BooleanType).apply(col(ID_HASH));
  }

  /**
   * The kept rows; one without an id is named by its content. Ids are looked for by their hashes,
   * which are short and of one length: if two ids share one, they are compared in vain.
   */
  private static Dataset<Row> identified(Dataset<Row> landed) {
    return Sources.kept(landed)
        .withColumn("event_id", coalesce(col("event_id"), concat(lit("r"), hex(col("row_hash")))))
        .withColumn(ID_HASH, xxhash64(col("event_id")));
  }

  /** Rows of ids that come more than once: each content once, and numbered. */
  private static Dataset<Row> compared(Dataset<Row> landed, Dataset<Row> nearby, int clashDays) {
    Dataset<Row> numbers = clashes(distinct(nearby), clashDays);
    Column later = col("clashes").equalTo("later_wins");
    return distinct(landed)
        .join(numbers, new String[] {"event_id", "row_hash", "row_date"}, "left")
        .filter(not(later).or(col("number").isNull()).or(col("is_last")))
        .withColumn("clash_number", coalesce(col("number"), lit(1)))
        .drop("number", "is_last");
  }

  /** Each row once: equal rows have equal hashes, and the first to arrive stands for all. */
  private static Dataset<Row> distinct(Dataset<Row> rows) {
    WindowSpec first =
        Window.partitionBy("row_date", "event_id", "row_hash")
            .orderBy("arrival_date", "file", "feed");
    return rows.withColumn("nth", row_number().over(first))
        .filter(col("nth").equalTo(1))
        .drop("nth");
  }

  /**
   * For each row whose id also has other content: its place among them by arrival.
   *
   * <p>Each row is compared with those of the days around its own and with no others, whatever was
   * read: so a day that is replaced alone looks as it does when all are.
   */
  private static Dataset<Row> clashes(Dataset<Row> rows, int clashDays) {
    Dataset<Row> brief =
        rows.select(
            col("event_id"),
            col("row_hash"),
            col("row_date"),
            struct(
                    coalesce(col("row_version"), lit("")),
                    col("arrival_date"),
                    col("file"),
                    col("row_hash"))
                .as("arrival"));
    WindowSpec ofDay = Window.partitionBy("event_id", "row_date");
    WindowSpec around =
        Window.partitionBy("event_id")
            .orderBy(unix_date(col("row_date")))
            .rangeBetween(-clashDays, clashDays);
    WindowSpec ofId = Window.partitionBy("event_id");
    return brief
        .withColumn("least", min("row_hash").over(ofId))
        .withColumn("most", max("row_hash").over(ofId))
        .filter(col("least").notEqual(col("most")))
        .withColumn("first_around", min("arrival").over(around))
        .withColumn("last_around", max("arrival").over(around))
        .withColumn("first_of_day", min("arrival").over(ofDay))
        .withColumn("place", row_number().over(ofDay.orderBy("arrival")))
        .withColumn(
            "number",
            col("place").plus(when(col("first_around").lt(col("first_of_day")), 1).otherwise(0)))
        .withColumn("is_last", col("arrival").equalTo(col("last_around")))
        .select("event_id", "row_hash", "row_date", "number", "is_last");
  }

  /** Puts beside each event what the rules hold it against. */
  private static Dataset<Row> ruled(
      Dataset<Row> events, Dataset<Row> customers, Dataset<Row> subscriptions) {
    Dataset<Row> lines =
        Known.current(subscriptions).select("subscription_id", "start_date", "end_date");
    return Signups.joined(events, customers).join(lines, new String[] {"subscription_id"}, "left");
  }

  private Events() {}
}
