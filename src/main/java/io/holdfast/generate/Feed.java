package io.holdfast.generate;

import java.util.Locale;

/** One kind of file: what the company exports, and the truth that no job reads. */
enum Feed {
  ACCOUNTS(
      "part-00000.csv",
      "account_id,company_name,country,acquisition_channel,industry,employees,signup_at,"
          + "is_internal,owner,updated_at"),
  USERS(
      "part-00000.csv",
      "user_id,account_id,email,role,time_zone,created_at,marketing_consent,updated_at"),
  EVENTS("part-00000.jsonl.gz", ""),
  SUBSCRIPTIONS(
      "part-00000.csv",
      "subscription_id,account_id,plan,seats,amount,currency,billing_period,is_trial,started_on,"
          + "ended_on,end_reason,discount_rate,discount_amount,discount_from,discount_until,"
          + "paused_from,paused_until,past_due_since,updated_at"),
  TICKETS("part-00000.jsonl", ""),
  CHURN_REASONS("part-00000.csv", "churn_reason_id,account_id,churned_on,reason,comment"),
  FEATURES("part-00000.csv", "feature,name,tier,launched_on,retired_on,plans"),
  PAYMENTS(
      "part-00000.csv",
      "payment_id,account_id,subscription_id,invoice_id,attempted_at,due_on,amount,currency,status,"
          + "kind,method,failure_reason"),
  SURVEYS("part-00000.jsonl", ""),
  TOUCHPOINTS(
      "part-00000.csv",
      "touchpoint_id,account_id,user_id,owner,kind,channel,occurred_at,minutes,outcome"),
  MESSAGES(
      "part-00000.parquet",
      "message_id,account_id,user_id,campaign,channel,sent_at,opened_at,clicked_at,bounced_at,"
          + "unsubscribed_at,updated_at"),
  REFERRALS(
      "part-00000.csv",
      "referral_id,code,account_id,referred_account_id,referred_email,created_at,status,"
          + "updated_at"),
  COSTS(
      "part-00000.csv", "cost_id,booked_on,category,program,account_id,amount,currency,is_one_off"),
  MARKETING_SPEND("part-00000.csv", "spend_id,spent_on,channel,kind,campaign,amount,currency"),
  ID_ALIASES("part-00000.csv", "alias_id,unit,canonical_id,merged_at,is_undone,updated_at"),

  CUSTOMERS(
      "customers.csv",
      "account_id,is_internal,signup_date,first_paid_date,value_date,onboarding,fit,intensity"),
  EXITS("exits.csv", "account_id,exit_number,exit_date,exit_kind,cause,returned_date,is_confirmed"),
  EFFECTS("effects.csv", "effect,value"),
  HAZARDS(
      "hazards.csv.gz",
      "account_id,hazard_per_million,leading_cause,falling_use,narrow_use,late_value,bad_support,price"),
  PLANTED("planted.csv", "feed,file,id,kind,fate"),
  CEILING("ceiling.csv", "account_id,observation_date,probability,unannounced,is_churned"),
  FIGURES("figures.csv", "figure,date,key,period,value");

  private final String file;
  private final String header;

  Feed(String file, String header) {
    this.file = file;
    this.header = header;
  }

  boolean isTruth() {
    return compareTo(CUSTOMERS) >= 0;
  }

  /** Whether there is a file a day. */
  boolean isDaily() {
    return !isTruth() || this == HAZARDS;
  }

  boolean isCompressed() {
    return file.endsWith(".gz");
  }

  boolean isParquet() {
    return file.endsWith(".parquet");
  }

  /** The first line of each file; empty where the format has none. */
  String header() {
    return header;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name under which the rows are counted. */
  String figure() {
    return (isTruth() ? "true_" : "landed_") + text();
  }

  /** The file, under the output directory, of the rows that arrive on a date. */
  String path(String date) {
    if (!isTruth()) {
      return "landing/" + text() + "/date=" + date + "/" + file;
    }
    return isDaily() ? "truth/" + text() + "/date=" + date + "/" + file : "truth/" + file;
  }
}
