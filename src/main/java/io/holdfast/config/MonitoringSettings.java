package io.holdfast.config;

import java.util.Optional;

/**
 * Who else is told how a run went.
 *
 * @param prometheusFile the local file of the last run's figures, in the text format of Prometheus
 * @param openlineageConfig the local file that configures OpenLineage's client: where events go
 * @param openlineageNamespace what the events' jobs are named in
 */
public record MonitoringSettings(
    Optional<String> prometheusFile,
    Optional<String> openlineageConfig,
    String openlineageNamespace) {

  public static final Setting<MonitoringSettings> SETTING =
      Setting.of("monitoring", MonitoringSettings.class);

  /**
   * Checked.
   *
   * @throws IllegalArgumentException if the file is not a local one
   */
  public MonitoringSettings {
    prometheusFile
        .filter(file -> file.contains("://"))
        .ifPresent(
            file -> {
              throw new IllegalArgumentException(
                  "prometheus_file = %s is no local file; give the path of one that the exporter reads"
                      .formatted(file));
            });
  }
}
