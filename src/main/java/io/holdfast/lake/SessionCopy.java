package io.holdfast.lake;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/** A session with the settings of another, save for some. */
public final class SessionCopy {

  private SessionCopy() {}

  /**
   * Makes a copy.
   *
   * @param differing the settings that differ
   */
  public static SparkSession of(SparkSession spark, Map<String, String> differing) {
    SparkSession copy = spark.newSession();
    CollectionConverters.asJava(spark.conf().getAll())
        .forEach(
            (key, value) -> {
              if (copy.conf().isModifiable(key)) {
                copy.conf().set(key, value);
              }
            });
    differing.forEach(copy.conf()::set);
    return copy;
  }
}
