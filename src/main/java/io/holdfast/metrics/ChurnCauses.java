package io.holdfast.metrics;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.conformed.ChurnReasons;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.Known;
import io.holdfast.conformed.Tickets;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Why customers left: as they said, and where they did not, as what happened before shows.
 *
 * <p>Source: the causes of churn of the strategy, whose claimed shares stand beside. A leaving has
 * one cause: want of payment, else the stated one, else the first in {@code churn_causes.order} of
 * which there is evidence.
 */
public final class ChurnCauses {

  /** It left for want of payment. */
  static final String PAYMENT = "payment";

  /** What it said is none of the causes. */
  static final String OTHER = "other";

  /** It said nothing, and nothing shows a cause. */
  static final String UNKNOWN = "unknown";

  private static final int USE_DAYS = 28;

  private static final String[] LEAVING = {"customer_id", "churn_date"};

  public static final Table TABLE =
      Table.in("metrics", "churn_causes")
          .grain("one row per cause of the confirmed churn of the trailing window")
          .column(
              "cause",
              StringType,
              "a configured one; payment: want of it; other: said, but none of these; unknown")
          .column("window_start", DateType, "the first churn date that counts")
          .column(
              "window_end",
              DateType,
              "the first after it; leavings of the last revenue.gap_days are not confirmed yet")
          .column("churned_customers", LongType, "leavings for this cause")
          .column("stated_customers", LongType, "of these: the customer or the contract says so")
          .column(
              "evidence_customers", LongType, "of these: nothing is said, what happened shows it")
          .column(
              "shown_customers",
              LongType,
              "all leavings before which there was its evidence, whatever their cause; NULL: its"
                  + " evidence cannot be known")
          .column("evidence", StringType, "what is evidence of it; NULL: it must be said")
          .column("all_churned_customers", LongType, "leavings for whatever cause: the denominator")
          .column("churn_share_rate", DoubleType, "churned_customers / all_churned_customers")
          .column("rate_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("attributed_customers", LongType, "leavings for one of the configured causes")
          .column(
              "attributed_rate",
              DoubleType,
              "churned_customers / attributed_customers: what a claimed share compares with; NULL:"
                  + " no configured cause")
          .column("attributed_low", DoubleType, "lower end of its 95% Wilson interval")
          .column("attributed_high", DoubleType, "upper end of its 95% Wilson interval")
          .column("claimed_rate", DoubleType, "the share that it is said to have")
          .column("is_small", BooleanType, "all_churned_customers is below retention.min_cohort")
          .key("cause")
          .require(
              "what is said and what is shown add up",
              col("churned_customers")
                  .equalTo(col("stated_customers").plus(col("evidence_customers")))
                  .or(col("cause").equalTo(UNKNOWN)))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              MrrMovements.TABLE,
              ChurnReasons.TABLE,
              Customers.TABLE,
              Aliases.TABLE,
              CustomerMrr.TABLE,
              CustomerDays.TABLE,
              FeatureDays.TABLE,
              Features.TABLE,
              Tickets.TABLE)
          .settings(CauseSettings.SETTING)
          .settings(RetentionSettings.SETTING)
          .as(
              in ->
                  causes(
                      Facts.of(in),
                      in.settings(CauseSettings.SETTING),
                      in.settings(RetentionSettings.SETTING).minCohort()));

  /**
   * What tells why customers left, each customer under the id that counts.
   *
   * @param movements rows of {@link MrrMovements}
   * @param reasons current rows of {@code conformed.churn_reasons}
   * @param customers current customers
   * @param mrr rows of {@code activity.customer_mrr}
   * @param customerDays what each customer did on each day
   * @param featureDays which features each customer used on each day
   * @param features the current catalogue
   * @param tickets current tickets
   * @param asOf the last local day that counts
   */
  record Facts(
      Dataset<Row> movements,
      Dataset<Row> reasons,
      Dataset<Row> customers,
      Dataset<Row> mrr,
      Dataset<Row> customerDays,
      Dataset<Row> featureDays,
      Dataset<Row> features,
      Dataset<Row> tickets,
      LocalDate asOf) {

    static Facts of(Inputs in) {
      Dataset<Row> aliases = in.rows(Aliases.TABLE);
      Function<Dataset<Row>, Dataset<Row>> merged =
          rows -> Aliases.canonical(rows, "customer_id", aliases, Aliases.CUSTOMER);
      if (in.rows(ChurnReasons.TABLE).isEmpty()) {
        in.note("No customer says why it left: causes come from end reasons and evidence alone.");
      }
      return new Facts(
          in.rows(MrrMovements.TABLE),
          merged.apply(Known.current(in.rows(ChurnReasons.TABLE))),
          Aliases.currentCustomers(in.rows(Customers.TABLE), aliases),
          in.rows(CustomerMrr.TABLE),
          merged.apply(in.rows(CustomerDays.TABLE)),
          merged.apply(in.rows(FeatureDays.TABLE)),
          Known.current(in.rows(Features.TABLE)),
          merged.apply(Known.current(in.rows(Tickets.TABLE))),
          in.asOf());
    }
  }

  private ChurnCauses() {}

  static Dataset<Row> causes(Facts facts, CauseSettings settings, int minCohort) {
    Column isConfigured = col("cause").isin(settings.order().toArray());
    Column own = col("churned_customers");
    Column all = col("all_churned_customers");
    Column attributed = when(isConfigured, col("attributed_customers"));
    return counted(facts, settings)
        .withColumn("window_start", lit(facts.asOf().minusDays(settings.windowDays() - 1L)))
        .withColumn("window_end", lit(facts.asOf().plusDays(1)))
        .withColumn("churn_share_rate", Wilson.rate(own, all))
        .withColumn("rate_low", Wilson.low(own, all))
        .withColumn("rate_high", Wilson.high(own, all))
        .withColumn("attributed_rate", Wilson.rate(own, attributed))
        .withColumn("attributed_low", Wilson.low(own, attributed))
        .withColumn("attributed_high", Wilson.high(own, attributed))
        .withColumn("is_small", all.lt(minCohort));
  }

  /** One row per cause there is, also of those for which nobody left. */
  private static Dataset<Row> counted(Facts facts, CauseSettings settings) {
    Dataset<Row> leavings = leavings(facts, settings);
    List<Column> causes = new ArrayList<>();
    List<Column> shown = new ArrayList<>();
    for (String cause : settings.order()) {
      Column shows = col("shows_" + cause);
      shown.add(sum(when(shows, 1L).when(not(shows), 0L)).as("shown_" + cause));
      causes.add(
          cause(
              cause,
              lit(settings.causes().get(cause).claimedRate().orElse(null)),
              col("shown_" + cause),
              lit(words(cause, settings))));
    }
    for (String cause : List.of(PAYMENT, OTHER, UNKNOWN)) {
      causes.add(cause(cause, lit(null), lit(null), lit(null)));
    }
    shown.add(count_if(col("cause").isin(settings.order().toArray())).as("attributed_customers"));
    Dataset<Row> all =
        leavings
            .agg(count(lit(1)).as("all_churned_customers"), shown.toArray(Column[]::new))
            .withColumn("one", explode(array(causes.toArray(Column[]::new))))
            .select("one.*", "all_churned_customers", "attributed_customers");
    Dataset<Row> byCause =
        leavings
            .groupBy("cause")
            .agg(
                count(lit(1)).as("churned"),
                count_if(col("basis").equalTo("stated")).as("stated"),
                count_if(col("basis").equalTo("evidence")).as("by_evidence"));
    return all.join(byCause, new String[] {"cause"}, "left")
        .crossJoin(broadcast(facts.movements().agg(max(lit(true)).as("has_revenue"))))
        .filter(col("has_revenue"))
        .withColumn("churned_customers", coalesce(col("churned"), lit(0L)))
        .withColumn("stated_customers", coalesce(col("stated"), lit(0L)))
        .withColumn("evidence_customers", coalesce(col("by_evidence"), lit(0L)));
  }

  private static Column cause(String name, Column claimed, Column shown, Column evidence) {
    return struct(
        lit(name).as("cause"),
        claimed.cast("double").as("claimed_rate"),
        shown.cast("bigint").as("shown_customers"),
        evidence.cast("string").as("evidence"));
  }

  private static String words(String cause, CauseSettings settings) {
    CauseSettings.Evidence from = settings.evidence();
    return switch (cause) {
      case "onboarding" ->
          "no active day in the first %d days after signup".formatted(from.onboardingDays());
      case "support" ->
          "first answers took more than %s hours on average in the %d days before"
              .formatted(from.firstResponseHours(), settings.evidenceDays());
      case "pricing" ->
          "paid less than before at some time in the last %d days, or fewer than %s events for each 100 of MRR in the last %d"
              .formatted(settings.evidenceDays(), from.eventsPerHundred(), USE_DAYS);
      case "features" ->
          "used less than %s of its features in the last %d days"
              .formatted(from.minFeatureAdoption(), USE_DAYS);
      default -> null;
    };
  }

  /** One row per confirmed leaving of the window: {@code cause}, {@code basis}, {@code shows_*}. */
  static Dataset<Row> leavings(Facts facts, CauseSettings settings) {
    LocalDate first = facts.asOf().minusDays(settings.windowDays() - 1L);
    Dataset<Row> churns =
        facts
            .movements()
            .filter(
                col("counting")
                    .equalTo("confirmed")
                    .and(col("movement").equalTo("churn"))
                    .and(col("is_confirmed"))
                    .and(col("movement_date").geq(first)))
            .select(
                col("customer_id"),
                col("movement_date").as("churn_date"),
                col("amount").as("mrr"),
                col("plan"),
                col("is_voluntary"),
                col("end_reason"));
    Dataset<Row> told = stated(churns, facts, settings);
    Dataset<Row> shown = evidence(told, facts, settings);
    Column fromEvidence =
        coalesce(
            settings.order().stream()
                .map(cause -> when(col("shows_" + cause), lit(cause)))
                .toArray(Column[]::new));
    Column isUnpaid = coalesce(not(col("is_voluntary")), lit(false));
    Column said =
        when(isUnpaid, PAYMENT)
            .when(col("stated_cause").isNotNull(), col("stated_cause"))
            .when(col("has_statement"), OTHER);
    return shown
        .withColumn("said", said)
        .withColumn("evident", fromEvidence)
        .withColumn("cause", coalesce(col("said"), col("evident"), lit(UNKNOWN)))
        .withColumn(
            "basis",
            when(col("said").isNotNull(), "stated").when(col("evident").isNotNull(), "evidence"));
  }

  /** What each said of its leaving: the statement nearest to it, by code before by words. */
  private static Dataset<Row> stated(Dataset<Row> churns, Facts facts, CauseSettings settings) {
    Column apart = abs(datediff(col("said_date"), col("churn_date")));
    Column reason = lower(trim(col("reason")));
    Column comment = lower(col("comment"));
    Dataset<Row> statements =
        facts
            .reasons()
            .select(
                col("customer_id"),
                col("churn_date").as("said_date"),
                col("churn_reason_id"),
                when(
                        length(reason)
                            .gt(0)
                            .and(not(reason.isin(settings.saysNothing().toArray()))),
                        reason)
                    .as("reason"),
                when(length(trim(comment)).gt(0), comment).as("comment"));
    Dataset<Row> nearest =
        churns
            .select("customer_id", "churn_date")
            .join(statements, new String[] {"customer_id"}, "inner")
            .filter(apart.leq(settings.statementDays()))
            .groupBy("customer_id", "churn_date")
            .agg(
                min(struct(apart, col("churn_reason_id"), col("reason"), col("comment")))
                    .as("said"));
    Column byCode = byReason(col("said.reason"), settings);
    Column byContract = byReason(lower(trim(col("end_reason"))), settings);
    Column byWords =
        coalesce(
            settings.order().stream()
                .map(
                    cause ->
                        when(holdsOne(col("said.comment"), settings.causes().get(cause)), cause))
                .toArray(Column[]::new));
    return churns
        .join(nearest, LEAVING, "left")
        .withColumn("stated_cause", coalesce(byCode, byContract, byWords))
        .withColumn("has_statement", coalesce(col("said.reason"), col("said.comment")).isNotNull())
        .drop("said");
  }

  private static Column byReason(Column reason, CauseSettings settings) {
    return coalesce(
        settings.order().stream()
            .map(
                cause ->
                    when(reason.isin(settings.causes().get(cause).reasons().toArray()), lit(cause)))
            .toArray(Column[]::new));
  }

  private static Column holdsOne(Column comment, CauseSettings.Cause cause) {
    return cause.words().stream().map(comment::contains).reduce(Column::or).orElse(lit(false));
  }

  /** Adds {@code shows_*} for each cause: NULL where it cannot be known. */
  private static Dataset<Row> evidence(Dataset<Row> leavings, Facts facts, CauseSettings settings) {
    Dataset<Row> with =
        leavings
            .join(use(leavings, facts), LEAVING, "left")
            .join(answers(leavings, facts, settings), LEAVING, "left")
            .join(downgrades(leavings, facts, settings), LEAVING, "left")
            .join(breadth(leavings, facts), LEAVING, "left")
            .crossJoin(broadcast(facts.customerDays().agg(max(lit(true)).as("has_use"))));
    CauseSettings.Evidence from = settings.evidence();
    Column waited =
        datediff(coalesce(col("first_active_date"), col("churn_date")), col("signup_date"));
    Column perHundred =
        coalesce(col("events"), lit(0L)).multiply(100).cast("double").divide(col("mrr"));
    Column isLittle = when(col("has_use"), perHundred.lt(from.eventsPerHundred()));
    Column isLess = coalesce(col("is_downgraded"), lit(false));
    Column adoption = col("used_features").cast("double").divide(col("entitled_features"));
    Dataset<Row> out = with;
    for (String cause : settings.order()) {
      Column shows =
          switch (cause) {
            case "onboarding" -> when(col("has_use"), waited.gt(from.onboardingDays()));
            case "support" -> col("answer_minutes").gt(from.firstResponseHours() * 60);
            case "pricing" -> when(isLess, true).otherwise(isLittle);
            case "features" -> when(col("has_use"), adoption.lt(from.minFeatureAdoption()));
            default -> lit(null).cast("boolean");
          };
      out = out.withColumn("shows_" + cause, shows);
    }
    return out;
  }

  private static Dataset<Row> use(Dataset<Row> leavings, Facts facts) {
    Column isBefore = col("event_date").lt(col("churn_date"));
    Column isRecent = isBefore.and(col("event_date").geq(date_sub(col("churn_date"), USE_DAYS)));
    Dataset<Row> signups = facts.customers().select("customer_id", "signup_date");
    return leavings
        .select(LEAVING[0], LEAVING[1])
        .join(signups, new String[] {"customer_id"}, "left")
        .join(
            facts.customerDays().select("customer_id", "event_date", "is_active", "events"),
            new String[] {"customer_id"},
            "left")
        .groupBy("customer_id", "churn_date", "signup_date")
        .agg(
            min(when(isBefore.and(col("is_active")), col("event_date"))).as("first_active_date"),
            sum(when(isRecent, col("events"))).as("events"));
  }

  private static Dataset<Row> answers(Dataset<Row> leavings, Facts facts, CauseSettings settings) {
    return leavings
        .select(LEAVING[0], LEAVING[1])
        .join(
            facts.tickets().select("customer_id", "opened_date", "first_response_minutes"),
            new String[] {"customer_id"},
            "inner")
        .filter(isShortlyBefore("opened_date", settings))
        .groupBy("customer_id", "churn_date")
        .agg(avg("first_response_minutes").as("answer_minutes"));
  }

  /** Paying less than before shows that the price is too high; a pause is none of it. */
  private static Dataset<Row> downgrades(
      Dataset<Row> leavings, Facts facts, CauseSettings settings) {
    Dataset<Row> suspensions =
        facts
            .mrr()
            .filter(col("is_suspended"))
            .select(col("customer_id"), col("from_date").as("movement_date"));
    return leavings
        .select(LEAVING[0], LEAVING[1])
        .join(
            facts
                .movements()
                .filter(
                    col("counting")
                        .equalTo("confirmed")
                        .and(col("movement").equalTo("contraction"))
                        .and(col("amount").gt(0)))
                .select("customer_id", "movement_date")
                .join(suspensions, new String[] {"customer_id", "movement_date"}, "left_anti"),
            new String[] {"customer_id"},
            "inner")
        .filter(isShortlyBefore("movement_date", settings))
        .groupBy("customer_id", "churn_date")
        .agg(max(lit(true)).as("is_downgraded"));
  }

  private static Column isShortlyBefore(String date, CauseSettings settings) {
    return col(date)
        .lt(col("churn_date"))
        .and(col(date).geq(date_sub(col("churn_date"), settings.evidenceDays())));
  }

  private static Dataset<Row> breadth(Dataset<Row> leavings, Facts facts) {
    Column isOffered =
        coalesce(col("launch_date").lt(col("churn_date")), lit(true))
            .and(coalesce(col("retire_date").geq(col("churn_date")), lit(true)))
            .and(
                col("feature_plans")
                    .isNull()
                    .or(coalesce(array_contains(col("feature_plans"), col("plan")), lit(false))));
    Column isRecent =
        col("event_date")
            .lt(col("churn_date"))
            .and(col("event_date").geq(date_sub(col("churn_date"), USE_DAYS)));
    Dataset<Row> used =
        leavings
            .select(LEAVING[0], LEAVING[1])
            .join(
                facts.featureDays().select("customer_id", "feature", "event_date"),
                new String[] {"customer_id"},
                "inner")
            .filter(isRecent)
            .groupBy("customer_id", "churn_date", "feature")
            .agg(max(lit(true)).as("is_used"));
    return leavings
        .select("customer_id", "churn_date", "plan")
        .crossJoin(
            broadcast(
                facts
                    .features()
                    .select(
                        col("feature"),
                        col("launch_date"),
                        col("retire_date"),
                        col("plans").as("feature_plans"))))
        .filter(isOffered)
        .join(used, new String[] {"customer_id", "churn_date", "feature"}, "left")
        .groupBy("customer_id", "churn_date")
        .agg(
            count(lit(1)).as("entitled_features"),
            count_if(coalesce(col("is_used"), lit(false))).as("used_features"));
  }
}
