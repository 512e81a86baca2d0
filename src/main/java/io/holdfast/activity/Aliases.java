package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.conformed.IdAliases;
import io.holdfast.conformed.Known;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Which ids are one and the same customer or user, so that merged accounts count once.
 *
 * <p>Source: metrics, "Common rules" (several ids of one). Days and state keep the id as it was
 * sent, and readers apply this table to them: a merge, and undoing it, rewrites no history.
 */
public final class Aliases {

  /** Ids of customers. */
  public static final String CUSTOMER = "customer";

  /** Ids of users. */
  public static final String USER = "user";

  public static final Table TABLE =
      Table.in("activity", "aliases")
          .grain("one row per unit and id that stands for somebody who has another one too")
          .column("unit", StringType, "whose id it is: customer or user")
          .column("alias_id", StringType, "the id as it was sent")
          .column("canonical_id", StringType, "the id under which it counts: where its chain ends")
          .column(
              "is_in_circle",
              BooleanType,
              "its chain comes back to it: it counts as itself, for there is no end")
          .key("unit", "alias_id")
          .whole()
          .warn("aliases that lead in a circle (not followed)", col("is_in_circle"))
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(IdAliases.TABLE)
          .as(in -> resolved(Known.current(in.rows(IdAliases.TABLE))));

  private Aliases() {}

  /**
   * Follows every chain to its end. An id that is mapped to itself is nobody's alias.
   *
   * @param links one row per {@code unit} and {@code alias_id} with a {@code canonical_id}: the
   *     next id of the chain
   */
  public static Dataset<Row> resolved(Dataset<Row> links) {
    return links
        .filter(
            col("canonical_id").isNotNull().and(not(col("alias_id").equalTo(col("canonical_id")))))
        .select("unit", "alias_id", "canonical_id")
        .groupByKey((MapFunction<Row, String>) link -> link.getString(0), Encoders.STRING())
        .flatMapGroups(
            (FlatMapGroupsFunction<String, Row, Row>) Aliases::ends, Encoders.row(TABLE.schema()));
  }

  /**
   * Rows with the ids of a column replaced by those under which they count. Rows of one customer
   * that were several before stay several: the reader adds them up.
   *
   * @param aliases rows of this table
   * @param unit {@link #CUSTOMER} or {@link #USER}
   */
  public static Dataset<Row> canonical(
      Dataset<Row> rows, String idColumn, Dataset<Row> aliases, String unit) {
    Dataset<Row> ends =
        aliases
            .filter(col("unit").equalTo(unit))
            .select(col("alias_id").as("id_as_sent"), col("canonical_id").as("id_that_counts"));
    return rows.join(ends, col(idColumn).equalTo(col("id_as_sent")), "left")
        .withColumn(idColumn, coalesce(col("id_that_counts"), col(idColumn)))
        .drop("id_as_sent", "id_that_counts");
  }

  /**
   * One row per customer or user of rows that had one per id: that of the id under which they
   * count, or if nothing is told of it, that of the first of its aliases.
   *
   * @param earliest columns of which the least value of all the ids holds: when somebody began
   */
  public static Dataset<Row> oneEach(
      Dataset<Row> rows, String idColumn, Dataset<Row> aliases, String unit, String... earliest) {
    WindowSpec ownFirst =
        Window.partitionBy(idColumn)
            .orderBy(col("told_of").equalTo(col(idColumn)).desc(), col("told_of").asc());
    Dataset<Row> counted =
        canonical(rows.withColumn("told_of", col(idColumn)), idColumn, aliases, unit);
    for (String column : earliest) {
      counted = counted.withColumn(column, min(column).over(Window.partitionBy(idColumn)));
    }
    return counted
        .withColumn("nth", row_number().over(ownFirst))
        .filter(col("nth").equalTo(1))
        .drop("nth", "told_of");
  }

  /** The latest version of every customer, merged ones as one that signed up when the first did. */
  public static Dataset<Row> currentCustomers(Dataset<Row> customers, Dataset<Row> aliases) {
    return oneEach(
        Known.current(customers), "customer_id", aliases, CUSTOMER, "signup_date", "signup_at");
  }

  /** The latest version of every user, merged ones as one that was created when the first was. */
  public static Dataset<Row> currentUsers(Dataset<Row> users, Dataset<Row> aliases) {
    return canonical(
        oneEach(Known.current(users), "user_id", aliases, USER, "created_date", "created_at"),
        "customer_id",
        aliases,
        CUSTOMER);
  }

  private static Iterator<Row> ends(String unit, Iterator<Row> links) {
    Map<String, String> next = new TreeMap<>();
    links.forEachRemaining(
        link -> next.merge(link.getString(1), link.getString(2), Aliases::least));
    Map<String, Row> ends = new LinkedHashMap<>();
    for (String alias : next.keySet()) {
      follow(unit, alias, next, ends);
    }
    return ends.values().iterator();
  }

  private static String least(String one, String other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static void follow(
      String unit, String alias, Map<String, String> next, Map<String, Row> ends) {
    Map<String, Integer> places = new LinkedHashMap<>();
    String id = alias;
    while (next.containsKey(id) && !ends.containsKey(id) && !places.containsKey(id)) {
      places.put(id, places.size());
      id = next.get(id);
    }
    List<String> path = new ArrayList<>(places.keySet());
    int circle = places.getOrDefault(id, path.size());
    for (String inCircle : path.subList(circle, path.size())) {
      ends.put(inCircle, RowFactory.create(unit, inCircle, inCircle, true));
    }
    String end = ends.containsKey(id) ? ends.get(id).getString(2) : id;
    for (String before : path.subList(0, circle)) {
      ends.put(before, RowFactory.create(unit, before, end, false));
    }
  }
}
