package io.holdfast.activation;

import java.util.List;

/**
 * A tool that acts on the audience: what it is told, under which names, in which files.
 *
 * @param enabled whether files are made for it
 * @param unit what one row of a file is
 * @param format the kind of file
 * @param id what names a row in the tool
 * @param columns what is told, in order
 * @param envelope for JSON lines, the line as JSON in which the texts {@code $id}, {@code
 *     $attributes} (an object) and {@code $attributes_text} (the same as a text) are replaced; an
 *     empty text: one flat object
 * @param nulls how an unknown value is written
 * @param nullText what is written for it where {@code nulls} is {@code TEXT}
 * @param guardFormulas whether CSV texts that a spreadsheet would run as formulas get an apostrophe
 * @param requiresConsent whether users without marketing consent, or of whom it is unknown, are
 *     left out
 * @param maxFileBytes the tool's limit
 */
public record Destination(
    boolean enabled,
    Unit unit,
    Format format,
    Id id,
    List<Mapped> columns,
    String envelope,
    Nulls nulls,
    String nullText,
    boolean guardFormulas,
    boolean requiresConsent,
    long maxFileBytes) {

  /** What one row of a file is. */
  public enum Unit {
    USER,
    CUSTOMER
  }

  /** The kind of file. */
  public enum Format {
    /** One JSON object a line. */
    JSONL,
    /** RFC 4180 with a header, but for lines that end with LF. */
    CSV
  }

  /** How an unknown value is written. */
  public enum Nulls {
    /** JSON: the field is left out. CSV: an empty cell. */
    OMIT,
    /** JSON: null. CSV: an empty cell. */
    WRITE,
    /** A text that stands for it, for tools that take neither as "clear this". */
    TEXT
  }

  /** The type of a field in the tool. */
  public enum ValueType {
    TEXT,
    NUMBER,
    /** A number rounded to a whole one, halves away from zero. */
    INTEGER,
    BOOLEAN,
    /** A local day as {@code 2026-11-21}. */
    DATE
  }

  /**
   * What names a row in the tool.
   *
   * @param column {@code user_id} or {@code email} of users, {@code customer_id} of customers
   * @param field its name in CSV, in flat JSON lines and in the manifest
   */
  public record Id(String column, String field) {}

  /**
   * A column of the audience and what the tool calls it.
   *
   * @param column a column of {@code activation.audiences}
   * @param field the tool's name
   * @param type the tool's type
   */
  public record Mapped(String column, String field, ValueType type) {}
}
