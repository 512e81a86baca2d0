package io.holdfast.kpi;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Where a plan's own figures do not go together, computed from what is configured of it.
 *
 * <p>A check whose figures are not all configured has no row.
 */
public final class PlanChecks {

  public static final Table TABLE =
      Table.in("kpi", "plan_checks")
          .grain("one row per check of the plan and column (baseline or target)")
          .column("check", StringType, "what is checked")
          .column("of", StringType, "baseline or target: which of the plan's figures")
          .column("stated", DoubleType, "what the plan says")
          .column("computed", DoubleType, "what follows from its other figures; NULL: never")
          .column("difference", DoubleType, "computed - stated")
          .column(
              "is_contradiction",
              BooleanType,
              "they lie further apart than kpi.plan_tolerance of what is stated")
          .column("explanation", StringType, "how it is computed, and what to make of it")
          .key("check", "of")
          .require("every check is decided", col("is_contradiction").isNotNull())
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads()
          .settings(KpiSettings.SETTING)
          .as(in -> in.create(checks(in.settings(KpiSettings.SETTING)), rows()));

  private PlanChecks() {}

  private static StructType rows() {
    return new StructType()
        .add("check", StringType)
        .add("of", StringType)
        .add("stated", DoubleType)
        .add("computed", DoubleType)
        .add("difference", DoubleType)
        .add("is_contradiction", BooleanType)
        .add("explanation", StringType);
  }

  /** The rows of a plan. */
  static List<Row> checks(KpiSettings settings) {
    Checks checks = new Checks(settings);
    for (String of : List.of("baseline", "target")) {
      checks.compounds(of, "quarterly_churn", 3);
      checks.compounds(of, "annual_churn", 12);
      checks.subscriptionsAreNoActivity(of);
      checks.quotient(of, "ltv_cac", "clv", "cac", "CLV / CAC");
      checks.quotient(
          of,
          "return_ratio",
          "monthly_savings",
          "monthly_investment",
          "savings / investment: what comes back of each unit spent, the unit itself included");
      checks.netReturn(of);
      checks.payback(of);
    }
    checks.clvFollowsChurn();
    checks.cacReduction();
    checks.growthOfThoseThere();
    return checks.rows;
  }

  /** Collects the rows. */
  private static final class Checks {
    private final KpiSettings settings;
    private final List<Row> rows = new ArrayList<>();

    Checks(KpiSettings settings) {
      this.settings = settings;
    }

    private Optional<Double> figure(String of, String kpi) {
      return Optional.ofNullable(settings.targets().get(kpi))
          .flatMap(wanted -> of.equals("baseline") ? wanted.baseline() : wanted.target())
          .map(BigDecimal::doubleValue);
    }

    private void row(String check, String of, double stated, double computed, String explanation) {
      row(check, of, stated, Optional.of(computed), explanation);
    }

    private void row(
        String check, String of, double stated, Optional<Double> computed, String explanation) {
      Optional<Double> difference = computed.map(value -> value - stated);
      boolean isContradiction =
          difference
              .map(value -> Math.abs(value) > settings.planTolerance() * Math.abs(stated))
              .orElse(true);
      rows.add(
          RowFactory.create(
              check,
              of,
              stated,
              computed.orElse(null),
              difference.orElse(null),
              isContradiction,
              explanation));
    }

    /** Churn of months compounds: whoever is left can still leave. */
    void compounds(String of, String kpi, int months) {
      Optional<Double> monthly = figure(of, "monthly_churn");
      Optional<Double> stated = figure(of, kpi);
      if (monthly.isPresent() && stated.isPresent()) {
        row(
            kpi + "_compounds",
            of,
            stated.get(),
            1 - Math.pow(1 - monthly.get(), months),
            "1 - (1 - monthly churn)^%d. Both are measured over their own windows; the compounded figure stands beside them as implied."
                .formatted(months));
      }
    }

    /** Who is retained of a signup cohort is another figure than who goes on paying. */
    void subscriptionsAreNoActivity(String of) {
      Optional<Double> churn = figure(of, "monthly_churn");
      Optional<Double> retention = figure(of, "retention_month_1");
      if (churn.isPresent() && retention.isPresent()) {
        row(
            "month_1_retention_is_activity",
            of,
            retention.get(),
            1 - churn.get(),
            "1 - monthly churn. Where they differ the one is of paying subscriptions and the other of the activity of a signup cohort: two tables, not one figure.");
      }
    }

    void quotient(String of, String kpi, String upper, String lower, String explanation) {
      Optional<Double> stated = figure(of, kpi);
      Optional<Double> top = figure(of, upper);
      Optional<Double> bottom = figure(of, lower);
      if (stated.isPresent() && top.isPresent() && bottom.isPresent() && bottom.get() > 0) {
        row(kpi, of, stated.get(), top.get() / bottom.get(), explanation + ".");
      }
    }

    void netReturn(String of) {
      Optional<Double> ratio = figure(of, "return_ratio");
      Optional<Double> savings = figure(of, "monthly_savings");
      Optional<Double> investment = figure(of, "monthly_investment");
      if (ratio.isPresent() && savings.isPresent() && investment.isPresent()) {
        row(
            "return_ratio_as_net_return",
            of,
            ratio.get(),
            (savings.get() - investment.get()) / investment.get(),
            "(savings - investment) / investment. A target for the return is met as a ratio and missed as a net return: say which is meant.");
      }
    }

    /** With equal months it is the first, or never. */
    void payback(String of) {
      Optional<Double> stated = figure(of, "payback_months");
      Optional<Double> savings = figure(of, "monthly_savings");
      Optional<Double> investment = figure(of, "monthly_investment");
      if (stated.isPresent() && savings.isPresent() && investment.isPresent()) {
        boolean pays = savings.get() >= investment.get();
        row(
            "payback_months",
            of,
            stated.get(),
            pays ? Optional.of(1.0) : Optional.empty(),
            "the first month whose cumulative savings reach the cumulative investment, both being the same every month from the first on. A later one needs one-off costs or a slow start that the plan does not state.");
      }
    }

    /** CLV = ARPA * margin / churn: with the first two as they are it moves with the last alone. */
    void clvFollowsChurn() {
      Optional<Double> before = figure("baseline", "monthly_churn");
      Optional<Double> after = figure("target", "monthly_churn");
      Optional<Double> clv = figure("baseline", "clv");
      Optional<Double> stated = figure("target", "clv");
      if (before.isPresent() && after.isPresent() && clv.isPresent() && stated.isPresent()) {
        double computed = clv.get() * before.get() / after.get();
        row(
            "clv_follows_churn",
            "target",
            stated.get(),
            computed,
            String.format(
                Locale.ROOT,
                "baseline CLV * baseline churn / target churn, ARPA and margin as they are. The rest has to come from them: %+.1f%%.",
                100 * (stated.get() / computed - 1)));
      }
    }

    void cacReduction() {
      Optional<Double> before = figure("baseline", "cac");
      Optional<Double> after = figure("target", "cac");
      Optional<Double> stated = figure("target", "cac_change");
      if (before.isPresent() && after.isPresent() && stated.isPresent()) {
        row(
            "cac_change",
            "target",
            stated.get(),
            after.get() / before.get() - 1,
            "target CAC / baseline CAC - 1.");
      }
    }

    /** Net revenue retention is of a year, the plan of days. */
    void growthOfThoseThere() {
      Optional<Double> before = figure("baseline", "mrr");
      Optional<Double> stated = figure("target", "mrr");
      Optional<Double> nrr = figure("target", "nrr");
      if (before.isPresent() && stated.isPresent() && nrr.isPresent()) {
        double computed = before.get() * Math.pow(nrr.get(), settings.planDays() / 365.25);
        row(
            "mrr_from_present_customers",
            "target",
            stated.get(),
            computed,
            String.format(
                Locale.ROOT,
                "baseline MRR * target NRR^(plan_days / 365.25): what the customers of today bring by then. New customers have to bring the rest, %,.0f a month.",
                stated.get() - computed));
      }
    }
  }
}
