import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Answers questions in SQL on Spark, and writes how long each took.
 *
 * <p>Its one argument is a JSON file: {@code tables} (name: Parquet files), {@code views} and {@code
 * questions} (name: SQL), {@code made} and {@code out} (folders for the views and the answers),
 * {@code times} (the file to write).
 */
public final class NaiveSpark {

  private NaiveSpark() {}

  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode work = json.readTree(new File(args[0]));
    Map<String, Double> seconds = new LinkedHashMap<>();
    long start = System.nanoTime();
    // Of Spark's own settings only the 200 partitions of a shuffle are left: two cores would spend
    // the time of small answers on starting tasks.
    try (SparkSession spark =
        SparkSession.builder()
            .appName("naive")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
            .getOrCreate()) {
      for (Map.Entry<String, JsonNode> table : work.get("tables").properties()) {
        List<String> files = new ArrayList<>();
        table.getValue().forEach(file -> files.add(file.asText()));
        spark.read().parquet(files.toArray(String[]::new)).createOrReplaceTempView(table.getKey());
      }
      seconds.put("session", since(start));
      long asked = System.nanoTime();
      for (Map.Entry<String, JsonNode> view : work.get("views").properties()) {
        String path = work.get("made").asText() + "/" + view.getKey();
        spark.sql(view.getValue().asText()).write().parquet(path);
        spark.read().parquet(path).createOrReplaceTempView(view.getKey());
      }
      seconds.put("views", since(asked));
      for (Map.Entry<String, JsonNode> question : work.get("questions").properties()) {
        asked = System.nanoTime();
        String path = work.get("out").asText() + "/" + question.getKey() + ".parquet";
        spark.sql(question.getValue().asText()).write().parquet(path);
        seconds.put(question.getKey(), since(asked));
      }
    }
    json.writeValue(new File(work.get("times").asText()), seconds);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
