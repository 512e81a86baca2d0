package io.holdfast.conformed;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;

import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class IdAliasesTest {

  /** Customer 7 and user 7 are two; the merge of b is undone by mapping it to itself. */
  @Test
  void anIdIsAnAliasWithinItsUnitFromItsArrivalOn() {
    Dataset<Row> landed =
        rows(
            Sources.table(Contracts.ID_ALIASES),
            """
            | record | feed | file | arrival_date | unit     | alias_id | canonical_id | is_deleted | row_hash |
            | row    | crm  | f1   | 2026-01-05   | customer | 7        | 1            | false      | 1        |
            | row    | crm  | f1   | 2026-01-05   | user     | 7        | 2            | false      | 2        |
            | row    | crm  | f1   | 2026-01-05   | customer | b        | 1            | false      | 3        |
            | row    | crm  | f2   | 2026-02-01   | customer | b        | b            | false      | 4        |
            | row    | crm  | f2   | 2026-02-01   | user     | 7        | 2            | true       | 5        |
            """);

    assertRows(
        IdAliases.aliases(landed, landed),
        """
        | unit     | alias_id | canonical_id | known_from | known_until | is_current |
        | customer | 7        | 1            | 2026-01-05 |             | true       |
        | user     | 7        | 2            | 2026-01-05 | 2026-02-01  | false      |
        | customer | b        | 1            | 2026-01-05 | 2026-02-01  | false      |
        | customer | b        | b            | 2026-02-01 |             | true       |
        """);
  }
}
