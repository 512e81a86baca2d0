package io.holdfast.churn;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;

/**
 * Something that was known of a customer on an observation date: a column of the data set, an input
 * of the models, a reason of a score. Declared once, computed with all others by {@link
 * PointInTime}.
 *
 * @param name the column, window and unit in it
 * @param type the stored type
 * @param kind how models take it
 * @param family what it is computed from
 * @param value what it measures: of a family of dated rows an aggregate, else a column of its base
 * @param windowDays how far it looks back: unknown on dates before which the feed is known for less
 * @param none its value where the family has no row of the customer; NULL: unknown then
 * @param meaning what a value says
 * @param words the value in words a customer-success manager understands
 */
record Feature(
    String name,
    DataType type,
    Kind kind,
    Family family,
    Column value,
    int windowDays,
    Integer none,
    String meaning,
    Words words) {

  /** Name, type and kind: a model takes no feature of another signature for its own. */
  String signature() {
    return name + " " + type.simpleString() + " " + kind;
  }

  /** How models take a feature. */
  enum Kind {
    /** A quantity: more means more. */
    NUMBER,
    /** A name. */
    CATEGORY
  }

  /** What features are computed from: one pass over its rows gives all features of a family. */
  enum Family {
    USE("events"),
    TICKETS("tickets"),
    USERS("users"),
    PAYMENTS("payments"),
    SURVEYS("survey_responses"),
    TOUCHPOINTS("touchpoints"),
    MESSAGES("messages"),
    CONTRACT("subscriptions"),
    ACCOUNT("customers"),
    /** Other features, of whatever family. */
    COMBINED("other features"),
    /** A customer's own columns that the configuration names. */
    ATTRIBUTE("customers");

    private final String feed;

    Family(String feed) {
      this.feed = feed;
    }

    /** What a company must deliver for it. */
    String feed() {
      return feed;
    }
  }
}
