package io.holdfast.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;

/** Leaves secrets out of values, as their records declare them. */
final class Secrets {

  private Secrets() {}

  /** A value without the secrets in it: the same object where there are none. */
  static ConfigValue withheld(ConfigValue value, Type type) {
    if (!(value instanceof ConfigObject group)) {
      return value;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Type last = arguments[arguments.length - 1];
      return arguments.length == 1 ? withheld(group, last) : inEach(group, last);
    }
    return type instanceof Class<?> plain && plain.isRecord() ? inRecord(group, plain) : value;
  }

  private static ConfigValue inEach(ConfigObject group, Type type) {
    ConfigObject result = group;
    for (String name : group.keySet()) {
      result = with(result, name, withheld(group.get(name), type));
    }
    return result;
  }

  private static ConfigValue inRecord(ConfigObject group, Class<?> type) {
    ConfigObject result = group;
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Keys.of(component);
      if (component.getGenericType().getTypeName().contains(Secret.class.getName())) {
        result = result.withoutKey(key);
      } else if (group.containsKey(key)) {
        result = with(result, key, withheld(group.get(key), component.getGenericType()));
      }
    }
    return result;
  }

  private static ConfigObject with(ConfigObject group, String key, ConfigValue value) {
    return value == group.get(key) ? group : group.withValue(key, value);
  }
}
