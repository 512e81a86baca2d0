package io.holdfast.table;

import static org.apache.spark.sql.functions.col;

import io.holdfast.table.Refresh.AsOf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table of the lake: what a row is, its columns, its key, what must hold, how it is replaced.
 *
 * <p>A value without behaviour of its own: a {@code Job} says how rows come about, the {@code
 * Runner} writes them.
 *
 * @param stage the stage, which is also the database and the Java package
 * @param name the table within its stage, snake case
 * @param grain "one row per ..."
 * @param columns what is stored, in order
 * @param checked what rules read and nobody stores
 * @param key the columns that name a row: never NULL, never repeated
 * @param provenance the columns that say what a row was made of: they are no figures, and differ
 *     where no figure does
 * @param refresh how the content is replaced
 * @param rules what is said of every row
 * @param published whether people and tools read it
 * @param historyDependent whether what stands depends on the nights before, so that a rebuild of
 *     one night alone can differ
 */
public record Table(
    String stage,
    String name,
    String grain,
    List<Field> columns,
    List<Field> checked,
    List<String> key,
    List<String> provenance,
    Refresh refresh,
    List<Rule> rules,
    boolean published,
    boolean historyDependent) {

  /** The column of the night in every table that is replaced by night. */
  public static final String AS_OF_DATE = "as_of_date";

  /** Starts the description of a table. */
  public static Builder in(String stage, String name) {
    return new Builder(stage, name);
  }

  /** Stage and name, as people write them: {@code metrics.cohort_retention}. */
  public String id() {
    return stage + "." + name;
  }

  /** The stored columns with their meanings as comments. */
  public StructType schema() {
    return struct(columns);
  }

  /** The names of the stored columns, in order. */
  public List<String> columnNames() {
    return columns.stream().map(Field::name).toList();
  }

  /** Whether the content is replaced by night. */
  public boolean isByNight() {
    return refresh instanceof AsOf;
  }

  /**
   * Brings rows to this table's columns: declared order and types, and after them what the rules
   * read.
   *
   * @param rows what a job made: every declared column by name, in any order; others are dropped
   * @throws IllegalArgumentException if a column is missing or of a type that cannot be cast
   */
  public Dataset<Row> conform(Dataset<Row> rows) {
    Set<String> given = new TreeSet<>(Arrays.asList(rows.columns()));
    List<String> missing =
        Stream.concat(columns.stream(), checked.stream())
            .map(Field::name)
            .filter(name -> !given.contains(name))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot write %s: its job makes no column %s. It makes %s."
              .formatted(id(), missing, given));
    }
    return rows.select(
        Stream.concat(columns.stream(), checked.stream())
            .map(field -> col(field.name()).cast(field.type()).as(field.name(), comment(field)))
            .toArray(Column[]::new));
  }

  private static StructType struct(List<Field> fields) {
    return new StructType(
        fields.stream()
            .map(field -> new StructField(field.name(), field.type(), true, comment(field)))
            .toArray(StructField[]::new));
  }

  private static Metadata comment(Field field) {
    return new MetadataBuilder().putString("comment", field.meaning()).build();
  }

  @Override
  public String toString() {
    return id();
  }

  /** Collects a table's description. */
  public static final class Builder {
    private final String stage;
    private final String name;
    private final List<Field> columns = new ArrayList<>();
    private final List<Field> checked = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private String grain = "";
    private List<String> key = List.of();
    private List<String> provenance = List.of();
    private Refresh refresh = new AsOf(false);
    private boolean published;
    private boolean historyDependent;

    private Builder(String stage, String name) {
      this.stage = stage;
      this.name = name;
    }

    /** What one row is: "one row per ...". */
    public Builder grain(String sentence) {
      grain = sentence;
      return this;
    }

    /** Adds a stored column. */
    public Builder column(String column, DataType type, String meaning) {
      columns.add(new Field(column, type, meaning));
      return this;
    }

    /** Adds stored columns that are described elsewhere. */
    public Builder columns(List<Field> fields) {
      columns.addAll(fields);
      return this;
    }

    /** Adds a column that the job makes for the rules alone. */
    public Builder checked(String column, DataType type, String meaning) {
      checked.add(new Field(column, type, meaning));
      return this;
    }

    /** The columns that name a row. {@code as_of_date} is added where the table is by night. */
    public Builder key(String... names) {
      key = List.of(names);
      return this;
    }

    /** Keeps every night, not just the latest ones and the month ends. */
    public Builder keepsAllNights() {
      refresh = new AsOf(true);
      return this;
    }

    /** Replaces the touched days: the values of this DATE column. */
    public Builder touched(String dayColumn) {
      return touched(dayColumn, 0);
    }

    /** The same, where a changed day can also change so many days around it. */
    public Builder touched(String dayColumn, int reach) {
      refresh = new Refresh.Touched(dayColumn, reach, "");
      return this;
    }

    /** The same, in a table of which this column names parts that come and go by themselves. */
    public Builder touched(String dayColumn, String partColumn) {
      refresh = new Refresh.Touched(dayColumn, 0, partColumn);
      return this;
    }

    /** Replaces the whole table. */
    public Builder whole() {
      refresh = new Refresh.Whole();
      return this;
    }

    /** Adds rows and never replaces any; readers are told the days of this DATE column. */
    public Builder append(String dayColumn, String deliveryColumn) {
      refresh = new Refresh.Append(dayColumn, deliveryColumn, Optional.empty());
      return this;
    }

    /** The same, where the rows of which something holds lie in files of their own. */
    public Builder append(String dayColumn, String deliveryColumn, Column apart) {
      refresh = new Refresh.Append(dayColumn, deliveryColumn, Optional.of(apart));
      return this;
    }

    /** Something that must hold for every row, else nothing is written. */
    public Builder require(String sentence, Column holds) {
      rules.add(Rule.require(sentence, holds));
      return this;
    }

    /** Something whose matching rows are counted and reported. */
    public Builder warn(String sentence, Column when) {
      rules.add(Rule.warn(sentence, when));
      return this;
    }

    /** People and tools read this table. */
    public Builder published() {
      published = true;
      return this;
    }

    /** The columns that say what a row was made of: no restatement lists them. */
    public Builder provenance(String... names) {
      provenance = List.of(names);
      return this;
    }

    /** What stands depends on the nights before. */
    public Builder historyDependent() {
      historyDependent = true;
      return this;
    }

    /**
     * The finished description.
     *
     * @throws IllegalStateException if the grain or the key is missing, a name occurs twice, or the
     *     key or the provenance names no column
     */
    public Table build() {
      List<String> fullKey = new ArrayList<>(key);
      if (refresh instanceof AsOf) {
        if (!key.contains(AS_OF_DATE)) {
          fullKey.add(0, AS_OF_DATE);
        }
        if (columns.stream().noneMatch(field -> field.name().equals(AS_OF_DATE))) {
          columns.add(
              0, new Field(AS_OF_DATE, DataTypes.DateType, "the last local day that counts"));
        }
      }
      Set<String> names = new TreeSet<>();
      for (Field field : columns) {
        if (!names.add(field.name())) {
          throw new IllegalStateException(stage + "." + name + " has two columns " + field.name());
        }
      }
      if (grain.isEmpty() || key.isEmpty() || !names.containsAll(fullKey)) {
        throw new IllegalStateException(
            stage + "." + name + " needs a grain and a key of its own columns, not " + fullKey);
      }
      if (!names.containsAll(provenance)) {
        throw new IllegalStateException(
            stage + "." + name + " has not all columns of its provenance, " + provenance);
      }
      if (!refresh.day().isEmpty() && !names.contains(refresh.day())) {
        throw new IllegalStateException(stage + "." + name + " has no column " + refresh.day());
      }
      return new Table(
          stage,
          name,
          grain,
          List.copyOf(columns),
          List.copyOf(checked),
          List.copyOf(fullKey),
          provenance,
          refresh,
          List.copyOf(rules),
          published,
          historyDependent);
    }
  }
}
