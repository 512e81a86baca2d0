package io.holdfast.ops;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.LandedDays;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Accounts for every row of every feed, as of a night. */
public final class FeedDeliveries {

  public static final Table TABLE =
      Table.in("ops", "feed_deliveries")
          .grain("one row per night and feed")
          .column("contract", StringType, "what the feed tells of")
          .column("feed", StringType, "the feed")
          .column("landed_rows", LongType, "rows in the files that were read")
          .column("kept_rows", LongType, "rows that say something new, up to this night")
          .column("rejected_rows", LongType, "rows that could not be taken; see ops.rejected_rows")
          .column("merged_rows", LongType, "repeats of a kept row")
          .column("not_yet_due_rows", LongType, "kept rows that are about a day after this night")
          .column("first_date", DateType, "the first local day that a kept row is about")
          .column("last_date", DateType, "the last local day, up to this night, that one is about")
          .key("contract", "feed")
          .require(
              "every landed row is accounted for",
              col("landed_rows")
                  .equalTo(
                      col("kept_rows")
                          .plus(col("rejected_rows"))
                          .plus(col("merged_rows"))
                          .plus(col("not_yet_due_rows"))))
          .published()
          .build();

  public static final Job JOB = Job.writes(TABLE).reads(LandedDays.TABLE).as(FeedDeliveries::told);

  /** The account, which the run also prints. */
  private static Dataset<Row> told(Inputs in) {
    Dataset<Row> deliveries = deliveries(in.rows(LandedDays.TABLE), in.asOf());
    for (Row feed : deliveries.orderBy("contract", "feed").collectAsList()) {
      in.note(
          "%s: %,d rows landed = %,d kept + %,d rejected + %,d merged as repeats + %,d not yet due"
              .formatted(
                  feed.<String>getAs("feed"),
                  feed.<Long>getAs("landed_rows"),
                  feed.<Long>getAs("kept_rows"),
                  feed.<Long>getAs("rejected_rows"),
                  feed.<Long>getAs("merged_rows"),
                  feed.<Long>getAs("not_yet_due_rows")));
    }
    return deliveries;
  }

  /** The account of a night, from that of each day. */
  static Dataset<Row> deliveries(Dataset<Row> days, LocalDate asOf) {
    Column isDue = col("row_date").leq(lit(Date.valueOf(asOf)));
    Column hasDay =
        col("row_date").notEqual(lit(Date.valueOf(Days.UNKNOWN))).and(col("kept_rows").gt(0));
    return days.groupBy("contract", "feed")
        .agg(
            sum("landed_rows").as("landed_rows"),
            coalesce(sum(when(isDue, col("kept_rows"))), lit(0L)).as("kept_rows"),
            sum("rejected_rows").as("rejected_rows"),
            sum("merged_rows").as("merged_rows"),
            coalesce(sum(when(isDue, 0L).otherwise(col("kept_rows"))), lit(0L))
                .as("not_yet_due_rows"),
            min(when(hasDay, col("row_date"))).as("first_date"),
            max(when(hasDay.and(isDue), col("row_date"))).as("last_date"));
  }

  private FeedDeliveries() {}
}
