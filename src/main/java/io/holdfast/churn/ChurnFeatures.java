package io.holdfast.churn;

import static io.holdfast.churn.Feature.Kind.CATEGORY;
import static io.holdfast.churn.Feature.Kind.NUMBER;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Field;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Every feature, declared once: its column, its meaning, its words. */
final class ChurnFeatures {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  static final List<Feature> ALL =
      List.of(
          use("active_days_7d", IntegerType, "active days of the last 7")
              .words(row -> "used on %s of the last 7 days".formatted(text(row, "active_days_7d"))),
          use("active_days_28d", IntegerType, "active days of the last 28")
              .words(ChurnFeatures::usedDays),
          use("active_days_56d", IntegerType, "active days of the last 56")
              .words(
                  row -> "used on %s of the last 56 days".formatted(text(row, "active_days_56d"))),
          use("active_days_91d", IntegerType, "active days of the last 91")
              .words(
                  row -> "used on %s of the last 91 days".formatted(text(row, "active_days_91d"))),
          use(
                  "active_days_change_28d",
                  IntegerType,
                  "active days of the last 28 minus those of the 28 before")
              .words(ChurnFeatures::usedDays),
          use("days_since_active_max_91", IntegerType, "days since the last active day; 91: longer")
              .words(ChurnFeatures::lastUse),
          use("events_28d", LongType, "events of the last 28 days")
              .words(row -> "%s events in the last 28 days".formatted(text(row, "events_28d"))),
          use(
                  "events_change_28d",
                  LongType,
                  "events of the last 28 days minus those of the 28 before")
              .words(
                  row ->
                      "%s events in the last 28 days; %s than in the 28 before"
                          .formatted(text(row, "events_28d"), change(row, "events_change_28d"))),
          use("quantity_28d", MONEY, "quantity of the core events of the last 28 days")
              .words(
                  row ->
                      "amount of use in the last 28 days: %s".formatted(text(row, "quantity_28d"))),
          use("active_users_28d", IntegerType, "distinct users with a core event in 28 days")
              .words(
                  row ->
                      "%s different users in the last 28 days"
                          .formatted(text(row, "active_users_28d"))),
          use("used_seats_28d_rate", DoubleType, "active users of 28 days per seat bought")
              .words(
                  row ->
                      "%s users in the last 28 days for %s seats"
                          .formatted(text(row, "active_users_28d"), text(row, "seats"))),
          use("logins_per_week_28d", DoubleType, "log-ins a week over the last 28 days")
              .words(
                  row ->
                      "%s log-ins a week in the last 28 days"
                          .formatted(text(row, "logins_per_week_28d"))),
          use("features_used_28d", IntegerType, "distinct features used in the last 28 days")
              .words(
                  row ->
                      "%s different features used in the last 28 days"
                          .formatted(text(row, "features_used_28d"))),
          support("tickets_opened_28d", LongType, "support tickets opened in the last 28 days")
              .words(
                  row ->
                      "%s support tickets in the last 28 days"
                          .formatted(text(row, "tickets_opened_28d"))),
          support("tickets_opened_91d", LongType, "support tickets opened in the last 91 days")
              .words(
                  row ->
                      "%s support tickets in the last 91 days"
                          .formatted(text(row, "tickets_opened_91d"))),
          support("open_tickets", LongType, "support tickets not closed yet")
              .words(row -> "%s support tickets are open".formatted(text(row, "open_tickets"))),
          support("escalations_91d", LongType, "tickets of the last 91 days that were escalated")
              .words(
                  row ->
                      "%s escalated tickets in the last 91 days"
                          .formatted(text(row, "escalations_91d"))),
          support(
                  "first_response_hours_91d",
                  DoubleType,
                  "mean hours until the first answer to the tickets of the last 91 days")
              .words(
                  row ->
                      "waited %s hours on average for support's first answer"
                          .formatted(text(row, "first_response_hours_91d"))),
          contract("mrr", MONEY, NUMBER, "monthly recurring revenue")
              .words(row -> "pays %s a month".formatted(text(row, "mrr"))),
          contract("mrr_change_91d", MONEY, NUMBER, "MRR minus MRR 91 days ago")
              .words(
                  row ->
                      "pays %s a month than 91 days ago".formatted(change(row, "mrr_change_91d"))),
          contract("seats", LongType, NUMBER, "seats bought")
              .words(row -> "%s seats".formatted(text(row, "seats"))),
          contract("plan_days", IntegerType, NUMBER, "days since the line of the plan began")
              .words(row -> "on this plan for %s days".formatted(text(row, "plan_days"))),
          contract("plan", StringType, CATEGORY, "plan")
              .words(row -> "plan %s".formatted(text(row, "plan"))),
          contract("billing_period", StringType, CATEGORY, "how often it is billed")
              .words(row -> "billed by the %s".formatted(text(row, "billing_period"))),
          account("tenure_days", IntegerType, NUMBER, "days since signup, else the first event")
              .words(row -> "a customer for %s days".formatted(text(row, "tenure_days"))),
          account("country", StringType, CATEGORY, "country")
              .words(row -> "country %s".formatted(text(row, "country"))),
          account("acquisition_channel", StringType, CATEGORY, "how the customer came")
              .words(row -> "came by %s".formatted(text(row, "acquisition_channel"))),
          account("company_size", StringType, CATEGORY, "size of the customer's company")
              .words(row -> "company size %s".formatted(text(row, "company_size"))));

  private ChurnFeatures() {}

  /** The columns of all features. */
  static List<Field> fields() {
    return ALL.stream()
        .map(feature -> new Field(feature.name(), feature.type(), feature.meaning()))
        .toList();
  }

  /** The feature of a name. */
  static Optional<Feature> named(String name) {
    return ALL.stream().filter(feature -> feature.name().equals(name)).findFirst();
  }

  /** A feature that still lacks its words. */
  private interface Named {
    Feature words(Function<Row, String> wording);
  }

  private static Named use(String name, DataType type, String meaning) {
    return words -> new Feature(name, type, NUMBER, "events", meaning, words);
  }

  private static Named support(String name, DataType type, String meaning) {
    return words -> new Feature(name, type, NUMBER, "tickets", meaning, words);
  }

  private static Named contract(String name, DataType type, Feature.Kind kind, String meaning) {
    return words -> new Feature(name, type, kind, "subscriptions", meaning, words);
  }

  private static Named account(String name, DataType type, Feature.Kind kind, String meaning) {
    return words -> new Feature(name, type, kind, "customers", meaning, words);
  }

  private static String usedDays(Row row) {
    String now = "used on %s of the last 28 days".formatted(text(row, "active_days_28d"));
    int change = row.fieldIndex("active_days_change_28d");
    if (row.isNullAt(change)) {
      return now;
    }
    int before = row.<Integer>getAs("active_days_28d") - row.getInt(change);
    return now + "; on %d of the 28 before".formatted(before);
  }

  private static String lastUse(Row row) {
    int days = row.<Integer>getAs("days_since_active_max_91");
    return days >= 91 ? "not used in the last 91 days" : "last used %d days ago".formatted(days);
  }

  private static String change(Row row, String name) {
    BigDecimal value = new BigDecimal(row.getAs(name).toString());
    return switch (value.signum()) {
      case -1 -> plain(value.negate()) + " less";
      case 0 -> "no more or less";
      default -> plain(value) + " more";
    };
  }

  private static String text(Row row, String name) {
    Object value = row.getAs(name);
    if (value == null) {
      return "an unknown number of";
    }
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, "%.1f", number);
    }
    return value instanceof BigDecimal decimal ? plain(decimal) : value.toString();
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
