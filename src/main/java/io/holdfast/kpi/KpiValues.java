package io.holdfast.kpi;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.kpi.Kpi.Reading;
import io.holdfast.table.Table;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Where every KPI stands, beside where it should: one table for the people who decide. */
public final class KpiValues {

  private static final DataType VALUE = DataTypes.createDecimalType(28, 10);

  public static final Table TABLE =
      Table.in("kpi", "kpi_values")
          .grain("one row per KPI")
          .column("kpi", StringType, "the KPI")
          .column("title", StringType, "what people call it")
          .column("dashboard", StringType, "executive, engagement, operational, plan or return")
          .column(
              "unit",
              StringType,
              "money, rate (0..1), ratio, count, days, minutes, months, score or per_week")
          .column("better", StringType, "higher, lower or neither: where it should go")
          .column("value", VALUE, "its value at the end of as_of; NULL: see missing")
          .column("numerator", VALUE, "what is divided; NULL: it is no quotient")
          .column("denominator", VALUE, "by what; NULL: it is no quotient")
          .column("value_low", VALUE, "lower end of its 95% interval; NULL: it has none")
          .column("value_high", VALUE, "upper end of its 95% interval; NULL: it has none")
          .column("baseline", VALUE, "where it stood when the plan began: kpi.targets")
          .column("target", VALUE, "where it is to stand when the plan ends: kpi.targets")
          .column("due_date", DateType, "the plan's last day: kpi.plan_start + kpi.plan_days")
          .column("line_value", VALUE, "the straight line from baseline to target on as_of")
          .column(
              "status",
              StringType,
              "reached; on_line or behind (which the straight line says); not_reached (no plan"
                  + " runs); no_target; no_value")
          .column("missing", StringType, "what a value needs and is not there; NULL: it has one")
          .column("definition", StringType, "what it is, in one sentence")
          .key("kpi")
          .require(
              "a value or what is missing",
              col("value").isNull().equalTo(col("missing").isNotNull()))
          .published()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(sources())
          .settings(KpiSettings.SETTING)
          .as(in -> values(read(in), described(in, in.settings(KpiSettings.SETTING), in.asOf())));

  private static final StructType DESCRIPTION =
      new StructType()
          .add("kpi", StringType)
          .add("title", StringType)
          .add("dashboard", StringType)
          .add("unit", StringType)
          .add("better", StringType)
          .add("definition", StringType)
          .add("needs", StringType)
          .add("baseline", VALUE)
          .add("target", VALUE)
          .add("line_value", VALUE)
          .add("due_date", DateType);

  private static final StructType READ =
      new StructType()
          .add("kpi", StringType)
          .add("value", VALUE)
          .add("numerator", VALUE)
          .add("denominator", VALUE)
          .add("value_low", VALUE)
          .add("value_high", VALUE);

  private KpiValues() {}

  /** The KPIs in the order in which dashboards show them. */
  public static List<String> order() {
    return Kpis.ALL.stream().map(Kpi::name).toList();
  }

  private static Table[] sources() {
    return Kpis.ALL.stream()
        .flatMap(kpi -> kpi.reading().stream())
        .map(Reading::table)
        .distinct()
        .toArray(Table[]::new);
  }

  /** Every KPI that is read somewhere, with one pass over each table. */
  private static Dataset<Row> read(Inputs in) {
    Map<Table, List<Kpi>> byTable = new LinkedHashMap<>();
    for (Kpi kpi : Kpis.ALL) {
      kpi.reading()
          .ifPresent(
              reading ->
                  byTable.computeIfAbsent(reading.table(), table -> new ArrayList<>()).add(kpi));
    }
    Dataset<Row> all = in.create(List.of(), READ);
    for (Map.Entry<Table, List<Kpi>> entry : byTable.entrySet()) {
      Dataset<Row> rows = in.rows(entry.getKey()).withColumn("night", lit(in.asOf()));
      all = all.unionByName(read(rows, entry.getValue()));
    }
    return all;
  }

  /**
   * The KPIs of one table.
   *
   * @param rows its rows, with {@code night}, the last day that counts
   */
  static Dataset<Row> read(Dataset<Row> rows, List<Kpi> kpis) {
    List<Column> structs = new ArrayList<>();
    for (Kpi kpi : kpis) {
      Reading reading = kpi.reading().orElseThrow();
      structs.add(
          struct(
              lit(kpi.name()).as("kpi"),
              reading.value().cast(VALUE).as("value"),
              reading.numerator().cast(VALUE).as("numerator"),
              reading.denominator().cast(VALUE).as("denominator"),
              reading.low().cast(VALUE).as("value_low"),
              reading.high().cast(VALUE).as("value_high")));
    }
    Column first = array(structs.toArray(Column[]::new)).as("kpis");
    return rows.agg(first).select(explode(col("kpis")).as("kpi")).select("kpi.*");
  }

  /** What the configuration and the definitions say of every KPI. */
  static Dataset<Row> described(Inputs in, KpiSettings settings, LocalDate asOf) {
    List<Row> rows = new ArrayList<>();
    for (Kpi kpi : Kpis.ALL) {
      Optional<KpiSettings.Target> wanted = Optional.ofNullable(settings.targets().get(kpi.name()));
      rows.add(
          RowFactory.create(
              kpi.name(),
              kpi.title(),
              text(kpi.dashboard()),
              text(kpi.unit()),
              text(kpi.better()),
              kpi.definition(),
              kpi.needs(),
              wanted.flatMap(KpiSettings.Target::baseline).orElse(null),
              wanted.flatMap(KpiSettings.Target::target).orElse(null),
              settings.line(kpi.name(), asOf).orElse(null),
              settings.dueDate().map(Date::valueOf).orElse(null)));
    }
    return in.create(rows, DESCRIPTION);
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Holds every value against its target and its line. */
  static Dataset<Row> values(Dataset<Row> read, Dataset<Row> described) {
    Column isLower = col("better").equalTo("lower");
    return described
        .join(read.unionByName(changeOfCac(read, described)), new String[] {"kpi"}, "left")
        .withColumn("missing", when(col("value").isNull(), col("needs")))
        .withColumn("due_date", when(col("target").isNotNull(), col("due_date")))
        .withColumn(
            "status",
            when(col("value").isNull(), "no_value")
                .when(col("target").isNull(), "no_target")
                .when(isAsGood(isLower, col("target")), "reached")
                .when(col("line_value").isNull(), "not_reached")
                .when(isAsGood(isLower, col("line_value")), "on_line")
                .otherwise("behind"));
  }

  /** The one KPI that is made of another and its baseline. */
  private static Dataset<Row> changeOfCac(Dataset<Row> read, Dataset<Row> described) {
    return described
        .filter(col("kpi").equalTo("cac"))
        .join(read, new String[] {"kpi"}, "inner")
        .select(
            lit("cac_change").as("kpi"),
            try_divide(col("value"), col("baseline")).minus(1).cast(VALUE).as("value"),
            col("value").as("numerator"),
            col("baseline").as("denominator"),
            lit(null).cast(VALUE).as("value_low"),
            lit(null).cast(VALUE).as("value_high"));
  }

  private static Column isAsGood(Column isLower, Column wanted) {
    return when(isLower, col("value").leq(wanted)).otherwise(col("value").geq(wanted));
  }
}
