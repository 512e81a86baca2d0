package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;

/**
 * Which events count: an activity stream. It can be written as one text, the name.
 *
 * <p>Source: metrics, "Cohort retention" (start and return event).
 *
 * @param events names of events, of which any counts; {@code [core]} for the core events, {@code
 *     [any]} for every event; {@code [signup]} and {@code [first_paid]} for what is no event
 * @param where conditions on the event's properties, which must all be met
 * @param unitWhere conditions on the properties of the unit, as known on the event's day
 */
public record EventFilter(
    List<String> events, Optional<List<Condition>> where, Optional<List<Condition>> unitWhere) {

  private static final Set<String> COLUMNS =
      Set.of("event_id", "event", "feature", "session_id", "subscription_id", "quantity", "feed");

  private static final Set<String> RESERVED = Set.of("core", "any", "signup", "first_paid");

  /** The core events, as {@code activity.core_events} names them. */
  public static final EventFilter CORE = of("core");

  /**
   * Checks what the types leave open.
   *
   * @throws IllegalArgumentException if no event is named, or a word that stands for itself is one
   *     of several
   */
  public EventFilter {
    events =
        events.stream()
            .map(name -> name.equals("first_core_event") ? "core" : name)
            .distinct()
            .toList();
    if (events.isEmpty()) {
      throw new IllegalArgumentException(
          "events is empty. Name an event, or write any for every event.");
    }
    for (String name : events) {
      if (RESERVED.contains(name) && events.size() > 1) {
        throw new IllegalArgumentException(
            "events holds %s beside others: %s stands alone. For an event of that name add where = [{ property = event, is = equals, value = %s }] to any."
                .formatted(name, name, name));
      }
    }
  }

  /** The events of one name, or what a reserved word stands for. */
  public static EventFilter of(String name) {
    return of(List.of(name));
  }

  /** The events of several names. */
  public static EventFilter of(List<String> names) {
    return new EventFilter(names, Optional.empty(), Optional.empty());
  }

  /** Whether this is the unit's signup, which is no event. */
  public boolean isSignup() {
    return events.equals(List.of("signup"));
  }

  /** Whether this is the first day that is paid, which is no event. */
  public boolean isFirstPaid() {
    return events.equals(List.of("first_paid"));
  }

  /** Whether it is events that count. */
  public boolean isOfEvents() {
    return !isSignup() && !isFirstPaid();
  }

  /** The conditions on the unit. */
  public List<Condition> ofUnit() {
    return unitWhere.orElse(List.of());
  }

  /** The conditions on the event. */
  public List<Condition> ofEvent() {
    return where.orElse(List.of());
  }

  /** The name of its state: filters that differ in the unit alone share it. */
  public String stream() {
    String names =
        String.join(" | ", new TreeSet<>(events).stream().map(Condition::quoted).toList());
    return ofEvent().isEmpty() ? names : names + " where " + text(ofEvent());
  }

  /** As people read it. */
  public String text() {
    return ofUnit().isEmpty() ? stream() : stream() + " of units where " + text(ofUnit());
  }

  private static String text(List<Condition> conditions) {
    return String.join(
        " and ", conditions.stream().map(Condition::text).distinct().sorted().toList());
  }

  /** Whether an event counts, as far as the event itself says: TRUE or FALSE, never NULL. */
  public Column isMet(ActivitySettings activity) {
    Column isNamed =
        switch (events.get(0)) {
          case "any" -> lit(true);
          case "core" -> activity.isCore();
          default -> coalesce(col("event").isin(events.toArray()), lit(false));
        };
    return isNamed.and(Condition.areMet(ofEvent(), EventFilter::property));
  }

  private static Column property(String name) {
    return COLUMNS.contains(name) ? col(name).cast("string") : col("properties").getItem(name);
  }
}
