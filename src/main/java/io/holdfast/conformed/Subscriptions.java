package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What a customer pays for: one line of a contract each, with its monthly value. */
public final class Subscriptions {

  public static final Table TABLE =
      Table.in("conformed", "subscriptions")
          .grain("one row per subscription line and version of what was known of it")
          .column("subscription_id", StringType, "the line")
          .column("customer_id", StringType, "the customer who pays")
          .column("plan", StringType, "plan")
          .column("seats", LongType, "seats bought")
          .column(
              "mrr",
              DataTypes.createDecimalType(18, 4),
              "monthly recurring revenue of the line, net, in the reporting currency; 0: a trial")
          .column("currency", StringType, "the currency in which it is billed")
          .column("billing_period", StringType, "week, month, quarter or year")
          .column("is_trial", BooleanType, "a trial: MRR 0")
          .column("start_date", DateType, "the first local day of the line")
          .column("end_date", DateType, "the first local day that is not paid; NULL: running")
          .column("end_reason", StringType, "why it ended, as the feed says")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("subscription_id", "known_from")
          .whole()
          .warn("ends before it starts", col("end_date").lt(col("start_date")))
          .build();

  private Subscriptions() {}
}
