package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.EventFilter;
import io.holdfast.activity.Grain;
import io.holdfast.activity.RetentionDefinition;
import io.holdfast.activity.RetentionDefinition.Counting;
import io.holdfast.activity.RetentionDefinition.Unit;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class DefinitionsTest {

  @Test
  void theReadyDefinitionsAreThere() {
    RetentionSettings retention = configured("").get(RetentionSettings.SETTING);
    assertThat(retention.minCohort()).isEqualTo(30);
    RetentionDefinition signup = retention.definitions().get("signup_monthly");
    assertThat(signup.unit()).isEqualTo(Unit.CUSTOMER);
    assertThat(signup.startEvent()).isEqualTo(EventFilter.of("signup"));
    assertThat(signup.back()).isEqualTo(EventFilter.CORE);
    assertThat(signup.grain()).isEqualTo(Grain.MONTH);
    assertThat(signup.longest()).isEqualTo(24);
    assertThat(signup.isRecurring() || signup.isRolling()).isFalse();
    assertThat(signup.counted()).isEqualTo(Counting.ON);
    assertThat(signup.dimensions())
        .containsExactly("plan", "country", "acquisition_channel", "company_size");
    assertThat(retention.definitions())
        .containsKeys("first_core_event_weekly", "first_paid_monthly", "user_weekly", "user_daily");
  }

  @Test
  void theOtherDefaultsAreThoseOfTheDefinitions() {
    Settings settings = configured("");
    assertThat(settings.get(AdoptionSettings.SETTING))
        .isEqualTo(new AdoptionSettings(28, 1, 14, 90));
    assertThat(settings.get(RevenueSettings.SETTING).gapDays()).isEqualTo(30);
    assertThat(settings.get(ActivitySettings.SETTING))
        .isEqualTo(new ActivitySettings(List.of(), List.of(), 30, 240));
  }

  @Test
  void aWordThatIsNotKnownIsRefusedByKeyWithThoseThatAre() {
    assertRefused("mode = thrice", "Use one of first_time, recurring.");
    assertRefused("window = open", "Use one of calendar, rolling.");
    assertRefused("grain = year", "Use one of hour, day, week, month.");
    assertRefused("counting = off", "Use one of on, on_or_after, bracket.");
    assertRefused("unit = device", "Use one of customer, user, customer_as_sent, user_as_sent.");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/metrics/refused-definitions.csv", numLinesToSkip = 1)
  void whatCannotBeMeasuredIsRefusedWithWhatWouldBeRight(
      String name, String change, String message) {
    assertThatThrownBy(() -> configured(changed(change)).get(RetentionSettings.SETTING))
        .as(name)
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("Cannot read retention.definitions.signup_monthly")
        .hasMessageContaining(message);
  }

  private static void assertRefused(String change, String allowed) {
    String[] keyAndValue = change.split(" = ", -1);
    assertThatThrownBy(() -> configured(changed(change)).get(RetentionSettings.SETTING))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("retention.definitions.signup_monthly." + keyAndValue[0])
        .hasMessageContaining(keyAndValue[1])
        .hasMessageEndingWith(allowed);
  }

  private static String changed(String change) {
    return "retention.definitions.signup_monthly { %s }".formatted(change);
  }

  private static Settings configured(String text) {
    return Settings.load(Optional.of(text), "test.conf", Map.of(), Map.of());
  }
}
