package io.holdfast.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.holdfast.failure.BrokenRule;
import io.holdfast.lake.Commit;
import io.holdfast.lake.Lake;
import io.holdfast.lake.Lease;
import io.holdfast.table.Days;
import io.holdfast.table.Field;
import io.holdfast.table.Refresh;
import io.holdfast.table.Rule;
import io.holdfast.table.Table;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.EliminateSubqueryAliases;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionSet;
import org.apache.spark.sql.catalyst.expressions.ExpressionSet$;
import org.apache.spark.sql.catalyst.optimizer.PropagateEmptyRelation;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.MapType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Builds one table: conforms its rows, checks them in one cached pass, and commits them whole.
 * Nothing is written before every rule held.
 */
final class TableBuilder {

  private final Lake lake;
  private final Lease lease;
  private final Plan.Night night;
  private final String runId;
  private final String code;

  TableBuilder(Lake lake, Lease lease, Plan.Night night, String runId, String code) {
    this.lake = lake;
    this.lease = lease;
    this.night = night;
    this.runId = runId;
    this.code = code;
  }

  /** The commit that was made; none if there was nothing to add. */
  Optional<Commit> build(Plan plan, LakeInputs inputs) {
    Table table = plan.job().table();
    Dataset<Row> made = plan.job().build().apply(inputs);
    if (table.isByNight() && !List.of(made.columns()).contains(Table.AS_OF_DATE)) {
      made = made.withColumn(Table.AS_OF_DATE, lit(night.asOf()));
    }
    Dataset<Row> conformed = table.conform(made);
    boolean isEmpty = inputs.hasGivenNothing() && isEmpty(conformed);
    try (HeldRows held = isEmpty ? HeldRows.notAtAll(conformed) : HeldRows.of(conformed)) {
      Dataset<Row> checked = held.rows();
      Pass pass =
          isEmpty ? Pass.ofNothing(table) : pass(table, checked, hasUniqueKeys(conformed, table));
      requireRules(table, checked, pass);
      plan.job().check().accept(checked, inputs);
      if (table.refresh() instanceof Refresh.Append && pass.rows() == 0 && plan.version() >= 0) {
        return Optional.empty();
      }
      Dataset<Row> rows =
          checked.select(table.columnNames().stream().map(n -> col(n)).toArray(Column[]::new));
      Commit commit =
          new Commit(
              runId,
              night.asOf().toString(),
              night.arrivedBy().toString(),
              plan.inputs(),
              plan.settings(),
              code,
              replaced(plan, pass),
              List.copyOf(plan.parts()),
              deliveredUntil(table, pass),
              pass.rows(),
              pass.content(),
              changed(table, rows, pass),
              pass.warnings(),
              inputs.notes());
      lease.require();
      Set<String> parts = new TreeSet<>(plan.newParts());
      parts.addAll(plan.goneParts());
      lake.write(table, rows, plan.days(), parts, commit, night.asOf(), plan.version());
      return Optional.of(commit);
    }
  }

  /**
   * What one pass over the rows finds.
   *
   * @param rowsOfAKeyHash the most rows whose keys share a hash; 0 where no key repeats, or may
   */
  private record Pass(
      long rows,
      String content,
      Days days,
      String deliveredUntil,
      long withoutKey,
      long rowsOfAKeyHash,
      Map<String, Long> broken,
      Map<String, Long> warnings) {

    static Pass ofNothing(Table table) {
      Map<String, Long> warnings = new LinkedHashMap<>();
      table.rules().stream()
          .filter(rule -> rule.severity() != Rule.Severity.BLOCKS)
          .forEach(rule -> warnings.put(rule.name(), 0L));
      return new Pass(0, contentOf(0, 0), Days.NONE, "", 0, 0, Map.of(), warnings);
    }

    static String contentOf(long xor, long sum) {
      return "%016x%08x".formatted(xor, sum);
    }
  }

  /**
   * Whether the plan itself tells that there are no rows, as it does where a feed is absent. It is
   * asked of one rule: the whole optimizer would tell of a few more plans, and take as long as it
   * takes to build a table.
   */
  private static boolean isEmpty(Dataset<Row> rows) {
    LogicalPlan plan = EliminateSubqueryAliases.apply(rows.queryExecution().analyzed());
    return PropagateEmptyRelation.apply(plan) instanceof LocalRelation local
        && local.data().isEmpty();
  }

  /** Whether the plan proves that no key repeats, as it does of rows that are grouped by it. */
  private static boolean hasUniqueKeys(Dataset<Row> rows, Table table) {
    LogicalPlan plan = rows.queryExecution().optimizedPlan();
    List<Expression> key = new ArrayList<>();
    CollectionConverters.asJava(plan.output())
        .forEach(
            column -> {
              if (table.key().contains(column.name())) {
                key.add(column);
              }
            });
    ExpressionSet all = ExpressionSet$.MODULE$.apply(CollectionConverters.asScala(key));
    return CollectionConverters.asJava(plan.distinctKeys()).stream()
        .anyMatch(unique -> unique.subsetOf(all));
  }

  /**
   * Over all rows at once where no key can repeat. Else first by the hash of the key, which is
   * short, so that the same pass also finds repeated keys; and then over all. Rows that land may
   * repeat a key: they are grouped by day instead, and so the pass also finds the days that they
   * are about. Other tables know the days that they replace.
   */
  private static Pass pass(Table table, Dataset<Row> rows, boolean hasUniqueKeys) {
    Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
    Column hasNoKey = Arrays.stream(key).map(Column::isNull).reduce(Column::or).orElse(lit(false));
    boolean hasLanded = table.refresh() instanceof Refresh.Append;
    boolean isByKey = !hasLanded && !hasUniqueKeys;
    Column[] group = isByKey ? new Column[] {xxhash64(key)} : new Column[0];
    if (hasLanded) {
      group = new Column[] {col(table.refresh().day())};
    }
    String delivery =
        table.refresh() instanceof Refresh.Append append ? append.deliveryColumn() : "";
    Column hash = contentHash(table);
    List<Column> found =
        new ArrayList<>(
            List.of(
                bit_xor(hash).as("xor"),
                sum(hash.bitwiseAND(lit(0xFFFFFFFFL))).as("sum"),
                counted(hasNoKey).as("keyless"),
                (delivery.isEmpty() ? max(lit(null)) : max(col(delivery)))
                    .cast("string")
                    .as("until")));
    List<Column> overall =
        new ArrayList<>(
            List.of(
                coalesce(bit_xor(col("xor")), lit(0L)),
                coalesce(sum("sum"), lit(0L)),
                coalesce(sum("keyless"), lit(0L)),
                max("until"),
                isByKey ? coalesce(max("rows"), lit(0L)) : lit(0L),
                hasLanded ? collect_set(group[0]) : array()));
    for (int i = 0; i < table.rules().size(); i++) {
      found.add(counted(table.rules().get(i).broken()).as("rule_" + i));
      overall.add(coalesce(sum("rule_" + i), lit(0L)));
    }
    Dataset<Row> sums =
        rows.groupBy(group).agg(count(lit(1)).as("rows"), found.toArray(Column[]::new));
    Row all = sums.agg(coalesce(sum("rows"), lit(0L)), overall.toArray(Column[]::new)).head();
    return read(table, all);
  }

  private static Pass read(Table table, Row found) {
    Map<String, Long> broken = new LinkedHashMap<>();
    Map<String, Long> warnings = new LinkedHashMap<>();
    for (int i = 0; i < table.rules().size(); i++) {
      Rule rule = table.rules().get(i);
      (rule.severity() == Rule.Severity.BLOCKS ? broken : warnings)
          .put(rule.name(), found.getLong(7 + i));
    }
    return new Pass(
        found.getLong(0),
        Pass.contentOf(found.getLong(1), found.getLong(2)),
        Days.of(found.<Date>getList(6).stream().map(Date::toLocalDate).toList()),
        found.isNullAt(4) ? "" : found.getString(4),
        found.getLong(3),
        found.getLong(5),
        broken,
        warnings);
  }

  private static Column counted(Column isIt) {
    return coalesce(sum(when(isIt, lit(1L)).otherwise(lit(0L))), lit(0L));
  }

  /** A hash of a row's stored content. */
  private static Column contentHash(Table table) {
    return xxhash64(table.columns().stream().map(TableBuilder::hashable).toArray(Column[]::new));
  }

  /**
   * Maps have no order and so no hash of their own. {@code array_sort} would sort them too, by a
   * function that Spark cannot compile, nor then the pass around it.
   */
  private static Column hashable(Field field) {
    Column value = col(field.name());
    return field.type() instanceof MapType ? sort_array(map_entries(value)) : value;
  }

  private static void requireRules(Table table, Dataset<Row> rows, Pass pass) {
    if (pass.withoutKey() > 0) {
      throw new BrokenRule(
          "Cannot publish %s: %d of %d rows have no %s, which names a row. Nothing was written."
              .formatted(table, pass.withoutKey(), pass.rows(), table.key()));
    }
    for (Rule rule : table.rules()) {
      long count = pass.broken().getOrDefault(rule.name(), 0L);
      if (count > 0) {
        throw new BrokenRule(
            "Cannot publish %s: \"%s\" does not hold for %d of %d rows, such as %s. Nothing was written; mend the input and run again."
                .formatted(
                    table, rule.name(), count, pass.rows(), examples(table, rows, rule.broken())));
      }
    }
    if (pass.rowsOfAKeyHash() > 1) {
      requireKeys(table, rows);
    }
  }

  private static void requireKeys(Table table, Dataset<Row> rows) {
    Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
    List<Row> repeated =
        rows.groupBy(key).agg(count(lit(1)).as("rows")).filter(col("rows").gt(1)).takeAsList(3);
    if (!repeated.isEmpty()) {
      throw new BrokenRule(
          "Cannot publish %s: more than one row has the key %s, such as %s. Nothing was written."
              .formatted(table, table.key(), repeated));
    }
  }

  private static List<String> examples(Table table, Dataset<Row> rows, Column broken) {
    Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
    return rows.filter(broken).select(key).limit(3).collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  /** The latest delivery that this table has ever taken in. */
  private String deliveredUntil(Table table, Pass pass) {
    String before = lake.last(table).map(last -> last.commit().deliveredUntil()).orElse("");
    return before.compareTo(pass.deliveredUntil()) > 0 ? before : pass.deliveredUntil();
  }

  private static String replaced(Plan plan, Pass pass) {
    Refresh refresh = plan.job().table().refresh();
    if (refresh instanceof Refresh.Append) {
      return pass.days().toString();
    }
    if (!(refresh instanceof Refresh.Touched)) {
      return "";
    }
    boolean isWhole = !plan.newParts().isEmpty() || !plan.goneParts().isEmpty();
    return (isWhole ? Days.ALL : plan.days()).toString();
  }

  /** How many rows of this night are not what stood before for it. */
  private long changed(Table table, Dataset<Row> rows, Pass pass) {
    if (!table.isByNight()) {
      return 0;
    }
    Optional<Commit.Logged> before = lake.last(table, night.asOf());
    if (before.isEmpty() || before.get().commit().content().equals(pass.content())) {
      return 0;
    }
    Column hash = contentHash(table).as("row_hash");
    Dataset<Row> stood =
        lake.read(table).filter(col(Table.AS_OF_DATE).equalTo(lit(night.asOf()))).select(hash);
    Dataset<Row> stands = rows.select(hash);
    String[] on = {"row_hash"};
    return Math.max(
        stands.join(stood, on, "left_anti").count(), stood.join(stands, on, "left_anti").count());
  }
}
