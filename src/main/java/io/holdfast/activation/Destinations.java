package io.holdfast.activation;

import static java.util.function.Predicate.not;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.activation.Destination.Format;
import io.holdfast.activation.Destination.Mapped;
import io.holdfast.activation.Destination.Unit;
import io.holdfast.config.Nearest;
import io.holdfast.failure.BadInput;
import io.holdfast.table.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;

/** The configured destinations: what there is, and what of it can't work. */
public final class Destinations {

  /** Columns that a customer's row has from a user. */
  private static final Set<String> OF_USERS =
      Set.of("user_id", "email", "has_marketing_consent", "member_id");

  private static final Set<String> OF_THE_NIGHT = Set.of("score_date", "as_of_date");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Destinations() {}

  /**
   * One line of {@code holdfast activate list}.
   *
   * @param fields how many fields it is told
   * @param exports where its folders stand, below the export path
   */
  public record Listed(
      String name, boolean enabled, Unit unit, Format format, int fields, String exports) {}

  /** Every configured destination, by name. */
  public static List<Listed> list(Activation activation) {
    return new TreeMap<>(activation.destinations())
        .entrySet().stream()
            .map(
                entry ->
                    new Listed(
                        entry.getKey(),
                        entry.getValue().enabled(),
                        entry.getValue().unit(),
                        entry.getValue().format(),
                        entry.getValue().columns().size(),
                        "destination=" + entry.getKey()))
            .toList();
  }

  /**
   * One destination, enabled or not.
   *
   * @throws BadInput if there is none of the name, or it can't work
   */
  public static Destination named(Activation activation, String name) {
    Destination destination = activation.destinations().get(name);
    if (destination == null) {
      throw new BadInput(
          "Cannot find destination '%s': activation.destinations has %s. %s"
              .formatted(
                  name,
                  new TreeMap<>(activation.destinations()).keySet(),
                  didYouMean(name, activation.destinations().keySet())));
    }
    check(name, destination);
    return destination;
  }

  /**
   * The destinations for which files are made, by name.
   *
   * @throws BadInput if one of them can't work
   */
  static Map<String, Destination> enabled(Activation activation) {
    if (!(activation.splitAt() > 0 && activation.splitAt() <= 1)) {
      throw new BadInput(
          "Cannot split files: activation.split_at is %s. Set a share above 0 and up to 1."
              .formatted(activation.splitAt()));
    }
    Map<String, Destination> enabled = new TreeMap<>(activation.destinations());
    enabled.values().removeIf(not(Destination::enabled));
    enabled.forEach(Destinations::check);
    return enabled;
  }

  /** The column of the audience, which {@link #check} has found. */
  static Field column(String name) {
    return Audiences.TABLE.columns().stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void check(String name, Destination destination) {
    require(
        name.matches("[a-z0-9_-]+"), name, "its name becomes a folder", "Use a-z, 0-9, _ and -.");
    require(
        destination.maxFileBytes() > 0,
        name,
        "max_file_bytes is " + destination.maxFileBytes(),
        "Set the tool's limit.");
    checkUnit(name, destination);
    Set<String> fields = new HashSet<>(Set.of(destination.id().field()));
    for (Mapped mapped : destination.columns()) {
      checkColumn(name, mapped, destination.unit());
      require(
          fields.add(mapped.field()),
          name,
          "two values go to field '" + mapped.field() + "'",
          "Give each a field of its own.");
    }
    checkEnvelope(name, destination);
  }

  private static void checkUnit(String name, Destination destination) {
    List<String> ids =
        destination.unit() == Unit.USER ? List.of("user_id", "email") : List.of("customer_id");
    require(
        ids.contains(destination.id().column()),
        name,
        "'%s' does not name a %s"
            .formatted(destination.id().column(), Values.lower(destination.unit())),
        "Set id.column to one of " + ids + ", or another unit.");
    require(
        destination.unit() == Unit.USER || !destination.requiresConsent(),
        name,
        "requires_consent is set, and consent is a user's",
        "Unset it, or set unit = USER.");
  }

  private static void checkColumn(String name, Mapped mapped, Unit unit) {
    String column = mapped.column();
    require(
        !OF_THE_NIGHT.contains(column),
        name,
        column + " would make every row a change, every night",
        "Take it out of columns.");
    require(
        Audiences.TABLE.columnNames().contains(column),
        name,
        "columns names '%s', which is no column of %s".formatted(column, Audiences.TABLE),
        didYouMean(column, Audiences.TABLE.columnNames()));
    require(
        unit == Unit.USER || !OF_USERS.contains(column),
        name,
        column + " is a user's, and a row is a customer's",
        "Take it out of columns, or set unit = USER.");
    DataType stored = column(column).type();
    boolean fits =
        switch (mapped.type()) {
          case TEXT -> true;
          case NUMBER, INTEGER -> stored instanceof NumericType;
          case BOOLEAN -> stored instanceof BooleanType;
          case DATE -> stored instanceof DateType;
        };
    require(
        fits,
        name,
        "%s is %s, not %s".formatted(column, stored.simpleString(), Values.lower(mapped.type())),
        "Set another type of field '" + mapped.field() + "'.");
  }

  private static void checkEnvelope(String name, Destination destination) {
    String envelope = destination.envelope();
    if (destination.format() == Format.CSV || envelope.isEmpty()) {
      return;
    }
    boolean isObject;
    try {
      isObject = JSON.readTree(envelope).isObject();
    } catch (JsonProcessingException e) {
      isObject = false;
    }
    require(
        isObject
            && envelope.contains("\"$id\"")
            && (envelope.contains("\"$attributes\"") || envelope.contains("\"$attributes_text\"")),
        name,
        "its envelope is " + envelope,
        "Write a JSON object with \"$id\" and \"$attributes\" or \"$attributes_text\" in it.");
  }

  private static void require(boolean holds, String name, String why, String whatToDo) {
    if (!holds) {
      throw new BadInput(
          "Cannot export to destination '%s': %s. %s".formatted(name, why, whatToDo));
    }
  }

  private static String didYouMean(String name, Collection<String> known) {
    return Nearest.to(name, known)
        .map(nearest -> "Did you mean '" + nearest + "'?")
        .orElse("Configure one.");
  }
}
