package io.holdfast.activity;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What each customer pays a month, from day to day: the sum of its subscription lines. */
public final class CustomerMrr {

  public static final Table TABLE =
      Table.in("activity", "customer_mrr")
          .grain("one row per customer and run of days on which MRR, plan and lines are the same")
          .column("customer_id", StringType, "the customer")
          .column("from_date", DateType, "the first local day")
          .column("until_date", DateType, "the first local day after it; NULL: open")
          .column(
              "mrr",
              DataTypes.createDecimalType(18, 4),
              "monthly recurring revenue of all lines; above 0: the customer pays")
          .column("plan", StringType, "plan of the line of highest MRR, then latest start, then id")
          .column(
              "plans", DataTypes.createArrayType(StringType), "plans of all lines: the entitlement")
          .column("lines", LongType, "subscription lines that run, trials too")
          .column("seats", LongType, "seats of all lines")
          .key("customer_id", "from_date")
          .whole()
          .require("MRR is never negative", col("mrr").geq(0))
          .build();

  private CustomerMrr() {}
}
