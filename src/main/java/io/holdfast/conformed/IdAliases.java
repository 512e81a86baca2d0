package io.holdfast.conformed;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Which ids stand for somebody who has another id: merged accounts, old ids. */
public final class IdAliases {

  public static final Table TABLE =
      Table.in("conformed", "id_aliases")
          .grain("one row per unit, id as sent and version of what was known of it")
          .column("alias_id", StringType, "the id as feeds send it")
          .column("unit", StringType, "customer or user")
          .column("canonical_id", StringType, "the id it stands for; itself: the merge was undone")
          .column(
              "merged_at",
              TimestampType,
              "when they were merged; NULL where only the day is known, or nothing")
          .column(
              "merged_date", DateType, "the local day on which they were merged; NULL: not said")
          .column(
              "attributes",
              DataTypes.createMapType(StringType, StringType),
              "any further column of the feed, by name")
          .columns(Versioned.FIELDS)
          .key("unit", "alias_id", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.ID_ALIASES);

  public static final Job JOB =
      Job.writes(TABLE).reads(LANDED).as(in -> aliases(in.rows(LANDED), in.all(LANDED)));

  /** The versions of each id of each unit: a customer and a user may share an id. */
  static Dataset<Row> aliases(Dataset<Row> landed, Dataset<Row> everLanded) {
    Dataset<Row> named = landed.withColumn("alias", concat_ws(":", col("unit"), col("alias_id")));
    return Versions.of(named, everLanded, "alias");
  }

  private IdAliases() {}
}
