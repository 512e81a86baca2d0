package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What people of the company did with a customer. */
public final class Touchpoints {

  public static final Table TABLE =
      Table.in("conformed", "touchpoints")
          .grain("one row per touch and version of what was known of it")
          .column("touchpoint_id", StringType, "the touch; for a feed without ids, one made of it")
          .column("customer_id", StringType, "the customer")
          .column("user_id", StringType, "the user; NULL: not said")
          .column("owner", StringType, "who of the company it was; NULL: not said")
          .column(
              "kind", StringType, "outreach, health_check, business_review, training, call, ...")
          .column("channel", StringType, "email, phone, meeting, ...")
          .column("occurred_at", TimestampType, "when; NULL where only the day is known")
          .column("occurred_date", DateType, "the local day")
          .column("minutes", DoubleType, "how long")
          .column("outcome", StringType, "how it went, as the feed says")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("touchpoint_id", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.TOUCHPOINTS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "touchpoint_id"));

  private Touchpoints() {}
}
