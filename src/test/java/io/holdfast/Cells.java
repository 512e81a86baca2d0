package io.holdfast;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A value as text and back.
 *
 * <p>{@code 2026-01-05}, {@code 2026-01-05T10:30:00Z} (UTC where no offset stands), {@code 12.50},
 * {@code true}, {@code [a, b]}, {@code {k=v, k2=v2}}, structs as {@code (1, x)}, bytes as {@code
 * 0x0aff}. Commas inside of brackets separate; a text inside of them holds none.
 */
final class Cells {

  private Cells() {}

  static Object parse(String cell, StructField field) {
    try {
      return parse(cell, field.dataType());
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new AssertionError(
          "Column %s: '%s' is no %s."
              .formatted(field.name(), cell, field.dataType().simpleString()),
          e);
    }
  }

  private static Object parse(String cell, DataType type) {
    if (cell.isEmpty()) {
      return null;
    }
    if (type instanceof StringType) {
      return cell.equals("''") ? "" : cell;
    }
    if (type instanceof DateType) {
      return Date.valueOf(LocalDate.parse(cell));
    }
    if (type instanceof TimestampType) {
      return Timestamp.from(instant(cell));
    }
    if (type instanceof DecimalType decimal) {
      return new BigDecimal(cell).setScale(decimal.scale());
    }
    if (type instanceof LongType) {
      return Long.valueOf(cell);
    }
    if (type instanceof IntegerType) {
      return Integer.valueOf(cell);
    }
    if (type instanceof DoubleType) {
      return Double.valueOf(cell);
    }
    if (type instanceof FloatType) {
      return Float.valueOf(cell);
    }
    if (type instanceof BooleanType) {
      return bool(cell);
    }
    if (type instanceof BinaryType) {
      return HexFormat.of().parseHex(inside(cell, "0x", ""));
    }
    if (type instanceof ArrayType array) {
      List<Object> values = new ArrayList<>();
      for (String element : split(inside(cell, "[", "]"))) {
        values.add(parse(element, array.elementType()));
      }
      return CollectionConverters.asScala(values).toSeq();
    }
    if (type instanceof MapType map) {
      Map<Object, Object> values = new LinkedHashMap<>();
      for (String entry : split(inside(cell, "{", "}"))) {
        int at = entry.indexOf('=');
        if (at < 0) {
          throw new IllegalArgumentException("no = in " + entry);
        }
        values.put(
            parse(entry.substring(0, at).strip(), map.keyType()),
            parse(entry.substring(at + 1).strip(), map.valueType()));
      }
      return scala.collection.immutable.Map.from(CollectionConverters.asScala(values));
    }
    if (type instanceof StructType struct) {
      List<String> parts = split(inside(cell, "(", ")"));
      if (parts.size() != struct.size()) {
        throw new IllegalArgumentException("not " + struct.size() + " values");
      }
      Object[] values = new Object[parts.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = parse(parts.get(i), struct.fields()[i].dataType());
      }
      return RowFactory.create(values);
    }
    throw new IllegalArgumentException("no way to write a " + type.simpleString());
  }

  static String print(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text.isEmpty() ? "''" : text;
    }
    if (value instanceof Timestamp timestamp) {
      return timestamp.toInstant().toString();
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Row row) {
      return CollectionConverters.asJava(row.toSeq()).stream()
          .map(Cells::print)
          .collect(Collectors.joining(", ", "(", ")"));
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      return CollectionConverters.asJava(seq).stream()
          .map(Cells::print)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      Map<String, String> sorted = new TreeMap<>();
      CollectionConverters.asJava(map).forEach((k, v) -> sorted.put(print(k), print(v)));
      return sorted.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value.toString();
  }

  private static Instant instant(String cell) {
    String text = cell.replace(' ', 'T');
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    boolean hasOffset = text.substring(10).matches(".*(Z|[+-]\\d\\d:?\\d\\d)");
    return hasOffset
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }

  private static boolean bool(String cell) {
    return switch (cell) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private static String inside(String cell, String open, String close) {
    if (!cell.startsWith(open) || !cell.endsWith(close)) {
      throw new IllegalArgumentException("not within " + open + close);
    }
    return cell.substring(open.length(), cell.length() - close.length()).strip();
  }

  /** Parts between the commas that stand in no inner bracket. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    if (text.isEmpty()) {
      return parts;
    }
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[' || c == '{' || c == '(') {
        depth++;
      } else if (c == ']' || c == '}' || c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(text.substring(start).strip());
    return parts;
  }
}
