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
          + "ended_on,end_reason,updated_at"),
  TICKETS("part-00000.jsonl", ""),
  CHURN_REASONS("part-00000.csv", "churn_reason_id,account_id,churned_on,reason,comment"),
  FEATURES("part-00000.csv", "feature,name,tier,launched_on,retired_on,plans"),
  CUSTOMERS("customers.csv", "account_id,is_internal,signup_date,first_paid_date,value_date"),
  EXITS("exits.csv", "account_id,exit_number,exit_date,exit_kind,cause,returned_date");

  private final String file;
  private final String header;

  Feed(String file, String header) {
    this.file = file;
    this.header = header;
  }

  boolean isTruth() {
    return this == CUSTOMERS || this == EXITS;
  }

  boolean isCompressed() {
    return file.endsWith(".gz");
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
    return isTruth() ? "truth/" + file : "landing/" + text() + "/date=" + date + "/" + file;
  }
}
