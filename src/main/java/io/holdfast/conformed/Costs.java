package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What serving and keeping customers costs. */
public final class Costs {

  public static final Table TABLE =
      Table.in("conformed", "costs")
          .grain("one row per booking and version of what was known of it")
          .column("cost_id", StringType, "the booking; for a feed without ids, one made of it")
          .column("cost_date", DateType, "the local day it belongs to")
          .column(
              "category", StringType, "cost_of_revenue, support, customer_success, programme, ...")
          .column("program", StringType, "the programme it was spent on; NULL: none")
          .column("customer_id", StringType, "the customer it was spent on; NULL: no single one")
          .column(
              "amount",
              DataTypes.createDecimalType(18, 4),
              "how much; below 0: a credit note, in the reporting currency")
          .column(
              "original_amount", DataTypes.createDecimalType(18, 4), "the same in its own currency")
          .column("currency", StringType, "its own currency")
          .column("is_one_off", BooleanType, "spent once, not every month; NULL: not said")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("cost_id", "known_from")
          .whole()
          .warn("a negative amount", col("is_current").and(col("original_amount").lt(0)))
          .build();

  private static final Table LANDED = Sources.table(Contracts.COSTS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .settings(Company.SETTING)
          .settings(ExchangeRates.SETTING)
          .as(
              in ->
                  Money.reported(
                      Versions.of(in.rows(LANDED), in.all(LANDED), "cost_id"),
                      "cost_date",
                      in.settings(Company.SETTING),
                      in.settings(ExchangeRates.SETTING)));

  private Costs() {}
}
