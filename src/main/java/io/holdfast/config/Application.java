package io.holdfast.config;

import java.util.List;

/**
 * A Spark application: which tables it builds, and what who operates it has to know. Stands in
 * {@code jobs/NAME.conf}.
 *
 * @param tables the tables that it builds
 * @param publications what it writes besides tables
 * @param profile how large a cluster it wants: small, medium or large
 * @param deadlineMinutes how long it may take
 * @param retries how often a scheduler tries again after codes 1, 4 and 5
 * @param owner who is told when it fails
 * @param runbook what to do then
 */
public record Application(
    List<String> tables,
    List<String> publications,
    String profile,
    int deadlineMinutes,
    int retries,
    String owner,
    String runbook) {

  /** The setting of an application's file. */
  public static final Setting<Application> SETTING = Setting.of("application", Application.class);
}
