package io.holdfast.config;

import java.lang.reflect.RecordComponent;
import java.util.Locale;

/** How a key is written: snake case for a component, dots between the levels. */
final class Keys {

  private Keys() {}

  static String of(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
