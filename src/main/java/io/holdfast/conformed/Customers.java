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

/** Who the customers are: one account of the company's product each. */
public final class Customers {

  public static final Table TABLE =
      Table.in("conformed", "customers")
          .grain("one row per customer and version of what was known of it")
          .column("customer_id", StringType, "the customer")
          .column("name", StringType, "what people call it")
          .column("email", StringType, "its address, where the account itself has one")
          .column("country", StringType, "country")
          .column("acquisition_channel", StringType, "how it came")
          .column("company_size", StringType, "band or number of employees, as the feed says")
          .column("plan", StringType, "plan as the customer feed says; revenue reads subscriptions")
          .column("owner", StringType, "the customer-success manager")
          .column("signup_at", TimestampType, "when it signed up; NULL where only the day is known")
          .column("signup_date", DateType, "the local day on which it signed up")
          .column("is_internal", BooleanType, "the company's own or a test account: never counted")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("customer_id", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.CUSTOMERS);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "customer_id"));

  private Customers() {}
}
