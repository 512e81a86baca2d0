package io.holdfast.activation;

import io.holdfast.activation.Destination.ValueType;
import java.util.List;

/** The custom fields that must exist in a tool before its first file is loaded. */
public final class Fields {

  private Fields() {}

  /**
   * A field to create.
   *
   * @param field its name in the tool
   * @param type its type there
   * @param column the column of the audience that fills it
   * @param meaning what a value says
   */
  public record CustomField(String field, ValueType type, String column, String meaning) {}

  /**
   * The fields of a destination, in the order of its mapping.
   *
   * @param destination one that {@link Destinations#named} has checked
   */
  public static List<CustomField> of(Destination destination) {
    return destination.columns().stream()
        .map(
            mapped ->
                new CustomField(
                    mapped.field(),
                    mapped.type(),
                    mapped.column(),
                    Destinations.column(mapped.column()).meaning()))
        .toList();
  }
}
