package io.holdfast.activity;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.Events;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** On which days each customer saw what the product is for. Source: metrics, "TTV". */
public final class ValueDays {

  public static final Table TABLE =
      Table.in("activity", "value_days")
          .grain("one row per customer, as sent, and local day with a value event")
          .column("customer_id", StringType, "the customer, as the event says")
          .column("event_date", DateType, "the local day")
          .column("events", LongType, "value events, in rows")
          .key("customer_id", "event_date")
          .touched("event_date")
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Events.TABLE)
          .settings(ValueSettings.SETTING)
          .as(in -> days(in.rows(Events.TABLE), in.settings(ValueSettings.SETTING)));

  private ValueDays() {}

  static Dataset<Row> days(Dataset<Row> events, ValueSettings settings) {
    return events
        .filter(col("customer_id").isNotNull().and(settings.isValue()))
        .groupBy("customer_id", "event_date")
        .agg(count(lit(1)).as("events"));
  }
}
