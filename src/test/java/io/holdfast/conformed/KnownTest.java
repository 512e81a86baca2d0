package io.holdfast.conformed;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import org.junit.jupiter.api.Test;

class KnownTest {

  private static final String LINES =
      """
      | subscription_id | plan  | end_date   | known_from | known_until | is_current | known_at                                        |
      | 1               | basic |            | 2026-01-01 | 2026-02-01  | false      |                                                 |
      | 1               | pro   |            | 2026-02-01 |             | true       |                                                 |
      | 2               | pro   | 2026-03-15 | 2026-01-10 |             | true       | {end_date=2026-03-15}                           |
      | 3               | pro   | 2026-03-15 | 2026-01-10 |             | true       | {end_date=9999-12-31}                           |
      """;

  @Test
  void theVersionOfADateIsTheOneThatHadArrivedByItsEnd() {
    var lines = rows(Subscriptions.TABLE, LINES);

    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-01-31"))).filter("subscription_id = '1'"),
        """
        | subscription_id | plan  |
        | 1               | basic |
        """);
    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-02-01"))).filter("subscription_id = '1'"),
        """
        | subscription_id | plan |
        | 1               | pro  |
        """);
  }

  @Test
  void aValueThatBecameKnownLaterIsNullUntilThenAndOneOfNoHistoryAlways() {
    var lines = rows(Subscriptions.TABLE, LINES);

    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-03-14"))).filter("subscription_id > '1'"),
        """
        | subscription_id | end_date |
        | 2               |          |
        | 3               |          |
        """);
    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-03-15"))).filter("subscription_id > '1'"),
        """
        | subscription_id | end_date   |
        | 2               | 2026-03-15 |
        | 3               |            |
        """);
  }

  @Test
  void anAttributeThatBecameKnownLaterIsNotThereBefore() {
    var lines =
        rows(
            Subscriptions.TABLE,
            """
            | subscription_id | attributes                 | known_from | is_current | known_at                           |
            | 1               | {churned=true, seats=5}    | 2026-01-01 | true       | {attributes.churned=9999-12-31}    |
            | 2               | {marked=yes, seats=5}      | 2026-01-01 | true       | {attributes.marked=2026-01-03}     |
            | 3               |                            | 2026-01-01 | true       |                                    |
            """);

    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-01-02"))),
        """
        | subscription_id | attributes |
        | 1               | {seats=5}  |
        | 2               | {seats=5}  |
        | 3               |            |
        """);
    assertRows(
        Known.at(lines, lit(Date.valueOf("2026-01-03"))).filter("subscription_id = '2'"),
        """
        | subscription_id | attributes            |
        | 2               | {marked=yes, seats=5} |
        """);
  }
}
