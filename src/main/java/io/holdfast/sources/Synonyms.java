package io.holdfast.sources;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What tools and companies call the columns of contracts. */
final class Synonyms {

  private static final Map<String, List<String>> OF =
      Map.ofEntries(
          of(
              "customer_id",
              "account_id client_id company_id organization_id organisation_id org_id tenant_id workspace_id customer account client customer_no customer_number customer_nr cust_id cust_no kundennummer kundennr kunden_id kunde kunden_nr id_cliente cliente_id cliente client_no debitor"),
          of(
              "user_id",
              "person_id member_id contact_id seat_id user uid distinct_id benutzer_id usuario_id requester_id recipient_id"),
          of(
              "name",
              "company_name account_name customer_name company organization firma firmenname nombre razon_social"),
          of("email", "email_address mail e_mail correo user_email contact_email"),
          of("country", "country_code land pais billing_country"),
          of(
              "acquisition_channel",
              "channel referral_source source utm_source lead_source kanal origin"),
          of("company_size", "size employees seats_band number_of_employees groesse"),
          of("plan", "plan_name plan_tier tier package product subscription_plan tarif edition"),
          of(
              "owner",
              "success_manager csm account_manager customer_success_manager assigned_to betreuer manager agent"),
          of(
              "signup",
              "signup_date signed_up signed_up_at created created_at registration_date registered_at join_date anmeldung angelegt_am fecha_alta sign_up_date"),
          of("is_internal", "internal is_test test_account test"),
          of("role", "job_title title user_role rolle"),
          of("time_zone", "timezone tz zeitzone"),
          of("created", "created_at creation_date created_on date_created angelegt_am signup_date"),
          of(
              "has_marketing_consent",
              "marketing_consent opt_in newsletter consent marketing_opt_in"),
          of(
              "subscription_id",
              "sub_id subscription contract_id contract_no vertrag_id vertragsnummer vertragsnr line_id"),
          of("seats", "quantity licences licenses users_bought plaetze seat_count"),
          of(
              "amount",
              "price mrr mrr_amount monthly_price net_amount total value betrag preis monto importe sum amount_usd cost spend"),
          of(
              "amount_period",
              "billing_period billing_frequency interval billing_interval period frequency abrechnung"),
          of("currency", "currency_code curr ccy waehrung moneda"),
          of("billing_period", "billing_frequency interval billing_interval frequency"),
          of("is_trial", "trial on_trial"),
          of(
              "start_date",
              "started started_on started_at start begins valid_from beginn von begin_date current_period_start fecha_inicio"),
          of(
              "end_date",
              "ended ended_on ended_at end canceled_at cancelled_at cancellation_date churn_date valid_to valid_until ende bis fecha_fin"),
          of("end_reason", "cancellation_reason cancel_reason churn_reason kuendigungsgrund"),
          of("discount_rate", "discount_share"),
          of("discount_amount", "discount rabatt"),
          of("past_due_since", "overdue_since unpaid_since"),
          of("pause_start", "paused_at paused_from"),
          of("pause_end", "resumed_at paused_until"),
          of("event_id", "id uuid insert_id message_id usage_id log_id"),
          of("session_id", "session visit_id"),
          of("event", "event_name event_type action activity name type ereignis evento"),
          of("feature", "feature_name feature_key module function funktion"),
          of(
              "occurred",
              "occurred_at timestamp time event_time event_date at date datetime ts created_at usage_date logged_at zeitpunkt datum fecha"),
          of("quantity", "count usage_count uses anzahl number cantidad"),
          of(
              "ticket_id",
              "case_id issue_id ticket_number ticket ticket_no conversation_id request_id id"),
          of(
              "opened",
              "opened_at submitted_at created_at created open_date reported_at opened_on submitted eroeffnet erstellt sent_opened first_opened_at open_at"),
          of(
              "closed",
              "closed_at resolved_at solved_at close_date closed_on resolved geschlossen erledigt"),
          of(
              "first_response_minutes",
              "first_response_time_minutes first_reply_minutes first_reply_time response_minutes first_response_time"),
          of("priority", "severity urgency prioritaet prioridad"),
          of("satisfaction_score", "satisfaction csat rating csat_score satisfaction_rating"),
          of("is_escalated", "escalated escalation_flag escalation"),
          of("churn_reason_id", "churn_event_id churn_id"),
          of(
              "churn_date",
              "churned_on churned_at cancelled_at canceled_at cancellation_date left_on"),
          of("reason", "reason_code churn_reason cancellation_reason grund motivo"),
          of(
              "comment",
              "feedback feedback_text comments text note notes verbatim kommentar comentario"),
          of("refund_amount", "refund refund_amount_usd refunded"),
          of("feature_name", "display_name label title"),
          of("tier", "feature_tier category kategorie"),
          of("launch_date", "launched launched_on released_on release_date ga_date"),
          of("retire_date", "retired retired_on sunset_date removed_on"),
          of("plans", "included_in available_in"),
          of("payment_id", "charge_id transaction_id attempt_id id zahlung_id payment_no"),
          of(
              "invoice_id",
              "invoice invoice_no invoice_number rechnung rechnungsnummer rechnungsnr"),
          of(
              "attempted",
              "attempted_at attempted_on charged_at paid_at payment_date created_at date created transaction_date zahldatum buchungsdatum fecha_pago"),
          of("due", "due_date due_on faellig faellig_am vencimiento"),
          of("status", "state payment_status outcome zustand estado"),
          of("kind", "type category touch_type activity_type payment_type art tipo"),
          of("method", "payment_method card_type zahlungsart metodo"),
          of("failure_reason", "failure_code failure_message decline_code decline_reason error"),
          of("response_id", "survey_response_id answer_id submission_id id"),
          of("survey", "survey_name survey_type questionnaire"),
          of("touchpoint", "topic context about"),
          of("object_id", "ticket_id related_id reference"),
          of(
              "sent",
              "sent_at sent_on send_date asked_at invited_at delivered_at survey_date date created_at verschickt"),
          of(
              "responded",
              "responded_at answered_at submitted_at response_date completed_at replied_at"),
          of(
              "score",
              "rating mark nps_score nps csat csat_score value answer punktzahl puntuacion"),
          of("scale_min", "min_score minimum"),
          of("scale_max", "max_score maximum"),
          of("touchpoint_id", "touch_id activity_id meeting_id call_id id"),
          of("channel", "medium kanal canal utm_source"),
          of("minutes", "duration duration_minutes length_minutes dauer"),
          of("outcome", "result status ergebnis resultado"),
          of("message_id", "email_id send_id delivery_id id"),
          of("campaign", "campaign_name campaign_id kampagne"),
          of("clicked", "clicked_at first_clicked_at click_time"),
          of("bounced", "bounced_at bounce_time"),
          of("unsubscribed", "unsubscribed_at opted_out_at"),
          of("referral_id", "id invite_id"),
          of("code", "referral_code invite_code coupon"),
          of("referred_customer_id", "referred_account_id invitee_id new_customer_id referred_id"),
          of("referred_email", "invitee_email invited_email friend_email"),
          of("cost_id", "booking_id entry_id id belegnummer"),
          of("cost_date", "date booked_on booking_date month datum"),
          of("category", "cost_type kostenart type account_name"),
          of("program", "programme project initiative"),
          of("is_one_off", "one_off one_time"),
          of("spend_id", "booking_id id"),
          of("spend_date", "date day month datum"),
          of("alias_id", "old_id merged_id previous_id source_id duplicate_id from_id alias"),
          of("unit", "entity object_type"),
          of(
              "canonical_id",
              "new_id primary_id target_id master_id to_id merged_into surviving_id"),
          of("merged", "merged_at merged_on merge_date"));

  private static final Map<String, List<String>> FILES =
      Map.ofEntries(
          of(
              "customers",
              "customer accounts account companies company clients kunden clientes organizations"),
          of("users", "user members contacts people seats benutzer usuarios"),
          of("subscriptions", "subscription contracts contract vertraege abos suscripciones subs"),
          of("features", "feature catalogue catalog modules"),
          of("events", "event usage activity log clicks tracks ereignisse eventos"),
          of("tickets", "ticket support cases issues requests conversations"),
          of("churn_reasons", "churn cancellations exit cancellation kuendigungen"),
          of("payments", "payment charges transactions invoices zahlungen pagos"),
          of("survey_responses", "survey surveys responses nps csat feedback umfrage encuestas"),
          of("touchpoints", "touch touches meetings calls engagements"),
          of("messages", "message emails email mail sends deliveries"),
          of("referrals", "referral invites invitations"),
          of("costs", "cost expenses kosten gastos ledger"),
          of("marketing_spend", "spend ads marketing adspend werbekosten"),
          of("id_aliases", "alias aliases merges merged identities"));

  private Synonyms() {}

  /** Words of a name: {@code accountID} and {@code Account Id} are both account_id. */
  static String normal(String name) {
    String text = name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    return text.replace("ä", "ae")
        .replace("ö", "oe")
        .replace("ü", "ue")
        .replace("ß", "ss")
        .replaceAll("[^a-z0-9]+", "_")
        .replaceAll("^_+|_+$", "");
  }

  /** How alike a contract's column and a stranger's are by name alone, 0 to 1. */
  static double likeness(String contract, String term, String column) {
    String inner = column.substring(column.lastIndexOf('.') + 1);
    return Math.max(
        alike(contract, term, normal(column)), 0.95 * alike(contract, term, normal(inner)));
  }

  private static double alike(String contract, String term, String last) {
    if (last.equals(term)) {
      return 1;
    }
    List<String> names = OF.getOrDefault(term, List.of());
    int place = names.indexOf(last);
    if (place >= 0) {
      // Those first in the list say it more plainly.
      return 0.9 - 0.2 * place / names.size();
    }
    String single = contract.replaceFirst("s$", "");
    if (last.equals(single + "_" + term) || (last.equals("id") && term.equals(single + "_id"))) {
      return 0.85;
    }
    return 0.55 * overlap(term, last);
  }

  private static double overlap(String term, String column) {
    Set<String> both = new LinkedHashSet<>(Arrays.asList(term.split("_", -1)));
    Set<String> words = new LinkedHashSet<>(Arrays.asList(column.split("_", -1)));
    Set<String> all = new LinkedHashSet<>(both);
    all.addAll(words);
    both.retainAll(words);
    both.removeAll(Set.of("id", "is", "date", "at", "on", "of", "has"));
    return both.size() / (double) all.size();
  }

  /** Whether a file's name says that it holds a contract's rows. */
  static boolean isNamed(String contract, String file) {
    Set<String> words = new LinkedHashSet<>(Arrays.asList(normal(file).split("_", -1)));
    return normal(file).contains(contract)
        || FILES.getOrDefault(contract, List.of()).stream().anyMatch(words::contains);
  }

  private static Map.Entry<String, List<String>> of(String name, String others) {
    return Map.entry(name, List.of(others.split(" ", -1)));
  }
}
