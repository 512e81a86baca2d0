package io.holdfast.metrics;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;

/** How much of what each customer is entitled to it uses. */
public final class CustomerAdoption {

  public static final Table TABLE =
      Table.in("metrics", "customer_adoption")
          .grain("one row per customer")
          .column("customer_id", StringType, "the customer")
          .column("entitled_features", LongType, "features that it is entitled to")
          .column("adopted_features", LongType, "of these, used in the trailing 28 days")
          .column("feature_adoption", DoubleType, "adopted / entitled; NULL: unknown")
          .key("customer_id")
          .published()
          .build();

  private CustomerAdoption() {}
}
