package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.median;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Tickets;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * How fast and how well customers are answered, by the tier of support they have.
 *
 * <p>Source: metrics, "Satisfaction, support, customer success". The tier is that of the day on
 * which the ticket was opened. A ticket without a first answer has missed its target once the
 * target has passed for sure; until then, and where it was closed without one, it is in no
 * attainment.
 */
public final class Support {

  private static final int MINUTES_PER_DAY = 1440;

  public static final Table TABLE =
      Table.in("metrics", "support")
          .grain("one row per tier of support with a ticket, and one for all")
          .column("support_tier", StringType, "the tier, from support.tiers; all: every one")
          .column("target_minutes", IntegerType, "by when the first answer should come; NULL: all")
          .column("tickets", LongType, "tickets opened in the trailing support.window_days")
          .column("answered_tickets", LongType, "of these: with a first answer by the end of as_of")
          .column("median_first_response_minutes", DoubleType, "median over answered_tickets")
          .column("p90_first_response_minutes", DoubleType, "90th percentile over them")
          .column("decided_tickets", LongType, "answered, or unanswered and past the target")
          .column("in_time_tickets", LongType, "of these: answered within the tier's target")
          .column("attainment_rate", DoubleType, "in_time_tickets / decided_tickets")
          .column("attainment_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("attainment_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("resolved_tickets", LongType, "of tickets: closed by the end of as_of")
          .column("resolution_rate", DoubleType, "resolved_tickets / tickets")
          .column("resolution_rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("resolution_rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("median_resolution_days", DoubleType, "median local days from opening to closing")
          .column("earlier_tickets", LongType, "tickets opened in the window before this one")
          .column(
              "ticket_trend",
              DoubleType,
              "tickets / earlier_tickets - 1; NULL: none before, or tickets begin within it")
          .column("open_tickets", LongType, "open at the end of as_of, whenever they were opened")
          .column("median_open_days", DoubleType, "median local days since they were opened")
          .column("max_open_days", IntegerType, "local days since the oldest was opened")
          .column(
              "reopened_tickets",
              LongType,
              "of tickets: open again after they were closed; NULL: no ticket has a history")
          .column("escalated_tickets", LongType, "of tickets: escalated; NULL: not told")
          .column("is_small", BooleanType, "tickets is below retention.min_cohort")
          .key("support_tier")
          .require("answered is opened", col("answered_tickets").leq(col("tickets")))
          .require("in time is decided", col("in_time_tickets").leq(col("decided_tickets")))
          .require("resolved is opened", col("resolved_tickets").leq(col("tickets")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Tickets.TABLE, Customers.TABLE, Aliases.TABLE, CustomerMrr.TABLE)
          .settings(SupportSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(Support::measured);

  private Support() {}

  private static Dataset<Row> measured(Inputs in) {
    if (in.rows(Tickets.TABLE).isEmpty()) {
      in.note("No support is measured: no feed tells of tickets.");
    }
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    return support(
        Counted.rows(
            in.rows(Tickets.TABLE),
            Aliases.currentCustomers(in.rows(Customers.TABLE), aliases),
            aliases),
        in.rows(CustomerMrr.TABLE),
        in.settings(SupportSettings.SETTING),
        in.settings(RetentionSettings.SETTING).minCohort(),
        in.asOf());
  }

  /**
   * Measures a window.
   *
   * @param versions every version of each ticket, of customers that count
   * @param mrr what each customer has from day to day
   */
  static Dataset<Row> support(
      Dataset<Row> versions,
      Dataset<Row> mrr,
      SupportSettings settings,
      int minCohort,
      LocalDate asOf) {
    Dataset<Row> tickets = told(versions, asOf);
    return grouped(tiered(tickets, mrr, settings), settings, asOf)
        .withColumn("attainment_rate", Wilson.rate(col("in_time_tickets"), col("decided_tickets")))
        .withColumn(
            "attainment_rate_low", Wilson.low(col("in_time_tickets"), col("decided_tickets")))
        .withColumn(
            "attainment_rate_high", Wilson.high(col("in_time_tickets"), col("decided_tickets")))
        .withColumn("resolution_rate", Wilson.rate(col("resolved_tickets"), col("tickets")))
        .withColumn("resolution_rate_low", Wilson.low(col("resolved_tickets"), col("tickets")))
        .withColumn("resolution_rate_high", Wilson.high(col("resolved_tickets"), col("tickets")))
        .withColumn("is_small", col("tickets").lt(minCohort));
  }

  /** What stands of each ticket at the end of a night, and what its history says. */
  private static Dataset<Row> told(Dataset<Row> versions, LocalDate asOf) {
    var inTime = Window.partitionBy("ticket_id").orderBy("known_from");
    Column reopens =
        lag("closed_date", 1).over(inTime).isNotNull().and(col("closed_date").isNull());
    Dataset<Row> histories =
        versions
            .withColumn("reopens", reopens)
            .groupBy("ticket_id")
            .agg(max("reopens").as("was_reopened"), count(lit(1)).as("versions"));
    Dataset<Row> known =
        histories.agg(coalesce(max("versions").gt(1), lit(false)).as("has_history"));
    Column answeredBy =
        date_add(
            col("opened_date"),
            floor(col("first_response_minutes").divide(MINUTES_PER_DAY)).cast("int"));
    Dataset<Row> current =
        Known.current(versions)
            .filter(col("opened_date").leq(asOf))
            .withColumn("minutes", when(answeredBy.leq(asOf), col("first_response_minutes")))
            .withColumn("is_closed", coalesce(col("closed_date").leq(asOf), lit(false)));
    Dataset<Row> responses =
        current.agg(coalesce(max(col("minutes").isNotNull()), lit(false)).as("has_responses"));
    return current
        .join(histories, new String[] {"ticket_id"}, "left")
        .crossJoin(known)
        .crossJoin(responses)
        .withColumn("was_reopened", when(col("has_history"), col("was_reopened")));
  }

  /** Puts beside each ticket the tier and target of its customer on the day it was opened. */
  private static Dataset<Row> tiered(
      Dataset<Row> tickets, Dataset<Row> mrr, SupportSettings settings) {
    Dataset<Row> runs =
        mrr.select(
            col("customer_id").as("payer"),
            col("from_date"),
            col("until_date"),
            col("mrr"),
            col("plans"));
    Column isThen =
        col("customer_id")
            .equalTo(col("payer"))
            .and(Counted.covers("from_date", "until_date", col("opened_date")));
    Column tier = lit(null).cast("string");
    Column target = lit(null).cast("int");
    // The last in line wins, so the shortest target comes last.
    List<Map.Entry<String, SupportSettings.Tier>> slowestFirst =
        settings.tiers().entrySet().stream()
            .sorted(
                Comparator.comparing(
                        (Map.Entry<String, SupportSettings.Tier> entry) ->
                            entry.getValue().targetMinutes())
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    for (Map.Entry<String, SupportSettings.Tier> entry : slowestFirst) {
      Column takes = takes(entry.getValue());
      tier = when(takes, entry.getKey()).otherwise(tier);
      target = when(takes, entry.getValue().targetMinutes()).otherwise(target);
    }
    return tickets
        .join(runs, isThen, "left")
        .withColumn("support_tier", tier)
        .withColumn("target_minutes", target);
  }

  private static Column takes(SupportSettings.Tier tier) {
    Column pays = tier.isPaidOnly() ? coalesce(col("mrr").gt(0), lit(false)) : lit(true);
    if (tier.plans().isEmpty()) {
      return pays;
    }
    Object[] plans = tier.plans().stream().map(plan -> plan.toLowerCase(Locale.ROOT)).toArray();
    return pays.and(coalesce(exists(col("plans"), plan -> lower(plan).isin(plans)), lit(false)));
  }

  private static Dataset<Row> grouped(
      Dataset<Row> tickets, SupportSettings settings, LocalDate asOf) {
    LocalDate start = asOf.minusDays(settings.windowDays());
    LocalDate before = start.minusDays(settings.windowDays());
    Column isRecent = col("opened_date").gt(start);
    Column isEarlier = col("opened_date").gt(before).and(col("opened_date").leq(start));
    Column minutes = when(isRecent, col("minutes"));
    Column isMissed =
        col("has_responses")
            .and(col("minutes").isNull())
            .and(not(col("is_closed")))
            .and(
                date_add(
                        col("opened_date"),
                        floor(
                                col("target_minutes")
                                    .plus(MINUTES_PER_DAY - 1)
                                    .divide(MINUTES_PER_DAY))
                            .cast("int"))
                    .leq(asOf));
    Column openDays = when(not(col("is_closed")), datediff(lit(asOf), col("opened_date")));
    Column resolution =
        when(isRecent.and(col("is_closed")), datediff(col("closed_date"), col("opened_date")));
    Dataset<Row> firsts = tickets.agg(min("opened_date").as("first_opened_date"));
    return tickets
        .withColumn("of_tier", col("support_tier"))
        .withColumn("support_tier", explode(array(col("of_tier"), lit("all"))))
        .groupBy("support_tier")
        .agg(
            max(when(col("support_tier").notEqual("all"), col("target_minutes")))
                .as("target_minutes"),
            count_if(isRecent).as("tickets"),
            count(minutes).as("answered_tickets"),
            median(minutes).as("median_first_response_minutes"),
            percentile(minutes, lit(0.9)).as("p90_first_response_minutes"),
            count_if(isRecent.and(col("minutes").isNotNull().or(isMissed))).as("decided_tickets"),
            count_if(isRecent.and(coalesce(col("minutes").leq(col("target_minutes")), lit(false))))
                .as("in_time_tickets"),
            count_if(isRecent.and(col("is_closed"))).as("resolved_tickets"),
            median(resolution).as("median_resolution_days"),
            count_if(isEarlier).as("earlier_tickets"),
            count(openDays).as("open_tickets"),
            median(openDays).as("median_open_days"),
            max(openDays).as("max_open_days"),
            sum(when(isRecent, col("was_reopened").cast("long"))).as("reopened_tickets"),
            sum(when(isRecent, col("is_escalated").cast("long"))).as("escalated_tickets"))
        .crossJoin(firsts)
        .withColumn(
            "ticket_trend",
            when(
                col("earlier_tickets").gt(0).and(col("first_opened_date").leq(before.plusDays(1))),
                col("tickets").cast("double").divide(col("earlier_tickets")).minus(1)))
        .drop("first_opened_date");
  }
}
