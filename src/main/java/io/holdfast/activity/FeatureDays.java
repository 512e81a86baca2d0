package io.holdfast.activity;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Which features each customer used on each day, whatever kind of event says so. */
public final class FeatureDays {

  public static final Table TABLE =
      Table.in("activity", "feature_days")
          .grain("one row per customer, feature and local day of use")
          .column("customer_id", StringType, "the customer")
          .column("feature", StringType, "the feature, as events name it")
          .column("event_date", DateType, "the local day")
          .column("events", LongType, "uses, in rows")
          .column("quantity", DataTypes.createDecimalType(18, 4), "uses, by quantity: depth of use")
          .key("customer_id", "feature", "event_date")
          .touched("event_date")
          .build();

  public static final Job JOB =
      Job.writes(TABLE).reads(Events.TABLE).as(in -> days(in.rows(Events.TABLE)));

  private FeatureDays() {}

  /** The uses of every feature, from the events of the days to make. */
  static Dataset<Row> days(Dataset<Row> events) {
    return events
        .filter(col("customer_id").isNotNull().and(col("feature").isNotNull()))
        .groupBy("customer_id", "feature", "event_date")
        .agg(count(lit(1)).as("events"), sum("quantity").as("quantity"));
  }

  /**
   * The uses of every feature with merged accounts as one.
   *
   * @param days rows of this table
   * @param aliases rows of {@link Aliases}
   */
  public static Dataset<Row> merged(Dataset<Row> days, Dataset<Row> aliases) {
    return Aliases.canonical(days, "customer_id", aliases, Aliases.CUSTOMER)
        .groupBy("customer_id", "feature", "event_date")
        .agg(sum("events").as("events"), sum("quantity").as("quantity"));
  }
}
