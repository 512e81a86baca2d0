import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/**
 * Answers questions in SQL on Spark as it comes, and writes how long each took.
 *
 * <p>Its one argument is a JSON file: {@code tables} (name: Parquet files), {@code views} and {@code
 * questions} (name: SQL), {@code out} (a folder for the answers), {@code times} (the file to write).
 */
public final class NaiveSpark {

  private NaiveSpark() {}

  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode work = json.readTree(new File(args[0]));
    Map<String, Double> seconds = new LinkedHashMap<>();
    long start = System.nanoTime();
    try (SparkSession spark =
        SparkSession.builder()
            .appName("naive")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
            .getOrCreate()) {
      work.get("tables")
          .properties()
          .forEach(
              table ->
                  spark
                      .read()
                      .parquet(
                          StreamSupport.stream(table.getValue().spliterator(), false)
                              .map(JsonNode::asText)
                              .toArray(String[]::new))
                      .createOrReplaceTempView(table.getKey()));
      work.get("views")
          .properties()
          .forEach(view -> spark.sql(view.getValue().asText()).createOrReplaceTempView(view.getKey()));
      seconds.put("session", since(start));
      work.get("questions")
          .properties()
          .forEach(
              question -> {
                long asked = System.nanoTime();
                spark
                    .sql(question.getValue().asText())
                    .write()
                    .parquet(work.get("out").asText() + "/" + question.getKey() + ".parquet");
                seconds.put(question.getKey(), since(asked));
                System.out.printf("  %-40s %8.1f s%n", question.getKey(), seconds.get(question.getKey()));
              });
    }
    json.writeValue(new File(work.get("times").asText()), seconds);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
