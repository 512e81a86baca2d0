package io.holdfast.churn;

import static io.holdfast.churn.Feature.Kind.CATEGORY;
import static io.holdfast.churn.Feature.Kind.NUMBER;
import static io.holdfast.churn.UseFeatures.EIGHT_WEEKS;
import static io.holdfast.churn.UseFeatures.FOUR_WEEKS;
import static io.holdfast.churn.UseFeatures.WEEK;
import static io.holdfast.churn.UseFeatures.activeWeeks;
import static io.holdfast.churn.UseFeatures.breadth;
import static io.holdfast.churn.UseFeatures.distinct;
import static io.holdfast.churn.UseFeatures.ifTold;
import static io.holdfast.churn.UseFeatures.missing;
import static io.holdfast.churn.UseFeatures.olderDays;
import static io.holdfast.churn.UseFeatures.recentDays;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.churn.Feature.Family;
import io.holdfast.table.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Every feature, declared once: what it counts or measures, its window, its meaning, its words. */
final class ChurnFeatures {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  private static final String RECENT_AND_EARLIER_DAYS =
      "used on {active_days_28d} of the last 28 days; on {active_days_before_28d} of the 28 before";

  private static final List<Feature> USE =
      List.of(
          use("active_days_7d", IntegerType, 7, recentDays(WEEK), "active days of the last 7")
              .words("used on {} of the last 7 days"),
          use(
                  "active_days_28d",
                  IntegerType,
                  28,
                  recentDays(FOUR_WEEKS),
                  "active days of the last 28")
              .words(RECENT_AND_EARLIER_DAYS),
          use(
                  "active_days_before_28d",
                  IntegerType,
                  56,
                  recentDays(EIGHT_WEEKS).minus(recentDays(FOUR_WEEKS)),
                  "active days of the 28 before the last 28")
              .words(RECENT_AND_EARLIER_DAYS),
          use(
                  "active_days_56d",
                  IntegerType,
                  56,
                  recentDays(EIGHT_WEEKS),
                  "active days of the last 56")
              .words("used on {} of the last 56 days"),
          use(
                  "active_days_91d",
                  IntegerType,
                  91,
                  recentDays(EIGHT_WEEKS).plus(olderDays()),
                  "active days of the last 91")
              .words("used on {} of the last 91 days"),
          use(
                  "active_days_change_28d",
                  IntegerType,
                  56,
                  recentDays(FOUR_WEEKS).multiply(2).minus(recentDays(EIGHT_WEEKS)),
                  "active days of the last 28 minus those of the 28 before")
              .words(RECENT_AND_EARLIER_DAYS),
          use(
                  "active_weeks_13w",
                  IntegerType,
                  91,
                  activeWeeks(),
                  "weeks of the last 13 with an active day")
              .words("used in {} of the last 13 weeks"),
          use(
                  "days_since_active_max_91",
                  IntegerType,
                  91,
                  coalesce(datediff(col("observation_date"), col("last_active_date")), lit(91)),
                  "days since the last active day; 91: longer")
              .words("last used {} days ago", 91, "not used in the last 91 days"),
          use("events_28d", LongType, 28, orNone("recent_events"), "events of the last 28 days")
              .words("{} events in the last 28 days; {events_change_28d|change} than before"),
          use(
                  "events_change_28d",
                  LongType,
                  56,
                  orNone("recent_events").minus(orNone("earlier_events")),
                  "events of the last 28 days minus those of the 28 before")
              .words("{events_28d} events in the last 28 days; {|change} than in the 28 before"),
          use(
                  "core_event_28d_rate",
                  DoubleType,
                  28,
                  col("recent_core_events").divide(col("recent_events")),
                  "share of the events of the last 28 days that are core events")
              .words("{|percent} of the events of the last 28 days were real work"),
          use(
                  "quantity_28d",
                  MONEY,
                  28,
                  orNone("recent_quantity"),
                  "quantity of the core events of the last 28 days")
              .words("amount of use in the last 28 days: {}"),
          use(
                  "quantity_change_28d",
                  MONEY,
                  56,
                  orNone("recent_quantity").minus(orNone("earlier_quantity")),
                  "quantity of the last 28 days minus that of the 28 before")
              .words("amount of use in the last 28 days: {|change} than in the 28 before"),
          use(
                  "active_users_28d",
                  IntegerType,
                  28,
                  distinct("recent_users"),
                  "distinct users with a core event in 28 days")
              .words("{} different users in the last 28 days"),
          use(
                  "active_users_change_28d",
                  IntegerType,
                  56,
                  distinct("recent_users").minus(distinct("earlier_users")),
                  "distinct users of the last 28 days minus those of the 28 before")
              .words("{active_users_28d} users in the last 28 days; {|change} than before"),
          use(
                  "lost_users_28d",
                  IntegerType,
                  56,
                  missing("earlier_users", "recent_users"),
                  "users of the 28 days before the last 28 who were not seen since")
              .words("{} users of the month before did not come back"),
          use(
                  "used_seats_28d_rate",
                  DoubleType,
                  28,
                  distinct("recent_users").divide(col("seats")),
                  "active users of 28 days per seat bought")
              .words("{active_users_28d} users in the last 28 days for {seats} seats"),
          use(
                  "logins_per_week_28d",
                  DoubleType,
                  28,
                  ifTold("recent_events", col("recent_logins")).divide(4),
                  "log-ins a week over the last 28 days")
              .words("{} log-ins a week in the last 28 days"),
          use(
                  "logins_change_28d",
                  LongType,
                  56,
                  ifTold("recent_events", col("recent_logins"))
                      .minus(ifTold("earlier_events", col("earlier_logins"))),
                  "log-ins of the last 28 days minus those of the 28 before")
              .words("{logins_per_week_28d} log-ins a week; {|change} in 28 days than before"),
          use(
                  "sessions_per_week_28d",
                  DoubleType,
                  28,
                  ifTold("recent_events", col("recent_sessions")).divide(4),
                  "sessions a week over the last 28 days")
              .words("{} sessions a week in the last 28 days"),
          use(
                  "sessions_change_28d",
                  LongType,
                  56,
                  ifTold("recent_events", col("recent_sessions"))
                      .minus(ifTold("earlier_events", col("earlier_sessions"))),
                  "sessions of the last 28 days minus those of the 28 before")
              .words("{sessions_per_week_28d} sessions a week; {|change} in 28 days than before"),
          use(
                  "session_minutes_28d",
                  DoubleType,
                  28,
                  col("recent_minutes").divide(col("recent_timed")),
                  "mean minutes of a session of the last 28 days")
              .words("sessions of {} minutes on average"),
          use(
                  "features_used_28d",
                  IntegerType,
                  28,
                  distinct("recent_features"),
                  "distinct features used in the last 28 days")
              .words("{} different features used in the last 28 days"),
          use(
                  "features_change_28d",
                  IntegerType,
                  56,
                  distinct("recent_features").minus(distinct("earlier_features")),
                  "distinct features of the last 28 days minus those of the 28 before")
              .words("{features_used_28d} features in the last 28 days; {|change} than before"),
          use(
                  "dropped_features_28d",
                  IntegerType,
                  56,
                  missing("earlier_features", "recent_features"),
                  "features of the 28 days before the last 28 that were not used since")
              .words("{} features of the month before are no longer used"),
          use(
                  "tried_features_28d",
                  IntegerType,
                  56,
                  missing("recent_features", "earlier_features"),
                  "features of the last 28 days that were not used in the 28 before")
              .words("{} features used that were not used the month before"),
          use(
                  "breadth_28d_rate",
                  DoubleType,
                  28,
                  breadth(""),
                  "share of the features of its plans used in 28 days")
              .words("uses {|percent} of what its plan includes"),
          use("core_breadth_28d_rate", DoubleType, 28, breadth("core"), "the same of core features")
              .words("uses {|percent} of the core features"),
          use(
                  "advanced_breadth_28d_rate",
                  DoubleType,
                  28,
                  breadth("advanced"),
                  "the same of advanced features")
              .words("uses {|percent} of the advanced features"),
          use(
                  "integration_breadth_28d_rate",
                  DoubleType,
                  28,
                  breadth("integration"),
                  "the same of integrations")
              .words("uses {|percent} of the integrations"),
          use(
                  "reporting_breadth_28d_rate",
                  DoubleType,
                  28,
                  breadth("reporting"),
                  "the same of reporting features")
              .words("uses {|percent} of the reporting features"));

  private static final List<Feature> SUPPORT =
      List.of(
          count(Family.TICKETS, "tickets_opened_28d", 28, lit(true), "tickets of the last 28 days")
              .words("{} support tickets in the last 28 days"),
          count(Family.TICKETS, "tickets_opened_91d", 91, lit(true), "tickets of the last 91 days")
              .words("{} support tickets in the last 91 days"),
          dated(
                  Family.TICKETS,
                  "tickets_change_28d",
                  LongType,
                  56,
                  count_if(col("age_days").leq(28))
                      .minus(count_if(col("age_days").between(29, 56))),
                  0,
                  "tickets of the last 28 days minus those of the 28 before")
              .words(
                  "{tickets_opened_28d} support tickets in the last 28 days; {|change} than before"),
          dated(
                  Family.TICKETS,
                  "open_tickets",
                  LongType,
                  0,
                  count_if(isOpen()),
                  0,
                  "support tickets not closed yet")
              .words("{} support tickets are open"),
          dated(
                  Family.TICKETS,
                  "oldest_open_ticket_days",
                  IntegerType,
                  0,
                  max(when(isOpen(), col("age_days"))),
                  0,
                  "age of the oldest open ticket; 0: none is open")
              .words("a support ticket has been open for {} days"),
          count(
                  Family.TICKETS,
                  "escalations_91d",
                  91,
                  coalesce(col("is_escalated"), lit(false)),
                  "tickets of the last 91 days that were escalated")
              .words("{} escalated tickets in the last 91 days"),
          dated(
                  Family.TICKETS,
                  "first_response_hours_91d",
                  DoubleType,
                  91,
                  avg(firstResponse()).divide(60),
                  null,
                  "mean hours until the first answer to the tickets of the last 91 days")
              .words("waited {} hours on average for support's first answer"),
          dated(
                  Family.TICKETS,
                  "first_response_met_91d_rate",
                  DoubleType,
                  91,
                  avg(firstResponse().leq(col("target_minutes")).cast("double")),
                  null,
                  "share of the first answers of the last 91 days that came in time")
              .words("support answered {|percent} of its tickets in time"),
          dated(
                  Family.TICKETS,
                  "resolution_days_91d",
                  DoubleType,
                  91,
                  avg(
                      when(
                          within(91).and(not(isOpen())),
                          datediff(col("closed_date"), col("opened_date")))),
                  null,
                  "mean days until the tickets of the last 91 days were closed")
              .words("its tickets took {} days on average to close"),
          dated(
                  Family.TICKETS,
                  "ticket_satisfaction_182d",
                  DoubleType,
                  182,
                  avg(when(within(182), col("satisfaction_score"))),
                  null,
                  "mean mark for the tickets of the last 182 days, on the feed's scale")
              .words("marked support with {} on average"));

  private static final List<Feature> BILLING =
      List.of(
          count(
                  Family.PAYMENTS,
                  "payments_failed_28d",
                  28,
                  col("is_failed"),
                  "payments of the last 28 days that failed")
              .words("{} failed payments in the last 28 days"),
          count(
                  Family.PAYMENTS,
                  "payments_failed_91d",
                  91,
                  col("is_failed"),
                  "payments of the last 91 days that failed")
              .words("{} failed payments in the last 91 days"),
          dated(
                  Family.PAYMENTS,
                  "has_unpaid_failure",
                  IntegerType,
                  91,
                  max_by(
                      col("is_failed").cast("int"),
                      struct("attempted_date", "attempted_at", "payment_id")),
                  0,
                  "1: the latest attempt to collect failed")
              .words("its last payment went through", 1, "its last payment failed"),
          count(
                  Family.PAYMENTS,
                  "payments_late_182d",
                  182,
                  col("is_paid").and(col("attempted_date").gt(col("due_date"))),
                  "payments of the last 182 days that came after they were due")
              .words("{} late payments in the last 182 days"),
          dated(
                  Family.PAYMENTS,
                  "payment_late_days_182d",
                  DoubleType,
                  182,
                  avg(
                      when(
                          within(182).and(col("is_paid")),
                          greatest(datediff(col("attempted_date"), col("due_date")), lit(0)))),
                  null,
                  "mean days by which the payments of the last 182 days were late")
              .words("pays {} days late on average"),
          count(
                  Family.PAYMENTS,
                  "refunds_182d",
                  182,
                  col("kind").equalTo("refund"),
                  "refunds of the last 182 days")
              .words("{} refunds in the last 182 days"));

  private static final Column ANSWERED = col("responded_date").lt(col("observation_date"));

  /** A mark between 0, the worst of its scale, and 10, the best. */
  private static final Column MARK =
      when(
          ANSWERED
              .and(col("scale_max").gt(col("scale_min")))
              .and(col("score").between(col("scale_min"), col("scale_max"))),
          col("score")
              .minus(col("scale_min"))
              .multiply(10)
              .divide(col("scale_max").minus(col("scale_min"))));

  private static final List<Feature> SATISFACTION =
      List.of(
          count(Family.SURVEYS, "surveys_sent_182d", 182, lit(true), "surveys of 182 days")
              .words("asked {} times in the last 182 days"),
          dated(
                  Family.SURVEYS,
                  "survey_response_182d_rate",
                  DoubleType,
                  182,
                  avg(when(within(182), coalesce(ANSWERED, lit(false)).cast("double"))),
                  null,
                  "share of the surveys of the last 182 days that it answered")
              .words("answered {|percent} of the surveys of the last 182 days"),
          dated(
                  Family.SURVEYS,
                  "survey_mark_182d",
                  DoubleType,
                  182,
                  avg(when(within(182), MARK)),
                  null,
                  "mean mark of the surveys of the last 182 days, 0 to 10")
              .words("gave {} of 10 on average in the last 182 days"),
          dated(
                  Family.SURVEYS,
                  "survey_mark_last",
                  DoubleType,
                  182,
                  max_by(MARK, when(MARK.isNotNull(), struct("responded_date", "response_id"))),
                  null,
                  "the last mark it gave in a survey of 182 days, 0 to 10")
              .words("last gave {} of 10"),
          dated(
                  Family.SURVEYS,
                  "survey_mark_change_91d",
                  DoubleType,
                  182,
                  avg(when(within(91), MARK))
                      .minus(avg(when(col("age_days").between(92, 182), MARK))),
                  null,
                  "mean mark of the last 91 days minus that of the 91 before")
              .words("its marks changed by {} of 10 in 91 days"));

  private static final List<Feature> TOUCH =
      List.of(
          count(Family.TOUCHPOINTS, "touchpoints_28d", 28, lit(true), "touches of 28 days")
              .words("{} touches by the company in the last 28 days"),
          count(Family.TOUCHPOINTS, "touchpoints_91d", 91, lit(true), "touches of 91 days")
              .words("{} touches by the company in the last 91 days"),
          dated(
                  Family.TOUCHPOINTS,
                  "days_since_touchpoint_max_182",
                  IntegerType,
                  182,
                  min("age_days"),
                  182,
                  "days since the company last touched it; 182: longer")
              .words("last touched {} days ago", 182, "not touched in the last 182 days"),
          dated(
                  Family.TOUCHPOINTS,
                  "touchpoint_minutes_91d",
                  DoubleType,
                  91,
                  sum(when(within(91), col("minutes"))),
                  0,
                  "minutes of touches of the last 91 days")
              .words("{} minutes with the company in the last 91 days"));

  private static final List<Feature> MAIL =
      List.of(
          count(Family.MESSAGES, "messages_sent_28d", 28, lit(true), "messages of 28 days")
              .words("{} messages in the last 28 days"),
          dated(
                  Family.MESSAGES,
                  "messages_opened_91d_rate",
                  DoubleType,
                  91,
                  shareOf("opened_date"),
                  null,
                  "share of the messages of the last 91 days that were opened")
              .words("opened {|percent} of its messages in the last 91 days"),
          dated(
                  Family.MESSAGES,
                  "messages_clicked_91d_rate",
                  DoubleType,
                  91,
                  shareOf("clicked_date"),
                  null,
                  "share of the messages of the last 91 days that were clicked")
              .words("clicked {|percent} of its messages in the last 91 days"),
          count(
                  Family.MESSAGES,
                  "unsubscribes_182d",
                  182,
                  col("unsubscribed_date").lt(col("observation_date")),
                  "messages of the last 182 days after which a user wanted no more")
              .words("{} users asked for no more messages in the last 182 days"));

  private static final List<Feature> PEOPLE =
      List.of(
          dated(
                  Family.USERS,
                  "users",
                  LongType,
                  0,
                  count_if(lit(true)),
                  0,
                  "users that the customer has created")
              .words("{} users are set up"),
          count(Family.USERS, "users_created_91d", 91, lit(true), "users created in 91 days")
              .words("{} users were set up in the last 91 days"));

  private static final List<Feature> CONTRACT =
      List.of(
          contract("mrr", MONEY, NUMBER, col("mrr"), "monthly recurring revenue")
              .words("pays {} a month"),
          contract(
                  "mrr_change_91d",
                  MONEY,
                  NUMBER,
                  col("mrr").minus(col("mrr_before")),
                  "MRR minus MRR 91 days ago")
              .words("pays {|change} a month than 91 days ago"),
          contract("seats", LongType, NUMBER, col("seats"), "seats bought").words("{} seats"),
          contract(
                  "seats_change_91d",
                  LongType,
                  NUMBER,
                  col("seats").minus(col("seats_before")),
                  "seats minus seats 91 days ago")
              .words("{seats} seats; {|change} than 91 days ago"),
          contract(
                  "mrr_per_seat",
                  DoubleType,
                  NUMBER,
                  col("mrr").divide(when(col("seats").gt(0), col("seats"))),
                  "MRR per seat")
              .words("pays {} a month for a seat"),
          contract("subscription_lines", LongType, NUMBER, col("lines"), "lines that run")
              .words("{} subscription lines"),
          contract(
                  "lines_started_182d",
                  LongType,
                  NUMBER,
                  col("lines_started"),
                  "subscription lines that began in the last 182 days")
              .words("{} subscription lines began in the last 182 days"),
          contract(
                  "lines_ended_182d",
                  LongType,
                  NUMBER,
                  col("lines_ended"),
                  "subscription lines that ended in the last 182 days")
              .words("{} subscription lines ended in the last 182 days"),
          contract(
                  "paying_days",
                  IntegerType,
                  NUMBER,
                  datediff(col("observation_date"), col("first_start_date")),
                  "days since the first subscription line began")
              .words("first paid line {} days ago"),
          contract(
                  "plan_days",
                  IntegerType,
                  NUMBER,
                  datediff(col("observation_date"), col("line.start_date")),
                  "days since the line of the plan began")
              .words("on this plan for {} days"),
          contract(
                  "days_to_renewal",
                  IntegerType,
                  NUMBER,
                  ContractFeatures.daysToRenewal(),
                  "days until the line of the plan begins its next term")
              .words("renews in {} days"),
          contract(
                  "days_to_scheduled_end",
                  IntegerType,
                  NUMBER,
                  when(
                      col("open_lines").equalTo(0),
                      datediff(col("last_end_date"), col("observation_date"))),
                  "days until the last line ends, where that is known; left out by default")
              .words("has cancelled for {} days from now"),
          contract(
                  "discount_rate",
                  DoubleType,
                  NUMBER,
                  col("line.discount_rate"),
                  "share off the price of the line of the plan that runs")
              .words("has {|percent} off its price"),
          contract(
                  "discount_days_left",
                  IntegerType,
                  NUMBER,
                  when(
                      col("line.discount_end").gt(col("observation_date")),
                      datediff(col("line.discount_end"), col("observation_date"))),
                  "days until the discount of the line of the plan ends")
              .words("its discount ends in {} days"),
          contract(
                  "past_due_days",
                  IntegerType,
                  NUMBER,
                  greatest(
                      datediff(
                          col("observation_date"),
                          coalesce(col("past_due_since"), col("observation_date"))),
                      lit(0)),
                  "days for which a line has not been paid; 0: paid up")
              .words("has not paid for {} days"),
          contract("plan", StringType, CATEGORY, col("plan"), "plan").words("plan {}"),
          contract(
                  "billing_period",
                  StringType,
                  CATEGORY,
                  col("line.billing_period"),
                  "how often it is billed")
              .words("billed by the {}"));

  private static final List<Feature> ACCOUNT =
      List.of(
          account(
                  "tenure_days",
                  IntegerType,
                  NUMBER,
                  col("tenure_days"),
                  "days since signup, else the first event")
              .words("a customer for {} days"),
          account(
                  "days_to_first_use",
                  IntegerType,
                  NUMBER,
                  when(
                      col("first_core_date").geq(col("signup_date")),
                      datediff(col("first_core_date"), col("signup_date"))),
                  "days from signup to the first core event")
              .words("took {} days from signup to its first use"),
          account(
                  "has_seen_value",
                  IntegerType,
                  NUMBER,
                  when(isValueTold(), col("first_value_date").isNotNull()),
                  "1: it has seen what the product is for, by value.events and value.features")
              .words("has not seen value yet", 1, "has seen value"),
          account(
                  "days_to_value",
                  IntegerType,
                  NUMBER,
                  when(
                      isValueTold(),
                      greatest(
                          datediff(
                              coalesce(col("first_value_date"), col("observation_date")),
                              col("signup_date")),
                          lit(0))),
                  "days from signup to the first value; where there is none yet, to the date")
              .words("{} days from signup to value, or without it so far"),
          account(
                  "has_success_manager",
                  IntegerType,
                  NUMBER,
                  col("owner").isNotNull(),
                  "1: a customer-success manager is assigned")
              .words("nobody looks after it", 1, "has a success manager"),
          account("country", StringType, CATEGORY, col("country"), "country").words("country {}"),
          account(
                  "acquisition_channel",
                  StringType,
                  CATEGORY,
                  col("acquisition_channel"),
                  "how the customer came")
              .words("came by {}"),
          account(
                  "company_size",
                  StringType,
                  CATEGORY,
                  col("company_size"),
                  "size of the customer's company")
              .words("company size {}"));

  private static final List<Feature> COMBINED =
      List.of(
          combined(
                  "active_days_trend_rate",
                  DoubleType,
                  col("active_days_28d")
                      .divide(28)
                      .divide(
                          when(col("active_days_91d").gt(0), col("active_days_91d")).divide(91)),
                  "active days of the last 28 against the customer's own 91-day norm; 1: as usual")
              .words("used {|percent} as often as in its last 91 days"),
          combined(
                  "tickets_per_user_91d",
                  DoubleType,
                  col("tickets_opened_91d")
                      .divide(when(col("active_users_28d").gt(0), col("active_users_28d"))),
                  "tickets of the last 91 days per active user")
              .words("{} support tickets per active user in 91 days"),
          combined(
                  "events_per_user_28d",
                  DoubleType,
                  col("events_28d")
                      .divide(when(col("active_users_28d").gt(0), col("active_users_28d"))),
                  "events of the last 28 days per active user")
              .words("{} events per active user in the last 28 days"));

  /** Value is told of who signed up when events were told of, where anything shows it. */
  private static Column isValueTold() {
    return col("is_value_said").and(col("signup_date").geq(col(PointInTime.startOf(Family.USE))));
  }

  /** All of them; a company's own attributes come on top. */
  static final List<Feature> ALL =
      Stream.of(
              USE, SUPPORT, BILLING, SATISFACTION, TOUCH, MAIL, PEOPLE, CONTRACT, ACCOUNT, COMBINED)
          .flatMap(List::stream)
          .toList();

  private ChurnFeatures() {}

  /** The columns of all features. */
  static List<Field> fields() {
    return ALL.stream()
        .map(feature -> new Field(feature.name(), feature.type(), feature.meaning()))
        .toList();
  }

  /** The features of a family. */
  static List<Feature> of(Family family) {
    return ALL.stream().filter(feature -> feature.family() == family).toList();
  }

  /** All features and the attributes that the configuration names. */
  static List<Feature> of(DatasetSettings settings) {
    return Stream.concat(
            ALL.stream(),
            settings.attributes().entrySet().stream()
                .map(one -> attribute(one.getKey(), one.getValue())))
        .toList();
  }

  /** The column of an attribute among the features. */
  static String attributeColumn(String name) {
    return "attribute_" + name.replaceAll("\\W", "_");
  }

  /** Rows with a column for each attribute that the configuration names. */
  static Dataset<Row> withAttributes(Dataset<Row> rows, DatasetSettings settings) {
    Map<String, Column> columns = new LinkedHashMap<>();
    settings
        .attributes()
        .forEach(
            (name, kind) ->
                columns.put(
                    attributeColumn(name),
                    col("attributes").getItem(name).cast(attribute(name, kind).type())));
    return columns.isEmpty() ? rows : rows.withColumns(columns);
  }

  private static Feature attribute(String name, Feature.Kind kind) {
    DataType type = kind == NUMBER ? DoubleType : StringType;
    return new Declared(
            attributeColumn(name),
            type,
            kind,
            Family.ATTRIBUTE,
            lit(null),
            0,
            null,
            "the customer's " + name)
        .words(name.replace('_', ' ') + " {}");
  }

  /** A feature that still lacks its words. */
  private record Declared(
      String name,
      DataType type,
      Feature.Kind kind,
      Family family,
      Column value,
      int windowDays,
      Integer none,
      String meaning) {

    Feature words(String template) {
      return words(template, Double.NaN, "");
    }

    Feature words(String template, double limit, String atLimit) {
      return new Feature(
          name,
          type,
          kind,
          family,
          value,
          windowDays,
          none,
          meaning,
          new Words(name, template, limit, atLimit, meaning));
    }
  }

  private static Declared use(
      String name, DataType type, int windowDays, Column value, String meaning) {
    return new Declared(name, type, NUMBER, Family.USE, value, windowDays, null, meaning);
  }

  private static Declared dated(
      Family family,
      String name,
      DataType type,
      int windowDays,
      Column value,
      Integer none,
      String meaning) {
    return new Declared(name, type, NUMBER, family, value, windowDays, none, meaning);
  }

  /** How many rows of a window a condition holds for. */
  private static Declared count(
      Family family, String name, int windowDays, Column condition, String meaning) {
    return dated(
        family,
        name,
        LongType,
        windowDays,
        count_if(within(windowDays).and(condition)),
        0,
        meaning);
  }

  private static Declared contract(
      String name, DataType type, Feature.Kind kind, Column value, String meaning) {
    return new Declared(name, type, kind, Family.CONTRACT, value, 0, null, meaning);
  }

  private static Declared account(
      String name, DataType type, Feature.Kind kind, Column value, String meaning) {
    return new Declared(name, type, kind, Family.ACCOUNT, value, 0, null, meaning);
  }

  private static Declared combined(String name, DataType type, Column value, String meaning) {
    return new Declared(name, type, NUMBER, Family.COMBINED, value, 0, null, meaning);
  }

  /** Whether a row happened in the days before the observation date. */
  private static Column within(int days) {
    return col("age_days").leq(days);
  }

  /** A ticket's end may be known before its day: then it is still open on that date. */
  private static Column isOpen() {
    return col("closed_date").isNull().or(col("closed_date").geq(col("observation_date")));
  }

  /** Minutes to the first answer, if it had come before the observation date. */
  private static Column firstResponse() {
    Column days = floor(col("first_response_minutes").divide(24 * 60)).cast("int");
    return when(
        within(91).and(date_add(col("opened_date"), days).lt(col("observation_date"))),
        col("first_response_minutes"));
  }

  private static Column shareOf(String day) {
    return avg(
        when(
            within(91), coalesce(col(day).lt(col("observation_date")), lit(false)).cast("double")));
  }

  private static Column orNone(String sum) {
    return coalesce(col(sum), lit(0));
  }
}
