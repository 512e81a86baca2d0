package io.holdfast.config;

import io.holdfast.failure.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The nightly applications, from {@code jobs/*.conf}, which the jar holds too. */
public final class Applications {

  /** All applications of a night, in order; and the name under which they run together. */
  public static final String NIGHTLY = "nightly";

  /**
   * The order of the night.
   *
   * @param applications the applications, each after those whose tables it reads
   */
  public record Nightly(List<String> applications) {
    private static final Setting<Nightly> SETTING = Setting.of(NIGHTLY, Nightly.class);
  }

  /**
   * The sizes of cluster that applications ask for.
   *
   * @param profiles each by its name
   */
  public record Profiles(Map<String, Profile> profiles) {
    private static final Setting<Profiles> SETTING = Setting.of("cluster", Profiles.class);
  }

  private Applications() {}

  /** Every application of the night by name, in order. */
  public static Map<String, Application> all() {
    Map<String, Application> all = new LinkedHashMap<>();
    for (String name : read(path(NIGHTLY), Nightly.SETTING).applications()) {
      all.put(name, read(path(name), Application.SETTING));
    }
    return all;
  }

  /** The sizes of cluster by name, from {@code conf/profiles.conf}. */
  public static Map<String, Profile> profiles() {
    return read("conf/profiles.conf", Profiles.SETTING).profiles();
  }

  /**
   * The applications of these names; {@code nightly} is all.
   *
   * @throws BadInput if there is none of a name
   */
  public static Map<String, Application> named(List<String> names) {
    Map<String, Application> all = all();
    Map<String, Application> chosen = new LinkedHashMap<>();
    for (String name : names) {
      if (!name.equals(NIGHTLY) && !all.containsKey(name)) {
        throw new BadInput(
            "Cannot run '%s': there is no such application%s. There are nightly, %s."
                .formatted(
                    name,
                    Nearest.to(name, all.keySet()).map(n -> " (nearest: '" + n + "')").orElse(""),
                    String.join(", ", all.keySet())));
      }
    }
    all.forEach(
        (name, application) -> {
          if (names.contains(NIGHTLY) || names.contains(name)) {
            chosen.put(name, application);
          }
        });
    return chosen;
  }

  private static String path(String name) {
    return "jobs/" + name + ".conf";
  }

  private static <T extends Record> T read(String path, Setting<T> setting) {
    try (InputStream in = Applications.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        throw new BadInput("Cannot read " + path + ": it is not in the jar. Build it again.");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Settings.load(Optional.of(text), path, Map.of(), Map.of()).get(setting);
    } catch (IOException e) {
      throw new BadInput("Cannot read " + path + " in the jar: " + e + ". Build it again.", e);
    }
  }
}
