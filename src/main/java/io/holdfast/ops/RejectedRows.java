package io.holdfast.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.sources.Contract;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The rows that could not be taken, each with its reason and its raw text. */
public final class RejectedRows {

  public static final Table TABLE =
      Table.in("ops", "rejected_rows")
          .grain("one row per rejected row")
          .column("contract", StringType, "what the feed tells of")
          .column("feed", StringType, "the feed")
          .column("file", StringType, "the file in which it was delivered")
          .column("row_date", DateType, "the local day that it is about, else of its arrival")
          .column("reject_number", IntegerType, "numbers the rejected rows of a file and day")
          .column("reject_reason", StringType, "why it was not taken")
          .column("raw", StringType, "the row as it was delivered")
          .key("contract", "feed", "file", "row_date", "reject_number")
          .touched("row_date")
          .build();

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(Contracts.ALL.stream().map(Sources::table).toArray(Table[]::new))
          .as(RejectedRows::rejected);

  private static Dataset<Row> rejected(Inputs in) {
    return Contracts.ALL.stream()
        .map(contract -> rejected(contract, in.rows(Sources.table(contract))))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static Dataset<Row> rejected(Contract contract, Dataset<Row> landed) {
    var inFile =
        Window.partitionBy("feed", "file", "row_date").orderBy("reject_reason", "raw", "row_hash");
    return landed
        .filter(col("record").equalTo("row").and(col("reject_reason").isNotNull()))
        .select(
            lit(contract.name()).as("contract"),
            col("feed"),
            col("file"),
            col("row_date"),
            row_number().over(inFile).as("reject_number"),
            col("reject_reason"),
            col("raw"));
  }

  private RejectedRows() {}
}
