package io.holdfast.config;

import java.util.Optional;

/**
 * Where the lake is.
 *
 * @param path a folder on any Hadoop file system
 * @param exportPath where export files are written; {@code _exports} in the lake if absent
 * @param parallelTables how many tables a run builds side by side
 * @param waitSeconds how long a run waits for another that holds the lake
 * @param maxRestatements how many figures of one column are listed that one commit restated
 */
public record LakeSettings(
    Optional<String> path,
    Optional<String> exportPath,
    int parallelTables,
    int waitSeconds,
    int maxRestatements) {

  public static final Setting<LakeSettings> SETTING = Setting.of("lake", LakeSettings.class);
}
