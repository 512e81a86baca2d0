package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** Who works with the product on a customer's behalf. */
public final class Users {

  public static final Table TABLE =
      Table.in("conformed", "users")
          .grain("one row per user and version of what was known of it")
          .column("user_id", StringType, "the user")
          .column("customer_id", StringType, "the customer that the user belongs to")
          .column("email", StringType, "address")
          .column("role", StringType, "what the user does")
          .column("time_zone", StringType, "IANA name, as the feed says")
          .column("created_at", TimestampType, "when the user was created; NULL: only the day")
          .column("created_date", DateType, "the local day on which the user was created")
          .column("is_internal", BooleanType, "the company's own or a test user: never counted")
          .column("has_marketing_consent", BooleanType, "may be sent marketing; NULL: unknown")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("user_id", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.USERS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "user_id"));

  private Users() {}
}
