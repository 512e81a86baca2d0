package io.holdfast;

import io.holdfast.config.Setting;
import io.holdfast.job.Inputs;
import io.holdfast.job.Landing;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** What a job or a publication is handed in a test: given rows, and none of all other tables. */
public final class GivenInputs implements Inputs {

  private final LocalDate asOf;
  private final Map<String, Dataset<Row>> rows = new HashMap<>();
  private final Map<Setting<?>, Record> settings = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private Optional<Dataset<Row>> previous = Optional.empty();
  private Optional<Landing> landing = Optional.empty();

  /** Inputs of a night, all of them empty. */
  public GivenInputs(LocalDate asOf) {
    this.asOf = asOf;
  }

  /** Gives the rows of a table. */
  public GivenInputs with(Table table, Dataset<Row> given) {
    rows.put(table.id(), given);
    return this;
  }

  /** Gives a part of the configuration. */
  public <T extends Record> GivenInputs with(Setting<T> setting, T given) {
    settings.put(setting, given);
    return this;
  }

  /** Gives the job's own rows as they stood before. */
  public GivenInputs withPrevious(Dataset<Row> given) {
    previous = Optional.of(given);
    return this;
  }

  /** Gives delivered files. */
  public GivenInputs with(Landing given) {
    landing = Optional.of(given);
    return this;
  }

  /** What was noted so far. */
  public List<String> notes() {
    return notes;
  }

  @Override
  public LocalDate asOf() {
    return asOf;
  }

  @Override
  public LocalDate arrivedBy() {
    return asOf;
  }

  @Override
  public Dataset<Row> rows(Table table) {
    return rows.computeIfAbsent(table.id(), id -> Rows.none(table));
  }

  @Override
  public Dataset<Row> all(Table table) {
    return rows(table);
  }

  @Override
  public Dataset<Row> nearby(Table table, int days) {
    return rows(table);
  }

  @Override
  public Dataset<Row> around(Table table, int days) {
    return rows(table).filter("false");
  }

  @Override
  public Dataset<Row> history(Table table) {
    return rows(table);
  }

  @Override
  public Dataset<Row> previous() {
    return previous.orElseThrow(
        () -> new UnsupportedOperationException("no earlier nights are given"));
  }

  @Override
  public long version(Table table) {
    return 7;
  }

  @Override
  public String program() {
    return "program";
  }

  @Override
  public <T extends Record> T settings(Setting<T> setting) {
    return setting.type().cast(settings.get(setting));
  }

  @Override
  public Landing landing() {
    return landing.orElseThrow(() -> new UnsupportedOperationException("no files are given"));
  }

  @Override
  public Dataset<Row> create(List<Row> given, StructType schema) {
    return SharedSpark.session().createDataFrame(given, schema);
  }

  @Override
  public void note(String sentence) {
    notes.add(sentence);
  }
}
