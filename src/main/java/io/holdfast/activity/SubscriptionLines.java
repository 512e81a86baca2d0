package io.holdfast.activity;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.holdfast.conformed.Subscriptions;
import io.holdfast.job.Inputs;
import io.holdfast.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Every subscription line as revenue counts it: as it was last known, of the customer that its own
 * was merged into, with the end that counts.
 *
 * <p>A line that the feed has deleted was there until then: it ends on the day on which that became
 * known, so that its customer churns instead of never having been.
 */
final class SubscriptionLines {

  /** The end reason of a line that its feed has deleted. */
  static final String DELETED = "deleted";

  /** What a job must declare to read. */
  static final Table[] READS = {Subscriptions.TABLE, Aliases.TABLE};

  private SubscriptionLines() {}

  /** The lines of a job's inputs. */
  static Dataset<Row> of(Inputs in) {
    Dataset<Row> lines =
        Aliases.canonical(
            lastKnown(in.rows(Subscriptions.TABLE)),
            "customer_id",
            in.rows(Aliases.TABLE),
            Aliases.CUSTOMER);
    return Pricing.of(in).ended(lines);
  }

  /** One row per line: its latest version, which ends where the line was deleted. */
  static Dataset<Row> lastKnown(Dataset<Row> versions) {
    Column deleted = when(not(col("is_current")), col("known_until"));
    Column isByDeletion = coalesce(deleted.lt(col("end_date")), col("end_date").isNull());
    return versions
        .withColumn("last_known", max("known_from").over(Window.partitionBy("subscription_id")))
        .filter(col("known_from").equalTo(col("last_known")))
        .withColumn(
            "end_reason",
            when(deleted.isNotNull().and(isByDeletion), lit(DELETED)).otherwise(col("end_reason")))
        .withColumn("end_date", least(col("end_date"), deleted))
        .drop("last_known");
  }
}
