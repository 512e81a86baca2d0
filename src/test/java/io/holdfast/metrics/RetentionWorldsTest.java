package io.holdfast.metrics;

import static io.holdfast.Rows.none;
import static org.apache.spark.sql.functions.rand;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.GivenInputs;
import io.holdfast.SharedSpark;
import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.Aliases;
import io.holdfast.activity.Condition;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.Grain;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Anchor;
import io.holdfast.activity.RetentionDefinition.Counting;
import io.holdfast.activity.RetentionDefinition.Mode;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.RetentionDefinition.Window;
import io.holdfast.activity.RetentionStreams;
import io.holdfast.activity.StreamDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Users;
import io.holdfast.metrics.RetentionOracle.Cell;
import io.holdfast.metrics.RetentionOracle.Happening;
import io.holdfast.metrics.RetentionOracle.Known;
import io.holdfast.metrics.RetentionOracle.Pays;
import io.holdfast.metrics.RetentionOracle.Place;
import io.holdfast.metrics.RetentionOracle.Signup;
import io.holdfast.metrics.RetentionOracle.World;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Random worlds against {@link RetentionOracle}. Many worlds and definitions share a Spark action:
 * the world is a property of its customers, and so a segment of its own.
 *
 * <p>{@code -Dholdfast.worlds=2000} tries more than the few hundred of an ordinary run.
 */
class RetentionWorldsTest {

  private static final int WORLDS_AT_ONCE = 100;
  private static final int DEFINITIONS_AT_ONCE = 10;
  private static final long SEED = 20240229;

  /** Where the clock is far ahead, far behind, off by minutes, or skips and repeats an hour. */
  private static final List<String> ZONES =
      List.of(
          "Etc/GMT+12",
          "Pacific/Kiritimati",
          "Europe/Berlin",
          "America/New_York",
          "Asia/Kathmandu",
          "Australia/Adelaide",
          "UTC",
          "America/Havana",
          "Africa/Cairo");

  /** After changes of the clock, on month ends, on the leap day. */
  private static final List<LocalDate> DATES =
      List.of(
          LocalDate.of(2024, 2, 29),
          LocalDate.of(2024, 3, 31),
          LocalDate.of(2024, 4, 2),
          LocalDate.of(2024, 3, 12),
          LocalDate.of(2024, 10, 29),
          LocalDate.of(2024, 11, 4),
          LocalDate.of(2024, 4, 27),
          LocalDate.of(2024, 12, 31),
          LocalDate.of(2025, 2, 28));

  @Test
  void everyCellIsWhatTheDefinitionSaysInAFewHundredWorlds() {
    int worlds = Integer.getInteger("holdfast.worlds", 300);
    for (int batch = 0; batch * WORLDS_AT_ONCE < worlds; batch++) {
      tryWorlds(SEED + batch, batch);
    }
  }

  private static void tryWorlds(long seed, int batch) {
    Random random = new Random(seed);
    ZoneId tz = ZoneId.of(ZONES.get(batch % ZONES.size()));
    LocalDate asOf = batch < 2 ? DATES.get(batch + 1) : DATES.get(random.nextInt(DATES.size()));
    DayOfWeek weekStartsOn = DayOfWeek.of(1 + random.nextInt(7));
    Map<String, RetentionDefinition> definitions = new TreeMap<>();
    while (definitions.size() < DEFINITIONS_AT_ONCE) {
      randomDefinition(random).ifPresent(d -> definitions.put("d" + definitions.size(), d));
    }
    List<World> worlds = new ArrayList<>();
    for (int i = 0; i < WORLDS_AT_ONCE; i++) {
      worlds.add(randomWorld(random, "w" + i, tz, asOf));
    }
    Map<String, String> expected = new TreeMap<>();
    definitions.forEach(
        (name, d) -> expected.putAll(expected(name, d, worlds, tz, weekStartsOn, asOf)));
    Map<String, String> actual =
        actual(
            CohortRetention.retention(
                facts(worlds, definitions, tz, asOf),
                new RetentionSettings(30, definitions),
                weekStartsOn),
            definitions);
    assertThat(difference(expected, actual))
        .as("seed %d, %s, %s, weeks from %s, %s", seed, tz, asOf, weekStartsOn, definitions)
        .isEmpty();
  }

  /** The first few cells that differ, each with both contents. */
  private static List<String> difference(Map<String, String> expected, Map<String, String> actual) {
    Set<String> places = new TreeSet<>(expected.keySet());
    places.addAll(actual.keySet());
    return places.stream()
        .filter(place -> !expected.getOrDefault(place, "").equals(actual.get(place)))
        .map(p -> p + ": expected " + expected.get(p) + ", found " + actual.get(p))
        .limit(20)
        .toList();
  }

  private static Map<String, String> expected(
      String name,
      RetentionDefinition d,
      List<World> worlds,
      ZoneId tz,
      DayOfWeek weekStartsOn,
      LocalDate asOf) {
    Map<Place, Cell> sums = new TreeMap<>();
    for (World world : worlds) {
      new RetentionOracle(d, world, tz, weekStartsOn, asOf)
          .cells()
          .forEach((place, cell) -> sums.merge(place, cell, RetentionWorldsTest::sum));
    }
    Map<String, String> texts = new TreeMap<>();
    sums.forEach(
        (place, cell) ->
            texts.put(
                text(name, place.cohort(), place.dimension(), place.value(), place.period()),
                text(
                    cell.size,
                    cell.livedThrough,
                    cell.retained,
                    place.period() == 0 ? cell.returnsInStart : null,
                    cell.isComplete,
                    d.unit() == Unit.CUSTOMER ? cell.cohortMrr : null,
                    d.unit() == Unit.CUSTOMER ? cell.retainedMrr : null)));
    return texts;
  }

  private static Cell sum(Cell one, Cell other) {
    one.size += other.size;
    one.livedThrough += other.livedThrough;
    one.retained += other.retained;
    one.returnsInStart += other.returnsInStart;
    one.cohortMrr = one.cohortMrr.add(other.cohortMrr);
    one.retainedMrr = one.retainedMrr.add(other.retainedMrr);
    return one;
  }

  private static Map<String, String> actual(
      Dataset<Row> cells, Map<String, RetentionDefinition> definitions) {
    Map<String, String> texts = new TreeMap<>();
    for (Row row : cells.collectAsList()) {
      String place =
          text(
              row.getAs("definition"),
              row.<Timestamp>getAs("cohort_start_at").toInstant(),
              row.getAs("segment_dimension"),
              row.getAs("segment_value"),
              row.<Integer>getAs("period"));
      String before =
          texts.put(
              place,
              text(
                  row.<Long>getAs("cohort_size"),
                  row.<Long>getAs("lived_through"),
                  row.<Long>getAs("retained"),
                  row.getAs("returns_in_start"),
                  row.<Boolean>getAs("is_complete"),
                  row.getAs("cohort_mrr"),
                  row.getAs("retained_mrr")));
      assertThat(before).as(place + " stands twice").isNull();
    }
    assertThat(definitions).isNotEmpty();
    return texts;
  }

  private static String text(
      String name, Instant cohort, String dimension, String value, int period) {
    return "%s %s %s=%s %d".formatted(name, cohort, dimension, value, period);
  }

  private static String text(
      long size,
      long livedThrough,
      long retained,
      Long returnsInStart,
      boolean isComplete,
      BigDecimal cohortMrr,
      BigDecimal retainedMrr) {
    return "%d/%d/%d, %s in start, %s, %s, %s"
        .formatted(
            retained,
            livedThrough,
            size,
            returnsInStart,
            isComplete ? "complete" : "open",
            plain(cohortMrr),
            plain(retainedMrr));
  }

  private static String plain(BigDecimal money) {
    return money == null ? "-" : money.setScale(4).toPlainString();
  }

  // ---- worlds ----

  private static World randomWorld(Random random, String name, ZoneId tz, LocalDate asOf) {
    int customers = random.nextInt(5);
    List<Happening> events = new ArrayList<>();
    Map<String, List<Known>> known = new HashMap<>();
    Map<String, Signup> signups = new HashMap<>();
    Set<String> internals = new TreeSet<>();
    List<Pays> pays = new ArrayList<>();
    for (int i = 0; i < customers; i++) {
      String customer = name + "-" + i;
      known.put(customer, versions(random, name, asOf));
      if (random.nextInt(4) > 0) {
        signups.put(customer, signup(random, tz, asOf));
      }
      if (random.nextInt(15) == 0) {
        internals.add(customer);
      }
      if (random.nextInt(2) == 0) {
        LocalDate from = asOf.minusDays(random.nextInt(200) - 3);
        pays.add(
            new Pays(
                customer,
                from,
                random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(from.plusDays(1 + random.nextInt(100))),
                new BigDecimal(random.nextInt(4) * 25)));
      }
      int many = random.nextInt(30);
      LocalDate around = asOf.minusDays(random.nextInt(70));
      for (int e = 0; e < many; e++) {
        events.add(happening(random, name, customer, around, tz, asOf));
      }
    }
    Map<String, String> ofCustomers = new HashMap<>();
    Map<String, String> ofUsers = new HashMap<>();
    if (customers > 1 && random.nextInt(3) == 0) {
      ofCustomers.put(name + "-0", name + "-1");
      if (customers > 2 && random.nextBoolean()) {
        ofCustomers.put(name + "-1", name + "-2");
      }
      ofUsers.put(name + "-u0", name + "-u1");
    }
    // What a merged account pays, its canonical id pays.
    pays.removeIf(p -> ofCustomers.containsKey(p.customer()));
    return new World(
        events, known, signups, internals, ofCustomers, ofUsers, pays, Set.of("report", "export"));
  }

  private static List<Known> versions(Random random, String world, LocalDate asOf) {
    List<Known> versions = new ArrayList<>();
    LocalDate from = asOf.minusDays(random.nextInt(120));
    for (int i = 0; i < 1 + random.nextInt(2); i++) {
      Map<String, String> properties = new HashMap<>(Map.of("world", world));
      if (random.nextInt(4) > 0) {
        properties.put("tier", random.nextBoolean() ? "gold" : "plain");
      }
      if (random.nextInt(4) > 0) {
        properties.put("seats", String.valueOf(random.nextInt(20)));
      }
      versions.add(new Known(from, properties));
      from = from.plusDays(1 + random.nextInt(40));
    }
    return versions;
  }

  private static Signup signup(Random random, ZoneId tz, LocalDate asOf) {
    LocalDate day = asOf.minusDays(random.nextInt(100) - 2);
    return random.nextInt(3) == 0 ? new Signup(day, Optional.empty()) : at(random, day, tz);
  }

  /** An instant of a day, often its first or last or that of an hour. */
  private static Signup at(Random random, LocalDate day, ZoneId tz) {
    Instant start = day.atStartOfDay(tz).toInstant();
    Instant next = day.plusDays(1).atStartOfDay(tz).toInstant();
    Instant at =
        switch (random.nextInt(5)) {
          case 0 -> start;
          case 1 -> next.minus(1, ChronoUnit.MICROS);
          case 2 -> start.plus(random.nextInt(23), ChronoUnit.HOURS);
          case 3 -> day.atTime(LocalTime.of(random.nextInt(4), 30)).atZone(tz).toInstant();
          default -> start.plusSeconds(random.nextInt(23 * 3600));
        };
    return new Signup(at.atZone(tz).toLocalDate(), Optional.of(at));
  }

  private static Happening happening(
      Random random, String world, String customer, LocalDate around, ZoneId tz, LocalDate asOf) {
    LocalDate day =
        switch (random.nextInt(4)) {
          case 0 -> asOf.minusDays(random.nextInt(400) - 4);
          case 1 -> around.plusDays(random.nextInt(3));
          case 2 -> asOf.minusDays(random.nextInt(4) - 1);
          default -> around.minusDays(random.nextInt(45));
        };
    Signup when = random.nextInt(8) == 0 ? new Signup(day, Optional.empty()) : at(random, day, tz);
    Map<String, String> properties = new HashMap<>();
    if (random.nextInt(3) > 0) {
      properties.put("kind", random.nextBoolean() ? "pdf" : "csv file");
    }
    if (random.nextInt(3) > 0) {
      properties.put("size", List.of("1", "2.50", "10", "large").get(random.nextInt(4)));
    }
    return new Happening(
        customer,
        random.nextInt(4) == 0 ? null : world + "-u" + random.nextInt(3),
        List.of("login", "report", "export").get(random.nextInt(3)),
        when.at(),
        when.day(),
        properties);
  }

  // ---- definitions ----

  private static Optional<RetentionDefinition> randomDefinition(Random random) {
    Grain grain = one(random, Grain.values());
    Counting counting = one(random, Counting.values());
    boolean isRolling = random.nextInt(3) == 0;
    int periods = 1 + random.nextInt(grain == Grain.HOUR ? 70 : 9);
    List<String> dimensions = new ArrayList<>(List.of("world"));
    if (random.nextBoolean()) {
      dimensions.add("tier");
    }
    try {
      return Optional.of(
          new RetentionDefinition(
              one(random, Unit.values()),
              start(random),
              maybe(random, randomFilter(random)),
              maybe(random, one(random, Mode.values())),
              Optional.of(isRolling ? Window.ROLLING : Window.CALENDAR),
              isRolling ? maybe(random, one(random, Anchor.values())) : Optional.empty(),
              grain,
              Optional.of(counting),
              counting == Counting.ON_OR_AFTER
                  ? maybe(random, periods + random.nextInt(4))
                  : Optional.empty(),
              counting == Counting.BRACKET
                  ? Optional.of(
                      random.nextBoolean()
                          ? List.of("1-3", "4-7", "10-20")
                          : List.of("2-2", "3-30"))
                  : Optional.empty(),
              random.nextInt(3) == 0 ? Optional.of(2) : Optional.empty(),
              counting == Counting.BRACKET ? Optional.empty() : Optional.of(periods),
              random.nextInt(4) == 0 ? Optional.of(1 + random.nextInt(5)) : Optional.empty(),
              random.nextInt(4) == 0 ? Optional.of(List.of(ofUnit(random))) : Optional.empty(),
              Optional.of(dimensions)));
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private static <T> T one(Random random, T[] of) {
    return List.of(of).get(random.nextInt(of.length));
  }

  private static <T> Optional<T> maybe(Random random, T value) {
    return random.nextBoolean() ? Optional.of(value) : Optional.empty();
  }

  private static EventFilter start(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> EventFilter.of("signup");
      case 1 -> EventFilter.of("first_paid");
      default -> randomFilter(random);
    };
  }

  private static EventFilter randomFilter(Random random) {
    List<String> names =
        switch (random.nextInt(4)) {
          case 0 -> List.of("any");
          case 1 -> List.of("report");
          case 2 -> List.of("report", "login");
          default -> List.of("core");
        };
    return new EventFilter(
        names,
        random.nextInt(3) == 0 ? Optional.of(List.of(ofEvent(random))) : Optional.empty(),
        random.nextInt(5) == 0 ? Optional.of(List.of(ofUnit(random))) : Optional.empty());
  }

  private static Condition ofEvent(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> condition("kind", Condition.Kind.EQUALS, "pdf");
      case 1 -> condition("kind", Condition.Kind.NOT_CONTAINS, "csv");
      case 2 -> condition("size", Condition.Kind.GREATER, "2");
      case 3 -> condition("size", Condition.Kind.NOT_LESS, "2.5");
      default ->
          new Condition(
              "size",
              random.nextBoolean() ? Condition.Kind.IN : Condition.Kind.NOT_IN,
              Optional.empty(),
              Optional.of(List.of("2.5", "large")));
    };
  }

  private static Condition ofUnit(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> condition("tier", Condition.Kind.NOT_EQUALS, "gold");
      case 1 -> condition("seats", Condition.Kind.GREATER, "9");
      default -> new Condition("tier", Condition.Kind.SET, Optional.empty(), Optional.empty());
    };
  }

  private static Condition condition(String property, Condition.Kind is, String value) {
    return new Condition(property, is, Optional.of(value), Optional.empty());
  }

  // ---- rows ----

  private static RetentionFacts facts(
      List<World> worlds, Map<String, RetentionDefinition> definitions, ZoneId tz, LocalDate asOf) {
    List<Row> events = new ArrayList<>();
    List<Row> customers = new ArrayList<>();
    List<Row> links = new ArrayList<>();
    List<Row> pays = new ArrayList<>();
    List<Row> spells = new ArrayList<>();
    for (World world : worlds) {
      addEvents(world, events);
      addCustomers(world, customers);
      addLinks(world, links);
      addMoney(world, pays, spells);
    }
    Dataset<Row> days =
        StreamDays.JOB
            .build()
            .apply(
                new GivenInputs(asOf)
                    .with(Events.TABLE, dataset(Events.TABLE, events).orderBy(rand(3)))
                    .with(RetentionStreams.SETTING, new RetentionStreams(definitions))
                    .with(
                        FollowedStreams.SETTING,
                        new FollowedStreams(
                            Map.of(),
                            new FollowedStreams.LatestPeriods(28, 12, 12),
                            new FollowedStreams.LatestPeriods(28, 12, 12)))
                    .with(
                        ActivitySettings.SETTING,
                        new ActivitySettings(List.of("report", "export"), List.of(), 30, 240))
                    .with(Company.SETTING, new Company(tz, DayOfWeek.MONDAY, "USD")));
    return new RetentionFacts(
        dataset(Customers.TABLE, customers),
        none(Users.TABLE),
        Aliases.TABLE.conform(Aliases.resolved(dataset(Aliases.TABLE, links))).localCheckpoint(),
        StreamDays.TABLE.conform(days).localCheckpoint(),
        dataset(CustomerMrr.TABLE, pays),
        dataset(PayingSpells.TABLE, spells),
        tz,
        asOf);
  }

  private static void addEvents(World world, List<Row> rows) {
    int number = 0;
    for (Happening h : world.events()) {
      Map<String, Object> cells = new HashMap<>();
      cells.put("event_id", h.customer() + "/" + number++);
      cells.put("clash_number", 1);
      cells.put("customer_id", h.customer());
      cells.put("user_id", h.user());
      cells.put("event", h.event());
      cells.put("occurred_at", h.at().map(Timestamp::from).orElse(null));
      cells.put("event_date", Date.valueOf(h.day()));
      cells.put("quantity", BigDecimal.ONE.setScale(4));
      cells.put("properties", asScala(h.properties()));
      rows.add(row(Events.TABLE, cells));
    }
  }

  private static void addCustomers(World world, List<Row> rows) {
    world
        .customers()
        .forEach(
            (customer, versions) -> {
              for (int i = 0; i < versions.size(); i++) {
                boolean isLast = i == versions.size() - 1;
                Signup signup = world.signups().get(customer);
                Map<String, Object> cells = new HashMap<>();
                cells.put("customer_id", customer);
                cells.put("attributes", asScala(versions.get(i).properties()));
                cells.put("known_from", Date.valueOf(versions.get(i).from()));
                cells.put("known_until", isLast ? null : Date.valueOf(versions.get(i + 1).from()));
                cells.put("is_current", isLast);
                cells.put("is_internal", world.internals().contains(customer));
                if (signup != null) {
                  cells.put("signup_date", Date.valueOf(signup.day()));
                  cells.put("signup_at", signup.at().map(Timestamp::from).orElse(null));
                }
                rows.add(row(Customers.TABLE, cells));
              }
            });
  }

  private static void addLinks(World world, List<Row> rows) {
    world
        .customerAliases()
        .forEach(
            (alias, canonical) ->
                rows.add(
                    row(
                        Aliases.TABLE,
                        Map.of("unit", "customer", "alias_id", alias, "canonical_id", canonical))));
    world
        .userAliases()
        .forEach(
            (alias, canonical) ->
                rows.add(
                    row(
                        Aliases.TABLE,
                        Map.of("unit", "user", "alias_id", alias, "canonical_id", canonical))));
  }

  private static void addMoney(World world, List<Row> pays, List<Row> spells) {
    for (Pays p : world.pays()) {
      Map<String, Object> cells = new HashMap<>();
      cells.put("customer_id", p.customer());
      cells.put("from_date", Date.valueOf(p.from()));
      cells.put("until_date", p.until().map(Date::valueOf).orElse(null));
      cells.put("mrr", p.mrr().setScale(4));
      pays.add(row(CustomerMrr.TABLE, cells));
      if (p.mrr().signum() > 0) {
        spells.add(
            row(
                PayingSpells.TABLE,
                Map.of(
                    "customer_id",
                    p.customer(),
                    "counting",
                    "snapshot",
                    "spell",
                    1,
                    "start_date",
                    Date.valueOf(p.from()))));
      }
    }
  }

  private static scala.collection.immutable.Map<String, String> asScala(Map<String, String> map) {
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(map));
  }

  private static Row row(Table table, Map<String, Object> cells) {
    StructType schema = table.schema();
    assertThat(schema.fieldNames()).contains(cells.keySet().toArray(String[]::new));
    Object[] values = new Object[schema.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = cells.get(schema.fields()[i].name());
    }
    return RowFactory.create(values);
  }

  private static Dataset<Row> dataset(Table table, List<Row> rows) {
    // As a table of the lake: the optimizer must not work through the rows.
    return SharedSpark.session().createDataFrame(rows, table.schema()).localCheckpoint();
  }
}
