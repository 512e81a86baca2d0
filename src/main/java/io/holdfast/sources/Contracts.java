package io.holdfast.sources;

import static io.holdfast.sources.Contract.Kind.AMOUNT;
import static io.holdfast.sources.Contract.Kind.CURRENCY;
import static io.holdfast.sources.Contract.Kind.DAY;
import static io.holdfast.sources.Contract.Kind.FLAG;
import static io.holdfast.sources.Contract.Kind.LIST;
import static io.holdfast.sources.Contract.Kind.MOMENT;
import static io.holdfast.sources.Contract.Kind.NUMBER;
import static io.holdfast.sources.Contract.Kind.PERIOD;
import static io.holdfast.sources.Contract.Kind.SHARE;
import static io.holdfast.sources.Contract.Kind.SIGNED_AMOUNT;
import static io.holdfast.sources.Contract.Kind.TEXT;
import static io.holdfast.sources.Contract.Kind.UNIT;
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
              optional("end_reason", TEXT, "why it ended"),
              optional("discount_rate", SHARE, "share off the amount, 0 to 1"),
              optional("discount_amount", AMOUNT, "off one amount_period, in the line's currency"),
              optional("discount_start", DAY, "the first day with it; empty: from start_date"),
              optional(
                  "discount_end", DAY, "the first day without it; empty: as long as the line runs"),
              optional("pause_start", DAY, "the first day of a pause"),
              optional("pause_end", DAY, "the first day after the pause"),
              optional(
                  "past_due_since", DAY, "the first day that is not paid for; empty: paid up")));

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
              optional("refund_amount", SIGNED_AMOUNT, "what was paid back")));

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

  public static final Contract PAYMENTS =
      new Contract(
          "payments",
          "attempts to collect money, and money paid back",
          "payment_id",
          "attempted",
          List.of(
              optional("payment_id", TEXT, "the attempt"),
              required("customer_id", TEXT, "the customer who pays"),
              optional("subscription_id", TEXT, "the line that is paid for"),
              optional("invoice_id", TEXT, "the invoice: its attempts belong together"),
              required("attempted", MOMENT, "when it was tried"),
              optional("due", DAY, "the day by which it should have been paid"),
              required("amount", AMOUNT, "how much; of a refund, how much was paid back"),
              optional(
                  "currency", CURRENCY, "ISO 4217; the reporting currency where it is not said"),
              required("status", TEXT, "how it went, as the source says"),
              optional("kind", TEXT, "recurring, one_off or refund"),
              optional("method", TEXT, "card, transfer, ..."),
              optional("failure_reason", TEXT, "why it failed")));

  public static final Contract SURVEY_RESPONSES =
      new Contract(
          "survey_responses",
          "questions put to customers, and their answers",
          "response_id",
          "sent",
          List.of(
              required("response_id", TEXT, "the question to one person, with or without answer"),
              required("survey", TEXT, "csat, nps, ..."),
              optional("touchpoint", TEXT, "what it is about: onboarding, support, billing, ..."),
              optional("object_id", TEXT, "the thing it is about, such as a ticket"),
              required("customer_id", TEXT, "the customer"),
              optional("user_id", TEXT, "the user who was asked"),
              required("sent", MOMENT, "when it was asked; of answers alone: when it was answered"),
              optional("responded", MOMENT, "when it was answered; empty: not answered"),
              optional("score", NUMBER, "the mark"),
              optional("scale_min", NUMBER, "the worst mark of its scale"),
              optional("scale_max", NUMBER, "the best mark of its scale"),
              optional("comment", TEXT, "the customer's own words")));

  public static final Contract TOUCHPOINTS =
      new Contract(
          "touchpoints",
          "what people of the company did with a customer",
          "touchpoint_id",
          "occurred",
          List.of(
              optional("touchpoint_id", TEXT, "the touch"),
              required("customer_id", TEXT, "the customer"),
              optional("user_id", TEXT, "the user"),
              optional("owner", TEXT, "who of the company it was"),
              required(
                  "kind", TEXT, "outreach, health_check, business_review, training, call, ..."),
              optional("channel", TEXT, "email, phone, meeting, ..."),
              required("occurred", MOMENT, "when"),
              optional("minutes", NUMBER, "how long"),
              optional("outcome", TEXT, "how it went, as the source says")));

  public static final Contract MESSAGES =
      new Contract(
          "messages",
          "what customers were sent, and what they did with it",
          "message_id",
          "sent",
          List.of(
              required("message_id", TEXT, "the message to one person"),
              required("customer_id", TEXT, "the customer"),
              optional("user_id", TEXT, "the user it was sent to"),
              optional("campaign", TEXT, "what it is part of"),
              required("channel", TEXT, "email, in_app or phone"),
              required("sent", MOMENT, "when it was sent"),
              optional("opened", MOMENT, "when it was first opened"),
              optional("clicked", MOMENT, "when it was first clicked"),
              optional("bounced", MOMENT, "when it came back"),
              optional("unsubscribed", MOMENT, "when the user asked for no more")));

  public static final Contract REFERRALS =
      new Contract(
          "referrals",
          "customers whom customers brought",
          "referral_id",
          "created",
          List.of(
              required("referral_id", TEXT, "the referral"),
              optional("code", TEXT, "the referrer's code"),
              required("customer_id", TEXT, "the referrer"),
              optional("referred_customer_id", TEXT, "who came of it; empty: nobody yet"),
              optional("referred_email", TEXT, "the address it was sent to"),
              required("created", MOMENT, "when it was made"),
              optional("status", TEXT, "how far it got, as the source says")));

  public static final Contract COSTS =
      new Contract(
          "costs",
          "what serving and keeping customers costs",
          "cost_id",
          "cost_date",
          List.of(
              optional("cost_id", TEXT, "the booking"),
              required("cost_date", DAY, "the day it belongs to"),
              required(
                  "category", TEXT, "cost_of_revenue, support, customer_success, programme, ..."),
              optional("program", TEXT, "the programme it was spent on"),
              optional("customer_id", TEXT, "the customer it was spent on, where it was one"),
              required("amount", SIGNED_AMOUNT, "how much; below 0: a credit note"),
              optional(
                  "currency", CURRENCY, "ISO 4217; the reporting currency where it is not said"),
              optional("is_one_off", FLAG, "spent once, not every month")));

  public static final Contract MARKETING_SPEND =
      new Contract(
          "marketing_spend",
          "what winning customers costs",
          "spend_id",
          "spend_date",
          List.of(
              optional("spend_id", TEXT, "the booking"),
              required("spend_date", DAY, "the day it belongs to"),
              optional("channel", TEXT, "the acquisition channel, as customers name it"),
              optional("kind", TEXT, "sales or marketing"),
              optional("campaign", TEXT, "the campaign"),
              required("amount", SIGNED_AMOUNT, "how much; below 0: a credit note"),
              optional(
                  "currency", CURRENCY, "ISO 4217; the reporting currency where it is not said")));

  public static final Contract ID_ALIASES =
      new Contract(
          "id_aliases",
          "ids that stand for somebody who has another id: merged accounts, old ids",
          "alias_id",
          "merged",
          List.of(
              required("alias_id", TEXT, "the id as feeds send it"),
              required("unit", UNIT, "customer or user"),
              required("canonical_id", TEXT, "the id it stands for; itself: the merge is undone"),
              optional("merged", MOMENT, "when they were merged")));

  /** All of them: each after those that it can look things up in. */
  public static final List<Contract> ALL =
      List.of(
          CUSTOMERS,
          USERS,
          SUBSCRIPTIONS,
          FEATURES,
          EVENTS,
          TICKETS,
          CHURN_REASONS,
          PAYMENTS,
          SURVEY_RESPONSES,
          TOUCHPOINTS,
          MESSAGES,
          REFERRALS,
          COSTS,
          MARKETING_SPEND,
          ID_ALIASES);

  private static final List<Contract> THINGS =
      List.of(CUSTOMERS, USERS, SUBSCRIPTIONS, FEATURES, TICKETS);

  private Contracts() {}

  /** The contracts in which the feeds of a contract can look things up. */
  static List<Contract> lookedInto(Contract contract) {
    return ALL.subList(0, ALL.indexOf(contract)).stream().filter(THINGS::contains).toList();
  }

  private static Term required(String name, Kind kind, String meaning) {
    return new Term(name, kind, true, meaning);
  }

  private static Term optional(String name, Kind kind, String meaning) {
    return new Term(name, kind, false, meaning);
  }
}
