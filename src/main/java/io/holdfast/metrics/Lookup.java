package io.holdfast.metrics;

import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;

/**
 * What settings say, as data: rows hold the number of a setting, and find here what stands in it.
 *
 * <p>A query then is as long for twenty definitions as for one.
 *
 * @param settings the settings, in the order of their numbers
 * @param number the column that holds the number of one, from 0
 */
record Lookup<T>(List<T> settings, Column number) {

  /** A whole number of each. */
  Column integer(ToIntFunction<T> value) {
    return get(lit(settings.stream().mapToInt(value).toArray()), number);
  }

  /** A large whole number of each. */
  Column bigint(ToLongFunction<T> value) {
    return get(lit(settings.stream().mapToLong(value).toArray()), number);
  }

  /** A text of each, or NULL. */
  Column text(Function<T, String> value) {
    return get(lit(settings.stream().map(value).toArray(String[]::new)), number);
  }

  /** Several whole numbers of each. */
  Column integers(Function<T, int[]> values) {
    return get(lit(settings.stream().map(values).toArray(int[][]::new)), number);
  }

  /** Several texts of each. */
  Column texts(Function<T, List<String>> values) {
    return get(
        lit(
            settings.stream()
                .map(one -> values.apply(one).toArray(String[]::new))
                .toArray(String[][]::new)),
        number);
  }

  /** Whether something holds of each; where it holds of all or none, that is known beforehand. */
  Column is(Predicate<T> condition) {
    if (settings.stream().allMatch(condition)) {
      return lit(true);
    }
    return settings.stream().noneMatch(condition) ? lit(false) : get(lit(flags(condition)), number);
  }

  private boolean[] flags(Predicate<T> condition) {
    boolean[] flags = new boolean[settings.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = condition.test(settings.get(i));
    }
    return flags;
  }

  /** Whether something holds of any. */
  boolean any(Predicate<T> condition) {
    return settings.stream().anyMatch(condition);
  }

  /** The numbers of all settings whose key is that of a row; NULL where it is that of none. */
  Column numbersOf(Function<T, String> key, Column ofRow) {
    List<String> keys = settings.stream().map(key).distinct().toList();
    int[][] numbers =
        keys.stream()
            .map(one -> numbers(setting -> key.apply(setting).equals(one)))
            .toArray(int[][]::new);
    Column place =
        array_position(lit(keys.toArray(String[]::new)), ofRow).cast("int").minus(lit(1));
    return get(lit(numbers), place);
  }

  /** The numbers of the settings of which something holds. */
  int[] numbers(Predicate<T> condition) {
    return IntStream.range(0, settings.size())
        .filter(i -> condition.test(settings.get(i)))
        .toArray();
  }
}
