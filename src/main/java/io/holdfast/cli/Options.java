package io.holdfast.cli;

import io.holdfast.config.LakeSettings;
import io.holdfast.config.MaintenanceSettings;
import io.holdfast.config.MonitoringSettings;
import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.lake.Lake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The options of every command that reads the configuration. */
public final class Options {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration file, on any Hadoop file system")
  private Optional<String> config = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one value of the configuration; may be repeated")
  private Map<String, String> sets = new LinkedHashMap<>();

  /**
   * The configuration, every key of which somebody reads.
   *
   * @throws BadInput if a file cannot be read or a key is unknown
   */
  public Settings settings(Program program) {
    Settings settings =
        Settings.load(
            config.map(Options::text), config.orElse("--config"), program.environment(), sets);
    check(settings, program);
    return settings;
  }

  /**
   * Asserts that somebody reads each key.
   *
   * @throws BadInput if a key is unknown
   */
  public static void check(Settings settings, Program program) {
    Set<Setting<?>> known = new LinkedHashSet<>();
    known.add(LakeSettings.SETTING);
    known.add(MaintenanceSettings.SETTING);
    known.add(MonitoringSettings.SETTING);
    program.jobs().forEach(job -> known.addAll(job.settings()));
    program.publications().forEach(publication -> known.addAll(publication.settings()));
    settings.check(new ArrayList<>(known));
  }

  private static String text(String file) {
    Path path = new Path(file);
    // One of its own: Hadoop would keep the first of a scheme for the session, whatever its
    // settings.
    try (FileSystem files = FileSystem.newInstance(path.toUri(), new Configuration());
        InputStream in = files.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BadInput(
          "Cannot read the configuration file %s: %s. Check --config.".formatted(file, e), e);
    }
  }

  /**
   * Opens the lake, and makes it if there is none.
   *
   * @throws BadInput if no path is configured
   */
  public static Lake lake(SparkSession spark, Settings settings) {
    return Lake.open(spark, path(settings));
  }

  /**
   * Opens the lake to read it.
   *
   * @throws BadInput if no path is configured
   * @throws NotReady if there is no lake yet
   */
  public static Lake existingLake(SparkSession spark, Settings settings) {
    return Lake.existing(spark, path(settings))
        .orElseThrow(
            () ->
                new NotReady(
                    "Cannot open the lake %s: there is none yet. Run `holdfast run nightly --as-of DATE` first, or correct lake.path."
                        .formatted(path(settings))));
  }

  private static String path(Settings settings) {
    return settings
        .get(LakeSettings.SETTING)
        .path()
        .orElseThrow(
            () ->
                new BadInput(
                    "Cannot open the lake: lake.path is not set. Set it in the --config file, by --set lake.path=PATH, or by HOLDFAST_LAKE__PATH."));
  }
}
