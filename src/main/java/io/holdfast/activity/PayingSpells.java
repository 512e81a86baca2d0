package io.holdfast.activity;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;

/** When each customer paid without a break, and how each spell ended. */
public final class PayingSpells {

  public static final Table TABLE =
      Table.in("activity", "paying_spells")
          .grain("one row per customer, way of counting and spell of paying days")
          .column("customer_id", StringType, "the customer")
          .column(
              "counting",
              StringType,
              "snapshot: as it was; confirmed: gaps of up to gap_days are bridged")
          .column("spell", IntegerType, "1 for the customer's first, then 2, ...")
          .column("start_date", DateType, "the first local day that is paid")
          .column("end_date", DateType, "the churn date: the first local day after; NULL: running")
          .column(
              "confirmed_date",
              DateType,
              "the last day on which a return would still undo the churn: end_date + gap_days")
          .column("is_voluntary", BooleanType, "left by choice; false: for want of payment")
          .column("end_reason", StringType, "why the last line ended, as the feed says")
          .key("customer_id", "counting", "spell")
          .whole()
          .build();

  private PayingSpells() {}
}
