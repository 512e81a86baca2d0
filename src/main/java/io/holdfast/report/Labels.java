package io.holdfast.report;

import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Node;

/** What a table's values are called on the page. */
final class Labels {

  private Labels() {}

  /** A value of a segment: its name as the company writes it; known ones by the page's words. */
  static String value(Words words, String value) {
    return words.or("value." + value, value.replace('_', ' '));
  }

  /** The mark of a figure of few; nothing where they are enough. */
  static Node small(Line line) {
    return line.is("is_small") ? el("sup", "~") : Html.all();
  }

  /** The style of a figure's drawing: weak where it is of few. */
  static String style(Line line) {
    return line.is("is_small") ? "weak" : "s1";
  }

  /** A table's short name: without its stage. */
  static String table(String id) {
    return id.substring(id.indexOf('.') + 1).replace('_', ' ');
  }
}
