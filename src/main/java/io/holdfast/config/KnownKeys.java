package io.holdfast.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The keys that some record reads, to tell those that nobody does. */
final class KnownKeys {
  private final Collection<Setting<?>> settings;
  private final Set<String> declared = new TreeSet<>();

  KnownKeys(Collection<Setting<?>> settings) {
    this.settings = List.copyOf(settings);
    for (Setting<?> setting : settings) {
      declare(setting.path(), setting.type());
    }
  }

  /** A sentence for each key that nobody reads. */
  List<String> strangers(ConfigObject root) {
    List<String> found = new ArrayList<>();
    group("", root, List.of(), found);
    // Two records may read one key, and each would name what is strange in it.
    return found.stream().distinct().toList();
  }

  private void declare(String path, Type type) {
    Type inner = type;
    while (inner instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      inner = generic.getActualTypeArguments()[0];
    }
    if (inner instanceof Class<?> plain && plain.isRecord()) {
      for (RecordComponent component : plain.getRecordComponents()) {
        declare(Keys.join(path, Keys.of(component)), component.getGenericType());
      }
    } else {
      declared.add(path);
    }
  }

  private void group(String path, ConfigObject group, List<Class<?>> records, List<String> found) {
    for (String key : new TreeSet<>(group.keySet())) {
      String child = Keys.join(path, key);
      List<Type> types = typesOf(child, key, records);
      if (types.isEmpty() && !leadsToOne(child)) {
        found.add(sentence(path, child, group.get(key), records));
      } else {
        value(child, group.get(key), types, found);
      }
    }
  }

  private List<Type> typesOf(String path, String key, List<Class<?>> records) {
    List<Type> types = new ArrayList<>();
    for (Class<?> type : records) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (Keys.of(component).equals(key)) {
          types.add(component.getGenericType());
        }
      }
    }
    for (Setting<?> setting : settings) {
      if (setting.path().equals(path)) {
        types.add(setting.type());
      }
    }
    return types;
  }

  private boolean leadsToOne(String path) {
    return settings.stream().anyMatch(setting -> setting.path().startsWith(path + "."));
  }

  private void value(String path, ConfigValue value, List<Type> types, List<String> found) {
    List<Class<?>> records = new ArrayList<>();
    for (Type type : types) {
      if (type instanceof Class<?> plain && plain.isRecord()) {
        records.add(plain);
      } else if (type instanceof ParameterizedType generic) {
        inside(path, value, generic, found);
      }
    }
    if (value instanceof ConfigObject group && (!records.isEmpty() || leadsToOne(path))) {
      group(path, group, records, found);
    }
  }

  private void inside(
      String path, ConfigValue value, ParameterizedType generic, List<String> found) {
    Type[] arguments = generic.getActualTypeArguments();
    List<Type> last = List.of(arguments[arguments.length - 1]);
    if (generic.getRawType() == Optional.class) {
      value(path, value, last, found);
    } else if (value instanceof ConfigList list) {
      for (int i = 0; i < list.size(); i++) {
        value(path + "[" + i + "]", list.get(i), last, found);
      }
    } else if (value instanceof ConfigObject map) {
      for (String name : new TreeSet<>(map.keySet())) {
        value(Keys.join(path, name), map.get(name), last, found);
      }
    }
  }

  private String sentence(String path, String stranger, ConfigValue value, List<Class<?>> records) {
    Set<String> candidates = new TreeSet<>(declared);
    for (Class<?> type : records) {
      for (RecordComponent component : type.getRecordComponents()) {
        candidates.add(Keys.join(path, Keys.of(component)));
      }
    }
    return "Cannot read %s (%s): there is no such key.%s"
        .formatted(
            stranger,
            Where.of(value.origin()),
            Nearest.to(stranger, candidates)
                .map(near -> " The nearest known one is " + near + ".")
                .orElse(""));
  }
}
