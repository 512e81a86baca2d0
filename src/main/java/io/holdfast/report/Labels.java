package io.holdfast.report;

/** What a table's values are called on the page. */
final class Labels {

  private Labels() {}

  /** A value of a segment: its name as the company writes it; known ones by the page's words. */
  static String value(Words words, String value) {
    return words.or("value." + value, value.replace('_', ' '));
  }

  /** A table's short name: without its stage. */
  static String table(String id) {
    return id.substring(id.indexOf('.') + 1).replace('_', ' ');
  }
}
