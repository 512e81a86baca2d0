package io.holdfast.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;

import io.holdfast.activity.Condition;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Anchor;
import io.holdfast.activity.RetentionDefinition.Bracket;
import io.holdfast.activity.RetentionDefinition.Counting;
import io.holdfast.activity.RetentionDefinition.Unit;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * Definitions taken apart into what they share, each thing once and with a number: what puts units
 * into cohorts, what brings them back, and the tracks on which members are followed.
 */
final class CohortTracks {

  /** What a row of events is filed under. */
  private static final Column EVENT = concat_ws(": ", col("unit"), col("stream"));

  private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);

  /** How finely returns are kept: as coarsely as the periods allow. */
  enum Slot {
    MONTH,
    WEEK,
    DAY,
    /** Each event by itself, of unknown time too. */
    MOMENT,
    /** Each event whose time is known. */
    TIMED_MOMENT;

    boolean isMoment() {
      return this == MOMENT || this == TIMED_MOMENT;
    }

    /** Whether several days become one. */
    boolean isOfDays() {
      return this == MONTH || this == WEEK;
    }

    private static Slot of(RetentionDefinition d) {
      if (d.needsInstants()) {
        return TIMED_MOMENT;
      }
      if (d.needsMoments()) {
        return MOMENT;
      }
      boolean isByPeriod = d.ranges().isEmpty() && d.occurrences() == 1;
      return isByPeriod && d.grain() == Grain.MONTH
          ? MONTH
          : isByPeriod && d.grain() == Grain.WEEK ? WEEK : DAY;
    }
  }

  /**
   * What puts units into cohorts.
   *
   * @param unit whose start it is
   * @param filter the start event
   * @param recurringBy in recurring mode, by which periods a unit starts again
   * @param isTimed whether only starts count of which the time of day is known
   */
  record Start(Unit unit, EventFilter filter, Optional<Grain> recurringBy, boolean isTimed) {

    private static Start of(RetentionDefinition d) {
      return new Start(
          d.unit(),
          d.startEvent(),
          d.isRecurring() ? Optional.of(d.grain()) : Optional.empty(),
          d.needsInstants());
    }

    /** What is asked of the unit on the day of the event: of a signup it is asked at birth. */
    List<Condition> asked() {
      return filter.isOfEvents() ? inOrder(filter.ofUnit()) : List.of();
    }
  }

  /**
   * What brings units back.
   *
   * @param unit whose return it is
   * @param filter the return event
   * @param slot how finely returns are kept
   */
  record Back(Unit unit, EventFilter filter, Slot slot) {

    private static Back of(RetentionDefinition d) {
      return new Back(d.unit(), d.back(), Slot.of(d));
    }

    /** What is asked of the unit on the day of the event. */
    List<Condition> asked() {
      return inOrder(filter.ofUnit());
    }
  }

  /**
   * Members of one start, held against one return, in periods of one kind.
   *
   * @param start the number of the start
   * @param back the number of the return
   * @param asked what is asked of the unit at birth
   */
  record Track(
      int start,
      int back,
      List<Condition> asked,
      boolean isRolling,
      Anchor anchor,
      Grain grain,
      int occurrences,
      List<Bracket> ranges) {

    boolean hasBrackets() {
      return !ranges.isEmpty();
    }

    /** Whether days alone say if a return comes after birth: not so where a period is one day. */
    boolean isByDay() {
      return (grain == Grain.WEEK || grain == Grain.MONTH) && !isRolling && !hasBrackets();
    }
  }

  /** A definition by its name, and the number of its track. */
  record Named(String name, RetentionDefinition of, int track) {

    /** Whether returns count on or after a period without end. */
    boolean isOpenEnded() {
      return of.counted() == Counting.ON_OR_AFTER && of.horizon().isEmpty();
    }
  }

  private final List<Start> starts = new ArrayList<>();
  private final List<Back> backs = new ArrayList<>();
  private final List<Track> tracks = new ArrayList<>();
  private final List<Named> definitions = new ArrayList<>();

  CohortTracks(Map<String, RetentionDefinition> named) {
    named.forEach(this::add);
  }

  private void add(String name, RetentionDefinition d) {
    List<Condition> asked = new ArrayList<>(d.ofUnits());
    if (!d.startEvent().isOfEvents()) {
      asked.addAll(d.startEvent().ofUnit());
    }
    Track track =
        new Track(
            number(starts, Start.of(d)),
            number(backs, Back.of(d)),
            inOrder(asked),
            d.isRolling(),
            d.anchored(),
            d.grain(),
            d.occurrences(),
            d.ranges());
    definitions.add(new Named(name, d, number(tracks, track)));
  }

  /** The number of one in a list, to which it is added if it is new. */
  private static <T> int number(List<T> all, T one) {
    if (!all.contains(one)) {
      all.add(one);
    }
    return all.indexOf(one);
  }

  private static List<Condition> inOrder(List<Condition> conditions) {
    return conditions.stream().distinct().sorted(Comparator.comparing(Condition::text)).toList();
  }

  Lookup<Start> starts() {
    return new Lookup<>(starts, col("start"));
  }

  Lookup<Back> backs() {
    return new Lookup<>(backs, col("back"));
  }

  Lookup<Track> tracks() {
    return new Lookup<>(tracks, col("track"));
  }

  Lookup<Named> definitions() {
    return new Lookup<>(definitions, col("definition_number"));
  }

  /** The tracks of a row's start. */
  Column tracksOfStart() {
    return starts().integers(start -> tracks().numbers(t -> starts.get(t.start()).equals(start)));
  }

  /** The definitions that are read off a row's track. */
  Column definitionsOfTrack() {
    return tracks()
        .integers(track -> definitions().numbers(d -> tracks.get(d.track()).equals(track)));
  }

  /** The numbers of the starts that a row's event is. */
  Column startsOfEvent() {
    return starts().numbersOf(start -> key(start.unit(), start.filter()), EVENT);
  }

  /** The numbers of the returns that a row's event is. */
  Column backsOfEvent() {
    return backs().numbersOf(back -> key(back.unit(), back.filter()), EVENT);
  }

  /** A day before which no member was born of a cohort that is shown on a track. */
  LocalDate shownSince(Track track, LocalDate asOf) {
    return shownSince(d -> tracks.get(d.track()).equals(track), asOf);
  }

  /** A day before which no return counts for a cohort that is shown. */
  LocalDate shownSince(Back back, LocalDate asOf) {
    return shownSince(d -> backs.get(tracks.get(d.track()).back()).equals(back), asOf);
  }

  private LocalDate shownSince(Predicate<Named> which, LocalDate asOf) {
    return definitions.stream()
        .filter(which)
        .map(d -> shownSince(d.of(), asOf))
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** So long ago that the first of the cohorts shown began later, whatever day it is. */
  private static LocalDate shownSince(RetentionDefinition d, LocalDate asOf) {
    int mostDays =
        switch (d.grain()) {
          case HOUR, DAY -> 1;
          case WEEK -> 7;
          case MONTH -> 31;
        };
    return d.cohorts().map(cohorts -> asOf.minusDays(mostDays * (cohorts + 1L))).orElse(FIRST_DAY);
  }

  private static String key(Unit unit, EventFilter filter) {
    return unit.kind() + ": " + filter.stream();
  }

  /** The largest period, or horizon, of any definition. */
  int longest() {
    return definitions.stream()
        .mapToInt(d -> Math.max(d.of().longest(), d.of().horizon().orElse(0)))
        .max()
        .orElseThrow();
  }

  /** What any definition splits cohorts by. */
  List<String> dimensions() {
    return definitions.stream().flatMap(d -> d.of().dimensions().stream()).distinct().toList();
  }

  /** What a definition splits cohorts by, all together among them. */
  static List<String> dimensions(Named d) {
    return Stream.concat(Stream.of(UnitProperties.ALL), d.of().dimensions().stream())
        .distinct()
        .toList();
  }
}
