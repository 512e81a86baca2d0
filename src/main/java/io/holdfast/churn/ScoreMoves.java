package io.holdfast.churn;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_keys;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Why each customer's score is not what it was a week ago. */
public final class ScoreMoves {

  private static final int DAYS = 7;
  private static final int MOVES = 5;

  private static final StructType MOVE =
      new StructType()
          .add("feature", StringType)
          .add("contribution_before", DoubleType)
          .add("contribution", DoubleType)
          .add("change", DoubleType);

  public static final Table TABLE =
      Table.in("churn", "score_moves")
          .grain("one row per night and customer that is scored, and was seven nights before")
          .column("customer_id", StringType, "the customer")
          .column("probability_before", DoubleType, "seven nights before")
          .column("probability", DoubleType, "tonight")
          .column("margin_change", DoubleType, "tonight's margin minus the one before")
          .column(
              "is_other_model",
              BooleanType,
              "another model serves now: nothing is said of single features")
          .column(
              "moves",
              DataTypes.createArrayType(MOVE),
              "the five features whose contributions changed most, the strongest first")
          .column(
              "other_change",
              DoubleType,
              "of all other features: the changes of moves + this = margin_change")
          .key("customer_id")
          .historyDependent()
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Predictions.TABLE)
          .as(
              in ->
                  moves(
                      in.rows(Predictions.TABLE),
                      in.history(Predictions.TABLE)
                          .filter(col("as_of_date").equalTo(lit(in.asOf().minusDays(DAYS))))));

  private ScoreMoves() {}

  /**
   * Compares two nights.
   *
   * @param tonight rows of {@code churn.predictions}
   * @param before those of an earlier night
   */
  static Dataset<Row> moves(Dataset<Row> tonight, Dataset<Row> before) {
    Column isOther = not(col("model_id").equalTo(col("model_before")));
    Column all =
        transform(
            map_keys(col("contributions")),
            name -> {
              Column now = col("contributions").getItem(name);
              Column then = coalesce(col("contributions_before").getItem(name), lit(0.0));
              return struct(
                  negate(abs(now.minus(then))).as("order"),
                  name.as("feature"),
                  then.as("contribution_before"),
                  now.as("contribution"),
                  now.minus(then).as("change"));
            });
    Column strongest =
        transform(
            slice(sort_array(all), 1, MOVES),
            one ->
                struct(
                    one.getField("feature").as("feature"),
                    one.getField("contribution_before").as("contribution_before"),
                    one.getField("contribution").as("contribution"),
                    one.getField("change").as("change")));
    return tonight
        .filter(col("probability").isNotNull())
        .join(
            before
                .filter(col("probability").isNotNull())
                .select(
                    col("customer_id"),
                    col("probability").as("probability_before"),
                    col("margin").as("margin_before"),
                    col("model_id").as("model_before"),
                    col("contributions").as("contributions_before")),
            new String[] {"customer_id"},
            "inner")
        .withColumn("is_other_model", isOther)
        .withColumn("margin_change", col("margin").minus(col("margin_before")))
        .withColumn("moves", when(not(isOther), strongest))
        .withColumn(
            "other_change",
            when(
                not(isOther),
                col("margin_change")
                    .minus(expr("aggregate(moves, 0D, (sum, one) -> sum + one.change)"))));
  }
}
