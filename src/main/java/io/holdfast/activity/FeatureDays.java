package io.holdfast.activity;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** Which features each customer used on each day. */
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

  private FeatureDays() {}
}
