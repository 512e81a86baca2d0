package io.holdfast.job;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.holdfast.table.Table;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class RestatementsTest {

  private static final Table TABLE =
      Table.in("metrics", "use")
          .grain("one row per night, country and plan")
          .column("country", StringType, "country")
          .column("plan", StringType, "plan; NULL: none")
          .column("customers", LongType, "customers")
          .column("use_rate", DataTypes.DoubleType, "share of them that use it; NULL: unknown")
          .key("country", "plan")
          .published()
          .build();

  @Test
  void aFigureThatChangedOrCameOrWentIsARowAndAnEqualOneIsNot() {
    var before =
        rows(
            TABLE,
            """
            | as_of_date | country | plan  | customers | use_rate |
            | 2026-03-02 | DE      | basic | 4         | 0.5      |
            | 2026-03-02 | DE      | pro   | 4         |          |
            | 2026-03-02 | US      | pro   | 1         | 1.0      |
            """);
    var after =
        rows(
            TABLE,
            """
            | as_of_date | country | plan  | customers | use_rate |
            | 2026-03-02 | DE      | basic | 4         | 0.5      |
            | 2026-03-02 | DE      | pro   | 5         | 0.2      |
            | 2026-03-02 | FR      | pro   | 2         |          |
            """);

    assertRows(
        Restatements.changes(TABLE, before, after, 10),
        """
        | row_key              | column_name | from_value | to_value | restated_figures |
        | country=DE, plan=pro | customers   | 4          | 5        | 3                |
        | country=DE, plan=pro | use_rate    |            | 0.2      | 2                |
        | country=FR, plan=pro | customers   |            | 2        | 3                |
        | country=US, plan=pro | customers   | 1          |          | 3                |
        | country=US, plan=pro | use_rate    | 1.0        |          | 2                |
        """);
  }

  @Test
  void whatARowWasMadeOfIsNoFigure() {
    Table made =
        Table.in("metrics", "made")
            .grain("one row per country")
            .column("country", StringType, "where")
            .column("customers", LongType, "how many")
            .column("read_versions", StringType, "of what")
            .key("country")
            .provenance("read_versions")
            .build();

    assertRows(
        Restatements.changes(
            made,
            rows(
                made,
                """
                | as_of_date | country | customers | read_versions |
                | 2026-03-02 | DE      | 4         | 1             |
                | 2026-03-02 | FR      | 4         | 1             |
                """),
            rows(
                made,
                """
                | as_of_date | country | customers | read_versions |
                | 2026-03-02 | DE      | 4         | 2             |
                | 2026-03-02 | FR      | 5         | 2             |
                """),
            10),
        """
        | row_key    | column_name | from_value | to_value | restated_figures |
        | country=FR | customers   | 4          | 5        | 1                |
        """);
  }

  @Test
  void ofManyTheFirstByKeyAreListedAndAllAreCounted() {
    var before =
        rows(
            TABLE,
            """
            | as_of_date | country | plan | customers |
            | 2026-03-02 | A       | pro  | 1         |
            | 2026-03-02 | B       | pro  | 1         |
            | 2026-03-02 | C       | pro  | 1         |
            """);
    var after =
        rows(
            TABLE,
            """
            | as_of_date | country | plan | customers |
            | 2026-03-02 | C       | pro  | 2         |
            | 2026-03-02 | B       | pro  | 2         |
            | 2026-03-02 | A       | pro  | 2         |
            """);

    assertRows(
        Restatements.changes(TABLE, before, after, 2),
        """
        | row_key             | column_name | from_value | to_value | restated_figures |
        | country=A, plan=pro | customers   | 1          | 2        | 3                |
        | country=B, plan=pro | customers   | 1          | 2        | 3                |
        """);
  }
}
