package io.holdfast.metrics;

import static io.holdfast.Rows.none;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.GivenInputs;
import io.holdfast.SharedSpark;
import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.Aliases;
import io.holdfast.activity.Condition;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.FollowedStreams;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionStreams;
import io.holdfast.activity.StreamDays;
import io.holdfast.config.Settings;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Events;
import io.holdfast.conformed.Users;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The worked cases of {@code metrics/retention-cases.csv}: what happened, the definition, and the
 * cells that it has, worked by hand.
 *
 * <p>A cell is {@code period:retained/lived through/size}, in period 0 with {@code +} the returns
 * in the start, and with a star while it is open. Times are of the case's zone. Cases of one zone
 * and date are measured together: each has its own customers.
 */
class RetentionCasesTest {

  private final Map<String, RetentionDefinition> definitions = new TreeMap<>();
  private final Map<String, String> expected = new TreeMap<>();
  private final List<Row> events = new ArrayList<>();
  private final Map<String, List<Map<String, Object>>> told = new LinkedHashMap<>();
  private final List<Row> links = new ArrayList<>();
  private final List<Row> pays = new ArrayList<>();
  private final List<Row> spells = new ArrayList<>();

  @Test
  void everyCaseHasTheCellsThatWereWorkedOut() {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row record : records()) {
      groups
          .computeIfAbsent(
              record.getAs("zone") + " " + record.getAs("as_of"), group -> new ArrayList<>())
          .add(record);
    }
    for (List<Row> cases : groups.values()) {
      RetentionCasesTest group = new RetentionCasesTest();
      cases.forEach(group::add);
      assertThat(
              group.measured(
                  ZoneId.of(cases.get(0).getAs("zone")),
                  LocalDate.parse(cases.get(0).<String>getAs("as_of"))))
          .isEqualTo(group.expected);
    }
  }

  private static List<Row> records() {
    return SharedSpark.session()
        .read()
        .option("header", true)
        .option("escape", "\"")
        .csv(RetentionCasesTest.class.getResource("/metrics/retention-cases.csv").getPath())
        .collectAsList();
  }

  private static String text(Row record, String column) {
    String text = record.getAs(column);
    return text == null ? "" : text;
  }

  private void add(Row record) {
    String name = text(record, "case");
    String key = "case_%03d".formatted(definitions.size());
    definitions.put(key, ofItsOwn(definition(text(record, "definition")), name));
    expected.put(key + " " + name, text(record, "cells").strip());
    ZoneId tz = ZoneId.of(text(record, "zone"));
    for (String text : text(record, "happenings").split(";", -1)) {
      happening(name, text.strip().split(" ", -1), tz);
    }
  }

  private static RetentionDefinition definition(String text) {
    return Settings.load(
            Optional.of(
                "retention.definitions { d { unit = customer, start_event = core, %s } }"
                    .formatted(text)),
            "case",
            Map.of(),
            Map.of())
        .get(RetentionSettings.SETTING)
        .definitions()
        .get("d");
  }

  /** The same for the customers of the case alone. */
  private static RetentionDefinition ofItsOwn(RetentionDefinition d, String name) {
    List<Condition> conditions = new ArrayList<>(d.ofUnits());
    conditions.add(
        new Condition("case", Condition.Kind.EQUALS, Optional.of(name), Optional.empty()));
    return new RetentionDefinition(
        d.unit(),
        d.startEvent(),
        d.returnEvent(),
        d.mode(),
        d.window(),
        d.anchor(),
        d.grain(),
        d.counting(),
        d.horizon(),
        d.brackets(),
        d.minOccurrences(),
        d.periods(),
        d.cohorts(),
        Optional.of(conditions),
        d.segmentDimensions());
  }

  private void happening(String name, String[] words, ZoneId tz) {
    String[] ids = words[0].split("/", -1);
    String customer = name + "/" + ids[0];
    customer(name, customer);
    switch (words[1]) {
      case "same" -> link(customer, name + "/" + words[2]);
      case "is" -> version(customer, words[2], LocalDate.parse(words[3]));
      case "signup" -> told.get(customer).get(0).put("signup_date", Date.valueOf(words[2]));
      case "pays" -> pay(customer, words[2], Date.valueOf(words[3]));
      default -> event(name, customer, ids, words, tz);
    }
  }

  private void customer(String name, String customer) {
    told.computeIfAbsent(
        customer,
        c -> {
          Map<String, Object> cells = new HashMap<>();
          cells.put("customer_id", customer);
          cells.put("attributes", Map.of("case", name));
          cells.put("known_from", Date.valueOf("2025-01-01"));
          cells.put("is_current", true);
          return new ArrayList<>(List.of(cells));
        });
  }

  /** A version; the first replaces the one that says nothing. */
  private void version(String customer, String tier, LocalDate from) {
    List<Map<String, Object>> versions = told.get(customer);
    Map<String, Object> last = versions.get(versions.size() - 1);
    Map<String, Object> cells = new HashMap<>(last);
    Map<String, String> properties = new HashMap<>();
    ((Map<?, ?>) last.get("attributes"))
        .forEach((k, v) -> properties.put(k.toString(), v.toString()));
    boolean isFirst = properties.put("tier", tier) == null;
    cells.put("attributes", properties);
    cells.put("known_from", Date.valueOf(from));
    if (isFirst) {
      versions.remove(last);
    } else {
      last.put("known_until", Date.valueOf(from));
      last.put("is_current", false);
    }
    versions.add(cells);
  }

  private void link(String alias, String canonical) {
    links.add(
        row(
            Aliases.TABLE,
            Map.of("unit", "customer", "alias_id", alias, "canonical_id", canonical)));
  }

  private void pay(String customer, String mrr, Date from) {
    pays.add(
        row(
            CustomerMrr.TABLE,
            Map.of(
                "customer_id",
                customer,
                "from_date",
                from,
                "mrr",
                new BigDecimal(mrr).setScale(4))));
    spells.add(
        row(
            PayingSpells.TABLE,
            Map.of(
                "customer_id", customer, "counting", "snapshot", "spell", 1, "start_date", from)));
  }

  private void event(String name, String customer, String[] ids, String[] words, ZoneId tz) {
    Map<String, Object> cells = new HashMap<>();
    boolean isTimed = words[1].contains("T");
    cells.put("event_id", "e" + events.size());
    cells.put("customer_id", customer);
    cells.put("user_id", ids.length > 1 ? name + "/" + ids[1] : null);
    cells.put("event", words.length > 2 ? words[2] : "report");
    cells.put("event_date", Date.valueOf(words[1].substring(0, 10)));
    if (isTimed) {
      cells.put(
          "occurred_at", Timestamp.from(LocalDateTime.parse(words[1]).atZone(tz).toInstant()));
    }
    Map<String, String> properties = new HashMap<>();
    for (int i = 3; i < words.length; i++) {
      properties.put(words[i].split("=", -1)[0], words[i].split("=", -1)[1]);
    }
    cells.put("properties", properties);
    events.add(row(Events.TABLE, cells));
  }

  private Map<String, String> measured(ZoneId tz, LocalDate asOf) {
    List<Row> customers = new ArrayList<>();
    told.values().forEach(all -> all.forEach(cells -> customers.add(row(Customers.TABLE, cells))));
    FollowedStreams.LatestPeriods none = new FollowedStreams.LatestPeriods(1, 1, 1);
    Dataset<Row> days =
        StreamDays.JOB
            .build()
            .apply(
                new GivenInputs(asOf)
                    .with(Events.TABLE, dataset(Events.TABLE, events))
                    .with(RetentionStreams.SETTING, new RetentionStreams(definitions))
                    .with(FollowedStreams.SETTING, new FollowedStreams(Map.of(), none, none))
                    .with(
                        ActivitySettings.SETTING,
                        new ActivitySettings(List.of("report", "export"), List.of(), 30, 240))
                    .with(Company.SETTING, new Company(tz, DayOfWeek.MONDAY, "USD")));
    RetentionFacts facts =
        new RetentionFacts(
            dataset(Customers.TABLE, customers),
            none(Users.TABLE),
            Aliases.TABLE
                .conform(Aliases.resolved(dataset(Aliases.TABLE, links)))
                .localCheckpoint(),
            StreamDays.TABLE.conform(days).localCheckpoint(),
            dataset(CustomerMrr.TABLE, pays),
            dataset(PayingSpells.TABLE, spells),
            tz,
            asOf);
    return texts(
        CohortRetention.retention(facts, new RetentionSettings(30, definitions), DayOfWeek.MONDAY)
            .collectAsList(),
        tz);
  }

  private Map<String, String> texts(List<Row> cells, ZoneId tz) {
    Map<String, Map<String, List<Row>>> byCase = new TreeMap<>();
    for (Row cell : cells) {
      String dimension = cell.getAs("segment_dimension");
      String segment =
          dimension.equals("all") ? "" : dimension + "=" + cell.getAs("segment_value") + " ";
      byCase
          .computeIfAbsent(cell.getAs("definition"), d -> new TreeMap<>())
          .computeIfAbsent(segment + cohort(cell, tz), c -> new ArrayList<>())
          .add(cell);
    }
    Map<String, String> texts = new TreeMap<>();
    for (String named : expected.keySet()) {
      String key = named.substring(0, named.indexOf(' '));
      texts.put(
          named,
          byCase.getOrDefault(key, Map.of()).entrySet().stream()
              .map(cohort -> cohort.getKey() + " " + text(cohort.getValue()))
              .collect(Collectors.joining("; ")));
    }
    return texts;
  }

  private static String cohort(Row cell, ZoneId tz) {
    ZonedDateTime start = cell.<Timestamp>getAs("cohort_start_at").toInstant().atZone(tz);
    return cell.getAs("grain").equals("hour")
        ? start.format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm"))
        : start.toLocalDate().toString();
  }

  private static String text(List<Row> cohort) {
    return cohort.stream()
        .sorted(Comparator.comparing(cell -> cell.<Integer>getAs("period")))
        .map(
            cell ->
                "%d:%d/%d/%d%s%s"
                    .formatted(
                        cell.<Integer>getAs("period"),
                        cell.<Long>getAs("retained"),
                        cell.<Long>getAs("lived_through"),
                        cell.<Long>getAs("cohort_size"),
                        cell.getAs("returns_in_start") == null
                            ? ""
                            : "+" + cell.getAs("returns_in_start"),
                        cell.<Boolean>getAs("is_complete") ? "" : "*"))
        .collect(Collectors.joining(" "));
  }

  private static Row row(Table table, Map<String, Object> cells) {
    StructType schema = table.schema();
    Object[] values = new Object[schema.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = cells.get(schema.fields()[i].name());
      values[i] =
          value instanceof Map<?, ?> map
              ? scala.collection.immutable.Map.from(CollectionConverters.asScala(map))
              : value;
    }
    return RowFactory.create(values);
  }

  private static Dataset<Row> dataset(Table table, List<Row> rows) {
    // As a table of the lake: the optimizer must not work through the rows.
    return SharedSpark.session().createDataFrame(rows, table.schema()).localCheckpoint();
  }
}
