package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.config.Settings;
import io.holdfast.job.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChurnJobsTest {

  @Test
  void everySettingOfTheJobsHasItsDefaults() {
    Settings defaults = Settings.load(Optional.empty(), "", Map.of(), Map.of());
    for (Job job : List.of(ArrivedDays.JOB, Observations.JOB, Models.JOB, Predictions.JOB)) {
      assertThat(job.settings())
          .isNotEmpty()
          .allSatisfy(one -> assertThat(defaults.get(one)).isNotNull());
    }
  }
}
