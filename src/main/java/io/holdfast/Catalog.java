package io.holdfast;

import io.holdfast.activation.Audiences;
import io.holdfast.activation.Exports;
import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FeatureDays;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.StreamDays;
import io.holdfast.activity.UserDays;
import io.holdfast.activity.ValueDays;
import io.holdfast.churn.ArrivedDays;
import io.holdfast.churn.CustomerFeatures;
import io.holdfast.churn.Drift;
import io.holdfast.churn.Labels;
import io.holdfast.churn.Models;
import io.holdfast.churn.Observations;
import io.holdfast.churn.Outcomes;
import io.holdfast.churn.Predictions;
import io.holdfast.churn.Promotions;
import io.holdfast.churn.ScoreMoves;
import io.holdfast.conformed.ChurnReasons;
import io.holdfast.conformed.Costs;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.IdAliases;
import io.holdfast.conformed.LandedDays;
import io.holdfast.conformed.MarketingSpend;
import io.holdfast.conformed.Messages;
import io.holdfast.conformed.Payments;
import io.holdfast.conformed.Referrals;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.conformed.Tickets;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.conformed.Users;
import io.holdfast.job.Job;
import io.holdfast.job.Publication;
import io.holdfast.kpi.KpiValues;
import io.holdfast.kpi.PlanChecks;
import io.holdfast.metrics.AdopterRetention;
import io.holdfast.metrics.ChurnCauses;
import io.holdfast.metrics.CohortRetention;
import io.holdfast.metrics.CsCoverage;
import io.holdfast.metrics.CsRetention;
import io.holdfast.metrics.CustomerAdoption;
import io.holdfast.metrics.CustomerChurn;
import io.holdfast.metrics.CustomerValue;
import io.holdfast.metrics.Engagement;
import io.holdfast.metrics.FeatureAdoption;
import io.holdfast.metrics.Lifecycle;
import io.holdfast.metrics.MrrMonthly;
import io.holdfast.metrics.MrrMovements;
import io.holdfast.metrics.Satisfaction;
import io.holdfast.metrics.Stickiness;
import io.holdfast.metrics.Support;
import io.holdfast.metrics.Survival;
import io.holdfast.metrics.TimeToValue;
import io.holdfast.ops.FeedDeliveries;
import io.holdfast.ops.RejectedRows;
import io.holdfast.programs.Segments;
import io.holdfast.report.Report;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import java.util.List;
import java.util.Optional;

/** Every job and publication there is, each after what it reads. A new table is a line here. */
public final class Catalog {

  public static final List<Job> JOBS =
      List.of(
          Sources.job(Contracts.CUSTOMERS),
          Sources.job(Contracts.USERS),
          Sources.job(Contracts.SUBSCRIPTIONS),
          Sources.job(Contracts.FEATURES),
          Sources.job(Contracts.EVENTS),
          Sources.job(Contracts.TICKETS),
          Sources.job(Contracts.CHURN_REASONS),
          Sources.job(Contracts.PAYMENTS),
          Sources.job(Contracts.SURVEY_RESPONSES),
          Sources.job(Contracts.TOUCHPOINTS),
          Sources.job(Contracts.MESSAGES),
          Sources.job(Contracts.REFERRALS),
          Sources.job(Contracts.COSTS),
          Sources.job(Contracts.MARKETING_SPEND),
          Sources.job(Contracts.ID_ALIASES),
          RejectedRows.JOB,
          LandedDays.JOB,
          FeedDeliveries.JOB,
          Customers.JOB,
          Users.JOB,
          Subscriptions.JOB,
          Features.JOB,
          Events.JOB,
          Tickets.JOB,
          ChurnReasons.JOB,
          Payments.JOB,
          SurveyResponses.JOB,
          Touchpoints.JOB,
          Messages.JOB,
          Referrals.JOB,
          Costs.JOB,
          MarketingSpend.JOB,
          IdAliases.JOB,
          Aliases.JOB,
          UserDays.JOB,
          FeatureDays.JOB,
          CustomerDays.JOB,
          ValueDays.JOB,
          StreamDays.JOB,
          CustomerMrr.JOB,
          PayingSpells.JOB,
          MrrMovements.JOB,
          MrrMonthly.JOB,
          CustomerChurn.JOB,
          Survival.JOB,
          CustomerValue.JOB,
          ChurnCauses.JOB,
          CohortRetention.JOB,
          Lifecycle.JOB,
          Stickiness.JOB,
          Engagement.JOB,
          CustomerAdoption.JOB,
          FeatureAdoption.JOB,
          AdopterRetention.JOB,
          TimeToValue.JOB,
          Satisfaction.JOB,
          Support.JOB,
          CsCoverage.JOB,
          CsRetention.JOB,
          ArrivedDays.JOB,
          CustomerFeatures.JOB,
          Observations.JOB,
          Labels.JOB,
          Promotions.JOB,
          Models.JOB,
          Predictions.JOB,
          Drift.JOB,
          Outcomes.JOB,
          ScoreMoves.JOB,
          Segments.JOB,
          Audiences.JOB,
          KpiValues.JOB,
          PlanChecks.JOB);

  public static final List<Publication> PUBLICATIONS =
      List.of(Exports.PUBLICATION, Report.PUBLICATION);

  private Catalog() {}

  /** The job that writes a table. */
  public static Optional<Job> job(String tableId) {
    return JOBS.stream().filter(job -> job.table().id().equals(tableId)).findFirst();
  }

  /** The table of a name. */
  public static Optional<Table> table(String id) {
    return job(id).map(Job::table);
  }
}
