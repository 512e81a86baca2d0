package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.EventFilter;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Counting;
import io.holdfast.activity.RetentionDefinition.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Definitions that are measured together: those that share unit, returns and periods.
 *
 * <p>Each member's periods of return are bits. Members with the same bits are counted together, and
 * only then are the bits spread over the periods.
 *
 * @param facts what is measured from
 * @param spans the periods that they share
 * @param definitions the definitions, by name
 */
record CohortPass(RetentionFacts facts, Spans spans, Map<String, RetentionDefinition> definitions) {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  /** What names a cell before its definitions do. */
  private static final String[] CELL = {
    "birth", "way", "cohort_index", "cohort_start_at", "segment", "period"
  };

  /** The period number under which the money of a whole cohort is summed. */
  private static final int COHORT = -1;

  /** What definitions must share to be measured together. */
  record Shape(
      Unit unit,
      EventFilter back,
      boolean isRolling,
      RetentionDefinition.Anchor anchor,
      Grain grain,
      int occurrences,
      List<RetentionDefinition.Bracket> ranges) {

    static Shape of(RetentionDefinition d) {
      return new Shape(
          d.unit(), d.back(), d.isRolling(), d.anchored(), d.grain(), d.occurrences(), d.ranges());
    }
  }

  /** What puts which units into cohorts. */
  private record Birth(String start, boolean isRecurring, String units, RetentionDefinition of) {

    static Birth of(RetentionDefinition d) {
      String units =
          String.join(" and ", d.ofUnits().stream().map(c -> c.text()).sorted().toList());
      return new Birth(d.startEvent().text(), d.isRecurring(), units, d);
    }

    String key() {
      return "%s/%s/%s".formatted(start, isRecurring, units);
    }
  }

  /** How a return is asked of a period: inside it, or from it up to a horizon. */
  private static String way(RetentionDefinition d) {
    return d.counted() == Counting.ON_OR_AFTER
        ? "after" + d.horizon().map(String::valueOf).orElse("")
        : "on";
  }

  private RetentionDefinition any() {
    return definitions.values().iterator().next();
  }

  private Unit unit() {
    return any().unit();
  }

  private int longest() {
    return definitions.values().stream().mapToInt(RetentionDefinition::longest).max().orElseThrow();
  }

  private ReturnBits bits() {
    int horizon =
        definitions.values().stream().mapToInt(d -> d.horizon().orElse(0)).max().orElse(0);
    return new ReturnBits(Math.max(longest(), horizon));
  }

  /** The cells of all definitions, without the figures that follow from them. */
  Dataset<Row> cells() {
    Dataset<Row> members = members();
    Dataset<Row> counts = counts(members);
    Dataset<Row> counted =
        unit() == Unit.CUSTOMER
            ? withMoney(counts, money(members))
            : counts
                .withColumn("retained_mrr", lit(null).cast(MONEY))
                .withColumn("cohort_mrr", lit(null).cast(MONEY));
    return wanted(counted)
        .select(
            col("wanted.definition"),
            col("wanted.birth_text").as("birth"),
            col("wanted.mode"),
            col("wanted.counting"),
            col("wanted.horizon"),
            spans.periods().day(col("cohort_start_at")).as("cohort_start"),
            col("cohort_start_at"),
            col("segment.*"),
            col("period"),
            spans.startDate(col("period")).as("period_start"),
            spans.bracket(col("period")).as("bracket"),
            col("cohort_size"),
            col("lived_through"),
            col("retained"),
            isComplete().as("is_complete"),
            when(col("period").equalTo(0), col("returns_in_start")).as("returns_in_start"),
            col("cohort_mrr"),
            col("retained_mrr"))
        .withColumn("unit", lit(unit().text()))
        .withColumn("return_event", lit(any().back().text()))
        .withColumn("window", lit(any().isRolling() ? "rolling" : "calendar"))
        .withColumn(
            "anchor",
            lit(any().isRolling() ? Definitions.text(any().anchored()) : null).cast("string"))
        .withColumn("grain", lit(any().grain().text()))
        .withColumn("min_occurrences", lit(any().occurrences()));
  }

  /** Rows of cells, once for each definition that shows them. */
  private Dataset<Row> wanted(Dataset<Row> cells) {
    Column isWanted =
        col("wanted.birth")
            .equalTo(col("birth"))
            .and(col("wanted.way").equalTo(col("way")))
            .and(array_contains(col("wanted.dimensions"), col("segment.segment_dimension")))
            .and(col("period").leq(col("wanted.periods")))
            .and(
                col("wanted.cohorts")
                    .isNull()
                    .or(spans.lastIndex().minus(col("cohort_index")).lt(col("wanted.cohorts"))));
    return cells.withColumn("wanted", explode(requests())).filter(isWanted);
  }

  /** One row per cell and member of its cohort. */
  Dataset<Row> membersOfCells() {
    Dataset<Row> inCells =
        members()
            .withColumn("segment", explode(col("segments")))
            .withColumn("way", explode(ways()))
            .withColumn("period", explode(sequence(lit(0), spans.begun(longest()))));
    return wanted(inCells)
        .select(
            col("wanted.definition"),
            spans.periods().day(col("cohort_start_at")).as("cohort_start"),
            col("cohort_start_at"),
            col("segment.*"),
            col("period"),
            col("unit_id"),
            col("customer_id"),
            col("birth_date"),
            when(isRetained(), "retained")
                .when(hasLived(), "not retained")
                .otherwise("not lived through")
                .as("counted_as"));
  }

  /** Without a horizon later returns still count, so that no cell of it is ever complete. */
  private Column isComplete() {
    return when(
            col("wanted.counting").equalTo("on_or_after").and(col("wanted.horizon").isNull()),
            lit(false))
        .otherwise(spans.isComplete(coalesce(col("wanted.horizon"), col("period"))));
  }

  private Column requests() {
    List<Column> requests = new ArrayList<>();
    definitions.forEach(
        (name, d) ->
            requests.add(
                struct(
                    lit(name).as("definition"),
                    lit(Birth.of(d).key()).as("birth"),
                    lit(Definitions.birth(d)).as("birth_text"),
                    lit(d.isRecurring() ? "recurring" : "first_time").as("mode"),
                    lit(way(d)).as("way"),
                    lit(Definitions.text(d.counted())).as("counting"),
                    lit(d.horizon().orElse(null)).cast("int").as("horizon"),
                    lit(d.longest()).as("periods"),
                    lit(d.cohorts().orElse(null)).cast("int").as("cohorts"),
                    array(
                            Stream.concat(Stream.of(UnitProperties.ALL), d.dimensions().stream())
                                .distinct()
                                .map(dimension -> lit(dimension))
                                .toArray(Column[]::new))
                        .as("dimensions"))));
    return array(requests.toArray(Column[]::new));
  }

  /** One row per unit, birth and cohort: in which periods it came back, and its segments. */
  private Dataset<Row> members() {
    Dataset<Row> returned = returned(births());
    List<String> dimensions =
        definitions.values().stream().flatMap(d -> d.dimensions().stream()).distinct().toList();
    return UnitProperties.joined(returned, "birth_date", facts, dimensions)
        .withColumn("segments", UnitProperties.segments(dimensions))
        .withColumn("lived", spans.lived())
        .drop("account", "account_user", "subscribed_plan");
  }

  private Dataset<Row> births() {
    Map<String, Birth> births = new TreeMap<>();
    definitions.values().stream().map(Birth::of).forEach(b -> births.putIfAbsent(b.key(), b));
    return births.values().stream()
        .map(birth -> births(birth).withColumn("birth", lit(birth.key())))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private Dataset<Row> births(Birth birth) {
    EventFilter start = birth.of().startEvent();
    Dataset<Row> starts = starts(start);
    Dataset<Row> usable =
        birth.of().needsInstants() ? starts.filter(col("birth_at").isNotNull()) : starts;
    Periods periods = spans.periods();
    Column index = periods.index(col("birth_date"), col("birth_at"));
    Dataset<Row> first =
        birth.isRecurring()
            ? RetentionFacts.first(usable, index.as("cohort_index"))
            : RetentionFacts.first(usable);
    Dataset<Row> born =
        first
            .withColumn("cohort_index", index)
            .withColumn("cohort_start_at", periods.startAt(col("birth_date"), col("birth_at")));
    List<String> asked = new ArrayList<>(UnitProperties.names(birth.of().ofUnits()));
    // Of events the unit's conditions hold on each event's day; of a signup, on that day.
    boolean isTold = !start.isOfEvents() && !start.ofUnit().isEmpty();
    if (isTold) {
      asked.addAll(UnitProperties.names(start.ofUnit()));
    }
    if (asked.isEmpty()) {
      return born;
    }
    Column isMet = UnitProperties.areMet(birth.of().ofUnits());
    return UnitProperties.joined(born, "birth_date", facts, asked)
        .filter(isTold ? isMet.and(UnitProperties.areMet(start.ofUnit())) : isMet)
        .select(Arrays.stream(born.columns()).map(name -> col(name)).toArray(Column[]::new));
  }

  private Dataset<Row> starts(EventFilter start) {
    if (start.isSignup()) {
      return facts.signups(unit());
    }
    return start.isFirstPaid()
        ? facts.firstPaid(unit())
        : facts
            .days(unit(), start)
            .withColumnRenamed("event_date", "birth_date")
            .withColumnRenamed("first_at", "birth_at");
  }

  /** The return events: {@code touch_date}, {@code touch_at}, and how many they are. */
  private Dataset<Row> touches() {
    Dataset<Row> days = facts.days(unit(), any().back());
    Column unitId = col("unit_id");
    if (any().needsInstants()) {
      return moments(days);
    }
    if (any().needsMoments()) {
      return moments(days)
          .union(
              days.filter(col("events").gt(col("timed_events")))
                  .select(
                      unitId,
                      col("event_date"),
                      lit(null).cast("timestamp"),
                      col("events").minus(col("timed_events"))));
    }
    if (spans.isByDay() && any().occurrences() == 1) {
      return days.groupBy(
              unitId, spans.periods().index(col("event_date"), col("last_at")).as("index"))
          .agg(max("event_date").as("touch_date"))
          .select(
              unitId,
              col("touch_date"),
              lit(null).cast("timestamp").as("touch_at"),
              lit(1L).as("touches"));
    }
    return days.select(
        unitId,
        col("event_date").as("touch_date"),
        col("last_at").as("touch_at"),
        col("events").as("touches"));
  }

  private static Dataset<Row> moments(Dataset<Row> days) {
    return days.select(
        col("unit_id"),
        col("event_date").as("touch_date"),
        explode(col("moments")).as("touch_at"),
        lit(1L).as("touches"));
  }

  private Dataset<Row> returned(Dataset<Row> births) {
    String[] member = births.columns();
    Dataset<Row> touches = touches().withColumnRenamed("unit_id", "touched_id");
    Column isOwnAndLater = col("unit_id").equalTo(col("touched_id")).and(spans.isLater());
    Column[] keys = Arrays.stream(member).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> returns =
        births.join(touches, isOwnAndLater, "left").withColumn("returned", spans.period());
    int least = any().occurrences();
    if (least > 1) {
      Column[] perPeriod =
          Stream.concat(Arrays.stream(keys), Stream.of(col("returned"))).toArray(Column[]::new);
      returns =
          returns
              .groupBy(perPeriod)
              .agg(sum("touches").as("touches"))
              .withColumn("returned", when(col("touches").geq(least), col("returned")));
    }
    return returns
        .groupBy(keys)
        .agg(
            coalesce(max(col("returned").equalTo(0)), lit(false)).as("is_back_in_start"),
            Stream.concat(
                    Stream.of(coalesce(max("returned"), lit(0)).as("last_return")),
                    bits().collect(col("returned")).stream())
                .toArray(Column[]::new));
  }

  private Column ways() {
    return array(
        definitions.values().stream()
            .map(CohortPass::way)
            .distinct()
            .sorted()
            .map(way -> lit(way))
            .toArray(Column[]::new));
  }

  /** Whether a member counts as retained in a period, in the way that is asked. */
  private Column isRetained() {
    Column period = col("period");
    Column isBack = lit(false);
    for (RetentionDefinition d : definitions.values()) {
      Column how =
          d.counted() != Counting.ON_OR_AFTER
              ? bits().isReturned(period, period)
              : d.horizon()
                  .map(horizon -> bits().isReturned(period, lit(horizon)))
                  .orElse(col("last_return").geq(period));
      isBack = when(col("way").equalTo(way(d)), how).otherwise(isBack);
    }
    return hasLived().and(period.leq(0).or(isBack));
  }

  private static Column hasLived() {
    return col("lived").isNull().or(col("lived").geq(col("period")));
  }

  private Dataset<Row> counts(Dataset<Row> members) {
    Column[] alike =
        Stream.concat(
                Stream.of(
                    "birth",
                    "cohort_index",
                    "cohort_start_at",
                    "segment",
                    "is_back_in_start",
                    "last_return",
                    "lived"),
                bits().columns().stream())
            .map(name -> col(name))
            .toArray(Column[]::new);
    Column[] cell = Arrays.stream(CELL).map(name -> col(name)).toArray(Column[]::new);
    Column units = col("units");
    return members
        .withColumn("segment", explode(col("segments")))
        .groupBy(alike)
        .agg(count(lit(1)).as("units"))
        .withColumn("way", explode(ways()))
        .withColumn("period", explode(sequence(lit(0), spans.begun(longest()))))
        .groupBy(cell)
        .agg(
            sum("units").as("cohort_size"),
            sum(when(hasLived(), units).otherwise(0)).as("lived_through"),
            sum(when(isRetained(), units).otherwise(0)).as("retained"),
            sum(when(col("is_back_in_start"), units).otherwise(0)).as("returns_in_start"));
  }

  /** What the retained pay at the end of each period, and under -1 all of the cohort at its own. */
  private Dataset<Row> money(Dataset<Row> members) {
    Column[] cell = Arrays.stream(CELL).map(name -> col(name)).toArray(Column[]::new);
    Column period = col("period");
    Dataset<Row> paying =
        facts
            .mrr()
            .filter(col("mrr").gt(0))
            .select(
                col("customer_id").as("payer_id"), col("from_date"), col("until_date"), col("mrr"));
    Column pays =
        col("customer_id")
            .equalTo(col("payer_id"))
            .and(col("from_date").leq(col("end_date")))
            .and(col("until_date").isNull().or(col("until_date").gt(col("end_date"))));
    return members
        .withColumn("way", explode(ways()))
        .withColumn("period", explode(sequence(lit(COHORT), spans.begun(longest()))))
        .filter(period.equalTo(COHORT).or(isRetained()))
        .withColumn(
            "end_date",
            when(period.equalTo(COHORT), spans.cohortEndDate())
                .otherwise(spans.endDate(greatest(period, lit(0)))))
        .join(paying, pays, "inner")
        .withColumn("segment", explode(col("segments")))
        .groupBy(cell)
        .agg(sum("mrr").as("mrr"));
  }

  private Dataset<Row> withMoney(Dataset<Row> counts, Dataset<Row> money) {
    Column none = lit(0).cast(MONEY);
    Dataset<Row> ofPeriods =
        money.filter(col("period").geq(0)).withColumnRenamed("mrr", "retained_mrr");
    Dataset<Row> ofCohorts =
        money
            .filter(col("period").equalTo(COHORT))
            .drop("period")
            .withColumnRenamed("mrr", "cohort_mrr");
    String[] cohort = Arrays.copyOf(CELL, CELL.length - 1);
    return counts
        .join(ofPeriods, CELL, "left")
        .join(ofCohorts, cohort, "left")
        .crossJoin(facts.hasBilling())
        .withColumn("retained_mrr", when(col("has_billing"), coalesce(col("retained_mrr"), none)))
        .withColumn("cohort_mrr", when(col("has_billing"), coalesce(col("cohort_mrr"), none)));
  }

  /** The definitions by what they share, each group to be measured in one pass. */
  static Collection<Map<String, RetentionDefinition>> grouped(
      Map<String, RetentionDefinition> definitions) {
    Map<Shape, Map<String, RetentionDefinition>> groups = new LinkedHashMap<>();
    definitions.forEach(
        (name, d) -> groups.computeIfAbsent(Shape.of(d), shape -> new TreeMap<>()).put(name, d));
    return groups.values();
  }
}
