package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

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

  private Events() {}
}
