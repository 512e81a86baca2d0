package io.holdfast.conformed;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Field;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;

/**
 * What every row of a thing that changes says about when it was known.
 *
 * <p>A thing (customer, subscription, ticket) has a row for each version of what was known of it.
 * Metrics read the current one; features read the one that was known at their date, with {@link
 * Known}.
 */
final class Versioned {

  static final List<Field> FIELDS =
      List.of(
          new Field("feed", StringType, "the feed that said so"),
          new Field("known_from", DateType, "the arrival date from which this version was known"),
          new Field(
              "known_until", DateType, "the arrival date of the next version; NULL: still current"),
          new Field("is_current", BooleanType, "whether this is the latest version known"),
          new Field(
              "known_at",
              DataTypes.createMapType(StringType, DateType),
              "for each column that became known later than its row: when; 9999-12-31: not known"));

  private Versioned() {}
}
