package io.holdfast.generate;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** The consecutive lines of one customer in one file. */
record Block(Feed feed, String date, long customer, Planted planted, int rows, String text) {
  static final StructType SCHEMA =
      StructType.fromDDL(
          "feed STRING, date STRING, customer BIGINT, planted STRING, rows INT, text STRING");

  Row toRow() {
    String day = feed.isDaily() ? date : "";
    return RowFactory.create(feed.name(), day, customer, planted.name(), rows, text);
  }

  static Block of(Row row) {
    return new Block(
        Feed.valueOf(row.getString(0)),
        row.getString(1),
        row.getLong(2),
        Planted.valueOf(row.getString(3)),
        row.getInt(4),
        row.getString(5));
  }

  String path() {
    return feed.path(date);
  }
}
