package io.holdfast.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.holdfast.failure.BadInput;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration of a run: read once, the same for every job.
 *
 * <p>A value is taken from the first that has it of {@code --set}, the environment, the
 * configuration file and {@code reference.conf}.
 */
public final class Settings {

  private static final String PREFIX = "HOLDFAST_";

  /** What the launcher reads, which is no key. */
  private static final Set<String> OF_THE_LAUNCHER =
      Set.of("HOLDFAST_CLASSPATH", "HOLDFAST_HOME", "HOLDFAST_OPTS");

  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}]*)}");

  private final Config config;

  private Settings(Config config) {
    this.config = config;
  }

  /**
   * Merges and resolves all that configures a run.
   *
   * @param configText the configuration file's text in HOCON
   * @param origin what messages call that file: its path, from which it also includes others
   * @param env the process's environment: {@code HOLDFAST_COMPANY__TZ} is {@code company.tz}, and
   *     every variable can stand in a file as {@code ${NAME}}
   * @param sets values by key, as the command line gives them
   * @throws BadInput if a text is no HOCON, or a <code>${NAME}</code> stands for nothing
   */
  public static Settings load(
      Optional<String> configText,
      String origin,
      Map<String, String> env,
      Map<String, String> sets) {
    return over("reference.conf", configText, origin, env, sets);
  }

  /** The same over other defaults: a resource of the class path. */
  static Settings over(
      String reference,
      Optional<String> configText,
      String origin,
      Map<String, String> env,
      Map<String, String> sets) {
    try {
      Config layers =
          fromCommandLine(sets)
              .withFallback(fromEnvironment(env))
              .withFallback(configText.map(text -> fromFile(text, origin)).orElse(noKeys()))
              .withFallback(
                  ConfigFactory.parseResources(Settings.class.getClassLoader(), reference));
      return new Settings(resolve(layers, env));
    } catch (ConfigException.UnresolvedSubstitution e) {
      throw unresolved(e);
    } catch (ConfigException e) {
      throw unreadable(e);
    }
  }

  /**
   * A part of the configuration.
   *
   * @throws BadInput if a key is missing, or its value is not of the component's type
   */
  public <T extends Record> T get(Setting<T> setting) {
    return setting.type().cast(Binder.bind(setting.path(), at(setting.path()), setting.type()));
  }

  /**
   * Asserts that every key is read by someone, so that a misspelt one is not silently a default.
   *
   * @throws BadInput naming each other key, where it stands and the nearest known key
   */
  public void check(Collection<Setting<?>> known) {
    List<String> strangers = new KnownKeys(known).strangers(config.root());
    if (!strangers.isEmpty()) {
      throw new BadInput(String.join("\n", strangers));
    }
  }

  /**
   * A hash of all values but the secrets in these parts of the configuration: equal values, equal
   * hash.
   */
  public String hash(Collection<Setting<?>> settings) {
    Map<String, String> values = new TreeMap<>();
    for (Setting<?> setting : settings) {
      ConfigValue value = Secrets.withheld(at(setting.path()), setting.type());
      values.put(setting.path(), value == null ? "" : value.render(ConfigRenderOptions.concise()));
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(values.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  private ConfigValue at(String path) {
    return config.hasPath(path) ? config.getValue(path) : null;
  }

  private static Config fromCommandLine(Map<String, String> sets) {
    Config config = noKeys();
    for (Map.Entry<String, String> set : sets.entrySet()) {
      String origin = "--set " + set.getKey();
      config = with(config, keys(set.getKey()), set.getValue(), origin);
    }
    return config;
  }

  private static List<String> keys(String path) {
    try {
      return ConfigUtil.splitPath(path);
    } catch (ConfigException.BadPath e) {
      throw new BadInput(
          "Cannot read --set %s: that is no key. Write it as company.tz=Asia/Tokyo."
              .formatted(path),
          e);
    }
  }

  private static Config fromEnvironment(Map<String, String> env) {
    Config config = noKeys();
    for (Map.Entry<String, String> entry : new TreeMap<>(env).entrySet()) {
      String name = entry.getKey();
      if (name.startsWith(PREFIX) && !OF_THE_LAUNCHER.contains(name)) {
        String[] keys = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).split("__", -1);
        String origin = "environment variable " + name;
        config = with(config, List.of(keys), entry.getValue(), origin);
      }
    }
    return config;
  }

  /** Adds a value, each level of whose key stands where the value does. */
  private static Config with(Config config, List<String> keys, String text, String origin) {
    ConfigValue value = value(text, origin);
    for (int i = keys.size() - 1; i >= 0; i--) {
      value = ConfigValueFactory.fromMap(Map.of(keys.get(i), value), origin);
    }
    return ((ConfigObject) value).toConfig().withFallback(config);
  }

  /** A list or an object where it is written as one, else plain text: a path needs no quotes. */
  private static ConfigValue value(String text, String origin) {
    String stripped = text.strip();
    if (stripped.startsWith("[") || stripped.startsWith("{")) {
      return ConfigFactory.parseString(
              "value = " + stripped, ConfigParseOptions.defaults().setOriginDescription(origin))
          .getValue("value");
    }
    return ConfigValueFactory.fromAnyRef(text, origin);
  }

  private static Config fromFile(String text, String origin) {
    return ConfigFactory.parseString(
        text,
        ConfigParseOptions.defaults()
            .setOriginDescription(origin)
            .setIncluder(new LocalIncludes(origin)));
  }

  /**
   * Replaces each <code>${NAME}</code>. The variables lie under the keys while that is done,
   * because the library itself would read the environment of the process only.
   */
  private static Config resolve(Config layers, Map<String, String> env) {
    Map<String, String> variables = new TreeMap<>(env);
    variables.keySet().removeAll(layers.root().keySet());
    ConfigObject resolved =
        layers
            .withFallback(ConfigValueFactory.fromMap(variables, "environment"))
            .resolve(ConfigResolveOptions.noSystem())
            .root();
    for (String variable : variables.keySet()) {
      resolved = resolved.withoutKey(variable);
    }
    return resolved.toConfig();
  }

  private static BadInput unresolved(ConfigException.UnresolvedSubstitution e) {
    Matcher matcher = SUBSTITUTION.matcher(String.valueOf(e.getMessage()));
    String name = matcher.find() ? matcher.group(1) : "?";
    return new BadInput(
        ("Cannot read the configuration: ${%1$s} stands for nothing (%2$s). Set the environment"
                + " variable %1$s, or write ${?%1$s} where it may be missing.")
            .formatted(name, Where.of(e.origin())),
        e);
  }

  private static BadInput unreadable(ConfigException e) {
    String where = Where.of(e.origin());
    String what = String.valueOf(e.getMessage());
    if (e.origin() != null) {
      what = what.replace(e.origin().description() + ": ", "");
    }
    return new BadInput(
        "Cannot read the configuration: %s (%s). It is HOCON: key = value, groups in { }."
            .formatted(what.replaceAll("\\.$", ""), where),
        e);
  }

  private static Config noKeys() {
    return ConfigFactory.empty();
  }
}
