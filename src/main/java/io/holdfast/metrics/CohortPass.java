package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_from_unix_date;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.holdfast.activity.Condition;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.metrics.CohortTracks.Back;
import io.holdfast.metrics.CohortTracks.Named;
import io.holdfast.metrics.CohortTracks.Slot;
import io.holdfast.metrics.CohortTracks.Start;
import io.holdfast.metrics.CohortTracks.Track;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Measures all definitions together. What they ask for is data, found by a row's number: the query
 * is as long for one definition as for twenty.
 *
 * <p>Each member's periods of return are bits. Members with the same bits are counted together, and
 * only then are the bits spread over the periods.
 */
final class CohortPass {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  /** The period number under which the money of a whole cohort is summed. */
  private static final int COHORT = -1;

  private final RetentionFacts facts;
  private final DayOfWeek weekStartsOn;
  private final CohortTracks parts;
  private final Lookup<Start> starts;
  private final Lookup<Back> backs;
  private final Lookup<Track> tracks;
  private final Lookup<Named> definitions;
  private final Spans spans;
  private final ReturnBits bits;

  CohortPass(RetentionFacts facts, Map<String, RetentionDefinition> named, DayOfWeek weekStartsOn) {
    this.facts = facts;
    this.weekStartsOn = weekStartsOn;
    parts = new CohortTracks(named);
    starts = parts.starts();
    backs = parts.backs();
    tracks = parts.tracks();
    definitions = parts.definitions();
    spans = new Spans(tracks, weekStartsOn, facts.tz(), facts.asOf());
    bits = new ReturnBits(parts.longest());
  }

  /** The cells of all definitions, without the figures that follow from them. */
  Dataset<Row> cells() {
    Dataset<Row> members = wanted(members());
    Dataset<Row> counts = counts(members);
    boolean hasMoney = definitions.any(d -> d.of().unit() == Unit.CUSTOMER);
    Column[] cell = columns("definition_number", "track", "cohort_index", "cohort_start_at");
    Column[] keys =
        Stream.concat(Stream.of(cell), Stream.of(columns("segment", "period")))
            .toArray(Column[]::new);
    Dataset<Row> summed =
        (hasMoney ? counts.union(money(members)) : counts)
            .groupBy(keys)
            .agg(
                sum("cohort_size").as("cohort_size"),
                sum("lived_through").as("lived_through"),
                sum("retained").as("retained"),
                sum("returns_in_start").as("returns_in_start"),
                sum("mrr").as("mrr"));
    return withMoney(described(summed)).filter(col("period").geq(0));
  }

  private Dataset<Row> described(Dataset<Row> cells) {
    Column period = col("period");
    Column horizon = horizon();
    return cells.select(
        definitions.text(Named::name).as("definition"),
        definitions.text(d -> d.of().unit().text()).as("unit"),
        definitions.text(d -> Definitions.birth(d.of())).as("birth"),
        definitions.text(d -> d.of().back().text()).as("return_event"),
        definitions.text(d -> d.of().isRecurring() ? "recurring" : "first_time").as("mode"),
        definitions.text(d -> d.of().isRolling() ? "rolling" : "calendar").as("window"),
        definitions
            .text(d -> d.of().isRolling() ? Definitions.text(d.of().anchored()) : null)
            .as("anchor"),
        definitions.text(d -> d.of().grain().text()).as("grain"),
        definitions.text(d -> Definitions.text(d.of().counted())).as("counting"),
        horizon.as("horizon"),
        definitions.integer(d -> d.of().occurrences()).as("min_occurrences"),
        spans.cohortStart().as("cohort_start"),
        col("cohort_start_at"),
        col("segment.*"),
        period,
        spans.startDate(period).as("period_start"),
        spans.bracket(period).as("bracket"),
        col("cohort_size"),
        col("lived_through"),
        col("retained"),
        // Without a horizon later returns still count, so that no cell of it is ever complete.
        when(definitions.is(Named::isOpenEnded), false)
            .otherwise(spans.isComplete(coalesce(horizon, period)))
            .as("is_complete"),
        when(period.equalTo(0), col("returns_in_start")).as("returns_in_start"),
        col("mrr"));
  }

  /** What the retained pay, and their cohort: NULL of units that don't pay and without billing. */
  private Dataset<Row> withMoney(Dataset<Row> cells) {
    if (!definitions.any(d -> d.of().unit() == Unit.CUSTOMER)) {
      return cells
          .withColumn("cohort_mrr", lit(null).cast(MONEY))
          .withColumn("retained_mrr", lit(null).cast(MONEY))
          .drop("mrr");
    }
    Column none = lit(0).cast(MONEY);
    Column ofCohort =
        max(when(col("period").equalTo(COHORT), col("mrr")))
            .over(
                Window.partitionBy(
                    "definition", "cohort_start_at", "segment_dimension", "segment_value"));
    Column isTold = col("has_billing").and(col("unit").equalTo(Unit.CUSTOMER.text()));
    return cells
        .crossJoin(facts.hasBilling())
        .withColumn("cohort_mrr", when(isTold, coalesce(ofCohort, none)))
        .withColumn("retained_mrr", when(isTold, coalesce(col("mrr"), none)))
        .drop("mrr", "has_billing");
  }

  /** One row per cell and member of its cohort. */
  Dataset<Row> membersOfCells() {
    return ofSegments(wanted(members()))
        .withColumn("period", explode(sequence(lit(0), col("begun"))))
        .select(
            definitions.text(Named::name).as("definition"),
            spans.cohortStart().as("cohort_start"),
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

  /** Members, once for each definition that shows their cohort. */
  private Dataset<Row> wanted(Dataset<Row> members) {
    Column cohorts = nullif(definitions.integer(d -> d.of().cohorts().orElse(0)), lit(0));
    return members
        .withColumn("definition_number", explode(parts.definitionsOfTrack()))
        .filter(cohorts.isNull().or(spans.cohortsSince().leq(cohorts)))
        .withColumn("begun", least(definitions.integer(d -> d.of().longest()), spans.begun()));
  }

  /** Members, once for each segment by which their definition splits. */
  private Dataset<Row> ofSegments(Dataset<Row> wanted) {
    return wanted
        .withColumn("segment", explode(col("segments")))
        .filter(
            array_contains(
                definitions.texts(CohortTracks::dimensions), col("segment.segment_dimension")));
  }

  // ---- members ----

  /** One row per track, unit and cohort: in which periods it came back, and its segments. */
  private Dataset<Row> members() {
    Dataset<Row> returned =
        returned(births())
            .withColumn("cohort_index", spans.cohortIndex())
            .withColumn("cohort_start_at", spans.cohortStartAt())
            .withColumn("lived", spans.lived());
    List<String> dimensions = parts.dimensions();
    List<String> names = new ArrayList<>(dimensions);
    tracks.settings().forEach(track -> names.addAll(UnitProperties.names(track.asked())));
    return UnitProperties.joined(returned, "birth_date", facts, names)
        .filter(UnitProperties.areMet(tracks, Track::asked))
        .withColumn("segments", UnitProperties.segments(dimensions))
        .drop("account", "account_user", "subscribed_plan");
  }

  /** Rows of events that meet what their setting asks of the unit on the event's day. */
  private <T> Dataset<Row> judged(
      Dataset<Row> events, Lookup<T> settings, Function<T, List<Condition>> ofSetting) {
    if (!settings.any(one -> !ofSetting.apply(one).isEmpty())) {
      return events;
    }
    Set<String> names = new LinkedHashSet<>();
    settings.settings().forEach(one -> names.addAll(UnitProperties.names(ofSetting.apply(one))));
    Column isAsked = settings.is(one -> !ofSetting.apply(one).isEmpty());
    return events
        .filter(not(isAsked))
        .union(
            UnitProperties.joined(events.filter(isAsked), "event_date", facts, names)
                .filter(UnitProperties.areMet(settings, ofSetting))
                .select(columns(events.columns())));
  }

  /** One row per start, unit and cohort: {@code birth_date} and {@code birth_at}. */
  private Dataset<Row> births() {
    Dataset<Row> events =
        facts
            .happenings(
                starts.settings().stream().map(Start::unit).toList(),
                starts.settings().stream().map(Start::filter).toList())
            .withColumn("start", explode(parts.startsOfEvent()));
    Column at = col("start_at");
    Column again = col("event_date");
    Dataset<Row> usable =
        judged(events, starts, Start::asked)
            .withColumn("start_at", explode(startsOfDay()))
            .filter(not(starts.is(Start::isTimed)).or(at.isNotNull()))
            .select(
                col("start"),
                unitId(starts.is(start -> start.unit().isAsSent())),
                col("customer_id"),
                col("person_id"),
                again.as("birth_date"),
                at.as("birth_at"),
                cohortAgain(again, at).as("again"));
    return RetentionFacts.first(usable, "start", "again");
  }

  /** The first start of a day; who starts again within a day has every one. */
  private Column startsOfDay() {
    Column first = array(col("first_at"));
    return starts.any(CohortPass::isAgainWithinADay)
        ? when(starts.is(CohortPass::isAgainWithinADay), col("moments")).otherwise(first)
        : first;
  }

  private static boolean isAgainWithinADay(Start start) {
    return start.recurringBy().equals(Optional.of(Grain.HOUR));
  }

  private static Column unitId(Column isAsSent) {
    return when(isAsSent, col("sent_id")).otherwise(col("counted_id")).as("unit_id");
  }

  /** In recurring mode the period's number, and else nothing: one birth ever. */
  private Column cohortAgain(Column date, Column at) {
    Column number = lit(null).cast("int");
    Column grain = starts.text(start -> start.recurringBy().map(Grain::text).orElse(null));
    for (Grain one : Grain.values()) {
      if (starts.any(start -> start.recurringBy().equals(Optional.of(one)))) {
        number = when(grain.equalTo(one.text()), periods(one).index(date, at)).otherwise(number);
      }
    }
    return number;
  }

  private Periods periods(Grain grain) {
    return new Periods(grain, weekStartsOn, facts.tz());
  }

  /** The return events: {@code touch_date}, {@code touch_at}, and how many they are. */
  private Dataset<Row> touches() {
    Dataset<Row> events =
        facts
            .happenings(
                backs.settings().stream().map(Back::unit).toList(),
                backs.settings().stream().map(Back::filter).toList())
            .withColumn("back", explode(parts.backsOfEvent()));
    Dataset<Row> days =
        judged(
            events.filter(
                col("event_date").geq(date_from_unix_date(backs.integer(this::shownSince)))),
            backs,
            Back::asked);
    Predicate<Back> isCoarse = back -> back.slot().isOfDays();
    Stream<Dataset<Row>> coarse =
        backs.any(isCoarse) ? Stream.of(byPeriod(days.filter(backs.is(isCoarse)))) : Stream.of();
    Stream<Dataset<Row>> fine =
        backs.any(isCoarse.negate())
            ? Stream.of(byEvent(days.filter(not(backs.is(isCoarse)))))
            : Stream.of();
    return Stream.concat(coarse, fine).reduce(Dataset::union).orElseThrow();
  }

  private int shownSince(Back back) {
    return (int) parts.shownSince(back, facts.asOf()).toEpochDay();
  }

  private int shownSince(Track track) {
    return (int) parts.shownSince(track, facts.asOf()).toEpochDay();
  }

  /** Returns of which the month or the week is enough: one row for each. */
  private Dataset<Row> byPeriod(Dataset<Row> days) {
    return days.groupBy(col("back").as("touched_by"), touchedId(), slot().as("slot"))
        .agg(
            max("event_date").as("touch_date"),
            max("last_at").as("touch_at"),
            sum("events").as("touches"))
        .drop("slot");
  }

  /** Other returns by the day or the moment, as they are kept. */
  private Dataset<Row> byEvent(Dataset<Row> days) {
    return (backs.any(back -> back.slot().isMoment()) ? moments(days) : days)
        .select(
            col("back").as("touched_by"),
            touchedId(),
            col("event_date").as("touch_date"),
            col("last_at").as("touch_at"),
            col("events").as("touches"));
  }

  private Column touchedId() {
    return unitId(backs.is(back -> back.unit().isAsSent())).as("touched_id");
  }

  /** Days by which returns are told, and of those by moment one row a moment. */
  private Dataset<Row> moments(Dataset<Row> days) {
    Column isMoment = backs.is(back -> back.slot().isMoment());
    Column isTimed = backs.is(back -> back.slot() == Slot.TIMED_MOMENT);
    Column none = array(lit(null).cast("timestamp"));
    Column ends = array_except(array(col("first_at"), col("last_at")), none);
    Column untimed = col("events").minus(col("timed_events"));
    return days.withColumn(
            "moment",
            explode(
                when(not(isMoment), none)
                    .when(isTimed, coalesce(col("moments"), ends))
                    .otherwise(concat(col("moments"), none))))
        .withColumn(
            "events",
            when(col("moment").isNotNull(), 1L)
                .otherwise(when(isMoment, untimed).otherwise(col("events"))))
        .withColumn("last_at", when(isMoment, col("moment")).otherwise(col("last_at")))
        .filter(col("events").gt(0));
  }

  /** The number of the month or the week. */
  private Column slot() {
    return Periods.byGrain(
        backs,
        back -> back.slot() == Slot.WEEK ? Grain.WEEK : Grain.MONTH,
        weekStartsOn,
        facts.tz(),
        periods -> periods.index(col("event_date"), col("last_at")));
  }

  /** One row per track and birth: in which periods the unit came back. */
  private Dataset<Row> returned(Dataset<Row> births) {
    Dataset<Row> followed =
        births
            .withColumn("track", explode(parts.tracksOfStart()))
            .filter(col("birth_date").geq(date_from_unix_date(tracks.integer(this::shownSince))))
            .withColumn("back", tracks.integer(Track::back));
    Column isOwnAndLater =
        col("back")
            .equalTo(col("touched_by"))
            .and(col("unit_id").equalTo(col("touched_id")))
            .and(spans.isLater());
    Dataset<Row> returns =
        followed.join(touches(), isOwnAndLater, "left").withColumn("returned", spans.period());
    Column[] member =
        columns("back", "track", "unit_id", "customer_id", "person_id", "birth_date", "birth_at");
    if (tracks.any(track -> track.occurrences() > 1)) {
      returns = oftenEnough(returns, member);
    }
    Column isOpenEnded =
        tracks.is(
            track ->
                definitions.any(
                    d -> d.isOpenEnded() && tracks.settings().get(d.track()).equals(track)));
    return returns
        .groupBy(member)
        .agg(
            coalesce(max(col("returned").equalTo(0)), lit(false)).as("is_back_in_start"),
            Stream.concat(
                    Stream.of(max(when(isOpenEnded, col("returned"))).as("last_return")),
                    bits.collect(col("returned")).stream())
                .toArray(Column[]::new));
  }

  /** The same with the period only where there are returns enough in it. */
  private Dataset<Row> oftenEnough(Dataset<Row> returns, Column[] member) {
    Column[] perPeriod =
        Stream.concat(Stream.of(member), Stream.of(col("returned"))).toArray(Column[]::new);
    Column isEnough = col("touches").geq(tracks.integer(Track::occurrences));
    return returns
        .groupBy(perPeriod)
        .agg(sum("touches").as("touches"))
        .withColumn("returned", when(isEnough, col("returned")));
  }

  // ---- cells ----

  private Column horizon() {
    return nullif(definitions.integer(d -> d.of().horizon().orElse(0)), lit(0));
  }

  /** Whether a member counts as retained in a period, in the way that its definition asks. */
  private Column isRetained() {
    Column period = col("period");
    Column isBack = bits.isReturned(period, coalesce(horizon(), period));
    if (definitions.any(Named::isOpenEnded)) {
      isBack =
          when(
                  definitions.is(Named::isOpenEnded),
                  coalesce(col("last_return").geq(period), lit(false)))
              .otherwise(isBack);
    }
    return hasLived().and(period.leq(0).or(isBack));
  }

  private static Column hasLived() {
    return col("lived").isNull().or(col("lived").geq(col("period")));
  }

  private Dataset<Row> counts(Dataset<Row> wanted) {
    Column[] alike =
        Stream.concat(
                Stream.of(
                    columns(
                        "definition_number",
                        "track",
                        "cohort_index",
                        "cohort_start_at",
                        "segment",
                        "begun",
                        "lived",
                        "is_back_in_start",
                        "last_return")),
                bits.columns().stream().map(name -> col(name)))
            .toArray(Column[]::new);
    Column units = col("units");
    return ofSegments(wanted)
        .groupBy(alike)
        .agg(count(lit(1)).as("units"))
        .withColumn("period", explode(sequence(lit(0), col("begun"))))
        .select(
            col("definition_number"),
            col("track"),
            col("cohort_index"),
            col("cohort_start_at"),
            col("segment"),
            col("period"),
            units.as("cohort_size"),
            when(hasLived(), units).otherwise(0L).as("lived_through"),
            when(isRetained(), units).otherwise(0L).as("retained"),
            when(col("is_back_in_start"), units).otherwise(0L).as("returns_in_start"),
            lit(null).cast(MONEY).as("mrr"));
  }

  /** What the retained pay at the end of each period, and under -1 all of the cohort at its own. */
  private Dataset<Row> money(Dataset<Row> wanted) {
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
    Dataset<Row> paid =
        wanted
            .filter(definitions.is(d -> d.of().unit() == Unit.CUSTOMER))
            .withColumn("period", explode(sequence(lit(COHORT), col("begun"))))
            .filter(period.equalTo(COHORT).or(isRetained()))
            .withColumn(
                "end_date",
                when(period.equalTo(COHORT), spans.cohortEndDate())
                    .otherwise(spans.endDate(period)))
            .join(paying, pays, "inner");
    return ofSegments(paid)
        .select(
            col("definition_number"),
            col("track"),
            col("cohort_index"),
            col("cohort_start_at"),
            col("segment"),
            period,
            lit(0L).as("cohort_size"),
            lit(0L).as("lived_through"),
            lit(0L).as("retained"),
            lit(0L).as("returns_in_start"),
            col("mrr"));
  }

  private static Column[] columns(String... names) {
    return Stream.of(names).map(name -> col(name)).toArray(Column[]::new);
  }
}
