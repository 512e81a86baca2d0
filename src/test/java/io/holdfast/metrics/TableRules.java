package io.holdfast.metrics;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.table.Rule;
import io.holdfast.table.Table;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Holds a function's rows against the rules of the table that they are for. */
final class TableRules {

  private TableRules() {}

  static void assertRulesKept(Table table, Dataset<Row> rows, LocalDate asOf) {
    Dataset<Row> conformed = table.conform(rows.withColumn(Table.AS_OF_DATE, lit(asOf)));
    for (Rule rule : table.rules()) {
      assertThat(conformed.filter(rule.broken()).count()).as(rule.name()).isZero();
    }
  }
}
