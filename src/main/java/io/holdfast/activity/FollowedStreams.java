package io.holdfast.activity;

import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.config.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The activity streams whose lifecycle, stickiness and engagement are measured.
 *
 * @param streams the streams, by name
 * @param stickinessPeriods over how many of the latest periods stickiness is told
 * @param lifecyclePeriods of how many of the latest periods the lifecycle is shown
 */
public record FollowedStreams(
    Map<String, FollowedStream> streams,
    LatestPeriods stickinessPeriods,
    LatestPeriods lifecyclePeriods) {

  public static final Setting<FollowedStreams> SETTING =
      Setting.of("engagement", FollowedStreams.class);

  /** What makes a unit new in a period. */
  public enum NewBy {
    /** Its first activity ever lies in it. */
    FIRST_ACTIVITY,
    /** It signed up, or was created, in it. */
    CREATED
  }

  /**
   * How many of the latest periods.
   *
   * @param day of days
   * @param week of weeks
   * @param month of months
   */
  public record LatestPeriods(int day, int week, int month) {

    /**
     * Checks what the types leave open.
     *
     * @throws IllegalArgumentException if there would be nothing to tell
     */
    public LatestPeriods {
      if (day < 1 || week < 1 || month < 1) {
        throw new IllegalArgumentException("a number of periods is below 1. Set it to 1 or more.");
      }
    }

    /** The number for a grain. */
    public int of(Grain grain) {
      return switch (grain) {
        case DAY -> day;
        case WEEK -> week;
        case MONTH -> month;
        case HOUR -> throw new IllegalArgumentException("no lifecycle by the hour");
      };
    }
  }

  /**
   * One stream.
   *
   * @param events which events count
   * @param units whose activity it is
   * @param grains how long periods are
   * @param newBy what makes a unit new; its first activity
   * @param unitWhere which units are counted at all, as known on the last day of a period
   * @param segmentDimensions what units are split by, besides all together
   */
  public record FollowedStream(
      EventFilter events,
      List<Unit> units,
      List<Grain> grains,
      Optional<NewBy> newBy,
      Optional<List<Condition>> unitWhere,
      Optional<List<String>> segmentDimensions) {

    /**
     * Checks what the types leave open.
     *
     * @throws IllegalArgumentException if it asks for what cannot be measured
     */
    public FollowedStream {
      if (!events.isOfEvents()) {
        throw new IllegalArgumentException(
            "events = %s is no activity. Set it to core, any, or names of events."
                .formatted(events.stream()));
      }
      if (units.isEmpty() || grains.isEmpty()) {
        throw new IllegalArgumentException(
            "units or grains is empty. Name at least one of each, or leave the stream out.");
      }
      if (grains.contains(Grain.HOUR)) {
        throw new IllegalArgumentException(
            "grains holds hour, by which no lifecycle is told. Use day, week or month.");
      }
      for (String name : segmentDimensions.orElse(List.of())) {
        if (name.startsWith("user.") && units.stream().anyMatch(unit -> !unit.isUser())) {
          throw new IllegalArgumentException(
              "segment_dimensions holds %s, which customers do not have. Give users a stream of their own."
                  .formatted(name));
        }
      }
    }

    /** What makes a unit new. */
    public NewBy isNewBy() {
      return newBy.orElse(NewBy.FIRST_ACTIVITY);
    }

    /** What units are split by. */
    public List<String> dimensions() {
      return segmentDimensions.orElse(List.of());
    }

    /** The conditions on units. */
    public List<Condition> ofUnits() {
      return unitWhere.orElse(List.of());
    }
  }
}
