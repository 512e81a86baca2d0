package io.holdfast;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowsTest {

  private static final StructType TYPES =
      StructType.fromDDL(
          "name STRING, day DATE, at TIMESTAMP, amount DECIMAL(12, 2), n BIGINT, i INT,"
              + " share DOUBLE, is_on BOOLEAN, tags ARRAY<STRING>, counts MAP<STRING, INT>,"
              + " bits BINARY, pair STRUCT<a: INT, b: STRING>, pairs ARRAY<STRUCT<a: INT, b: STRING>>");

  private static final Dataset<Row> TWO =
      rows(
          StructType.fromDDL("id STRING, share DOUBLE, amount DECIMAL(12, 2), note STRING"),
          """
          | id | share          | amount | note |
          | a  | 0.333333333333 | 1.50   | x    |
          | b  |                |        | y    |
          """);

  @Test
  void everyTypeIsRead() {
    Row row =
        rows(
                TYPES,
                """
                | name | day        | at                        | amount | n | i | share | is_on | tags   | counts     | bits   | pair   | pairs            |
                | ''   | 2026-01-05 | 2026-01-05T10:00:00+01:00 | 12.5   | 7 | 8 | 0.25  | true  | [a, b] | {x=1, y=2} | 0x0aff | (1, z) | [(1, z), (2, )]  |
                """)
            .first();
    assertThat(row.getString(0)).isEmpty();
    assertThat(row.getDate(1)).isEqualTo(Date.valueOf("2026-01-05"));
    assertThat(row.getTimestamp(2))
        .isEqualTo(Timestamp.from(Instant.parse("2026-01-05T09:00:00Z")));
    assertThat(row.getDecimal(3)).isEqualTo(new BigDecimal("12.50"));
    assertThat(row.getLong(4)).isEqualTo(7L);
    assertThat(row.getInt(5)).isEqualTo(8);
    assertThat(row.getDouble(6)).isEqualTo(0.25);
    assertThat(row.getBoolean(7)).isTrue();
    assertThat(row.<String>getList(8)).isEqualTo(List.of("a", "b"));
    assertThat(row.<String, Integer>getJavaMap(9)).isEqualTo(Map.of("x", 1, "y", 2));
    assertThat((byte[]) row.get(10)).containsExactly(0x0a, 0xff);
    assertThat(row.getStruct(11).getInt(0)).isEqualTo(1);
    assertThat(row.<Row>getList(12).get(1).isNullAt(1)).isTrue();
  }

  @Test
  void whatIsReadIsFoundAgain() {
    String text =
        """
        | day        | at                  | amount | tags   | counts     | bits   | pair   |
        | 2026-01-05 | 2026-01-05T10:00    | 12.5   | [a, b] | {y=2, x=1} | 0x0aff | (1, z) |
        |            | 2026-01-05 10:00:00 |        | []     | {}         | 0x     |        |
        |            | 2026-01-05          |        |        |            |        |        |
        """;
    assertRows(rows(TYPES, text), text);
  }

  @Test
  void unnamedColumnsAndEmptyCellsAreNull() {
    Row row = rows(TYPES, "| name | n |\n|      | 1 |").first();
    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.isNullAt(1)).isTrue();
    assertThat(row.getLong(4)).isEqualTo(1);
  }

  @Test
  void orderUnnamedColumnsAndTinyDifferencesDoNotMatter() {
    assertRows(
        TWO,
        """
        | amount | share                | id |
        |        |                      | b  |
        | 1.5    | 0.333333333333333333 | a  |
        """);
  }

  @Test
  void anotherValueFailsAndShowsBoth() {
    assertThatThrownBy(() -> assertRows(TWO, "| id | note |\n| a | x |\n| b | z |"))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            Rows differ.
            Expected:
            | id | note |
            | a  | x    |
            | b  | z    |

            But found:
            | id | note |
            | a  | x    |
            | b  | y    |

            Missing:
            | id | note |
            | b  | z    |

            Unexpected:
            | id | note |
            | b  | y    |
            """);
  }

  @Test
  void aDifferenceOfAnyKindFails() {
    assertFails("| id | share |\n| a | 0.33333333 |\n| b | |", "Rows differ");
    assertFails("| id | amount |\n| a | 1.51 |\n| b | |", "Rows differ");
    assertFails("| id | amount |\n| a | 1.50 |\n| b | 0 |", "Rows differ");
    assertFails("| id |\n| a |", "Rows differ");
    assertFails("| id |\n| a |\n| b |\n| b |", "Rows differ");
    assertFails("| id |\n", "Rows differ");
  }

  @Test
  void whatTheTextGetsWrongIsSaid() {
    assertFails("| ident |\n| a |", "There is no column 'ident', only [id, share, amount, note].");
    assertFails("| id | share |\n| a | half |", "Column share: 'half' is no double.");
    assertFails(
        "| id | note |\n| a |", "The row [a] has 1 cells, but there are 2 columns: [id, note].");
    assertThatThrownBy(() -> rows(TYPES, "| day |\n| 5.1.2026 |"))
        .hasMessage("Column day: '5.1.2026' is no date.");
    assertThatThrownBy(() -> rows(TYPES, "| is_on |\n| yes |"))
        .hasMessage("Column is_on: 'yes' is no boolean.");
    assertThatThrownBy(() -> rows(TYPES, "| names |\n| a |"))
        .hasMessageStartingWith("There is no column 'names', only [name, day,");
  }

  private static void assertFails(String pipeTable, String message) {
    assertThatThrownBy(() -> assertRows(TWO, pipeTable))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(message);
  }
}
