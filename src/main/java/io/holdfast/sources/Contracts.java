package io.holdfast.sources;

import static io.holdfast.sources.Contract.Kind.AMOUNT;
import static io.holdfast.sources.Contract.Kind.CURRENCY;
import static io.holdfast.sources.Contract.Kind.DAY;
import static io.holdfast.sources.Contract.Kind.FLAG;
import static io.holdfast.sources.Contract.Kind.LIST;
import static io.holdfast.sources.Contract.Kind.MOMENT;
import static io.holdfast.sources.Contract.Kind.NUMBER;
import static io.holdfast.sources.Contract.Kind.PERIOD;
import static io.holdfast.sources.Contract.Kind.TEXT;
import static io.holdfast.sources.Contract.Kind.WHOLE;

import io.holdfast.sources.Contract.Kind;
import io.holdfast.sources.Contract.Term;
import java.util.List;

/** The contracts: everything that a company can tell. All of it is optional but ids and times. */
public final class Contracts {

  public static final Contract CUSTOMERS =
      new Contract(
          "customers",
          "accounts of the company's product",
          "customer_id",
          "signup",
          List.of(
              required("customer_id", TEXT, "the customer"),
              optional("name", TEXT, "what people call it"),
              optional("email", TEXT, "its address, where the account itself has one"),
              optional("country", TEXT, "country"),
              optional("acquisition_channel", TEXT, "how it came"),
              optional("company_size", TEXT, "band or number of employees"),
              optional("plan", TEXT, "plan; revenue reads subscriptions"),
              optional("owner", TEXT, "the customer-success manager"),
              optional("signup", MOMENT, "when it signed up"),
              optional("is_internal", FLAG, "the company's own or a test account")));

  public static final Contract USERS =
      new Contract(
          "users",
          "people who work with the product on a customer's behalf",
          "user_id",
          "created",
          List.of(
              required("user_id", TEXT, "the user"),
              required("customer_id", TEXT, "the customer that the user belongs to"),
              optional("email", TEXT, "address"),
              optional("role", TEXT, "what the user does"),
              optional("time_zone", TEXT, "IANA name"),
              optional("created", MOMENT, "when the user was created"),
              optional("is_internal", FLAG, "the company's own or a test user"),
              optional("has_marketing_consent", FLAG, "may be sent marketing")));

  public static final Contract SUBSCRIPTIONS =
      new Contract(
          "subscriptions",
          "lines of contracts, each with its price",
          "subscription_id",
          "start_date",
          List.of(
              required("subscription_id", TEXT, "the line"),
              required("customer_id", TEXT, "the customer who pays"),
              optional("plan", TEXT, "plan"),
              optional("seats", WHOLE, "seats bought"),
              required("amount", AMOUNT, "net price of one amount_period, without one-off charges"),
              required(
                  "amount_period", PERIOD, "what the amount pays: week, month, quarter or year"),
              optional(
                  "currency", CURRENCY, "ISO 4217; the reporting currency where it is not said"),
              optional("billing_period", TEXT, "how often it is billed"),
              optional("is_trial", FLAG, "a trial"),
              required("start_date", DAY, "the first day of the line"),
              optional("end_date", DAY, "its end, as end_date_is says; empty: running"),
              optional("end_reason", TEXT, "why it ended")));

  public static final Contract EVENTS =
      new Contract(
          "events",
          "what customers and users did",
          "event_id",
          "occurred",
          List.of(
              optional("event_id", TEXT, "the event"),
              required("customer_id", TEXT, "the customer"),
              optional("user_id", TEXT, "the user"),
              optional("session_id", TEXT, "the source's session"),
              required("event", TEXT, "what happened"),
              optional("feature", TEXT, "the feature that was used"),
              optional("subscription_id", TEXT, "the line in whose name it happened"),
              required("occurred", MOMENT, "when it happened"),
              optional("quantity", AMOUNT, "how much of it; 1 where it is not said")));

  public static final Contract TICKETS =
      new Contract(
          "tickets",
          "what customers asked support",
          "ticket_id",
          "opened",
          List.of(
              required("ticket_id", TEXT, "the ticket"),
              required("customer_id", TEXT, "the customer who asked"),
              optional("user_id", TEXT, "the user who asked"),
              required("opened", MOMENT, "when it was opened"),
              optional("closed", MOMENT, "when it was closed"),
              optional("first_response_minutes", NUMBER, "minutes until the first answer"),
              optional("priority", TEXT, "priority"),
              optional("satisfaction_score", NUMBER, "the customer's mark"),
              optional("is_escalated", FLAG, "whether it was escalated")));

  public static final Contract CHURN_REASONS =
      new Contract(
          "churn_reasons",
          "what customers said when they left",
          "churn_reason_id",
          "churn_date",
          List.of(
              optional("churn_reason_id", TEXT, "the statement"),
              required("customer_id", TEXT, "the customer"),
              required("churn_date", DAY, "the day on which it says that it left"),
              optional("reason", TEXT, "the reason, coded"),
              optional("comment", TEXT, "the customer's own words"),
              optional("refund_amount", AMOUNT, "what was paid back")));

  public static final Contract FEATURES =
      new Contract(
          "features",
          "the catalogue of what the product can do",
          "feature",
          "",
          List.of(
              required("feature", TEXT, "the feature, as events name it"),
              optional("feature_name", TEXT, "what people call it"),
              optional("tier", TEXT, "core, advanced, integration or reporting"),
              optional("launch_date", DAY, "its first day"),
              optional("retire_date", DAY, "the first day without it"),
              optional("plans", LIST, "the plans that include it; empty: every plan")));

  /** All of them: each after those that it can look things up in. */
  public static final List<Contract> ALL =
      List.of(CUSTOMERS, USERS, SUBSCRIPTIONS, FEATURES, EVENTS, TICKETS, CHURN_REASONS);

  private Contracts() {}

  private static Term required(String name, Kind kind, String meaning) {
    return new Term(name, kind, true, meaning);
  }

  private static Term optional(String name, Kind kind, String meaning) {
    return new Term(name, kind, false, meaning);
  }
}
