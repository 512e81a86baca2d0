package io.holdfast.activity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to follow cohorts.
 *
 * <p>Source: metrics, "Cohort retention". It stands in this stage because the state of its streams
 * does.
 *
 * @param unit whose return is counted
 * @param startEvent what puts a unit into a cohort: events, {@code signup} or {@code first_paid}
 * @param returnEvent what counts as coming back; core events where it is not said
 * @param mode how many cohorts a unit can be in; one where it is not said
 * @param window what a period is counted from; the calendar where it is not said
 * @param anchor from when the periods of a rolling window run; the instant of birth
 * @param grain how long a period is
 * @param counting what is asked of a period; that a return lies in it
 * @param horizon the last period in which a return counts, on or after
 * @param brackets ranges of days since birth, such as 1-7, instead of periods
 * @param minOccurrences return events inside one period that make a return; 1
 * @param periods the largest period shown, the cohort's own being 0
 * @param cohorts how many of the latest cohorts are shown; all
 * @param unitWhere which units are counted at all, as known at birth
 * @param segmentDimensions what cohorts are split by, besides all together: {@code plan}, {@code
 *     country}, {@code acquisition_channel}, {@code company_size}, {@code owner}, any attribute of
 *     customers by its name, or of users as {@code user.name}
 */
public record RetentionDefinition(
    Unit unit,
    EventFilter startEvent,
    Optional<EventFilter> returnEvent,
    Optional<Mode> mode,
    Optional<Window> window,
    Optional<Anchor> anchor,
    Grain grain,
    Optional<Counting> counting,
    Optional<Integer> horizon,
    Optional<List<String>> brackets,
    Optional<Integer> minOccurrences,
    Optional<Integer> periods,
    Optional<Integer> cohorts,
    Optional<List<Condition>> unitWhere,
    Optional<List<String>> segmentDimensions) {

  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})\\s*-\\s*(\\d{1,4})");

  /** Whose return is counted. */
  public enum Unit {
    CUSTOMER,
    USER,
    /** Each id of a customer by itself, also where ids were merged. */
    CUSTOMER_AS_SENT,
    /** Each id of a user by itself: a device, a seat. */
    USER_AS_SENT;

    /** As the configuration and the tables write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The unit of {@link Aliases} whose ids these are. */
    public String kind() {
      return isUser() ? Aliases.USER : Aliases.CUSTOMER;
    }

    /** Whether ids are of users. */
    public boolean isUser() {
      return this == USER || this == USER_AS_SENT;
    }

    /** Whether each id counts by itself. */
    public boolean isAsSent() {
      return this == CUSTOMER_AS_SENT || this == USER_AS_SENT;
    }
  }

  /** How many cohorts a unit can be in. */
  public enum Mode {
    /** One: that of its first start event ever. */
    FIRST_TIME,
    /** That of every period with a start event. */
    RECURRING
  }

  /** What a period is counted from. */
  public enum Window {
    /** Local hours, days, weeks or months: as many as have started since birth. */
    CALENDAR,
    /** Elapsed time since birth: 1 hour, or 1, 7 or 30 times 24 hours. */
    ROLLING
  }

  /** From when the periods of a rolling window run. */
  public enum Anchor {
    /** The instant of birth. */
    INSTANT,
    /** The start of its local hour. */
    HOUR,
    /** The start of its local day. */
    DAY
  }

  /** What is asked of a period. */
  public enum Counting {
    /** A return inside it. */
    ON,
    /** A return inside it or later: up to the horizon, or without end. */
    ON_OR_AFTER,
    /** A return inside a range of days. */
    BRACKET
  }

  /** A range of days since birth, both ends in it. */
  public record Bracket(int from, int to) {
    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  /**
   * Checks what the types leave open.
   *
   * @throws IllegalArgumentException if it asks for what cannot be measured
   */
  public RetentionDefinition {
    requireUnit(unit, startEvent, mode);
    requireTimes(startEvent, window, anchor, grain);
    requireReturn(returnEvent);
    requireCounting(counting, horizon, brackets, periods, grain);
    requirePositive("min_occurrences", minOccurrences);
    requirePositive("cohorts", cohorts);
    requireProperties(unit, startEvent, returnEvent, unitWhere, segmentDimensions);
  }

  private static void requireUnit(Unit unit, EventFilter start, Optional<Mode> mode) {
    if (unit.isUser() && start.isFirstPaid()) {
      throw new IllegalArgumentException(
          "unit = %s has no start_event = first_paid, for users do not pay. Set start_event to signup, core or an event, or unit to customer."
              .formatted(unit.text()));
    }
    if (!start.isOfEvents() && mode.orElse(Mode.FIRST_TIME) == Mode.RECURRING) {
      throw new IllegalArgumentException(
          "start_event = %s happens once: mode = recurring asks for more. Set mode to first_time, or start_event to an event."
              .formatted(start.stream()));
    }
    if (!start.isOfEvents() && !start.ofEvent().isEmpty()) {
      throw new IllegalArgumentException(
          "start_event = %s is no event and has no properties: leave start_event.where out; unit_where asks for those of the unit."
              .formatted(start.events().get(0)));
    }
  }

  private static void requireTimes(
      EventFilter start, Optional<Window> window, Optional<Anchor> anchor, Grain grain) {
    boolean isRolling = window.orElse(Window.CALENDAR) == Window.ROLLING;
    if (anchor.isPresent() && !isRolling) {
      throw new IllegalArgumentException(
          "anchor = %s belongs to window = rolling. Leave it out, or set window to rolling."
              .formatted(anchor.get().name().toLowerCase(Locale.ROOT)));
    }
    if (anchor.orElse(Anchor.INSTANT) == Anchor.DAY && grain == Grain.HOUR) {
      throw new IllegalArgumentException(
          "anchor = day lies up to a day before birth, and grain = hour has shorter periods. Set anchor to hour or instant.");
    }
    if (start.isFirstPaid() && (isRolling || grain == Grain.HOUR)) {
      throw new IllegalArgumentException(
          "start_event = first_paid is a day without a time of day, which %s needs. Set window to calendar and grain to day, week or month."
              .formatted(isRolling ? "window = rolling" : "grain = hour"));
    }
  }

  private static void requireReturn(Optional<EventFilter> back) {
    if (back.isPresent() && !back.get().isOfEvents()) {
      throw new IllegalArgumentException(
          "return_event = %s happens once and is no return. Set it to core, any, or the name of an event."
              .formatted(back.get().stream()));
    }
  }

  private static void requireCounting(
      Optional<Counting> counting,
      Optional<Integer> horizon,
      Optional<List<String>> brackets,
      Optional<Integer> periods,
      Grain grain) {
    Counting how = counting.orElse(Counting.ON);
    if (how == Counting.BRACKET) {
      requireBrackets(brackets, periods, grain);
    } else if (brackets.isPresent()) {
      throw new IllegalArgumentException(
          "brackets belong to counting = bracket. Leave them out, or set counting to bracket.");
    } else if (periods.isEmpty()) {
      throw new IllegalArgumentException(
          "periods is missing. Set it to the largest period to show.");
    }
    requirePositive("periods", periods);
    requirePositive("horizon", horizon);
    if (horizon.isPresent() && how != Counting.ON_OR_AFTER) {
      throw new IllegalArgumentException(
          "horizon = %d belongs to counting = on_or_after. Leave it out, or set counting to on_or_after."
              .formatted(horizon.get()));
    }
    if (horizon.isPresent() && horizon.get() < periods.get()) {
      throw new IllegalArgumentException(
          "periods = %d goes past horizon = %d, after which nothing counts. Set periods to at most %d."
              .formatted(periods.get(), horizon.get(), horizon.get()));
    }
  }

  private static void requireBrackets(
      Optional<List<String>> brackets, Optional<Integer> periods, Grain grain) {
    if (brackets.isEmpty() || brackets.get().isEmpty()) {
      throw new IllegalArgumentException(
          "counting = bracket needs brackets, such as [\"1-7\", \"8-14\"].");
    }
    if (periods.isPresent()) {
      throw new IllegalArgumentException(
          "periods = %d is not for counting = bracket: brackets says how many there are. Leave it out."
              .formatted(periods.get()));
    }
    if (grain == Grain.HOUR) {
      throw new IllegalArgumentException(
          "grain = hour has no brackets, which are of days. Set grain to day, week or month.");
    }
    int before = 0;
    for (Bracket bracket : ranges(brackets.get())) {
      if (bracket.from() <= before || bracket.to() < bracket.from()) {
        throw new IllegalArgumentException(
            "brackets holds %s after day %d. Give ranges of days from 1 on, in order and without overlap, such as [\"1-7\", \"8-14\"]."
                .formatted(bracket, before));
      }
      before = bracket.to();
    }
  }

  private static List<Bracket> ranges(List<String> texts) {
    List<Bracket> ranges = new ArrayList<>();
    for (String text : texts) {
      Matcher range = RANGE.matcher(text.strip());
      if (!range.matches()) {
        throw new IllegalArgumentException(
            "brackets holds '%s', which is no range of days. Write it as \"1-7\".".formatted(text));
      }
      ranges.add(new Bracket(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2))));
    }
    return List.copyOf(ranges);
  }

  private static void requirePositive(String key, Optional<Integer> value) {
    if (value.isPresent() && value.get() < 1) {
      throw new IllegalArgumentException(
          "%s is %d. Set it to 1 or more.".formatted(key, value.get()));
    }
  }

  private static void requireProperties(
      Unit unit,
      EventFilter start,
      Optional<EventFilter> back,
      Optional<List<Condition>> unitWhere,
      Optional<List<String>> dimensions) {
    List<String> names = new ArrayList<>(dimensions.orElse(List.of()));
    unitWhere.ifPresent(all -> all.forEach(condition -> names.add(condition.property())));
    start.ofUnit().forEach(condition -> names.add(condition.property()));
    back.ifPresent(filter -> filter.ofUnit().forEach(c -> names.add(c.property())));
    for (String name : names) {
      if (name.startsWith("user.") && !unit.isUser()) {
        throw new IllegalArgumentException(
            "%s is a property of users, and unit is %s. Set unit to user, or name a property of customers."
                .formatted(name, unit.text()));
      }
    }
  }

  /** What counts as coming back. */
  public EventFilter back() {
    return returnEvent.orElse(EventFilter.CORE);
  }

  /** Whether a unit joins the cohort of every period in which a start event occurs. */
  public boolean isRecurring() {
    return mode.orElse(Mode.FIRST_TIME) == Mode.RECURRING;
  }

  /** Whether periods are elapsed time. */
  public boolean isRolling() {
    return window.orElse(Window.CALENDAR) == Window.ROLLING;
  }

  /** From when rolling periods run. */
  public Anchor anchored() {
    return anchor.orElse(Anchor.INSTANT);
  }

  /** What is asked of a period. */
  public Counting counted() {
    return counting.orElse(Counting.ON);
  }

  /** The ranges of days; none where periods are counted. */
  public List<Bracket> ranges() {
    return brackets.map(RetentionDefinition::ranges).orElse(List.of());
  }

  /** The least return events that make a return. */
  public int occurrences() {
    return minOccurrences.orElse(1);
  }

  /** The largest period shown. */
  public int longest() {
    return brackets.map(List::size).orElseGet(periods::get);
  }

  /** The conditions on units as known at birth. */
  public List<Condition> ofUnits() {
    return unitWhere.orElse(List.of());
  }

  /** What cohorts are split by. */
  public List<String> dimensions() {
    return segmentDimensions.orElse(List.of());
  }

  /** Whether only events with a time of day count. */
  public boolean needsInstants() {
    return isRolling() || grain == Grain.HOUR;
  }

  /** Whether each start event's own instant is needed: a unit can start again within a day. */
  public boolean needsMomentsOfStart() {
    return isRecurring() && grain == Grain.HOUR;
  }

  /**
   * Whether each return event's own instant is needed. A window of elapsed time of a day or more
   * needs but the first and the last of each day: no more than one of its ends lies within one.
   */
  public boolean needsMoments() {
    boolean isByDay = grain == Grain.DAY || isRolling() || counted() == Counting.BRACKET;
    return grain == Grain.HOUR || (isByDay && occurrences() > 1);
  }
}
