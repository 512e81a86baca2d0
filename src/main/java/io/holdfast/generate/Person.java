package io.holdfast.generate;

import java.time.ZoneId;

/**
 * One user of a customer's account.
 *
 * @param habit how often this person works in the product, 1 being a usual user
 * @param hour the hour, in the person's own zone, around which work is done
 */
record Person(
    String id, String role, ZoneId zone, int sinceDay, long createdAt, double habit, double hour) {}
