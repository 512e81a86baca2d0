package io.holdfast.metrics;

import io.holdfast.activity.Condition;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Anchor;
import io.holdfast.activity.RetentionDefinition.Bracket;
import io.holdfast.activity.RetentionDefinition.Counting;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Cohort retention in plain Java, as the definitions in the design say it, with loops: over units,
 * over cohorts, over periods, over events. It shares no line with what it is held against.
 */
final class RetentionOracle {

  /** What happened: at an instant, or on a day of which no time is known. */
  record Happening(
      String customer,
      String user,
      String event,
      Optional<Instant> at,
      LocalDate day,
      Map<String, String> properties) {}

  /** What was known of somebody, from a day on. */
  record Known(LocalDate from, Map<String, String> properties) {}

  /** What a customer pays a month from a day on, until another. */
  record Pays(String customer, LocalDate from, Optional<LocalDate> until, BigDecimal mrr) {}

  /** Somebody's signup. */
  record Signup(LocalDate day, Optional<Instant> at) {}

  /** Everything there is. Maps are by the id as sent. */
  record World(
      List<Happening> events,
      Map<String, List<Known>> customers,
      Map<String, Signup> signups,
      Set<String> internals,
      Map<String, String> customerAliases,
      Map<String, String> userAliases,
      List<Pays> pays,
      Set<String> coreEvents) {}

  /** A cell's place. */
  record Place(Instant cohort, String dimension, String value, int period)
      implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return Comparator.comparing(Place::cohort)
          .thenComparing(Place::dimension)
          .thenComparing(Place::value)
          .thenComparing(Place::period)
          .compare(this, other);
    }
  }

  /** What stands in a cell. */
  static final class Cell {
    long size;
    long livedThrough;
    long retained;
    long returnsInStart;
    boolean isComplete;
    BigDecimal cohortMrr = BigDecimal.ZERO;
    BigDecimal retainedMrr = BigDecimal.ZERO;
  }

  private final RetentionDefinition d;
  private final World world;
  private final ZoneId tz;
  private final DayOfWeek weekStartsOn;
  private final LocalDate asOf;
  private final Instant end;

  RetentionOracle(
      RetentionDefinition d, World world, ZoneId tz, DayOfWeek weekStartsOn, LocalDate asOf) {
    this.d = d;
    this.world = world;
    this.tz = tz;
    this.weekStartsOn = weekStartsOn;
    this.asOf = asOf;
    this.end = asOf.plusDays(1).atStartOfDay(tz).toInstant();
  }

  /** A moment: the day always, the instant where it is known. */
  private record Moment(LocalDate day, Optional<Instant> at, String customer) {}

  private static final Comparator<Moment> IN_ORDER =
      Comparator.comparing(Moment::day)
          .thenComparing(moment -> moment.at().orElse(Instant.MAX))
          .thenComparing(Moment::customer);

  Map<Place, Cell> cells() {
    Map<Place, Cell> cells = new TreeMap<>();
    for (String unit : units()) {
      List<Moment> starts = starts(unit);
      starts.sort(IN_ORDER);
      Set<Instant> joined = new TreeSet<>();
      for (Moment start : starts) {
        boolean isFirst = joined.isEmpty();
        Instant cohort = periodStart(start);
        if ((isFirst || d.isRecurring()) && joined.add(cohort)) {
          member(unit, start, cohort, cells);
        }
      }
    }
    return cells;
  }

  private static String end(String id, Map<String, String> aliases) {
    String at = id;
    while (aliases.containsKey(at)) {
      at = aliases.get(at);
    }
    return at;
  }

  private String unitOf(String customer, String user) {
    return switch (d.unit()) {
      case CUSTOMER -> end(customer, world.customerAliases());
      case CUSTOMER_AS_SENT -> customer;
      case USER -> user == null ? null : end(user, world.userAliases());
      case USER_AS_SENT -> user;
    };
  }

  private Set<String> units() {
    Set<String> units = new TreeSet<>();
    for (Happening happening : world.events()) {
      String unit = unitOf(happening.customer(), happening.user());
      if (unit != null) {
        units.add(unit);
      }
    }
    if (!d.unit().isUser()) {
      world.signups().keySet().forEach(customer -> units.add(unitOf(customer, null)));
      world.pays().forEach(pays -> units.add(unitOf(pays.customer(), null)));
    }
    return units;
  }

  /** An event without a time of day is not there for hours and elapsed time. */
  private boolean isUsable(Optional<Instant> at) {
    return at.isPresent() || !(d.isRolling() || d.grain() == Grain.HOUR);
  }

  private List<Moment> moments(String unit, EventFilter filter) {
    List<Moment> moments = new ArrayList<>();
    for (Happening h : world.events()) {
      if (Objects.equals(unit, unitOf(h.customer(), h.user()))
          && !h.day().isAfter(asOf)
          && isUsable(h.at())
          && !isOwn(h.customer())
          && counts(h, filter)) {
        moments.add(new Moment(h.day(), h.at(), end(h.customer(), world.customerAliases())));
      }
    }
    return moments;
  }

  private boolean counts(Happening h, EventFilter filter) {
    boolean isNamed =
        switch (filter.events().get(0)) {
          case "any" -> true;
          case "core" -> world.coreEvents().isEmpty() || world.coreEvents().contains(h.event());
          default -> filter.events().contains(h.event());
        };
    return isNamed
        && filter.ofEvent().stream().allMatch(c -> holds(c, h.properties().get(c.property())))
        && filter.ofUnit().stream()
            .allMatch(c -> holds(c, property(h.customer(), c.property(), h.day())));
  }

  /** As known on a day; who was not known yet has the first value. */
  private String property(String customer, String name, LocalDate day) {
    List<Known> versions = world.customers().get(end(customer, world.customerAliases()));
    if (versions == null) {
      return null;
    }
    String value = versions.get(0).properties().get(name);
    for (Known version : versions) {
      if (!version.from().isAfter(day)) {
        value = version.properties().get(name);
      }
    }
    return value;
  }

  private static boolean holds(Condition c, String value) {
    String compared = c.value().orElse(null);
    Predicate<String> affirmed =
        switch (c.is()) {
          case EQUALS, NOT_EQUALS -> v -> isSame(v, compared);
          case IN, NOT_IN -> v -> c.values().orElseThrow().stream().anyMatch(x -> isSame(v, x));
          case CONTAINS, NOT_CONTAINS -> v -> v.contains(compared);
          case GREATER, NOT_GREATER ->
              v -> isNumber(v) && new BigDecimal(v).compareTo(new BigDecimal(compared)) > 0;
          case LESS, NOT_LESS ->
              v -> isNumber(v) && new BigDecimal(v).compareTo(new BigDecimal(compared)) < 0;
          case SET, NOT_SET -> v -> true;
        };
    boolean isMet = value != null && affirmed.test(value);
    return c.is().name().startsWith("NOT_") ? !isMet : isMet;
  }

  private static boolean isSame(String one, String other) {
    return one.equals(other)
        || (isNumber(one)
            && isNumber(other)
            && new BigDecimal(one).compareTo(new BigDecimal(other)) == 0);
  }

  private static boolean isNumber(String text) {
    return text.matches("-?\\d+(\\.\\d+)?");
  }

  private List<Moment> starts(String unit) {
    EventFilter start = d.startEvent();
    List<Moment> starts = new ArrayList<>();
    if (start.isOfEvents()) {
      starts.addAll(moments(unit, start));
    } else if (start.isSignup()) {
      world
          .signups()
          .forEach(
              (customer, signup) -> {
                if (unit.equals(unitOf(customer, null))
                    && !isOwn(customer)
                    && !signup.day().isAfter(asOf)
                    && isUsable(signup.at())) {
                  starts.add(
                      new Moment(
                          signup.day(), signup.at(), end(customer, world.customerAliases())));
                }
              });
    } else {
      for (Pays pays : world.pays()) {
        if (unit.equals(unitOf(pays.customer(), null))
            && !isOwn(pays.customer())
            && pays.mrr().signum() > 0
            && !pays.from().isAfter(asOf)) {
          starts.add(new Moment(pays.from(), Optional.empty(), pays.customer()));
        }
      }
    }
    return starts;
  }

  /** The company's own, by the id as sent or by that under which it counts. */
  private boolean isOwn(String customer) {
    return world.internals().contains(customer)
        || world.internals().contains(end(customer, world.customerAliases()));
  }

  private Instant periodStart(Moment moment) {
    if (d.grain() == Grain.HOUR) {
      return hourOf(moment.at().orElseThrow());
    }
    LocalDate day =
        switch (d.grain()) {
          case WEEK -> moment.day().with(TemporalAdjusters.previousOrSame(weekStartsOn));
          case MONTH -> moment.day().withDayOfMonth(1);
          default -> moment.day();
        };
    return day.atStartOfDay(tz).toInstant();
  }

  private Instant hourOf(Instant at) {
    ZonedDateTime local = at.atZone(tz);
    return at.minusSeconds(local.getMinute() * 60L + local.getSecond()).minusNanos(local.getNano());
  }

  private Instant next(Instant start, int periods) {
    if (d.grain() == Grain.HOUR) {
      return start.plus(periods, ChronoUnit.HOURS);
    }
    LocalDate day = start.atZone(tz).toLocalDate();
    LocalDate then =
        switch (d.grain()) {
          case WEEK -> day.plusWeeks(periods);
          case MONTH -> day.plusMonths(periods);
          default -> day.plusDays(periods);
        };
    return then.atStartOfDay(tz).toInstant();
  }

  private Duration length() {
    return switch (d.grain()) {
      case HOUR -> Duration.ofHours(1);
      case DAY -> Duration.ofHours(24);
      case WEEK -> Duration.ofDays(7);
      case MONTH -> Duration.ofDays(30);
    };
  }

  private Instant anchor(Moment birth) {
    Instant at = birth.at().orElseThrow();
    return d.anchored() == Anchor.INSTANT
        ? at
        : d.anchored() == Anchor.HOUR ? hourOf(at) : birth.day().atStartOfDay(tz).toInstant();
  }

  /** The days of a bracket since birth; 0 is what comes before the first. */
  private Bracket bracket(int k) {
    return k == 0 ? new Bracket(0, d.ranges().get(0).from() - 1) : d.ranges().get(k - 1);
  }

  /** Where elapsed period k starts and ends. */
  private Instant rollingStart(Instant anchor, int k) {
    return d.ranges().isEmpty()
        ? anchor.plus(length().multipliedBy(k))
        : anchor.plus(Duration.ofHours(24).multipliedBy(bracket(k).from()));
  }

  private Instant rollingEnd(Instant anchor, int k) {
    return d.ranges().isEmpty()
        ? anchor.plus(length().multipliedBy(k + 1L))
        : anchor.plus(Duration.ofHours(24).multipliedBy(bracket(k).to() + 1L));
  }

  /** Whether a return lies in period k. */
  private boolean isIn(Moment back, Moment birth, Instant cohort, int k) {
    if (d.isRolling()) {
      Instant at = back.at().orElseThrow();
      return !at.isBefore(rollingStart(anchor(birth), k))
          && at.isBefore(rollingEnd(anchor(birth), k));
    }
    if (!d.ranges().isEmpty()) {
      long day = ChronoUnit.DAYS.between(birth.day(), back.day());
      return day >= bracket(k).from() && day <= bracket(k).to();
    }
    Instant start = periodStart(back);
    return start.equals(next(cohort, k));
  }

  /** Later than birth: by the day where periods are weeks and months, else by the instant. */
  private boolean isLater(Moment back, Moment birth) {
    boolean isByDay =
        !d.isRolling()
            && d.ranges().isEmpty()
            && (d.grain() == Grain.WEEK || d.grain() == Grain.MONTH);
    if (back.day().isAfter(birth.day())) {
      return true;
    }
    return !isByDay
        && back.day().equals(birth.day())
        && back.at().isPresent()
        && birth.at().isPresent()
        && back.at().get().isAfter(birth.at().get());
  }

  private boolean isBack(List<Moment> backs, Moment birth, Instant cohort, int k) {
    return backs.stream()
            .filter(back -> isLater(back, birth) && isIn(back, birth, cohort, k))
            .count()
        >= d.occurrences();
  }

  private boolean hasBegun(Instant cohort, int k) {
    if (d.isRolling()) {
      return rollingStart(cohort, k).isBefore(end);
    }
    if (!d.ranges().isEmpty()) {
      LocalDate first = cohort.atZone(tz).toLocalDate();
      return !first.plusDays(bracket(k).from()).isAfter(asOf);
    }
    return next(cohort, k).isBefore(end);
  }

  private boolean isComplete(Instant cohort, int k) {
    if (d.counted() == Counting.ON_OR_AFTER && d.horizon().isEmpty()) {
      return false;
    }
    int last = d.horizon().orElse(k);
    Instant over = next(cohort, 1);
    if (d.isRolling()) {
      Instant lastBirth = over.minus(1, ChronoUnit.MICROS);
      Moment birth = new Moment(lastBirth.atZone(tz).toLocalDate(), Optional.of(lastBirth), "");
      return !rollingEnd(anchor(birth), last).isAfter(end);
    }
    if (!d.ranges().isEmpty()) {
      LocalDate lastDay = over.minus(1, ChronoUnit.MICROS).atZone(tz).toLocalDate();
      return !lastDay.plusDays(bracket(last).to()).isAfter(asOf);
    }
    return !next(cohort, last + 1).isAfter(end);
  }

  private LocalDate lastDay(Moment birth, Instant cohort, int k) {
    LocalDate day;
    if (d.isRolling()) {
      day = rollingEnd(anchor(birth), k).minus(1, ChronoUnit.MICROS).atZone(tz).toLocalDate();
    } else if (!d.ranges().isEmpty()) {
      day = birth.day().plusDays(bracket(k).to());
    } else {
      day = next(cohort, k + 1).minus(1, ChronoUnit.MICROS).atZone(tz).toLocalDate();
    }
    return day.isAfter(asOf) ? asOf : day;
  }

  private BigDecimal mrr(String customer, LocalDate day) {
    return world.pays().stream()
        .filter(
            pays ->
                pays.customer().equals(customer)
                    && !pays.from().isAfter(day)
                    && pays.until().map(until -> until.isAfter(day)).orElse(true))
        .map(Pays::mrr)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private void member(String unit, Moment birth, Instant cohort, Map<Place, Cell> cells) {
    boolean isCounted =
        d.ofUnits().stream()
            .allMatch(c -> holds(c, property(birth.customer(), c.property(), birth.day())));
    if (!isCounted || !isShown(cohort)) {
      return;
    }
    List<Moment> backs = moments(unit, d.back());
    List<String> dimensions = new ArrayList<>(List.of("all"));
    dimensions.addAll(d.dimensions());
    for (int k = 0; k <= d.longest() && hasBegun(cohort, k); k++) {
      boolean hasLived = !d.isRolling() || !rollingEnd(anchor(birth), k).isAfter(end);
      boolean isRetained = hasLived && (k == 0 || isRetained(backs, birth, cohort, k));
      for (String dimension : dimensions) {
        String value =
            dimension.equals("all")
                ? "all"
                : Objects.requireNonNullElse(
                    property(birth.customer(), dimension, birth.day()), "unknown");
        Cell cell =
            cells.computeIfAbsent(new Place(cohort, dimension, value, k), place -> new Cell());
        cell.size++;
        cell.livedThrough += hasLived ? 1 : 0;
        cell.retained += isRetained ? 1 : 0;
        cell.returnsInStart += k == 0 && isBack(backs, birth, cohort, 0) ? 1 : 0;
        cell.isComplete = isComplete(cohort, k);
        LocalDate over = next(cohort, 1).minus(1, ChronoUnit.MICROS).atZone(tz).toLocalDate();
        cell.cohortMrr = cell.cohortMrr.add(mrr(unit, over.isAfter(asOf) ? asOf : over));
        if (isRetained) {
          cell.retainedMrr = cell.retainedMrr.add(mrr(unit, lastDay(birth, cohort, k)));
        }
      }
    }
  }

  private boolean isRetained(List<Moment> backs, Moment birth, Instant cohort, int k) {
    if (d.counted() != Counting.ON_OR_AFTER) {
      return isBack(backs, birth, cohort, k);
    }
    if (d.horizon().isEmpty()) {
      return backs.stream()
          .filter(back -> isLater(back, birth))
          .map(back -> periodOf(back, birth, cohort))
          .anyMatch(later -> later >= k && isBack(backs, birth, cohort, later));
    }
    for (int later = k; later <= d.horizon().get(); later++) {
      boolean isPast =
          d.isRolling()
              ? !rollingStart(anchor(birth), later).isBefore(end)
              : !next(cohort, later).isBefore(end);
      if (isPast) {
        return false;
      }
      if (isBack(backs, birth, cohort, later)) {
        return true;
      }
    }
    return false;
  }

  /** The last period that has started by a return: sought, for hours of a year are thousands. */
  private int periodOf(Moment back, Moment birth, Instant cohort) {
    Instant at = d.isRolling() ? back.at().orElseThrow() : periodStart(back);
    int low = 0;
    int high = 20_000;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      Instant start = d.isRolling() ? rollingStart(anchor(birth), middle) : next(cohort, middle);
      if (start.isAfter(at)) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    return low;
  }

  private boolean isShown(Instant cohort) {
    if (d.cohorts().isEmpty()) {
      return true;
    }
    return !next(cohort, d.cohorts().get()).isBefore(end);
  }
}
