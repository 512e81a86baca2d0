package io.holdfast.sources;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.holdfast.table.Field;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a kind of feed has to tell, whatever tool tells it: the columns that a mapping fills.
 *
 * @param name the contract, plural
 * @param meaning what its rows are
 * @param id the column that names a thing, so that later rows of it are seen as its news
 * @param time the column whose moment is the row's own time; empty where it has none
 * @param terms the columns
 */
public record Contract(String name, String meaning, String id, String time, List<Term> terms) {

  /** What a value is, and so how text is read. */
  public enum Kind {
    TEXT,
    /** A local day. */
    DAY,
    /** An instant, or just its local day where the feed says no time: two columns. */
    MOMENT,
    /** Money or an amount, exact. A negative one is rejected. */
    AMOUNT,
    /** The same where a negative one has a meaning: a credit note. */
    SIGNED_AMOUNT,
    WHOLE,
    NUMBER,
    /** A share of a whole, 0 to 1. Any other number is rejected: 20 is no 20%. */
    SHARE,
    FLAG,
    /** week, month, quarter or year. */
    PERIOD,
    /** customer or user. */
    UNIT,
    /** ISO 4217, and the company's reporting currency where there are no rates. */
    CURRENCY,
    /** Several texts, with {@code |} between them where the feed has one text. */
    LIST;

    DataType type() {
      return switch (this) {
        case TEXT, PERIOD, UNIT, CURRENCY -> StringType;
        case DAY -> DateType;
        case MOMENT -> TimestampType;
        case AMOUNT, SIGNED_AMOUNT -> DataTypes.createDecimalType(18, 4);
        case WHOLE -> LongType;
        case NUMBER, SHARE -> DoubleType;
        case FLAG -> BooleanType;
        case LIST -> DataTypes.createArrayType(StringType);
      };
    }
  }

  /**
   * A column of a contract.
   *
   * @param name as mappings call it; a moment is stored as {@code name_at} and {@code name_date}
   * @param kind what a value is
   * @param isRequired whether a row without it is rejected
   * @param meaning what a value says
   */
  public record Term(String name, Kind kind, boolean isRequired, String meaning) {

    /** The stored columns. */
    public List<Field> fields() {
      return kind == Kind.MOMENT
          ? List.of(
              new Field(
                  name + "_at", TimestampType, meaning + "; NULL where only the day is known"),
              new Field(name + "_date", DateType, "the local day of it"))
          : List.of(new Field(name, kind.type(), meaning));
    }
  }

  /** The column of a name. */
  public Optional<Term> term(String column) {
    return terms.stream().filter(term -> term.name().equals(column)).findFirst();
  }

  /** The stored DATE column of the row's own time; empty where it has none. */
  public String timeDate() {
    if (time.isEmpty()) {
      return "";
    }
    return term(time).orElseThrow().kind() == Kind.MOMENT ? time + "_date" : time;
  }

  /** The table that holds every landed row of this contract's feeds. */
  Table table() {
    List<Field> fields = new ArrayList<>();
    terms.forEach(term -> fields.addAll(term.fields()));
    return Table.in("sources", name)
        .grain("one row per landed row, and one per file read (record says which)")
        .column("feed", StringType, "the feed")
        .column("record", StringType, "row, or file: what the table remembers of a file it read")
        .column("file", StringType, "the file")
        .column("arrives", StringType, "how its feed arrives: append, snapshot, changes or once")
        .column("clashes", StringType, "of rows with one id: keep all, or later_wins")
        .column("file_bytes", LongType, "size of the file; file records only")
        .column("file_tag", StringType, "changes when the file does; file records only")
        .column("file_rows", LongType, "rows of the file; file records only")
        .column("folder_date", DateType, "the date of the folder in which it was delivered")
        .column("arrival_date", DateType, "the date on which the row arrived, or is taken to have")
        .column("row_date", DateType, "the local day of the row's own time, else of its arrival")
        .column("row_version", StringType, "orders the rows of one thing, where the feed says")
        .column("is_deleted", BooleanType, "the row says that its thing is no more")
        .column("reject_reason", StringType, "why the row is not kept; NULL: it is")
        .column("raw", StringType, "the row as it was delivered")
        .column(
            "row_hash", LongType, "hash of what the contract reads of it: equal rows are repeats")
        .columns(fields)
        .column(
            "attributes",
            DataTypes.createMapType(StringType, StringType),
            "what else the mapping takes, by name")
        .column(
            "known_at",
            DataTypes.createMapType(StringType, DateType),
            "for each column that became known later than its row: when; 9999-12-31: not known")
        .key("feed", "file")
        .append(
            "row_date",
            "folder_date",
            col("record").equalTo("file").or(col("reject_reason").isNotNull()))
        .build();
  }
}
