package io.holdfast.commands;

import io.holdfast.sources.Contract;
import io.holdfast.sources.Contract.Term;
import java.util.Map;

/** What stays empty or changes where a feed, or a column of one, is not told. */
final class Consequences {

  private static final Map<String, String> OF =
      Map.ofEntries(
          Map.entry("customers", "customers are those that other feeds name; no signup cohorts"),
          Map.entry("users", "no cohorts of users, no export files of users"),
          Map.entry("subscriptions", "no revenue, no churn, no model and no scores"),
          Map.entry("events", "no activity: no retention and no adoption"),
          Map.entry("tickets", "no support features"),
          Map.entry("features", "no adoption rates"),
          Map.entry("churn_reasons", "no reasons of those who left"),
          Map.entry("payments", "no payment signals; nothing is collected"),
          Map.entry("survey_responses", "no satisfaction and no NPS"),
          Map.entry("touchpoints", "no coverage by customer-success managers"),
          Map.entry("messages", "no open and click rates"),
          Map.entry("referrals", "no referral programme"),
          Map.entry("costs", "no returns on investment"),
          Map.entry("marketing_spend", "no cost of winning a customer"),
          Map.entry("id_aliases", "each id counts as somebody of its own"),
          Map.entry("customers.name", "lists show ids"),
          Map.entry("customers.email", "no address in export files"),
          Map.entry("customers.country", "no split by country"),
          Map.entry("customers.acquisition_channel", "no split by channel"),
          Map.entry("customers.company_size", "no split by size"),
          Map.entry("customers.plan", "plan comes from subscriptions"),
          Map.entry("customers.owner", "no owner in export files"),
          Map.entry("customers.signup", "no signup cohorts; tenure counts from the first event"),
          Map.entry("customers.is_internal", "test accounts are counted too"),
          Map.entry("users.email", "no address in export files"),
          Map.entry("users.role", "no role"),
          Map.entry("users.time_zone", "no time zone"),
          Map.entry("users.created", "no date of joining"),
          Map.entry("users.is_internal", "test users are counted too"),
          Map.entry("users.has_marketing_consent", "consent is unknown"),
          Map.entry("subscriptions.plan", "every feature counts as entitled; no split by plan"),
          Map.entry("subscriptions.seats", "no seats"),
          Map.entry("subscriptions.currency", "all amounts are in company.currency"),
          Map.entry("subscriptions.billing_period", "no renewal dates"),
          Map.entry("subscriptions.is_trial", "no line is a trial"),
          Map.entry("subscriptions.end_date", "nobody ever leaves"),
          Map.entry("subscriptions.end_reason", "voluntary and involuntary cannot be told apart"),
          Map.entry("events.event_id", "equal rows are taken for repeats"),
          Map.entry("events.user_id", "no active users"),
          Map.entry("events.session_id", "sessions are told by pauses"),
          Map.entry("events.feature", "no adoption"),
          Map.entry("events.subscription_id", "no use by line"),
          Map.entry("events.quantity", "each row counts once"),
          Map.entry("tickets.user_id", "no tickets by user"),
          Map.entry("tickets.closed", "no resolution times"),
          Map.entry("tickets.first_response_minutes", "no response times"),
          Map.entry("tickets.priority", "no priorities"),
          Map.entry("tickets.satisfaction_score", "no satisfaction"),
          Map.entry("tickets.is_escalated", "no escalations"),
          Map.entry("features.tier", "tier is unknown"),
          Map.entry("features.launch_date", "no feature is new"),
          Map.entry("features.retire_date", "no feature is retired"),
          Map.entry("features.plans", "every customer is entitled to all"));

  private Consequences() {}

  /** Of a contract that no feed fills. */
  static String of(Contract contract) {
    return OF.getOrDefault(contract.name(), contract.meaning());
  }

  /** Of a column that a feed does not tell. */
  static String of(Contract contract, Term term) {
    return OF.getOrDefault(contract.name() + "." + term.name(), "not known: " + term.meaning());
  }
}
