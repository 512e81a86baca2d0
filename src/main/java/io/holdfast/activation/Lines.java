package io.holdfast.activation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.holdfast.activation.Destination.Format;
import io.holdfast.activation.Destination.Mapped;
import io.holdfast.activation.Destination.Nulls;
import io.holdfast.activation.Destination.ValueType;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a destination writes one row, without the LF that ends it. */
sealed interface Lines {

  /** The format of a destination. */
  static Lines of(Destination destination) {
    return destination.format() == Format.CSV ? new Csv(destination) : new Json(destination);
  }

  /** The first line of every file, or an empty text for none. */
  String header();

  /**
   * One row.
   *
   * @param id what names it
   * @param values one per mapped column, as {@link Values} makes them
   */
  String line(String id, List<Object> values);

  /** JSON lines, each in the destination's envelope. */
  record Json(Destination destination) implements Lines {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String header() {
      return "";
    }

    @Override
    public String line(String id, List<Object> values) {
      ObjectNode attributes = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < values.size(); i++) {
        put(attributes, destination.columns().get(i).field(), values.get(i));
      }
      if (destination.envelope().isEmpty()) {
        ObjectNode flat = JsonNodeFactory.instance.objectNode();
        return text(flat.put(destination.id().field(), id).setAll(attributes));
      }
      return text(filled(parsed(destination.envelope()), id, attributes));
    }

    private void put(ObjectNode attributes, String field, Object value) {
      if (value != null) {
        attributes.set(field, node(value));
      } else if (destination.nulls() == Nulls.WRITE) {
        attributes.set(field, NullNode.getInstance());
      } else if (destination.nulls() == Nulls.TEXT) {
        attributes.put(field, destination.nullText());
      }
    }

    private static JsonNode node(Object value) {
      if (value instanceof BigDecimal number) {
        return DecimalNode.valueOf(number);
      }
      if (value instanceof Boolean truth) {
        return BooleanNode.valueOf(truth);
      }
      return TextNode.valueOf((String) value);
    }

    private static JsonNode filled(JsonNode part, String id, ObjectNode attributes) {
      if (part instanceof ObjectNode object) {
        object.properties().forEach(each -> each.setValue(filled(each.getValue(), id, attributes)));
      } else if (part instanceof ArrayNode array) {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, filled(array.get(i), id, attributes));
        }
      }
      return switch (part.asText()) {
        case "$id" -> TextNode.valueOf(id);
        case "$attributes" -> attributes;
        case "$attributes_text" -> TextNode.valueOf(text(attributes));
        default -> part;
      };
    }

    private static JsonNode parsed(String json) {
      try {
        return JSON.readTree(json);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("An envelope that was checked is no JSON: " + json, e);
      }
    }

    private static String text(JsonNode node) {
      try {
        return JSON.writeValueAsString(node);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A tree of texts and numbers is always JSON.", e);
      }
    }
  }

  /** Comma-separated cells with the quoting of RFC 4180. */
  record Csv(Destination destination) implements Lines {

    @Override
    public String header() {
      return Stream.concat(
              Stream.of(destination.id().field()),
              destination.columns().stream().map(Mapped::field))
          .map(this::textCell)
          .collect(Collectors.joining(","));
    }

    @Override
    public String line(String id, List<Object> values) {
      StringBuilder line = new StringBuilder(textCell(id));
      for (int i = 0; i < values.size(); i++) {
        line.append(',').append(cell(values.get(i), destination.columns().get(i).type()));
      }
      return line.toString();
    }

    private String cell(Object value, ValueType type) {
      if (value == null) {
        return destination.nulls() == Nulls.TEXT ? quoted(destination.nullText()) : "";
      }
      if (value instanceof BigDecimal number) {
        return number.toPlainString();
      }
      return type == ValueType.TEXT ? textCell((String) value) : value.toString();
    }

    private String textCell(String text) {
      // A spreadsheet also skips a leading tab or line end before it looks for a formula.
      boolean isFormula = !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0;
      return quoted(destination.guardFormulas() && isFormula ? "'" + text : text);
    }

    private static String quoted(String text) {
      boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      // An empty text is quoted: an empty cell is an unknown value.
      return isPlain && !text.isEmpty() ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
  }
}
