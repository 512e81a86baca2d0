package io.holdfast.cli;

import io.holdfast.config.LakeSettings;
import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.job.Job;
import io.holdfast.job.Publication;
import io.holdfast.lake.Lake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The options of every command that reads the configuration. */
final class Options {

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
  Settings settings(List<Job> jobs, List<Publication> publications) {
    Settings settings =
        Settings.load(config.map(Options::text), config.orElse("--config"), System.getenv(), sets);
    Set<Setting<?>> known = new LinkedHashSet<>();
    known.add(LakeSettings.SETTING);
    jobs.forEach(job -> known.addAll(job.settings()));
    publications.forEach(publication -> known.addAll(publication.settings()));
    settings.check(new ArrayList<>(known));
    return settings;
  }

  private static String text(String file) {
    Path path = new Path(file);
    try (InputStream in = path.getFileSystem(new Configuration()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BadInput(
          "Cannot read the configuration file %s: %s. Check --config.".formatted(file, e), e);
    }
  }

  /**
   * Opens the lake.
   *
   * @throws BadInput if no path is configured
   */
  static Lake lake(SparkSession spark, Settings settings) {
    String path =
        settings
            .get(LakeSettings.SETTING)
            .path()
            .orElseThrow(
                () ->
                    new BadInput(
                        "Cannot open the lake: lake.path is not set. Set it in the --config file, by --set lake.path=PATH, or by HOLDFAST_LAKE__PATH."));
    return Lake.open(spark, path);
  }
}
