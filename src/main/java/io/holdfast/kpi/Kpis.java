package io.holdfast.kpi;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.conformed.Costs;
import io.holdfast.conformed.Messages;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.kpi.Kpi.Better;
import io.holdfast.kpi.Kpi.Dashboard;
import io.holdfast.kpi.Kpi.Reading;
import io.holdfast.kpi.Kpi.Unit;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.Engagement;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Support;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.table.Table;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;

/** The KPIs, in the order in which dashboards show them. */
final class Kpis {

  /** What "a month" is where a figure is counted up to any day. */
  private static final int MONTH_DAYS = 30;

  /** All users, by core events. */
  private static final String CORE_USERS =
      "stream = 'core' and unit = 'user' and segment_dimension = 'all'";

  private static final String THIS_MONTH = "counting = 'snapshot' and window_kind = 'month'";

  static final List<Kpi> ALL =
      List.of(
          new Kpi(
              "mrr",
              "Monthly recurring revenue",
              Dashboard.EXECUTIVE,
              Unit.MONEY,
              Better.HIGHER,
              "MRR of all customers that pay at the end of the day.",
              Optional.of(Reading.latest(MrrMonthly.TABLE, THIS_MONTH, "window_start", "end_mrr")),
              "feed subscriptions with a customer that pays"),
          new Kpi(
              "paying_customers",
              "Paying customers",
              Dashboard.EXECUTIVE,
              Unit.COUNT,
              Better.HIGHER,
              "Customers with MRR above 0 at the end of the day.",
              Optional.of(
                  Reading.latest(MrrMonthly.TABLE, THIS_MONTH, "window_start", "end_customers")),
              "feed subscriptions with a customer that pays"),
          new Kpi(
              "arpa",
              "Revenue per account",
              Dashboard.EXECUTIVE,
              Unit.MONEY,
              Better.HIGHER,
              "MRR / paying customers.",
              Optional.of(
                  latest(
                      MrrMonthly.TABLE,
                      THIS_MONTH,
                      "window_start",
                      "arpa",
                      "end_mrr",
                      "end_customers")),
              "feed subscriptions with a customer that pays"),
          new Kpi(
              "monthly_churn",
              "Monthly churn",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.LOWER,
              "Confirmed logo churn of the last complete calendar month.",
              Optional.of(churn("month")),
              "feed subscriptions: a complete month with customers that pay"),
          new Kpi(
              "quarterly_churn",
              "Quarterly churn",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.LOWER,
              "Confirmed logo churn of the last complete calendar quarter, measured over it.",
              Optional.of(churn("quarter")),
              "feed subscriptions: a complete quarter with customers that pay"),
          new Kpi(
              "annual_churn",
              "Annual churn",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.LOWER,
              "Confirmed logo churn of the trailing twelve months, measured over them.",
              Optional.of(churn("trailing_12_months")),
              "feed subscriptions: twelve complete months with customers that pay"),
          new Kpi(
              "nrr",
              "Net revenue retention",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "MRR today of those who paid twelve months before, over their MRR then.",
              Optional.of(
                  latest(
                      MrrMonthly.TABLE,
                      "counting = 'confirmed' and window_kind = 'trailing_12_months' and is_complete",
                      "window_start",
                      "nrr",
                      "cohort_end_mrr",
                      "cohort_start_mrr")),
              "feed subscriptions: twelve complete months with customers that pay"),
          new Kpi(
              "clv",
              "Customer lifetime value",
              Dashboard.EXECUTIVE,
              Unit.MONEY,
              Better.HIGHER,
              "ARPA * gross margin / trailing six months' mean monthly churn.",
              Optional.of(Reading.latest(CustomerValue.TABLE, "true", "month_start", "clv")),
              "a gross margin (feed costs or customer_value.gross_margin) and customer_value.min_churned customers that left"),
          new Kpi(
              "cac",
              "Cost of winning a customer",
              Dashboard.EXECUTIVE,
              Unit.MONEY,
              Better.LOWER,
              "Sales and marketing spend / new paying customers.",
              Optional.of(
                  latest(
                      CustomerValue.TABLE,
                      "is_complete",
                      "month_start",
                      "cac",
                      "acquisition_spend",
                      "new_customers")),
              "feed marketing_spend, and new customers in the last complete month"),
          new Kpi(
              "ltv_cac",
              "Lifetime value to cost of winning",
              Dashboard.EXECUTIVE,
              Unit.RATIO,
              Better.HIGHER,
              "CLV / CAC.",
              Optional.of(
                  latest(
                      CustomerValue.TABLE, "is_complete", "month_start", "ltv_cac", "clv", "cac")),
              "a CLV and a CAC in the last complete month"),
          new Kpi(
              "retention_month_1",
              "Retention in month 1",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "Of the customers of signup cohorts, those active in month 1: complete cells, weighed by their size.",
              Optional.of(
                  Reading.over(
                          CohortRetention.TABLE,
                          total(
                                  "definition = 'signup_monthly' and segment_dimension = 'all' and period = 1 and is_complete",
                                  "retained")
                              .divide(
                                  total(
                                      "definition = 'signup_monthly' and segment_dimension = 'all' and period = 1 and is_complete",
                                      "cohort_size")))
                      .quotient(
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 1 and is_complete",
                              "retained"),
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 1 and is_complete",
                              "cohort_size"))),
              "definition signup_monthly with a complete cell"),
          new Kpi(
              "retention_month_3",
              "Retention in month 3",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "Of the customers of signup cohorts, those active in month 3: complete cells, weighed by their size.",
              Optional.of(
                  Reading.over(
                          CohortRetention.TABLE,
                          total(
                                  "definition = 'signup_monthly' and segment_dimension = 'all' and period = 3 and is_complete",
                                  "retained")
                              .divide(
                                  total(
                                      "definition = 'signup_monthly' and segment_dimension = 'all' and period = 3 and is_complete",
                                      "cohort_size")))
                      .quotient(
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 3 and is_complete",
                              "retained"),
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 3 and is_complete",
                              "cohort_size"))),
              "definition signup_monthly with a complete cell"),
          new Kpi(
              "retention_month_6",
              "Retention in month 6",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "Of the customers of signup cohorts, those active in month 6: complete cells, weighed by their size.",
              Optional.of(
                  Reading.over(
                          CohortRetention.TABLE,
                          total(
                                  "definition = 'signup_monthly' and segment_dimension = 'all' and period = 6 and is_complete",
                                  "retained")
                              .divide(
                                  total(
                                      "definition = 'signup_monthly' and segment_dimension = 'all' and period = 6 and is_complete",
                                      "cohort_size")))
                      .quotient(
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 6 and is_complete",
                              "retained"),
                          total(
                              "definition = 'signup_monthly' and segment_dimension = 'all' and period = 6 and is_complete",
                              "cohort_size"))),
              "definition signup_monthly with a complete cell"),
          new Kpi(
              "nps",
              "Net promoter score",
              Dashboard.EXECUTIVE,
              Unit.SCORE,
              Better.HIGHER,
              "Per cent of 9 and 10 less per cent of 0 to 6, of each respondent's latest answer in the window.",
              Optional.of(
                  Reading.of(Satisfaction.TABLE, "measure = 'nps'", "nps")
                      .interval("measure = 'nps'", "nps_low", "nps_high")),
              "feed survey_responses with an answer in the window to a survey of satisfaction.nps_surveys"),
          new Kpi(
              "csat",
              "Satisfaction",
              Dashboard.EXECUTIVE,
              Unit.SCORE,
              Better.HIGHER,
              "Mean mark from 0 to 10 over all touchpoints, of the latest answers in the window.",
              Optional.of(
                  Reading.of(
                      Satisfaction.TABLE,
                      "measure = 'csat' and touchpoint = 'all'",
                      "mean_score_10")),
              "feed survey_responses with an answer in the window to a survey of satisfaction.csat_surveys"),
          new Kpi(
              "support_satisfaction",
              "Satisfaction with support",
              Dashboard.EXECUTIVE,
              Unit.SCORE,
              Better.HIGHER,
              "Mean mark from 1 to 5 of the touchpoint support, of the latest answers in the window.",
              Optional.of(
                  Reading.of(
                      Satisfaction.TABLE,
                      "measure = 'csat' and touchpoint = 'support'",
                      "mean_score_5")),
              "feed survey_responses with an answer in the window about the touchpoint support"),
          new Kpi(
              "csat_onboarding",
              "Satisfaction with onboarding",
              Dashboard.PLAN,
              Unit.SCORE,
              Better.HIGHER,
              "Mean mark from 0 to 10 of the touchpoint onboarding, of the latest answers in the window.",
              Optional.of(
                  Reading.of(
                      Satisfaction.TABLE,
                      "measure = 'csat' and touchpoint = 'onboarding'",
                      "mean_score_10")),
              "feed survey_responses with an answer in the window about the touchpoint onboarding"),
          new Kpi(
              "csat_product",
              "Satisfaction with the product",
              Dashboard.PLAN,
              Unit.SCORE,
              Better.HIGHER,
              "Mean mark from 0 to 10 of the touchpoint product, of the latest answers in the window.",
              Optional.of(
                  Reading.of(
                      Satisfaction.TABLE,
                      "measure = 'csat' and touchpoint = 'product'",
                      "mean_score_10")),
              "feed survey_responses with an answer in the window about the touchpoint product"),
          new Kpi(
              "csat_billing",
              "Satisfaction with billing",
              Dashboard.PLAN,
              Unit.SCORE,
              Better.HIGHER,
              "Mean mark from 0 to 10 of the touchpoint billing, of the latest answers in the window.",
              Optional.of(
                  Reading.of(
                      Satisfaction.TABLE,
                      "measure = 'csat' and touchpoint = 'billing'",
                      "mean_score_10")),
              "feed survey_responses with an answer in the window about the touchpoint billing"),
          new Kpi(
              "feature_adoption",
              "Feature adoption",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "Mean over customers of adopted / entitled features in the trailing 28 days.",
              Optional.of(Reading.of(FeatureAdoption.TABLE, "level = 'overall'", "mean_breadth")),
              "feeds features and events with a customer that may use one"),
          new Kpi(
              "adoption_core",
              "Adoption of core features",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Mean over customers of adopted / entitled features of the tier core.",
              Optional.of(
                  Reading.of(
                      FeatureAdoption.TABLE, "level = 'tier' and tier = 'core'", "mean_breadth")),
              "feed features with the tier core"),
          new Kpi(
              "adoption_advanced",
              "Adoption of advanced features",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Mean over customers of adopted / entitled features of the tier advanced.",
              Optional.of(
                  Reading.of(
                      FeatureAdoption.TABLE,
                      "level = 'tier' and tier = 'advanced'",
                      "mean_breadth")),
              "feed features with the tier advanced"),
          new Kpi(
              "adoption_integration",
              "Adoption of integration features",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Mean over customers of adopted / entitled features of the tier integration.",
              Optional.of(
                  Reading.of(
                      FeatureAdoption.TABLE,
                      "level = 'tier' and tier = 'integration'",
                      "mean_breadth")),
              "feed features with the tier integration"),
          new Kpi(
              "adoption_reporting",
              "Adoption of reporting features",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Mean over customers of adopted / entitled features of the tier reporting.",
              Optional.of(
                  Reading.of(
                      FeatureAdoption.TABLE,
                      "level = 'tier' and tier = 'reporting'",
                      "mean_breadth")),
              "feed features with the tier reporting"),
          new Kpi(
              "adoption_new",
              "Adoption of new features",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Customers that use a feature of the last 90 days / those who may.",
              Optional.of(
                  Reading.of(FeatureAdoption.TABLE, "level = 'new'", "adoption_rate")
                      .quotient("level = 'new'", "adopters", "entitled_customers")
                      .interval("level = 'new'", "rate_low", "rate_high")),
              "feed features with a feature launched in the last 90 days"),
          new Kpi(
              "onboarding_completion",
              "Onboarding completed",
              Dashboard.EXECUTIVE,
              Unit.RATE,
              Better.HIGHER,
              "Customers that completed the onboarding journey / those whose journey has ended.",
              Optional.empty(),
              "stage programs (onboarding)"),
          new Kpi(
              "time_to_value_days",
              "Time to value",
              Dashboard.PLAN,
              Unit.DAYS,
              Better.LOWER,
              "Kaplan-Meier median of days from signup to the first value event.",
              Optional.of(
                  Reading.of(TimeToValue.TABLE, "basis = 'naive' and band = 'all'", "median_days")),
              "value.events or value.features, and half of the customers having reached one"),
          new Kpi(
              "cs_coverage",
              "Customer-success coverage",
              Dashboard.PLAN,
              Unit.RATE,
              Better.HIGHER,
              "Paying customers with a manager and a touch in 90 days / paying customers.",
              Optional.of(
                  Reading.of(CsCoverage.TABLE, "plan = 'all'", "coverage_rate")
                      .quotient("plan = 'all'", "covered_customers", "customers")
                      .interval("plan = 'all'", "coverage_rate_low", "coverage_rate_high")),
              "feed touchpoints, owners of customers, and a customer that pays"),
          new Kpi(
              "dau_share",
              "Daily active share",
              Dashboard.ENGAGEMENT,
              Unit.RATE,
              Better.HIGHER,
              "Active users of the trailing 28 days summed by day / entitled users summed by day.",
              Optional.of(
                  Reading.of(Engagement.TABLE, CORE_USERS, "dau_share")
                      .quotient(CORE_USERS, "active_unit_days_28d", "entitled_unit_days_28d")),
              "feed events, users of a customer that pays, and the stream core of users in engagement.streams"),
          new Kpi(
              "mau_share",
              "Monthly active share",
              Dashboard.ENGAGEMENT,
              Unit.RATE,
              Better.HIGHER,
              "Users active in the trailing 28 days / entitled users.",
              Optional.of(
                  Reading.of(Engagement.TABLE, CORE_USERS, "mau_share")
                      .quotient(CORE_USERS, "active_units_28d", "entitled_units")),
              "feed events, users of a customer that pays, and the stream core of users in engagement.streams"),
          new Kpi(
              "sessions_per_week",
              "Sessions a week",
              Dashboard.ENGAGEMENT,
              Unit.PER_WEEK,
              Better.HIGHER,
              "Sessions / weeks observed of the trailing 28 days.",
              Optional.of(
                  Reading.of(Engagement.TABLE, CORE_USERS, "sessions_per_week")
                      .quotient(CORE_USERS, "sessions_28d", "observed_weeks")),
              "feed events with times, and the stream core of users in engagement.streams"),
          new Kpi(
              "session_minutes",
              "Session length",
              Dashboard.ENGAGEMENT,
              Unit.MINUTES,
              Better.HIGHER,
              "Minutes of sessions of more than one event / such sessions, trailing 28 days.",
              Optional.of(
                  Reading.of(Engagement.TABLE, CORE_USERS, "minutes_per_session")
                      .quotient(CORE_USERS, "session_minutes_28d", "timed_sessions_28d")),
              "feed events with times, and the stream core of users in engagement.streams"),
          new Kpi(
              "health_healthy",
              "Healthy customers",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.HIGHER,
              "Share of paying customers in the band of the health score.",
              Optional.empty(),
              "stage health"),
          new Kpi(
              "health_at_risk",
              "Customers at risk",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.LOWER,
              "Share of paying customers in the band of the health score.",
              Optional.empty(),
              "stage health"),
          new Kpi(
              "health_critical",
              "Critical customers",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.LOWER,
              "Share of paying customers in the band of the health score.",
              Optional.empty(),
              "stage health"),
          new Kpi(
              "intervention_rate",
              "Interventions",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.HIGHER,
              "At-risk customers that an intervention reached / at-risk customers.",
              Optional.empty(),
              "stages health and programs"),
          new Kpi(
              "first_response_minutes",
              "First response",
              Dashboard.OPERATIONAL,
              Unit.MINUTES,
              Better.LOWER,
              "Median minutes from a ticket to its first answer, tickets of the trailing 30 days.",
              Optional.of(
                  Reading.of(
                      Support.TABLE, "support_tier = 'all'", "median_first_response_minutes")),
              "feed tickets with a first answer in the window"),
          new Kpi(
              "response_attainment",
              "First responses in time",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.HIGHER,
              "Tickets answered within the target of their customer's tier / those decided.",
              Optional.of(
                  Reading.of(Support.TABLE, "support_tier = 'all'", "attainment_rate")
                      .quotient("support_tier = 'all'", "in_time_tickets", "decided_tickets")
                      .interval(
                          "support_tier = 'all'", "attainment_rate_low", "attainment_rate_high")),
              "feed tickets with first answers in the window"),
          new Kpi(
              "resolution_rate",
              "Tickets resolved",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.HIGHER,
              "Tickets of the trailing 30 days that are closed / tickets.",
              Optional.of(
                  Reading.of(Support.TABLE, "support_tier = 'all'", "resolution_rate")
                      .quotient("support_tier = 'all'", "resolved_tickets", "tickets")
                      .interval(
                          "support_tier = 'all'", "resolution_rate_low", "resolution_rate_high")),
              "feed tickets with a ticket in the window"),
          new Kpi(
              "ticket_trend",
              "Ticket trend",
              Dashboard.OPERATIONAL,
              Unit.RATE,
              Better.LOWER,
              "Tickets of the trailing 30 days / those of the 30 days before - 1.",
              Optional.of(
                  Reading.of(Support.TABLE, "support_tier = 'all'", "ticket_trend")
                      .quotient("support_tier = 'all'", "tickets", "earlier_tickets")),
              "feed tickets over two whole windows"),
          new Kpi(
              "emails",
              "E-mails sent",
              Dashboard.OPERATIONAL,
              Unit.COUNT,
              Better.NEITHER,
              "E-mails sent in the trailing 30 days.",
              Optional.of(Reading.over(Messages.TABLE, lately("channel = 'email'", "sent_date"))),
              "feed messages"),
          new Kpi(
              "in_app_messages",
              "Messages in the application",
              Dashboard.OPERATIONAL,
              Unit.COUNT,
              Better.NEITHER,
              "Messages in the application in the trailing 30 days.",
              Optional.of(Reading.over(Messages.TABLE, lately("channel = 'in_app'", "sent_date"))),
              "feed messages"),
          new Kpi(
              "calls",
              "Calls",
              Dashboard.OPERATIONAL,
              Unit.COUNT,
              Better.NEITHER,
              "Calls in the trailing 30 days.",
              Optional.of(
                  Reading.over(
                      Touchpoints.TABLE,
                      lately("kind = 'call' or channel = 'phone'", "occurred_date"))),
              "feed touchpoints"),
          new Kpi(
              "training_sessions",
              "Training sessions",
              Dashboard.OPERATIONAL,
              Unit.COUNT,
              Better.NEITHER,
              "Training sessions in the trailing 30 days.",
              Optional.of(
                  Reading.over(Touchpoints.TABLE, lately("kind = 'training'", "occurred_date"))),
              "feed touchpoints"),
          new Kpi(
              "monthly_investment",
              "Investment",
              Dashboard.RETURN,
              Unit.MONEY,
              Better.NEITHER,
              "Costs of retention programmes booked in the trailing 30 days.",
              Optional.of(Reading.over(Costs.TABLE, spentLately("program is not null"))),
              "feed costs with programmes"),
          new Kpi(
              "monthly_savings",
              "Savings",
              Dashboard.RETURN,
              Unit.MONEY,
              Better.HIGHER,
              "Benefit of the programmes in the trailing 30 days, against their holdouts.",
              Optional.empty(),
              "stage programs (return on investment)"),
          new Kpi(
              "return_ratio",
              "Return ratio",
              Dashboard.RETURN,
              Unit.RATIO,
              Better.HIGHER,
              "Benefit / cost: what comes back of each unit spent, the unit itself included.",
              Optional.empty(),
              "stage programs (return on investment)"),
          new Kpi(
              "net_roi",
              "Net return",
              Dashboard.RETURN,
              Unit.RATIO,
              Better.HIGHER,
              "(Benefit - cost) / cost.",
              Optional.empty(),
              "stage programs (return on investment)"),
          new Kpi(
              "payback_months",
              "Payback",
              Dashboard.RETURN,
              Unit.MONTHS,
              Better.LOWER,
              "The first month whose cumulative benefit reaches the cumulative cost.",
              Optional.empty(),
              "stage programs (return on investment)"),
          new Kpi(
              "cac_change",
              "Change of CAC",
              Dashboard.RETURN,
              Unit.RATE,
              Better.LOWER,
              "CAC / CAC when the plan began - 1.",
              Optional.empty(),
              "a CAC, and its baseline in kpi.targets"),
          new Kpi(
              "support_efficiency",
              "Support efficiency",
              Dashboard.RETURN,
              Unit.RATE,
              Better.HIGHER,
              "Resolved tickets per unit of support cost / the same when the plan began - 1.",
              Optional.empty(),
              "support costs and tickets from before the plan began"),
          new Kpi(
              "automation_rate",
              "Automation",
              Dashboard.RETURN,
              Unit.RATE,
              Better.HIGHER,
              "Interventions sent without a person / interventions.",
              Optional.empty(),
              "stage programs"));

  private Kpis() {}

  private static Reading churn(String window) {
    String row =
        "counting = 'confirmed' and window_kind = '%s' and segment_dimension = 'all' and is_complete"
            .formatted(window);
    Reading rate =
        latest(
            CustomerChurn.TABLE,
            row,
            "window_start",
            "churn_rate",
            "churned_customers",
            "start_customers");
    return rate.interval(
        Reading.newest(row, "window_start", "rate_low"),
        Reading.newest(row, "window_start", "rate_high"));
  }

  private static Reading latest(
      Table table, String row, String by, String value, String upper, String lower) {
    return Reading.latest(table, row, by, value)
        .quotient(Reading.newest(row, by, upper), Reading.newest(row, by, lower));
  }

  private static Column total(String row, String column) {
    return sum(when(expr(row), col(column))).cast("double");
  }

  /** How many rows are of the trailing month; NULL where there is none at all, ever. */
  private static Column lately(String row, String day) {
    return when(count(lit(1)).gt(0), count_if(expr(row).and(isLately(day))));
  }

  private static Column spentLately(String row) {
    return sum(when(expr(row).and(isLately("cost_date")), col("amount")));
  }

  private static Column isLately(String day) {
    return col("is_current")
        .and(col(day).leq(col("night")))
        .and(col(day).gt(date_sub(col("night"), MONTH_DAYS)));
  }
}
