package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.job.Job;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;

/** The catalogue of what the product can do, and who is entitled to it. */
public final class Features {

  public static final Table TABLE =
      Table.in("conformed", "features")
          .grain("one row per feature and version of what was known of it")
          .column("feature", StringType, "the feature, as events name it")
          .column("feature_name", StringType, "what people call it")
          .column("tier", StringType, "core, advanced, integration or reporting; NULL: not said")
          .column("launch_date", DateType, "the first local day of the feature; NULL: always there")
          .column("retire_date", DateType, "the first local day without it; NULL: still there")
          .column(
              "plans",
              DataTypes.createArrayType(StringType),
              "the plans that include it; NULL: every plan")
          .columns(Versioned.FIELDS)
          .key("feature", "known_from")
          .whole()
          .build();

  private static final Table LANDED = Sources.table(Contracts.FEATURES);

  public static final Job JOB =
      Job.writes(TABLE)
          .reads(LANDED)
          .as(in -> Versions.of(in.rows(LANDED), in.all(LANDED), "feature"));

  private Features() {}
}
