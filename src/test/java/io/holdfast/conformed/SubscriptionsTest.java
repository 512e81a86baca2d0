package io.holdfast.conformed;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.rows;
import static org.apache.spark.sql.functions.lit;

import io.holdfast.sources.Company;
import io.holdfast.sources.Contracts;
import io.holdfast.sources.Sources;
import java.time.DayOfWeek;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {

  @Test
  void everyLineIsPricedByTheMonth() {
    var landed =
        rows(
            Sources.table(Contracts.SUBSCRIPTIONS),
            """
            | subscription_id | amount | amount_period | is_trial |
            | monthly         | 100    | month         |          |
            | yearly          | 100    | year          | false    |
            | quarterly       | 100    | quarter       | false    |
            | weekly          | 84     | week          | false    |
            | trial           | 100    | month         | true     |
            """);

    // A year is 365.25 days, so a month has 365.25 / 84 weeks: 84 a week is 365.25 a month.
    assertRows(
        Subscriptions.subscriptions(landed, new Company(ZoneId.of("UTC"), DayOfWeek.MONDAY, "USD")),
        """
        | subscription_id | mrr      | billing_period | currency |
        | monthly         | 100      | month          | USD      |
        | yearly          | 8.3333   | year           | USD      |
        | quarterly       | 33.3333  | quarter        | USD      |
        | weekly          | 365.2500 | week           | USD      |
        | trial           | 0        | month          | USD      |
        """);
  }

  @Test
  void aDiscountOfAPeriodIsPricedByTheMonthToo() {
    var landed =
        rows(
            Sources.table(Contracts.SUBSCRIPTIONS),
            """
            | subscription_id | amount | amount_period | discount_amount | discount_rate |
            | monthly         | 100    | month         | 10              |               |
            | yearly          | 1200   | year          | 120             | 0.25          |
            | none            | 100    | month         |                 |               |
            """);
    assertRows(
        Subscriptions.TABLE.conform(
            Subscriptions.subscriptions(
                landed
                    .withColumn("known_from", lit(null))
                    .withColumn("known_until", lit(null))
                    .withColumn("is_current", lit(true)),
                new Company(ZoneId.of("UTC"), DayOfWeek.MONDAY, "USD"))),
        """
        | subscription_id | mrr | discount_mrr | discount_rate |
        | monthly         | 100 | 10           |               |
        | yearly          | 100 | 10           | 0.25          |
        | none            | 100 |              |               |
        """);
  }
}
