package io.holdfast.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A page as a tree. Text can become markup nowhere: it is escaped where it is written, in elements
 * and in attributes alike, and there is no door for anything else but the style sheet.
 */
final class Html {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]*");

  /** What closes itself. */
  private static final Set<String> VOID = Set.of("meta", "br", "hr");

  /** What would run, load or restyle something. */
  private static final Set<String> REFUSED_ELEMENTS =
      Set.of("script", "iframe", "object", "embed", "link", "base", "form", "foreignObject");

  private static final Set<String> REFUSED_ATTRIBUTES =
      Set.of("style", "src", "srcset", "srcdoc", "action", "formaction", "ping", "background");

  private Html() {}

  /** A piece of a page. */
  sealed interface Node permits Element, Text, Group, Style {}

  /** Text as people read it. */
  record Text(String text) implements Node {}

  /** Several pieces, one after the other. */
  record Group(List<Node> nodes) implements Node {}

  /** The style sheet, which comes from the program and from nowhere else. */
  record Style(String css) implements Node {
    Style {
      if (css.contains("</")) {
        throw new IllegalArgumentException("A style sheet must not end its own element.");
      }
    }
  }

  /** An attribute of an element. */
  record Attribute(String name, String value) {
    Attribute {
      boolean isRefused =
          !NAME.matcher(name).matches()
              || name.startsWith("on")
              || REFUSED_ATTRIBUTES.contains(name)
              || (name.equals("href") && !value.startsWith("#"));
      if (isRefused) {
        throw new IllegalArgumentException("A report has no attribute %s.".formatted(name));
      }
    }
  }

  /** An element with what is in it. */
  record Element(String name, List<Attribute> attributes, List<Node> children) implements Node {
    Element {
      if (!NAME.matcher(name).matches() || REFUSED_ELEMENTS.contains(name)) {
        throw new IllegalArgumentException("A report has no element %s.".formatted(name));
      }
    }
  }

  /** An attribute. */
  static Attribute at(String name, Object value) {
    return new Attribute(name, String.valueOf(value));
  }

  /**
   * An element.
   *
   * @param parts its attributes, and nodes or texts in order; lists of these are taken apart
   */
  static Element el(String name, Object... parts) {
    List<Attribute> attributes = new ArrayList<>();
    List<Node> children = new ArrayList<>();
    for (Object part : parts) {
      add(part, attributes, children);
    }
    return new Element(name, attributes, children);
  }

  /** Several pieces as one. */
  static Node all(Object... parts) {
    List<Node> children = new ArrayList<>();
    for (Object part : parts) {
      add(part, new ArrayList<>(), children);
    }
    return new Group(children);
  }

  private static void add(Object part, List<Attribute> attributes, List<Node> children) {
    if (part instanceof Attribute attribute) {
      attributes.add(attribute);
    } else if (part instanceof Node node) {
      children.add(node);
    } else if (part instanceof String text) {
      children.add(new Text(text));
    } else if (part instanceof Iterable<?> several) {
      several.forEach(one -> add(one, attributes, children));
    } else {
      throw new IllegalArgumentException("A page has no room for %s.".formatted(part));
    }
  }

  /** The whole page's text. */
  static String page(Element html) {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    write(html, out);
    return out.append('\n').toString();
  }

  /** A node's text. */
  static String text(Node node) {
    StringBuilder out = new StringBuilder();
    write(node, out);
    return out.toString();
  }

  private static void write(Node node, StringBuilder out) {
    if (node instanceof Text text) {
      escape(text.text(), out);
    } else if (node instanceof Group group) {
      group.nodes().forEach(one -> write(one, out));
    } else if (node instanceof Style style) {
      out.append("<style>").append(style.css()).append("</style>");
    } else if (node instanceof Element element) {
      out.append('<').append(element.name());
      for (Attribute attribute : element.attributes()) {
        out.append(' ').append(attribute.name()).append("=\"");
        escape(attribute.value(), out);
        out.append('"');
      }
      out.append('>');
      element.children().forEach(one -> write(one, out));
      if (!VOID.contains(element.name())) {
        out.append("</").append(element.name()).append('>');
      }
    }
  }

  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        // Not allowed in HTML, and a reader would guess what they mean.
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
  }
}
