package io.holdfast.churn;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.cli.Session;
import io.holdfast.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores so many customers with reasons by the champion of a lake, as a night does, and prints the
 * seconds from reading their features to written scores.
 *
 * <p>Arguments: configuration file, lake, model, how many, a folder to work in. The customers are
 * the latest observations of the lake, each by its own id and date.
 */
final class Scoring {

  private Scoring() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.load(
            Optional.of(Files.readString(Path.of(args[0]))), args[0], System.getenv(), Map.of());
    DatasetSettings dataset = settings.get(DatasetSettings.SETTING);
    try (SparkSession spark = Session.open("scoring")) {
      Row model =
          spark
              .read()
              .format("delta")
              .load(args[1] + "/churn/models")
              .filter(col("model_id").equalTo(args[2]))
              .first();
      String features = args[4] + "/features";
      spark
          .read()
          .format("delta")
          .load(args[1] + "/churn/observations")
          .orderBy(desc("observation_date"), col("customer_id"))
          .limit(Integer.parseInt(args[3]))
          .withColumn("customer_id", concat_ws("@", col("customer_id"), col("observation_date")))
          .withColumn("observation_date", lit(model.getDate(model.fieldIndex("as_of_date"))))
          .repartition(2)
          .write()
          .mode("overwrite")
          .parquet(features);
      long start = System.nanoTime();
      Dataset<Row> scores =
          Predictions.predictions(
              spark.read().parquet(features),
              Optional.of(model),
              new Predictions.Latest(model.<Double>getAs("base_rate"), ""),
              settings.get(RiskBands.SETTING),
              dataset);
      scores.write().mode("overwrite").parquet(args[4] + "/scores");
      double seconds = (System.nanoTime() - start) / 1e9;
      Dataset<Row> written = spark.read().parquet(args[4] + "/scores");
      System.out.printf(
          "{\"customers\": %d, \"with_reasons\": %d, \"seconds\": %.1f}%n",
          written.count(), written.filter("size(reasons) = 5").count(), seconds);
    }
  }
}
