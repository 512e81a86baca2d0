package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** Whom customers brought. */
public final class Referrals {

  public static final Table TABLE =
      Table.in("conformed", "referrals")
          .grain("one row per referral and version of what was known of it")
          .column("referral_id", StringType, "the referral")
          .column("code", StringType, "the referrer's code")
          .column("customer_id", StringType, "the referrer")
          .column("referred_customer_id", StringType, "who came of it; NULL: nobody yet")
          .column("referred_email", StringType, "the address it was sent to")
          .column("created_at", TimestampType, "when it was made; NULL where only the day is known")
          .column("created_date", DateType, "the local day on which it was made")
          .column("status", StringType, "how far it got, as the feed says")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("referral_id", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.REFERRALS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "referral_id"));

  private Referrals() {}
}
