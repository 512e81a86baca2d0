package io.holdfast.metrics;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.UserDays;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many are active by day, week and month, of how many that could be, and how often and for how
 * long they come.
 *
 * <p>Source: metrics, "Activity" (entitled, DAU share, MAU share, stickiness, session frequency).
 */
public final class Engagement {

  private static final int WINDOW_DAYS = 28;

  public static final Table TABLE =
      Table.in("metrics", "engagement")
          .grain("one row per stream, unit and segment")
          .column("stream", StringType, "the activity stream, by its configured name")
          .column("events", StringType, "the events that count as activity")
          .column("unit", StringType, "whose activity: customer or user, or each id as sent")
          .column("segment_dimension", StringType, "what units are split by; all: not split")
          .column(
              "segment_value",
              StringType,
              "the segment as known at the end of as_of; unknown: no value then")
          .column("active_units_1d", LongType, "DAU: units active on as_of")
          .column("active_units_7d", LongType, "WAU: units active in the trailing 7 days")
          .column("active_units_28d", LongType, "MAU: units active in the trailing 28 days")
          .column(
              "active_unit_days_28d",
              LongType,
              "sum over the trailing 28 days of the units active on each: the DAU share's numerator")
          .column(
              "entitled_units",
              LongType,
              "users of customers that pay at the end of as_of, or these customers; NULL: no billing")
          .column(
              "entitled_unit_days_28d",
              LongType,
              "sum over the trailing 28 days of the units entitled on each; NULL: no billing")
          .column("dau_share", DoubleType, "active_unit_days_28d / entitled_unit_days_28d")
          .column("mau_share", DoubleType, "active_units_28d / entitled_units")
          .column("stickiness", DoubleType, "active_unit_days_28d / 28 / active_units_28d")
          .column(
              "observed_weeks",
              DataTypes.createDecimalType(18, 4),
              "sum over units of at least 7 days of tenure of min(28, tenure days) / 7")
          .column(
              "sessions_28d",
              LongType,
              "their sessions of any event; NULL where no times are known")
          .column(
              "sessions_per_week", DoubleType, "session frequency: sessions_28d / observed_weeks")
          .column("timed_sessions_28d", LongType, "of these: sessions of more than one event")
          .column(
              "session_minutes_28d",
              DataTypes.createDecimalType(18, 4),
              "their minutes, each up to activity.session_cap_minutes")
          .column("minutes_per_session", DoubleType, "session_minutes_28d / timed_sessions_28d")
          .column("is_small", BooleanType, "active_units_28d is below retention.min_cohort")
          .key("stream", "unit", "segment_dimension", "segment_value")
          .require(
              "who is active in a day is in a month",
              col("active_units_1d")
                  .leq(col("active_units_7d"))
                  .and(col("active_units_7d").leq(col("active_units_28d"))))
          .require(
              "nobody is active on more days than there are",
              col("active_unit_days_28d").leq(col("active_units_28d").multiply(WINDOW_DAYS)))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(RetentionFacts.READS)
          .reads(CustomerDays.TABLE, UserDays.TABLE)
          .settings(FollowedStreams.SETTING)
          .settings(RetentionSettings.SETTING)
          .settings(Company.SETTING)
          .as(Engagement::of);

  private Engagement() {}

  private static Dataset<Row> of(Inputs in) {
    StreamPeriods all =
        StreamPeriods.byUnit(
            RetentionFacts.of(in),
            in.settings(FollowedStreams.SETTING).streams(),
            in.settings(Company.SETTING).weekStartsOn());
    if (all.isEmpty()) {
      in.note("No engagement is measured: engagement.streams names none.");
      return in.create(List.of(), TABLE.schema());
    }
    return engagement(
        all,
        in.rows(CustomerDays.TABLE),
        in.rows(UserDays.TABLE),
        in.settings(RetentionSettings.SETTING).minCohort());
  }

  /** The figures of each stream and unit. */
  static Dataset<Row> engagement(
      StreamPeriods all, Dataset<Row> customerDays, Dataset<Row> userDays, int minCohort) {
    Dataset<Row> signups = all.signups();
    Dataset<Row> units =
        active(all)
            .unionByName(entitled(all, signups), true)
            .unionByName(sessions(all, customerDays, userDays), true)
            .unionByName(signups.select("lane", "unit_id", "birth_date"), true)
            .groupBy("lane", "unit_id")
            .agg(
                min_by(struct("customer_id", "person_id"), col("rank")).as("whose"),
                max("is_1d").as("is_1d"),
                max("is_7d").as("is_7d"),
                max("is_28d").as("is_28d"),
                max("active_days").as("active_days"),
                max("is_entitled").as("is_entitled"),
                max("entitled_days").as("entitled_days"),
                max("days").as("days"),
                max("sessions").as("sessions"),
                max("timed_sessions").as("timed_sessions"),
                max("session_minutes").as("session_minutes"),
                max("first_event_date").as("first_event_date"),
                max("birth_date").as("birth_date"))
            .filter(col("whose").isNotNull())
            .select(col("*"), col("whose.*"), lit(all.asOf()).as("known_date"));
    return all.named(
            figures(
                all.segmented(observed(units, all.asOf()), "known_date")
                    .crossJoin(all.facts().hasBilling())
                    .groupBy("lane", "segment", "has_billing"),
                minCohort))
        .drop("grain");
  }

  private static Dataset<Row> figures(RelationalGroupedDataset bySegment, int minCohort) {
    Column hasBilling = col("has_billing");
    Column days = col("active_unit_days_28d").cast("double");
    return bySegment
        .agg(
            count_if(col("is_1d")).as("active_units_1d"),
            count_if(col("is_7d")).as("active_units_7d"),
            count_if(col("is_28d")).as("active_units_28d"),
            coalesce(sum("active_days"), lit(0L)).as("active_unit_days_28d"),
            count_if(col("is_entitled")).as("entitled_now"),
            coalesce(sum("entitled_days"), lit(0L)).as("entitled_days"),
            sum("weeks").as("observed_weeks"),
            sum(when(col("weeks").isNotNull(), col("sessions"))).as("sessions_28d"),
            sum(when(col("weeks").isNotNull(), col("timed_sessions"))).as("timed_sessions_28d"),
            sum(when(col("weeks").isNotNull(), col("session_minutes"))).as("session_minutes_28d"))
        .withColumn("entitled_units", when(hasBilling, col("entitled_now")))
        .withColumn("entitled_unit_days_28d", when(hasBilling, col("entitled_days")))
        .withColumn("dau_share", try_divide(days, col("entitled_unit_days_28d")))
        .withColumn(
            "mau_share", try_divide(col("active_units_28d").cast("double"), col("entitled_units")))
        .withColumn("stickiness", try_divide(days.divide(WINDOW_DAYS), col("active_units_28d")))
        .withColumn(
            "sessions_per_week",
            try_divide(col("sessions_28d").cast("double"), col("observed_weeks").cast("double")))
        .withColumn(
            "minutes_per_session",
            try_divide(col("session_minutes_28d").cast("double"), col("timed_sessions_28d")))
        .withColumn("is_small", col("active_units_28d").lt(minCohort))
        .select(col("segment.*"), col("*"))
        .drop("segment", "has_billing", "entitled_now", "entitled_days");
  }

  private static Dataset<Row> active(StreamPeriods all) {
    LocalDate asOf = all.asOf();
    Column date = col("event_date");
    return all.days()
        .filter(date.gt(asOf.minusDays(WINDOW_DAYS)))
        .groupBy("lane", "unit_id", "event_date")
        .agg(max(struct("customer_id", "person_id")).as("whose"))
        .groupBy("lane", "unit_id")
        .agg(
            max(struct(date, col("whose"))).as("latest"),
            max(date.equalTo(asOf)).as("is_1d"),
            max(date.gt(asOf.minusDays(7))).as("is_7d"),
            count(lit(1)).as("active_days"))
        .select(
            col("lane"),
            col("unit_id"),
            col("latest.whose.*"),
            lit(1).as("rank"),
            col("is_1d"),
            col("is_7d"),
            lit(true).as("is_28d"),
            col("active_days"));
  }

  /** Units of customers that pay: on how many of the trailing days, and whether at their end. */
  private static Dataset<Row> entitled(StreamPeriods all, Dataset<Row> signups) {
    LocalDate asOf = all.asOf();
    Dataset<Row> paying =
        all.facts()
            .mrr()
            .filter(col("mrr").gt(0))
            .select(
                col("customer_id").as("payer_id"),
                col("from_date"),
                coalesce(col("until_date"), lit(LocalDate.of(9999, 12, 31))).as("until_date"));
    Column from =
        greatest(col("from_date"), col("birth_date"), lit(asOf.minusDays(WINDOW_DAYS - 1L)));
    Column until = least(col("until_date"), lit(asOf.plusDays(1)));
    return signups
        .join(paying, col("customer_id").equalTo(col("payer_id")), "inner")
        .withColumn("days", datediff(until, from))
        .filter(col("days").gt(0))
        .groupBy("lane", "unit_id", "customer_id", "person_id")
        .agg(sum("days").as("entitled_days"), max(col("until_date").gt(asOf)).as("is_entitled"))
        .withColumn("rank", lit(0));
  }

  /** Sessions of the trailing days, and the first event ever: where no signup is known, tenure. */
  private static Dataset<Row> sessions(
      StreamPeriods all, Dataset<Row> customerDays, Dataset<Row> userDays) {
    Dataset<Row> sent =
        unitDays(all, Unit.CUSTOMER, customerDays)
            .union(unitDays(all, Unit.USER, userDays))
            .filter(col("event_date").leq(all.asOf()));
    Column isRecent = col("event_date").gt(all.asOf().minusDays(WINDOW_DAYS));
    return all.ofUnits(all.facts().identified(sent))
        .groupBy("lane", "unit_id")
        .agg(
            nullif(count_if(isRecent), lit(0L)).as("days"),
            sum(when(isRecent, col("sessions"))).as("sessions"),
            sum(when(isRecent, col("timed_sessions"))).as("timed_sessions"),
            sum(when(isRecent, col("session_minutes"))).as("session_minutes"),
            min("event_date").as("first_event_date"));
  }

  private static Dataset<Row> unitDays(StreamPeriods all, Unit unit, Dataset<Row> days) {
    boolean isAsked = all.lanes().any(lane -> lane.unit().kind().equals(unit.kind()));
    return days.filter(lit(isAsked))
        .select(
            lit(unit.kind()).as("unit"),
            col(unit.isUser() ? "user_id" : "customer_id").as("unit_id"),
            col("customer_id"),
            col("event_date"),
            col("sessions"),
            col("timed_sessions"),
            col("session_minutes"));
  }

  /** Weeks of observation, of units whose sessions are known and who are a week old. */
  private static Dataset<Row> observed(Dataset<Row> units, LocalDate asOf) {
    Column tenure = datediff(lit(asOf), coalesce(col("birth_date"), col("first_event_date")));
    Column isKnown = col("sessions").isNotNull().or(col("days").isNull());
    return units.withColumn(
        "weeks",
        when(
            tenure.geq(7).and(isKnown),
            least(lit(WINDOW_DAYS), tenure)
                .cast(DataTypes.createDecimalType(18, 4))
                .divide(lit(7))
                .cast(DataTypes.createDecimalType(18, 4))));
  }
}
