package io.holdfast.activity;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static io.holdfast.Rows.rows;

import io.holdfast.conformed.Customers;
import io.holdfast.conformed.IdAliases;
import io.holdfast.conformed.Known;
import org.junit.jupiter.api.Test;

class AliasesTest {

  @Test
  void aChainIsFollowedToItsEndForEachUnitOfItsOwn() {
    var links =
        rows(
            IdAliases.TABLE,
            """
            | unit     | alias_id | canonical_id | is_current |
            | customer | c        | d            | true       |
            | customer | a        | b            | true       |
            | customer | b        | c            | true       |
            | user     | a        | z            | true       |
            | customer | e        | e            | true       |
            | customer | f        | g            | false      |
            """);
    assertRows(
        Aliases.resolved(Known.current(links)),
        """
        | unit     | alias_id | canonical_id | is_in_circle |
        | customer | a        | d            | false        |
        | customer | b        | d            | false        |
        | customer | c        | d            | false        |
        | user     | a        | z            | false        |
        """);
  }

  @Test
  void whatLeadsInACircleCountsAsItself() {
    var links =
        rows(
            IdAliases.TABLE,
            """
            | unit     | alias_id | canonical_id |
            | customer | b        | c            |
            | customer | c        | b            |
            | customer | a        | b            |
            | customer | 0        | a            |
            """);
    assertRows(
        Aliases.resolved(links),
        """
        | alias_id | canonical_id | is_in_circle |
        | b        | b            | true         |
        | c        | c            | true         |
        | a        | b            | false        |
        | 0        | b            | false        |
        """);
  }

  @Test
  void aMergeAddsUpWhatTheIdsDidAndUndoingItPartsThemAgain() {
    var days =
        rows(
            CustomerDays.TABLE,
            """
            | customer_id | event_date | is_active | events | core_events |
            | old         | 2026-01-05 | true      | 2      | 1           |
            | new         | 2026-01-05 | false     | 3      | 0           |
            | new         | 2026-01-06 | true      | 1      | 1           |
            """);
    var merged =
        rows(
            Aliases.TABLE,
            """
            | unit     | alias_id | canonical_id |
            | customer | old      | new          |
            """);
    assertRows(
        CustomerDays.merged(days, merged),
        """
        | customer_id | event_date | is_active | events | core_events |
        | new         | 2026-01-05 | true      | 5      | 1           |
        | new         | 2026-01-06 | true      | 1      | 1           |
        """);
    assertRows(
        CustomerDays.merged(days, none(Aliases.TABLE)),
        """
        | customer_id | event_date | is_active | events | core_events |
        | old         | 2026-01-05 | true      | 2      | 1           |
        | new         | 2026-01-05 | false     | 3      | 0           |
        | new         | 2026-01-06 | true      | 1      | 1           |
        """);
  }

  @Test
  void whoIsToldOfTwiceIsWhoTheIdThatCountsSays() {
    var told =
        rows(
            Customers.TABLE,
            """
            | customer_id | country | signup_date | is_current |
            | old         | DE      | 2026-01-01  | true       |
            | new         | FR      | 2026-02-01  | true       |
            | new         | ES      | 2026-02-01  | false      |
            | x           | US      | 2026-03-01  | true       |
            | y           | UK      |             | true       |
            """);
    var aliases =
        rows(
            Aliases.TABLE,
            """
            | unit     | alias_id | canonical_id |
            | customer | old      | new          |
            | customer | y        | unheard_of   |
            | customer | x        | unheard_of   |
            """);
    assertRows(
        Aliases.currentCustomers(told, aliases),
        """
        | customer_id | country | signup_date |
        | new         | FR      | 2026-01-01  |
        | unheard_of  | US      | 2026-03-01  |
        """);
  }
}
