package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.config.Setting;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * What counts as activity.
 *
 * @param coreEvents events that make a day an active day; none named: every event does
 * @param loginEvents events that count as log-ins; none named: log-ins are unknown
 * @param sessionGapMinutes a longer pause ends a session, where the source names none
 * @param sessionCapMinutes a session counts for at most so long
 */
public record ActivitySettings(
    List<String> coreEvents,
    List<String> loginEvents,
    int sessionGapMinutes,
    int sessionCapMinutes) {

  public static final Setting<ActivitySettings> SETTING =
      Setting.of("activity", ActivitySettings.class);

  /** Whether an event is core: TRUE or FALSE, never NULL. */
  public Column isCore() {
    return coreEvents.isEmpty() ? lit(true) : isOneOf(coreEvents);
  }

  /** Whether an event is a log-in; NULL where the configuration names none. */
  public Column isLogin() {
    return loginEvents.isEmpty() ? lit(null).cast("boolean") : isOneOf(loginEvents);
  }

  private static Column isOneOf(List<String> events) {
    return coalesce(col("event").isin(events.toArray()), lit(false));
  }
}
