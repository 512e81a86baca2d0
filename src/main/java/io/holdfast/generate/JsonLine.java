package io.holdfast.generate;

/** Writes one JSON object on one line; the texts it is given need no escaping. */
final class JsonLine {
  private final StringBuilder line = new StringBuilder(256).append('{');

  JsonLine text(String name, String text) {
    name(name);
    if (text == null) {
      line.append("null");
    } else {
      line.append('"').append(text).append('"');
    }
    return this;
  }

  /** A number, a boolean, a null, or an object that is JSON already. */
  JsonLine value(String name, Object value) {
    name(name);
    line.append(value);
    return this;
  }

  private void name(String name) {
    if (line.length() > 1) {
      line.append(',');
    }
    line.append('"').append(name).append("\":");
  }

  String end() {
    return line.append('}').toString();
  }
}
