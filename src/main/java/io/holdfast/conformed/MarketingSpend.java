package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What winning customers costs. */
public final class MarketingSpend {

  public static final Table TABLE =
      Table.in("conformed", "marketing_spend")
          .grain("one row per booking and version of what was known of it")
          .column("spend_id", StringType, "the booking; for a feed without ids, one made of it")
          .column("spend_date", DateType, "the local day it belongs to")
          .column("channel", StringType, "the acquisition channel; NULL: none")
          .column("kind", StringType, "sales or marketing; NULL: not said")
          .column("campaign", StringType, "the campaign; NULL: none")
          .column(
              "amount",
              DataTypes.createDecimalType(18, 4),
              "how much; below 0: a credit note, in the reporting currency")
          .column(
              "original_amount", DataTypes.createDecimalType(18, 4), "the same in its own currency")
          .column("currency", StringType, "its own currency")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("spend_id", "known_from")
          .whole()
          .warn("a negative amount", col("is_current").and(col("original_amount").lt(0)))
          .build();

  private static final Table LANDED = Sources.table(Contracts.MARKETING_SPEND);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .settings(Company.SETTING)
          .settings(ExchangeRates.SETTING)
          .as(
              in ->
                  Money.reported(
                      Versions.of(in.rows(LANDED), in.all(LANDED), "spend_id"),
                      "spend_date",
                      in.settings(Company.SETTING),
                      in.settings(ExchangeRates.SETTING)));

  private MarketingSpend() {}
}
