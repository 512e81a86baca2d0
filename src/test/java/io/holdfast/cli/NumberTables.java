package io.holdfast.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.holdfast.Catalog;
import io.holdfast.SharedSpark;
import io.holdfast.config.Setting;
import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Small tables, each made from the one before, in the places of those of jobs/adoption.conf. */
final class NumberTables {

  private NumberTables() {}

  /** Numbers up to one that the third table may find too large; the second warns of small ones. */
  static Program program(long last) {
    List<Job> jobs = new ArrayList<>();
    Table before = null;
    for (String name :
        List.of("customer_adoption", "feature_adoption", "adopter_retention", "time_to_value")) {
      Table.Builder table =
          Table.in("metrics", name)
              .grain("one row per night and number")
              .column("number", LongType, "the number")
              .key("number");
      if (name.equals("feature_adoption")) {
        table.warn("a \"small\" number", col("number").lt(2));
      }
      if (name.equals("adopter_retention")) {
        table.require("below 100", col("number").lt(100));
      }
      Job.Builder job = Job.writes(table.build());
      if (before == null) {
        Stream.concat(
                Catalog.JOBS.stream().flatMap(it -> it.settings().stream()),
                Catalog.PUBLICATIONS.stream().flatMap(it -> it.settings().stream()))
            .distinct()
            .forEach((Setting<?> setting) -> job.settings(setting));
      } else {
        job.reads(before);
      }
      Job made = job.as(in -> SharedSpark.session().range(last + 1).toDF("number"));
      jobs.add(made);
      before = made.table();
    }
    return new Program(jobs, List.of(), List.of(), "code", Map.of());
  }
}
