package io.holdfast.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.holdfast.failure.BadInput;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes records from configuration values. */
final class Binder {

  private Binder() {}

  /**
   * A value as a type.
   *
   * @param path what messages call it
   * @param value NULL where the key is missing
   */
  static Object bind(String path, ConfigValue value, Type type) {
    boolean isMissing = value == null || value.valueType() == ConfigValueType.NULL;
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Optional.class) {
        return isMissing
            ? Optional.empty()
            : Optional.of(bind(path, value, generic.getActualTypeArguments()[0]));
      }
      if (isMissing && generic.getRawType() == Map.class) {
        return Map.of();
      }
      requirePresent(path, isMissing);
      if (generic.getRawType() == List.class) {
        return list(path, value, generic.getActualTypeArguments()[0]);
      }
      if (generic.getRawType() == Map.class) {
        return map(path, value, generic.getActualTypeArguments());
      }
    }
    requirePresent(path, isMissing);
    if (type instanceof Class<?> plain) {
      return plain.isRecord() ? record(path, value, plain) : scalar(path, value, plain);
    }
    throw new IllegalStateException(path + " is declared as " + type + ", which no key can be.");
  }

  private static void requirePresent(String path, boolean isMissing) {
    if (isMissing) {
      throw new BadInput(
          "Cannot read %1$s: it is missing. Set it in the configuration file or by --set %1$s=..."
              .formatted(path));
    }
  }

  private static List<Object> list(String path, ConfigValue value, Type element) {
    if (!(value instanceof ConfigList given)) {
      throw wrong(path, value, "is no list", "Write it as [a, b].");
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      values.add(bind(path + "[" + i + "]", given.get(i), element));
    }
    return Collections.unmodifiableList(values);
  }

  /** By name, in the order of the names: the library forgets the order of the file. */
  private static Map<Object, Object> map(String path, ConfigValue value, Type[] keyAndValue) {
    if (!(value instanceof ConfigObject given)) {
      throw wrong(path, value, "is no group of keys", "Write it as { name = value }.");
    }
    Map<Object, Object> values = new LinkedHashMap<>();
    for (String name : new TreeSet<>(given.keySet())) {
      String child = Keys.join(path, name);
      Object key = convert(child, name, (Class<?>) keyAndValue[0], given.get(name));
      values.put(key, bind(child, given.get(name), keyAndValue[1]));
    }
    return Collections.unmodifiableMap(values);
  }

  private static Object record(String path, ConfigValue value, Class<?> type) {
    Optional<Object> brief = brief(path, value, type);
    if (brief.isPresent()) {
      return brief.get();
    }
    if (!(value instanceof ConfigObject given)) {
      throw wrong(path, value, "is no group of keys", "Write it as { key = value }.");
    }
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = Keys.of(components[i]);
      arguments[i] = bind(Keys.join(path, key), given.get(key), components[i].getGenericType());
    }
    try {
      var constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw refusal(path, value, type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot make a " + type.getName() + ".", e);
    }
  }

  /** A record that can be written as a text or a list of texts says so by a static {@code of}. */
  private static Optional<Object> brief(String path, ConfigValue value, Class<?> type) {
    boolean isText = value.valueType() == ConfigValueType.STRING;
    if (!isText && !(value instanceof ConfigList)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          type.getMethod("of", isText ? String.class : List.class)
              .invoke(null, isText ? text(value) : list(path, value, String.class)));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (InvocationTargetException e) {
      throw refusal(path, value, type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot make a " + type.getName() + " of a text.", e);
    }
  }

  /** What a record's own check says against its values. */
  private static RuntimeException refusal(
      String path, ConfigValue value, Class<?> type, InvocationTargetException thrown) {
    if (thrown.getCause() instanceof IllegalArgumentException refusal) {
      return new BadInput(
          "Cannot read %s: %s (%s)."
              .formatted(
                  path,
                  String.valueOf(refusal.getMessage()).replaceAll("\\.$", ""),
                  Where.of(value.origin())),
          refusal);
    }
    return thrown.getCause() instanceof BadInput refusal
        ? refusal
        : new IllegalStateException("Cannot make a " + type.getName() + ".", thrown);
  }

  private static Object scalar(String path, ConfigValue value, Class<?> type) {
    if (value instanceof ConfigObject || value instanceof ConfigList) {
      throw wrong(path, value, "is no single value", "Write it as key = value.");
    }
    if (type == Duration.class) {
      return duration(path, value);
    }
    if (type == Secret.class) {
      return secret(path, value);
    }
    return convert(path, text(value), type, value);
  }

  /** Of the environment alone, whether by substitution or by the variable of its key. */
  private static Secret secret(String path, ConfigValue value) {
    if (!value.origin().description().startsWith("environment")) {
      throw new BadInput(
          "Cannot read %s: a secret stands in the open (%s). Write %s = ${?NAME} in the file, and set the environment variable NAME."
              .formatted(
                  path, Where.of(value.origin()), path.substring(path.lastIndexOf('.') + 1)));
    }
    return new Secret(text(value));
  }

  /** The text of a single value, numbers as they are written: 0.10 stays 0.10. */
  private static String text(ConfigValue value) {
    return value.atKey("value").getString("value");
  }

  private static Object convert(String path, String text, Class<?> type, ConfigValue value) {
    try {
      if (type == String.class) {
        return text;
      }
      if (type == int.class || type == Integer.class) {
        return new BigDecimal(text).intValueExact();
      }
      if (type == long.class || type == Long.class) {
        return new BigDecimal(text).longValueExact();
      }
      if (type == double.class || type == Double.class) {
        return new BigDecimal(text).doubleValue();
      }
      if (type == BigDecimal.class) {
        return new BigDecimal(text);
      }
    } catch (ArithmeticException | NumberFormatException e) {
      boolean isWhole = type != double.class && type != Double.class && type != BigDecimal.class;
      throw isWhole
          ? refused(path, text, value, "is no whole number", "Use digits, such as 28.")
          : refused(path, text, value, "is no number", "Use a point for decimals, such as 0.25.");
    }
    if (type == boolean.class || type == Boolean.class) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on" -> true;
        case "false", "no", "off" -> false;
        default ->
            throw refused(path, text, value, "is neither true nor false", "Use true or false.");
      };
    }
    if (type.isEnum()) {
      return constant(path, text, type, value);
    }
    try {
      if (type == LocalDate.class) {
        return LocalDate.parse(text);
      }
      if (type == ZoneId.class) {
        return ZoneId.of(text);
      }
    } catch (DateTimeException e) {
      throw type == LocalDate.class
          ? refused(path, text, value, "is no date", "Write it as 2026-01-31.")
          : refused(
              path, text, value, "is no time zone", "Use an IANA name such as Europe/Berlin.");
    }
    throw new IllegalStateException(path + " is declared as " + type + ", which no key can be.");
  }

  private static Object constant(String path, String text, Class<?> type, ConfigValue value) {
    String name = text.strip().toUpperCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    path,
                    text,
                    value,
                    "is not known",
                    Arrays.stream(type.getEnumConstants())
                        .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ", "Use one of ", "."))));
  }

  private static Duration duration(String path, ConfigValue value) {
    String text = text(value).strip();
    try {
      if (text.startsWith("P")) {
        return Duration.parse(text);
      }
      // The library takes a number without unit for milliseconds, which nobody means.
      if (!text.matches("[-+0-9.eE]*")) {
        return value.atKey("value").getDuration("value");
      }
    } catch (DateTimeException | ConfigException e) {
      throw wrong(
          path, value, "is no duration", "Write it with its unit, such as 90s, 5m, 2h, 7d.");
    }
    throw wrong(path, value, "has no unit", "Write it with its unit, such as 90s, 5m, 2h, 7d.");
  }

  private static BadInput wrong(String path, ConfigValue value, String what, String remedy) {
    boolean isSingle = !(value instanceof ConfigObject || value instanceof ConfigList);
    return isSingle
        ? refused(path, text(value), value, what, remedy)
        : new BadInput(message(path, "it", value, what, remedy));
  }

  private static BadInput refused(
      String path, String text, ConfigValue value, String what, String remedy) {
    return new BadInput(message(path, "'" + text + "'", value, what, remedy));
  }

  private static String message(
      String path, String given, ConfigValue value, String what, String remedy) {
    return "Cannot read %s: %s %s (%s). %s"
        .formatted(path, given, what, Where.of(value.origin()), remedy);
  }
}
