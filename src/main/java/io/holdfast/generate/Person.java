package io.holdfast.generate;

import java.time.ZoneId;

/**
 * One user of a customer's account.
 *
 * @param account the account under which the person was invited
 * @param device the id by which the product knew the person on the first day; empty: its own
 * @param habit how often this person works in the product, 1 being a usual user
 * @param hour the hour, in the person's own zone, around which work is done
 */
record Person(
    String id,
    String account,
    String device,
    String role,
    ZoneId zone,
    int sinceDay,
    long createdAt,
    double habit,
    double hour) {

  /** The id that events of a day have. */
  String idOn(int day) {
    return day == sinceDay && !device.isEmpty() ? device : id;
  }
}
