package io.holdfast.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import io.holdfast.failure.BadInput;
import java.io.File;

/**
 * Finds what a configuration file includes: local files, from the including file's folder.
 *
 * <p>The library ignores a file that is not there; here that is an error, because its keys would
 * silently be defaults.
 */
final class LocalIncludes implements ConfigIncluder, ConfigIncluderFile {
  private final String origin;

  LocalIncludes(String origin) {
    this.origin = origin;
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    File file = new File(what);
    return read(
        file.isAbsolute()
            ? file
            : new File(new File(origin).getAbsoluteFile().getParentFile(), what));
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return include(context, what.getPath());
  }

  private ConfigObject read(File file) {
    if (!file.isFile()) {
      throw new BadInput(
          "Cannot read %s: it includes %s, which is no local file. Put it there, or its keys into %s itself."
              .formatted(origin, file, origin));
    }
    return ConfigFactory.parseFile(file).root();
  }
}
