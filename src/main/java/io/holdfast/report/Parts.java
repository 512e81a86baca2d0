package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;

import io.holdfast.report.Html.Attribute;
import io.holdfast.report.Html.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * What every part of the page is made of.
 *
 * @param figures how figures are written
 */
record Parts(Figures figures) {

  Words words() {
    return figures.words();
  }

  /** A section with its heading. */
  Node section(String id, Object... content) {
    return el("section", at("id", id), el("h2", words().of(id + ".title")), List.of(content));
  }

  /** The sentence that says what matters. */
  Node lead(Object... content) {
    return el("p", at("class", "lead"), List.of(content));
  }

  /** A chart or a table under its title, with how it is counted a click away. */
  Node panel(String key, Object... content) {
    return panel("panel", key, content);
  }

  /** The same over the whole width. */
  Node widePanel(String key, Object... content) {
    return panel("panel whole", key, content);
  }

  private Node panel(String style, String key, Object... content) {
    return el(
        "div",
        at("class", style),
        el("h3", words().of(key + ".title")),
        List.of(content),
        how(key));
  }

  /** How a figure is counted. */
  Node how(String key) {
    return el(
        "details",
        at("class", "how"),
        el("summary", words().of("how")),
        el("p", words().of(key + ".how")));
  }

  /** The figures behind a chart. */
  Node behind(String title, Grid grid) {
    return el(
        "details", at("class", "behind"), el("summary", words().of("behind")), grid.in(title));
  }

  /** Panels beside each other, where there is room. */
  Node beside(Object... panels) {
    return el("div", at("class", "beside"), List.of(panels));
  }

  /** Why there are no figures. */
  Node empty(String why) {
    return el("p", at("class", "empty"), why);
  }

  /** A small remark below a chart. */
  Node note(Object... content) {
    return el("p", at("class", "note"), List.of(content));
  }

  /** What colours and marks of a chart mean. */
  Node legend(Object... pairs) {
    List<Node> entries = new ArrayList<>();
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      entries.add(
          el(
              "span",
              el("i", at("class", "key " + pairs[i]), at("aria-hidden", "true")),
              String.valueOf(pairs[i + 1])));
    }
    return el("p", at("class", "legend"), entries);
  }

  /** A table that grows row by row. */
  static final class Grid {
    private final List<Node> heads = new ArrayList<>();
    private final List<Node> rows = new ArrayList<>();
    private String style = "grid";

    /** Names a column of texts. */
    Grid text(String head) {
      heads.add(el("th", at("scope", "col"), head));
      return this;
    }

    /** Names a column of figures. */
    Grid number(String head) {
      heads.add(el("th", at("scope", "col"), at("class", "n"), head));
      return this;
    }

    /** Names a column of strips. */
    Grid strip(String head) {
      heads.add(el("th", at("scope", "col"), at("class", "strip"), head));
      return this;
    }

    /** Another style than that of a plain table. */
    Grid styled(String other) {
      style = other;
      return this;
    }

    /** Adds a row: the first cell is its head. */
    Grid row(Object... cells) {
      List<Node> row = new ArrayList<>();
      for (int i = 0; i < cells.length; i++) {
        row.add(cell(i, cells[i]));
      }
      rows.add(el("tr", row));
      return this;
    }

    private Node cell(int column, Object content) {
      List<Attribute> attributes = new ArrayList<>();
      if (column == 0) {
        attributes.add(at("scope", "row"));
      }
      if (heads.get(column) instanceof Html.Element head) {
        // A column's cells have the style of its head.
        head.attributes().stream().filter(it -> it.name().equals("class")).forEach(attributes::add);
      }
      return el(column == 0 ? "th" : "td", attributes, content);
    }

    boolean isEmpty() {
      return rows.isEmpty();
    }

    /** The table, in a box that scrolls by itself where it is too wide. */
    Node in(String title) {
      return el(
          "div",
          at("class", "scroll"),
          at("role", "region"),
          at("aria-label", title),
          at("tabindex", "0"),
          el(
              "table",
              at("class", style),
              el("caption", title),
              el("thead", el("tr", heads)),
              el("tbody", rows)));
    }
  }
}
