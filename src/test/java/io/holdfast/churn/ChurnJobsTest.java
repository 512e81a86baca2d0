package io.holdfast.churn;

import static io.holdfast.Rows.assertRows;
import static io.holdfast.Rows.none;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.SharedSpark;
import io.holdfast.config.Setting;
import io.holdfast.config.Settings;
import io.holdfast.job.Inputs;
import io.holdfast.job.Job;
import io.holdfast.job.Landing;
import io.holdfast.table.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class ChurnJobsTest {

  private static final Settings DEFAULTS = Settings.load(Optional.empty(), "", Map.of(), Map.of());

  @Test
  void aCompanyWithoutAnyDataGetsNoScoreAndIsToldWhy() {
    List<String> notes = new ArrayList<>();
    assertThat(fromNothing(ArrivedDays.JOB, notes).count()).isZero();
    assertThat(fromNothing(CustomerFeatures.JOB, notes).count()).isZero();
    assertThat(fromNothing(Observations.JOB, notes).count()).isZero();
    assertThat(fromNothing(Labels.JOB, notes).count()).isZero();
    assertThat(fromNothing(Predictions.JOB, notes).count()).isZero();
    assertThat(fromNothing(Drift.JOB, notes).count()).isZero();
    assertThat(fromNothing(Outcomes.JOB, notes).count()).isZero();
    assertThat(fromNothing(ScoreMoves.JOB, notes).count()).isZero();
    assertRows(
        fromNothing(Models.JOB, notes),
        """
        | as_of_date | model_id | is_champion | base_rate | status                                                     | input_versions            |
        | 2026-06-02 | none     | false       |           | too few churned customers to learn from: 0 of 100 needed; confirmed churns: 0 | {"churn.labels":3,"churn.observations":3} |
        """);
    assertThat(notes)
        .containsExactly(
            "too few churned customers to learn from: 0 of 100 needed; confirmed churns: 0");
  }

  private static Dataset<Row> fromNothing(Job job, List<String> notes) {
    return job.table().conform(job.build().apply(new Nothing(job, notes)));
  }

  /** A night on which every table is empty. */
  private record Nothing(Job job, List<String> notes) implements Inputs {

    @Override
    public LocalDate asOf() {
      return LocalDate.parse("2026-06-02");
    }

    @Override
    public LocalDate arrivedBy() {
      return asOf();
    }

    @Override
    public Dataset<Row> rows(Table table) {
      assertThat(job.reads()).contains(table);
      return none(table);
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
      assertThat(job.readsPrevious()).isTrue();
      return none(job.table());
    }

    @Override
    public long version(Table table) {
      return 3;
    }

    @Override
    public String program() {
      return "program";
    }

    @Override
    public <T extends Record> T settings(Setting<T> setting) {
      assertThat(job.settings()).contains(setting);
      return DEFAULTS.get(setting);
    }

    @Override
    public Landing landing() {
      throw new UnsupportedOperationException("no job of this stage reads files");
    }

    @Override
    public Dataset<Row> create(List<Row> rows, StructType schema) {
      return SharedSpark.session().createDataFrame(rows, schema);
    }

    @Override
    public void note(String sentence) {
      notes.add(sentence);
    }
  }
}
