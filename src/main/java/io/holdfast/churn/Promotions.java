package io.holdfast.churn;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.table.Table;
import java.util.List;

/**
 * Which model people made serve, against what the gates decided: {@code holdfast model promote} and
 * {@code rollback} add rows here.
 */
public final class Promotions {

  public static final Table TABLE =
      Table.in("churn", "promotions")
          .grain("one row per decision by hand about the model that serves")
          .column("decision", LongType, "1 for the first, then 2, ...: the later one holds")
          .column("as_of_date", DateType, "the first night that it holds for")
          .column("model_id", StringType, "the model that serves from then on")
          .column("action", StringType, "promote or rollback")
          .column("reason", StringType, "why, in the words of who decided")
          .column("author", StringType, "who decided")
          .key("decision")
          .append("as_of_date", "")
          .build();

  /** A night decides nothing by hand: it only sees to it that there is a table to read. */
  public static final Job JOB = Job.writes(TABLE).as(in -> in.create(List.of(), TABLE.schema()));

  private Promotions() {}
}
