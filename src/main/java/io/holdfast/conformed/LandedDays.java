package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Accounts for every landed row: kept, rejected, or merged as a repeat of one that is kept. */
public final class LandedDays {

  public static final Table TABLE =
      Table.in("conformed", "landed_days")
          .grain("one row per feed and local day that its rows are about")
          .column("contract", StringType, "what the feed tells of")
          .column("feed", StringType, "the feed")
          .column("row_date", DateType, "the local day; 1970-01-01: rows that tell no day")
          .column("landed_rows", LongType, "rows in the files")
          .column("kept_rows", LongType, "rows that say something new")
          .column("rejected_rows", LongType, "rows that could not be taken; see ops.rejected_rows")
          .column("merged_rows", LongType, "repeats of a kept row")
          .key("contract", "feed", "row_date")
          .touched("row_date")
          .require(
              "every landed row is accounted for",
              col("landed_rows")
                  .equalTo(col("kept_rows").plus(col("rejected_rows")).plus(col("merged_rows"))))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Contracts.ALL.stream().map(Sources::table).toArray(Table[]::new))
          .as(LandedDays::days);

  private static Dataset<Row> days(Inputs in) {
    return Contracts.ALL.stream()
        .map(contract -> days(contract, in.rows(Sources.table(contract))))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  /**
   * The account of one contract. Equal rows of a feed that are about one day are repeats; but a
   * thing that is again what it once was, by a later version, is news.
   */
  static Dataset<Row> days(Contract contract, Dataset<Row> landed) {
    Column isKept = col("reject_reason").isNull();
    Column version = contract.equals(Contracts.EVENTS) ? lit(null) : col("row_version");
    return landed
        .filter(col("record").equalTo("row"))
        .withColumn("content", when(isKept, col("row_hash")))
        .withColumn("version", when(isKept, version))
        .groupBy("feed", "row_date", "content", "version")
        .agg(
            count(lit(1)).as("landed_rows"),
            sum(when(isKept, 0L).otherwise(1L)).as("rejected_rows"))
        .withColumn("merged_rows", when(col("content").isNotNull(), col("landed_rows").minus(1)))
        .groupBy("feed", "row_date")
        .agg(
            sum("landed_rows").as("landed_rows"),
            sum("rejected_rows").as("rejected_rows"),
            sum(greatest(col("merged_rows"), lit(0L))).as("merged_rows"),
            sum(when(col("content").isNotNull(), 1L).otherwise(0L)).as("kept_rows"))
        .withColumn("contract", lit(contract.name()));
  }

  private LandedDays() {}
}
