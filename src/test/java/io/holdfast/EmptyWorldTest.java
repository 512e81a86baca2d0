package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Landing;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every job of the catalog is applied to a world in which nothing has happened: its plan must give
 * the declared columns, and its table must be empty or hold what it says of nothing.
 */
class EmptyWorldTest {

  static Stream<Job> jobs() {
    return Catalog.JOBS.stream();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void aJobOfAnEmptyWorldMakesItsDeclaredColumns(Job job) {
    Dataset<Row> made = job.build().apply(new NothingHappened(job));
    if (job.table().isByNight() && !List.of(made.columns()).contains(Table.AS_OF_DATE)) {
      made =
          made.withColumn(
              Table.AS_OF_DATE, functions.lit(java.sql.Date.valueOf(NothingHappened.AS_OF)));
    }
    Dataset<Row> conformed = job.table().conform(made);

    StructType analyzed = conformed.queryExecution().analyzed().schema();
    for (String column : job.table().columnNames()) {
      assertThat(analyzed.apply(column).dataType())
          .as(job.table() + "." + column)
          .isEqualTo(job.table().schema().apply(column).dataType());
    }
  }

  /** Inputs of a company that has connected no feed. */
  private static final class NothingHappened implements Inputs {

    static final LocalDate AS_OF = LocalDate.of(2026, 5, 31);

    private final Job job;
    private final Settings settings = Settings.load(Optional.empty(), "none", Map.of(), Map.of());

    NothingHappened(Job job) {
      this.job = job;
    }

    private Dataset<Row> none(Table table) {
      assertThat(job.reads()).as(job.table() + " declares what it reads").contains(table);
      return create(List.of(), table.schema());
    }

    @Override
    public LocalDate asOf() {
      return AS_OF;
    }

    @Override
    public LocalDate arrivedBy() {
      return AS_OF;
    }

    @Override
    public Dataset<Row> rows(Table table) {
      return none(table);
    }

    @Override
    public Dataset<Row> all(Table table) {
      return none(table);
    }

    @Override
    public Dataset<Row> nearby(Table table, int days) {
      return none(table);
    }

    @Override
    public Dataset<Row> around(Table table, int days) {
      return none(table);
    }

    @Override
    public Dataset<Row> history(Table table) {
      return none(table);
    }

    @Override
    public Dataset<Row> previous() {
      assertThat(job.readsPrevious()).as(job.table() + " declares readsPrevious").isTrue();
      return create(List.of(), job.table().schema());
    }

    @Override
    public long version(Table table) {
      return -1;
    }

    @Override
    public String program() {
      return "program";
    }

    @Override
    public <T extends Record> T settings(Setting<T> setting) {
      assertThat(job.settings()).as(job.table() + " declares its settings").contains(setting);
      return settings.get(setting);
    }

    @Override
    public Landing landing() {
      throw new AssertionError("There is no feed to read.");
    }

    @Override
    public Dataset<Row> create(List<Row> rows, StructType schema) {
      return SharedSpark.session().createDataFrame(rows, schema);
    }

    @Override
    public void note(String sentence) {}
  }
}
