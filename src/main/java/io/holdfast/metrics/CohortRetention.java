package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.activity.Aliases;
import io.holdfast.activity.CustomerDays;
import io.holdfast.activity.CustomerMrr;
import io.holdfast.activity.PayingSpells;
import io.holdfast.activity.UserDays;
import io.holdfast.conformed.Customers;
import io.holdfast.conformed.Users;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.metrics.RetentionDefinition.Unit;
import io.holdfast.sources.Company;
import io.holdfast.table.Table;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many units of each cohort came back, period by period, and what they pay.
 *
 * <p>Source: metrics, "Cohort retention". Definitions that share unit and grain are measured in one
 * pass: the periods in which a unit came back are bits, units with the same bits are counted
 * together, and only then are the bits spread over the periods.
 */
public final class CohortRetention {

  private static final DataType MONEY = DataTypes.createDecimalType(18, 4);

  public static final Table TABLE =
      Table.in("metrics", "cohort_retention")
          .grain("one row per definition, cohort, segment and period that has begun")
          .column("definition", StringType, "the retention definition, by its configured name")
          .column("unit", StringType, "whose return is counted: customer or user")
          .column("birth", StringType, "what puts a unit into a cohort")
          .column("grain", StringType, "week or month")
          .column("cohort_start", DateType, "first local day of the period of birth")
          .column("segment_dimension", StringType, "what the cohort is split by; all: not split")
          .column(
              "segment_value", StringType, "the segment as known at birth; unknown: no value then")
          .column("period", IntegerType, "k: local period starts between birth and return")
          .column("period_start", DateType, "first local day of period k")
          .column("cohort_size", LongType, "units born in the cohort: the denominator")
          .column("retained", LongType, "units with an active day in period k; all in period 0")
          .column("retention_rate", DoubleType, "retained / cohort_size")
          .column("rate_low", DoubleType, "lower end of the rate's 95% Wilson interval")
          .column("rate_high", DoubleType, "upper end of the rate's 95% Wilson interval")
          .column("is_complete", BooleanType, "period k has ended by the end of as_of")
          .column("is_small", BooleanType, "cohort_size is below retention.min_cohort")
          .column(
              "returns_in_start",
              LongType,
              "in period 0: units active again on a later day of it; NULL in others")
          .column("vs_previous", DoubleType, "rate / rate of period k - 1; NULL in period 0")
          .column(
              "cohort_mrr",
              MONEY,
              "MRR of the cohort at the end of its own period; NULL: no billing, or users")
          .column(
              "retained_mrr",
              MONEY,
              "MRR of the retained units at the end of period k, on its last day or on as_of")
          .column("mrr_retention", DoubleType, "retained_mrr / cohort_mrr; NULL where that is 0")
          .key("definition", "cohort_start", "segment_dimension", "segment_value", "period")
          .require("a cohort has members", col("cohort_size").gt(0))
          .require("retained never exceeds the cohort", col("retained").leq(col("cohort_size")))
          .require(
              "period 0 holds the whole cohort",
              col("period").gt(0).or(col("retained").equalTo(col("cohort_size"))))
          .require(
              "the rate lies within its interval",
              col("retention_rate").between(col("rate_low"), col("rate_high")))
          .require("the period has begun", col("period_start").leq(col("as_of_date")))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(
              Customers.TABLE,
              Users.TABLE,
              Aliases.TABLE,
              CustomerDays.TABLE,
              UserDays.TABLE,
              CustomerMrr.TABLE,
              PayingSpells.TABLE)
          .settings(RetentionSettings.SETTING)
          .settings(Company.SETTING)
          .as(CohortRetention::of);

  private static final String[] CELL = {"birth", "cohort_index", "segment", "period"};

  private CohortRetention() {}

  private static Dataset<Row> of(Inputs in) {
    RetentionSettings settings = in.settings(RetentionSettings.SETTING);
    if (settings.definitions().isEmpty()) {
      in.note("No retention is measured: retention.definitions names none.");
      return in.create(List.of(), TABLE.schema());
    }
    Dataset<Row> aliases = in.rows(Aliases.TABLE);
    RetentionFacts facts =
        new RetentionFacts(
            in.rows(Customers.TABLE),
            in.rows(Users.TABLE),
            CustomerDays.merged(in.rows(CustomerDays.TABLE), aliases),
            UserDays.merged(in.rows(UserDays.TABLE), aliases),
            in.rows(CustomerMrr.TABLE),
            in.rows(PayingSpells.TABLE),
            aliases,
            in.asOf());
    return retention(facts, settings, in.settings(Company.SETTING).weekStartsOn());
  }

  /** The cells of all definitions, of which there is at least one. */
  static Dataset<Row> retention(
      RetentionFacts facts, RetentionSettings settings, DayOfWeek weekStartsOn) {
    Map<Family, Map<String, RetentionDefinition>> families = new LinkedHashMap<>();
    settings
        .definitions()
        .forEach(
            (name, definition) ->
                families
                    .computeIfAbsent(
                        new Family(
                            definition.unit(), new Periods(definition.grain(), weekStartsOn)),
                        family -> new TreeMap<>())
                    .put(name, definition));
    return families.entrySet().stream()
        .map(entry -> entry.getKey().rows(facts, entry.getValue(), settings.minCohort()))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  /** Definitions that are measured in one pass. */
  private record Family(Unit unit, Periods periods) {

    Dataset<Row> rows(
        RetentionFacts facts, Map<String, RetentionDefinition> definitions, int minCohort) {
      Dataset<Row> cells = cells(facts, definitions.values());
      Column isRequested =
          col("wanted.birth")
              .equalTo(col("birth"))
              .and(array_contains(col("wanted.dimensions"), col("segment.segment_dimension")))
              .and(col("period").leq(col("wanted.periods")));
      return figures(
              cells.withColumn("wanted", explode(requests(definitions))).filter(isRequested),
              facts.asOf(),
              minCohort)
          .withColumn("unit", lit(unit.text()))
          .withColumn("grain", lit(periods.grain().text()));
    }

    private static Column requests(Map<String, RetentionDefinition> definitions) {
      return array(
          definitions.entrySet().stream()
              .map(
                  entry ->
                      struct(
                          lit(entry.getKey()).as("definition"),
                          lit(entry.getValue().birth().text()).as("birth"),
                          lit(entry.getValue().periods()).as("periods"),
                          array(
                                  Stream.concat(
                                          Stream.of(SegmentsAtBirth.ALL),
                                          entry.getValue().segmentDimensions().stream())
                                      .map(dimension -> lit(dimension))
                                      .toArray(Column[]::new))
                              .as("dimensions")))
              .toArray(Column[]::new));
    }

    /** Sizes, returns and money by birth, cohort, segment and period that has begun. */
    private Dataset<Row> cells(RetentionFacts facts, Collection<RetentionDefinition> definitions) {
      int longest = definitions.stream().mapToInt(RetentionDefinition::periods).max().orElseThrow();
      ReturnBits bits = new ReturnBits(longest);
      Dataset<Row> active = facts.activePeriods(unit, periods);
      Dataset<Row> births =
          facts.births(unit, active, definitions.stream().map(RetentionDefinition::birth).toList());
      Dataset<Row> members =
          SegmentsAtBirth.of(
              returns(births, active, bits),
              facts,
              definitions.stream().flatMap(d -> d.segmentDimensions().stream()).toList());
      Column begun =
          least(lit(longest), periods.index(lit(facts.asOf())).minus(col("cohort_index")));
      Column eachPeriod = explode(sequence(lit(0), begun));
      Dataset<Row> counts = counts(members, bits, eachPeriod);
      return unit == Unit.USER
          ? counts.withColumn("retained_mrr", lit(null).cast(MONEY))
          : counts
              .join(money(members, facts.mrrAtEnds(periods), bits, eachPeriod), CELL, "left")
              .crossJoin(facts.hasBilling())
              .withColumn(
                  "retained_mrr",
                  when(col("has_billing"), coalesce(col("retained_mrr"), lit(0).cast(MONEY))));
    }

    /** One row per unit and birth: the periods after it in which the unit came back, as bits. */
    private Dataset<Row> returns(Dataset<Row> births, Dataset<Row> active, ReturnBits bits) {
      Column period = col("period_index").minus(col("cohort_index"));
      Column isBackInStart = period.equalTo(0).and(col("last_date").gt(col("birth_date")));
      return births
          .withColumn("cohort_index", periods.index(col("birth_date")))
          .join(active.drop("first_day"), new String[] {"unit_id"}, "left")
          .groupBy("unit_id", "customer_id", "birth", "birth_date", "cohort_index")
          .agg(
              coalesce(max(isBackInStart), lit(false)).as("is_back_in_start"),
              bits.collect(period).toArray(Column[]::new));
    }

    private static Dataset<Row> counts(Dataset<Row> members, ReturnBits bits, Column eachPeriod) {
      Column[] alike =
          Stream.concat(
                  Stream.of("birth", "cohort_index", "segment", "is_back_in_start"),
                  bits.columns().stream())
              .map(name -> col(name))
              .toArray(Column[]::new);
      return members
          .withColumn("segment", explode(col("segments")))
          .groupBy(alike)
          .agg(count(lit(1)).as("units"))
          .withColumn("period", eachPeriod)
          .groupBy("birth", "cohort_index", "segment", "period")
          .agg(
              sum("units").as("cohort_size"),
              sum(when(bits.isReturned(col("period")), col("units")).otherwise(0)).as("retained"),
              sum(when(col("is_back_in_start"), col("units")).otherwise(0)).as("returns_in_start"));
    }

    private static Dataset<Row> money(
        Dataset<Row> members, Dataset<Row> mrrAtEnds, ReturnBits bits, Column eachPeriod) {
      return members
          .withColumn("period", eachPeriod)
          .filter(bits.isReturned(col("period")))
          .withColumn("period_index", col("cohort_index").plus(col("period")))
          .join(mrrAtEnds, new String[] {"customer_id", "period_index"}, "inner")
          .withColumn("segment", explode(col("segments")))
          .groupBy("birth", "cohort_index", "segment", "period")
          .agg(sum("mrr").as("retained_mrr"));
    }

    private Dataset<Row> figures(Dataset<Row> cells, LocalDate asOf, int minCohort) {
      WindowSpec cohort =
          Window.partitionBy("definition", "cohort_start", "segment_dimension", "segment_value");
      Column periodIndex = col("cohort_index").plus(col("period"));
      Column rate = Wilson.rate(col("retained"), col("cohort_size"));
      return cells
          .select(
              col("wanted.definition"),
              col("birth"),
              periods.start(col("cohort_index")).as("cohort_start"),
              col("segment.*"),
              col("period"),
              periods.start(periodIndex).as("period_start"),
              col("cohort_size"),
              col("retained"),
              rate.as("retention_rate"),
              Wilson.low(col("retained"), col("cohort_size")).as("rate_low"),
              Wilson.high(col("retained"), col("cohort_size")).as("rate_high"),
              periods.start(periodIndex.plus(1)).leq(asOf.plusDays(1)).as("is_complete"),
              col("cohort_size").lt(minCohort).as("is_small"),
              when(col("period").equalTo(0), col("returns_in_start")).as("returns_in_start"),
              col("retained_mrr"))
          .withColumn(
              "vs_previous",
              try_divide(
                  col("retention_rate"), lag("retention_rate", 1).over(cohort.orderBy("period"))))
          .withColumn(
              "cohort_mrr", max(when(col("period").equalTo(0), col("retained_mrr"))).over(cohort))
          .withColumn(
              "mrr_retention",
              try_divide(col("retained_mrr").cast("double"), col("cohort_mrr").cast("double")));
    }
  }
}
