package io.holdfast.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How large a cluster an application asks for.
 *
 * @param driverMemory heap of the driver, such as 2g
 * @param driverCores cores of the driver
 * @param executors how many executors
 * @param executorMemory heap of each
 * @param executorCores cores of each
 * @param shufflePartitions into how many parts a shuffle goes
 */
public record Profile(
    String driverMemory,
    int driverCores,
    int executors,
    String executorMemory,
    int executorCores,
    int shufflePartitions) {

  /** As spark-submit takes it. */
  public Map<String, String> sparkConf() {
    Map<String, String> conf = new LinkedHashMap<>();
    conf.put("spark.driver.memory", driverMemory);
    conf.put("spark.driver.cores", Integer.toString(driverCores));
    conf.put("spark.executor.instances", Integer.toString(executors));
    conf.put("spark.executor.memory", executorMemory);
    conf.put("spark.executor.cores", Integer.toString(executorCores));
    conf.put("spark.sql.shuffle.partitions", Integer.toString(shufflePartitions));
    return conf;
  }
}
