package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.PaymentSettings;
import io.holdfast.activity.Pricing;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.activity.ValueSettings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Features;
import io.holdfast.conformed.IdAliases;
import io.holdfast.conformed.Messages;
import io.holdfast.conformed.Payments;
import io.holdfast.conformed.Subscriptions;
import io.holdfast.conformed.SurveyResponses;
import io.holdfast.conformed.Tickets;
import io.holdfast.conformed.Touchpoints;
import io.holdfast.conformed.Users;
import io.holdfast.sources.ExchangeRates;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Random worlds, whose future is then altered in every way that a feed allows: no feature of an
 * earlier observation may change. All worlds are computed in one go; their customers differ.
 */
@Tag("integration")
class PointInTimeTest {

  private static final int CUSTOMERS = 60;
  private static final LocalDate FIRST_DAY = LocalDate.parse("2025-09-01");
  private static final LocalDate LAST_DAY = LocalDate.parse("2026-06-10");
  private static final LocalDate NEVER = LocalDate.parse("9999-12-31");

  /** The Monday at whose start the past ends. */
  private static final LocalDate CUT = LocalDate.parse("2026-05-04");

  private static final ObservationGrid GRID = new ObservationGrid(LocalDate.parse("2026-06-01"), 8);

  private static final DatasetSettings SETTINGS =
      new DatasetSettings(
          7, 30, 7, 28, 8, 24, Map.of("t1", Feature.Kind.CATEGORY, "t2", Feature.Kind.CATEGORY));

  private static final ActivitySettings ACTIVITY =
      new ActivitySettings(List.of("t1", "t2", "t3"), List.of("t4"), 30, 240);

  private static final ValueSettings VALUE = new ValueSettings(List.of("t2"), List.of("t3"));

  private static final Pricing PRICING =
      new Pricing(
          new RevenueSettings(30, 30, List.of("t1"), Optional.empty()),
          ExchangeRates.none(),
          "USD");

  private static final PaymentSettings PAYMENTS =
      new PaymentSettings(List.of("t1", "t2"), List.of("t3"));

  /** Each table of things that change, and the day on which they happen; empty: they just are. */
  private static final Map<Table, String> THINGS = new LinkedHashMap<>();

  static {
    THINGS.put(Customers.TABLE, "");
    THINGS.put(Users.TABLE, "created_date");
    THINGS.put(Subscriptions.TABLE, "start_date");
    THINGS.put(Features.TABLE, "");
    THINGS.put(Tickets.TABLE, "opened_date");
    THINGS.put(Payments.TABLE, "attempted_date");
    THINGS.put(SurveyResponses.TABLE, "sent_date");
    THINGS.put(Touchpoints.TABLE, "occurred_date");
    THINGS.put(Messages.TABLE, "sent_date");
    THINGS.put(IdAliases.TABLE, "");
  }

  /**
   * Columns about knowing, and the filter of internal accounts, which today's knowledge decides.
   */
  private static final Set<String> NOT_CONTENT =
      Set.of("known_from", "known_until", "is_current", "known_at", "is_internal", "customer_id");

  /**
   * What so few rows hardly ever tell. They are made in the pass of others that are known: the
   * breadths of other tiers, the other figures of surveys.
   */
  private static final Set<String> RARE =
      Set.of("reporting_breadth_28d_rate", "survey_mark_change_91d");

  @Test
  void nothingThatHappensOrArrivesLaterChangesAFeature() {
    World world = new World(new Random(20260504));
    Map<Table, List<Map<String, Object>>> before = world.make();
    Map<Table, List<Map<String, Object>>> after = new World(new Random(7)).altered(before);

    Map<String, Row> known = features(before);
    Map<String, Row> alsoKnown = features(after);

    Map<String, Row> past = upToCut(known);
    assertThat(past).hasSizeGreaterThan(2 * CUSTOMERS);
    assertThat(upToCut(alsoKnown)).isEqualTo(past);
    // Else the test could not fail: the worlds do differ, and every feature is known of somebody.
    known.keySet().removeAll(past.keySet());
    assertThat(known.entrySet())
        .filteredOn(one -> !one.getValue().equals(alsoKnown.get(one.getKey())))
        .hasSizeGreaterThan(known.size() / 2);
    assertThat(ChurnFeatures.ALL.stream().map(Feature::name))
        .filteredOn(name -> past.values().stream().allMatch(row -> row.getAs(name) == null))
        .isSubsetOf(RARE);
  }

  private static Map<String, Row> upToCut(Map<String, Row> features) {
    Map<String, Row> past = new TreeMap<>(features);
    past.keySet().removeIf(key -> key.substring(0, 10).compareTo(CUT.toString()) > 0);
    return past;
  }

  private static Map<String, Row> features(Map<Table, List<Map<String, Object>>> world) {
    Map<String, Row> found = new TreeMap<>();
    for (Row row :
        ChurnFeatures.withAttributes(rows(world), SETTINGS).drop("attributes").collectAsList()) {
      found.put(row.getAs("observation_date") + " " + row.getAs("customer_id"), row);
    }
    return found;
  }

  private static Dataset<Row> rows(Map<Table, List<Map<String, Object>>> world) {
    return PointInTime.features(
        table ->
            table.equals(ArrivedDays.TABLE)
                ? ArrivedDays.arrivedDays(
                    dataset(Events.TABLE, world.get(Events.TABLE)), ACTIVITY, VALUE)
                : dataset(table, world.get(table)),
        PRICING,
        GRID,
        SETTINGS,
        PAYMENTS,
        VALUE);
  }

  private static Dataset<Row> dataset(Table table, List<Map<String, Object>> rows) {
    StructType schema = table.schema();
    return SharedSpark.session()
        .createDataFrame(
            rows.stream()
                .map(
                    row ->
                        RowFactory.create(
                            table.columnNames().stream()
                                .map(name -> stored(row.get(name)))
                                .toArray()))
                .toList(),
            schema);
  }

  private static Object stored(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> stored = new HashMap<>();
      map.forEach((key, one) -> stored.put(key, stored(one)));
      return scala.collection.immutable.Map.from(CollectionConverters.asScala(stored));
    }
    if (value instanceof LocalDate day) {
      return Date.valueOf(day);
    }
    return value instanceof List<?> list ? CollectionConverters.asScala(list).toSeq() : value;
  }

  /** Makes and alters worlds by one source of randomness. */
  private record World(Random random) {

    Map<Table, List<Map<String, Object>>> make() {
      Map<Table, List<Map<String, Object>>> world = new LinkedHashMap<>();
      THINGS.forEach(
          (table, day) -> {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int thing = 0; thing < things(table); thing++) {
              rows.addAll(
                  versions(table, day, thing(table, thing), customer(table, thing), FIRST_DAY));
            }
            // The first rows of a feed are known early, so that its windows are known at all.
            rows.get(0).put("known_from", FIRST_DAY);
            if (!day.isEmpty()) {
              rows.get(0).put(day, FIRST_DAY);
            }
            world.put(table, rows);
          });
      List<Map<String, Object>> events = new ArrayList<>();
      for (int i = 0; i < CUSTOMERS * 60; i++) {
        events.add(event(i, day(FIRST_DAY, LAST_DAY), false));
      }
      world.put(Events.TABLE, events);
      return world;
    }

    private int things(Table table) {
      if (table.equals(IdAliases.TABLE)) {
        return 8;
      }
      return table.equals(Features.TABLE)
          ? 12
          : table.equals(Customers.TABLE) ? CUSTOMERS : CUSTOMERS * 4;
    }

    private static String thing(Table table, int number) {
      return (table.equals(IdAliases.TABLE) ? "c" : "thing") + number;
    }

    private static String id(Table table) {
      return table.equals(IdAliases.TABLE) ? "alias_id" : table.key().get(0);
    }

    private String customer(Table table, int thing) {
      return "c" + (table.equals(Customers.TABLE) ? thing : random.nextInt(CUSTOMERS));
    }

    /** One thing with its versions, none of which is known before a day. */
    private List<Map<String, Object>> versions(
        Table table, String day, String id, String customer, LocalDate earliest) {
      List<Map<String, Object>> versions = new ArrayList<>();
      LocalDate happened = day(FIRST_DAY, LAST_DAY);
      // Known at once, late, or before it happens: a scheduled change.
      LocalDate from = max(earliest, happened.plusDays(random.nextInt(20) - 5));
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        Map<String, Object> row = content(table, new LinkedHashMap<>(), List.of());
        row.put(id(table), id);
        if (table.columnNames().contains("customer_id")) {
          row.put("customer_id", customer);
        }
        if (!day.isEmpty()) {
          row.put(day, happened);
        }
        row.put("known_from", from);
        row.put("known_at", knownAt(table, day, from));
        versions.add(row);
        from = from.plusDays(1 + random.nextInt(60));
      }
      return closed(versions);
    }

    /** Each version is known until the next. */
    private List<Map<String, Object>> closed(List<Map<String, Object>> versions) {
      for (int i = 0; i < versions.size(); i++) {
        boolean isLast = i == versions.size() - 1;
        versions.get(i).put("known_until", isLast ? null : versions.get(i + 1).get("known_from"));
        versions.get(i).put("is_current", isLast);
      }
      return versions;
    }

    private Map<String, Object> knownAt(Table table, String day, LocalDate from) {
      Map<String, Object> later = new TreeMap<>();
      for (StructField field : table.schema().fields()) {
        boolean isContent =
            !NOT_CONTENT.contains(field.name()) && !table.key().contains(field.name());
        if (isContent && !field.name().equals(day) && random.nextInt(4) == 0) {
          later.put(
              field.name(), random.nextInt(3) == 0 ? NEVER : from.plusDays(random.nextInt(90)));
        }
      }
      later.remove("attributes");
      if (random.nextBoolean()) {
        later.put("attributes.t1", from.plusDays(random.nextInt(90)));
      }
      return later;
    }

    /** Random content of all columns, or of some. */
    private Map<String, Object> content(Table table, Map<String, Object> row, List<String> only) {
      for (StructField field : table.schema().fields()) {
        boolean isChosen = only.isEmpty() || only.contains(field.name());
        if (isChosen && !NOT_CONTENT.contains(field.name())) {
          row.put(field.name(), value(field));
        }
      }
      row.put("is_internal", false);
      return row;
    }

    private Object value(StructField field) {
      DataType type = field.dataType();
      if (random.nextInt(8) == 0 && !field.name().equals("unit")) {
        return null;
      }
      if (field.name().equals("unit")) {
        return "customer";
      }
      if (field.name().equals("currency")) {
        return "USD";
      }
      if (field.name().startsWith("discount") || field.name().startsWith("pause")) {
        return random.nextInt(3) > 0 ? null : anyOf(type);
      }
      if (field.name().equals("past_due_since")) {
        return random.nextInt(8) == 0 ? day(CUT.minusDays(40), LAST_DAY) : null;
      }
      if (field.name().equals("canonical_id")) {
        return "c" + random.nextInt(CUSTOMERS);
      }
      if (field.name().equals("billing_period")) {
        return List.of("month", "year", "quarter", "week").get(random.nextInt(4));
      }
      if (field.name().equals("tier")) {
        return List.of("core", "advanced", "integration", "reporting").get(random.nextInt(4));
      }
      if (field.name().equals("scale_min")) {
        return 0.0;
      }
      if (field.name().equals("scale_max")) {
        return 64.0; // Sums of marks are then exact, in whatever order.
      }
      if (field.name().equals("is_trial")) {
        return random.nextInt(6) == 0;
      }
      if (field.name().equals("end_date")) {
        return random.nextInt(3) == 0 ? day(CUT.minusDays(60), LAST_DAY) : null;
      }
      if (field.name().equals("plans")) {
        return List.of("t" + random.nextInt(5), "t" + random.nextInt(5));
      }
      if (field.name().equals("signup_date")) {
        return day(FIRST_DAY.minusDays(100), FIRST_DAY.plusDays(60));
      }
      if (field.name().equals("launch_date")) {
        return day(FIRST_DAY.minusDays(100), LAST_DAY);
      }
      return anyOf(type);
    }

    private Object anyOf(DataType type) {
      if (type.equals(DataTypes.StringType)) {
        return "t" + random.nextInt(5);
      }
      if (type.equals(DataTypes.DateType)) {
        return day(FIRST_DAY.plusDays(100), LAST_DAY.plusDays(60));
      }
      if (type.equals(DataTypes.TimestampType)) {
        return Timestamp.valueOf(day(FIRST_DAY, LAST_DAY).atTime(random.nextInt(24), 0));
      }
      if (type.equals(DataTypes.DoubleType)) {
        return (double) random.nextInt(100);
      }
      if (type.equals(DataTypes.LongType)) {
        return (long) random.nextInt(20);
      }
      if (type.equals(DataTypes.IntegerType)) {
        return random.nextInt(20);
      }
      if (type.equals(DataTypes.BooleanType)) {
        return random.nextBoolean();
      }
      if (type instanceof DecimalType) {
        return new BigDecimal(random.nextInt(100));
      }
      if (type instanceof MapType) {
        return new HashMap<>(Map.of("t1", "v" + random.nextInt(9), "t2", "v" + random.nextInt(9)));
      }
      if (type instanceof ArrayType) {
        return List.of("t" + random.nextInt(5));
      }
      throw new AssertionError("no random value of " + type);
    }

    private Map<String, Object> event(int number, LocalDate happened, boolean isLater) {
      Map<String, Object> row = content(Events.TABLE, new LinkedHashMap<>(), List.of());
      row.put("event_id", "e" + number);
      row.put("clash_number", 1);
      row.put("customer_id", "c" + random.nextInt(CUSTOMERS));
      row.put("user_id", "u" + random.nextInt(4));
      row.put("feature", "thing" + random.nextInt(12));
      row.put("event_date", happened);
      row.put(
          "occurred_at",
          Timestamp.valueOf(happened.atTime(random.nextInt(24), random.nextInt(60))));
      // Most arrive at once, some late, some before they are said to happen.
      LocalDate arrived = happened.plusDays(random.nextInt(4) == 0 ? random.nextInt(40) - 5 : 0);
      row.put("arrival_date", isLater ? max(CUT, arrived) : arrived);
      return row;
    }

    /** The same past with another future. */
    Map<Table, List<Map<String, Object>>> altered(Map<Table, List<Map<String, Object>>> world) {
      Map<Table, List<Map<String, Object>>> altered = new LinkedHashMap<>();
      THINGS.forEach((table, day) -> altered.put(table, altered(table, day, world.get(table))));
      List<Map<String, Object>> events = new ArrayList<>();
      for (Map<String, Object> event : world.get(Events.TABLE)) {
        boolean isPast = isBeforeCut(event, "event_date") && isBeforeCut(event, "arrival_date");
        if (isPast || random.nextBoolean()) {
          events.add(isPast ? event : later(event));
        }
      }
      for (int i = 0; i < CUSTOMERS * 20; i++) {
        events.add(event(1_000_000 + i, day(FIRST_DAY, LAST_DAY), true));
      }
      altered.put(Events.TABLE, events);
      return altered;
    }

    /** An event of later or that arrives later, otherwise. */
    private Map<String, Object> later(Map<String, Object> event) {
      Map<String, Object> other = event(0, day(CUT, LAST_DAY), random.nextBoolean());
      other.put("event_id", event.get("event_id"));
      return other;
    }

    private List<Map<String, Object>> altered(
        Table table, String day, List<Map<String, Object>> rows) {
      Map<Object, List<Map<String, Object>>> byId = new LinkedHashMap<>();
      String id = id(table);
      rows.forEach(row -> byId.computeIfAbsent(row.get(id), key -> new ArrayList<>()).add(row));
      List<Map<String, Object>> altered = new ArrayList<>();
      byId.values().forEach(versions -> altered.addAll(alteredVersions(table, day, versions)));
      for (int i = 0; i < CUSTOMERS; i++) {
        boolean isCustomer = table.equals(Customers.TABLE);
        int customer = isCustomer ? CUSTOMERS + i : random.nextInt(CUSTOMERS + 3);
        String thing = table.equals(IdAliases.TABLE) ? "c" + (8 + i % 40) : "new" + i;
        altered.addAll(versions(table, day, thing, "c" + customer, CUT));
      }
      return altered;
    }

    private List<Map<String, Object>> alteredVersions(
        Table table, String day, List<Map<String, Object>> versions) {
      List<Map<String, Object>> altered = new ArrayList<>();
      for (Map<String, Object> version : versions) {
        if (isBeforeCut(version, "known_from")) {
          altered.add(alteredColumns(table, day, version));
        }
      }
      boolean hasPast = !altered.isEmpty();
      LocalDate from = CUT;
      int later = random.nextInt(3);
      for (int i = 0; i < later; i++) {
        from = from.plusDays(random.nextInt(15) + (i == 0 ? 0 : 1));
        Map<String, Object> version =
            content(table, new LinkedHashMap<>(versions.get(0)), List.of());
        version.put(id(table), versions.get(0).get(id(table)));
        if (!day.isEmpty()) {
          version.put(day, day(FIRST_DAY, LAST_DAY));
        }
        version.put("known_from", from);
        version.put("known_at", knownAt(table, day, from));
        altered.add(version);
      }
      closed(altered);
      if (hasPast && later == 0 && random.nextBoolean()) {
        // Deleted later.
        Map<String, Object> last = altered.get(altered.size() - 1);
        last.put("known_until", day(CUT, LAST_DAY));
        last.put("is_current", false);
      }
      return altered;
    }

    /** Columns that become known later get other values, and so does all of a later day. */
    private Map<String, Object> alteredColumns(
        Table table, String day, Map<String, Object> version) {
      Map<String, Object> altered = new LinkedHashMap<>(version);
      Map<String, Object> knownAt = new TreeMap<>();
      ((Map<?, ?>) version.get("known_at"))
          .forEach(
              (column, known) -> {
                boolean isLater = !((LocalDate) known).isBefore(CUT);
                knownAt.put((String) column, isLater ? day(CUT, LAST_DAY) : known);
                if (isLater
                    && column.equals("attributes.t1")
                    && altered.get("attributes") != null) {
                  Map<Object, Object> attributes =
                      new HashMap<>((Map<?, ?>) altered.get("attributes"));
                  attributes.put("t1", "w" + random.nextInt(9));
                  altered.put("attributes", attributes);
                } else if (isLater) {
                  content(table, altered, List.of((String) column));
                }
              });
      altered.put("known_at", knownAt);
      boolean isOfLater = !day.isEmpty() && !isBeforeCut(version, day);
      if (isOfLater) {
        content(table, altered, List.of());
        altered.put(id(table), version.get(id(table)));
        altered.put(day, day(CUT, LAST_DAY));
      }
      return altered;
    }

    private boolean isBeforeCut(Map<String, Object> row, String column) {
      return ((LocalDate) row.get(column)).isBefore(CUT);
    }

    /** A day of a range, its end left out. */
    private LocalDate day(LocalDate from, LocalDate to) {
      return from.plusDays(random.nextInt((int) (to.toEpochDay() - from.toEpochDay())));
    }

    private static LocalDate max(LocalDate one, LocalDate other) {
      return one.isAfter(other) ? one : other;
    }
  }
}
