package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** What customers were asked, and how they answered. */
public final class SurveyResponses {

  public static final Table TABLE =
      Table.in("conformed", "survey_responses")
          .grain("one row per question to one person and version of what was known of it")
          .column("response_id", StringType, "the question to one person")
          .column("survey", StringType, "csat, nps, ..., as the feed says")
          .column("touchpoint", StringType, "what it is about; NULL: not said")
          .column("object_id", StringType, "the thing it is about, such as a ticket; NULL: none")
          .column("customer_id", StringType, "the customer")
          .column("user_id", StringType, "the user who was asked; NULL: not said")
          .column("sent_at", TimestampType, "when it was asked; NULL where only the day is known")
          .column("sent_date", DateType, "the local day on which it was asked")
          .column(
              "responded_at",
              TimestampType,
              "when it was answered; NULL: not answered, or only the day")
          .column(
              "responded_date",
              DateType,
              "the local day on which it was answered; NULL: not answered")
          .column("score", DoubleType, "the mark, on the scale beside it")
          .column("scale_min", DoubleType, "the worst mark of the scale")
          .column("scale_max", DoubleType, "the best mark of the scale")
          .column("comment", StringType, "the customer's own words")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("response_id", "known_from")
          .whole()
          .warn(
              "a mark outside its scale (kept, and counted in no figure)",
              col("is_current")
                  .and(
                      col("score")
                          .lt(col("scale_min"))
                          .or(col("score").gt(col("scale_max")))
                          .or(col("scale_max").leq(col("scale_min")))))
          .warn(
              "answered before it was asked",
              col("is_current").and(col("responded_date").lt(col("sent_date"))))
          .build();

  private static final Table LANDED = Sources.table(Contracts.SURVEY_RESPONSES);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "response_id"));

  private SurveyResponses() {}
}
