package io.holdfast.job;

import io.holdfast.config.Setting;
import io.holdfast.table.Days;
import io.holdfast.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How one table comes about: the tables it reads and a pure function of their rows.
 *
 * @param table the one table that it writes
 * @param reads what it may read
 * @param needs which of them it reads under a configuration
 * @param readsPrevious whether it reads its own table as it stood before
 * @param settings the parts of the configuration that it may read
 * @param alsoReplaces of a table that is replaced by touched days: the further days that the rows
 *     of the touched ones can change
 * @param parts the parts of which the table consists, each kept up by itself: a new one is built
 *     without touching the others
 * @param build the function
 * @param members who stands behind the table's rows
 * @param check looks at all rows together before they are committed, and throws a {@code Failure}
 *     if they must not be
 * @param origins where, outside the lake, it takes rows in from under a configuration
 */
public record Job(
    Table table,
    List<Table> reads,
    Function<Settled, List<Table>> needs,
    boolean readsPrevious,
    List<Setting<?>> settings,
    Function<Inputs, Days> alsoReplaces,
    Optional<Parts> parts,
    Function<Inputs, Dataset<Row>> build,
    Optional<Function<Inputs, Dataset<Row>>> members,
    BiConsumer<Dataset<Row>, Inputs> check,
    Function<Settled, List<Origin>> origins) {

  /**
   * The parts of a table, as its part column names them.
   *
   * @param settings what they depend on: a change adds or drops parts and leaves the others
   * @param names the parts that there are to be
   */
  public record Parts(List<Setting<?>> settings, Function<Settled, Set<String>> names) {}

  /** The settings of which a change makes what stands worthless. */
  List<Setting<?>> settingsOfAll() {
    List<Setting<?>> ofParts = parts.map(Parts::settings).orElse(List.of());
    return settings.stream().filter(setting -> !ofParts.contains(setting)).toList();
  }

  /** The same job, which waits for no table that it does not read under this configuration. */
  Job under(Settled configuration) {
    return new Job(
        table,
        needs.apply(configuration),
        needs,
        readsPrevious,
        settings,
        alsoReplaces,
        parts,
        build,
        members,
        check,
        origins);
  }

  /** Starts the description of the job that writes a table. */
  public static Builder writes(Table table) {
    return new Builder(table);
  }

  /** Collects a job's description. */
  public static final class Builder {
    private final Table table;
    private final List<Table> reads = new ArrayList<>();
    private final List<Setting<?>> settings = new ArrayList<>();
    private Optional<Function<Settled, List<Table>>> needs = Optional.empty();
    private boolean readsPrevious;
    private Function<Inputs, Days> alsoReplaces = in -> Days.NONE;
    private Optional<Parts> parts = Optional.empty();
    private Optional<Function<Inputs, Dataset<Row>>> members = Optional.empty();
    private BiConsumer<Dataset<Row>, Inputs> check = (rows, in) -> {};
    private Function<Settled, List<Origin>> origins = configuration -> List.of();

    private Builder(Table table) {
      this.table = table;
    }

    /** Declares what the job may read. */
    public Builder reads(Table... tables) {
      reads.addAll(List.of(tables));
      return this;
    }

    /**
     * Declares which of the tables that the job may read it reads under a configuration: it waits
     * for no other, and the failure of another does not stop it.
     */
    public Builder needs(Function<Settled, List<Table>> which) {
      needs = Optional.of(which);
      return this;
    }

    /** Declares that the job reads its own table as it stood before. */
    public Builder readsPrevious() {
      readsPrevious = true;
      return this;
    }

    /** Declares parts of the configuration that the job may read. */
    public Builder settings(Setting<?>... parts) {
      settings.addAll(List.of(parts));
      return this;
    }

    /**
     * Declares which further days have to be replaced with the touched ones, because rows of one
     * thing lie on several days. The inputs are those of the touched days.
     */
    public Builder alsoReplaces(Function<Inputs, Days> days) {
      alsoReplaces = days;
      return this;
    }

    /** Declares the parts of the table, and the settings that say which there are. */
    public Builder parts(Function<Settled, Set<String>> names, Setting<?>... dependsOn) {
      settings.addAll(List.of(dependsOn));
      parts = Optional.of(new Parts(List.of(dependsOn), names));
      return this;
    }

    /**
     * Declares who stands behind the table's rows: from the same inputs, one row per cell and unit
     * that it counts, with the cell's key, {@code unit_id}, {@code customer_id}, and {@code
     * counted_as}, which says as what.
     */
    public Builder members(Function<Inputs, Dataset<Row>> who) {
      members = Optional.of(who);
      return this;
    }

    /** Declares what must hold for all rows together, which a rule of one row cannot say. */
    public Builder check(BiConsumer<Dataset<Row>, Inputs> what) {
      check = what;
      return this;
    }

    /** Declares where, outside the lake, the job takes rows in from. */
    public Builder takesInFrom(Function<Settled, List<Origin>> where) {
      origins = where;
      return this;
    }

    /** The finished job. */
    public Job as(Function<Inputs, Dataset<Row>> build) {
      List<Table> all = List.copyOf(reads);
      return new Job(
          table,
          all,
          needs.orElse(configuration -> all),
          readsPrevious,
          List.copyOf(settings),
          alsoReplaces,
          parts,
          build,
          members,
          check,
          origins);
    }
  }
}
