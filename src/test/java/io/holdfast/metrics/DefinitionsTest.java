package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.activity.ActivitySettings;
import io.holdfast.activity.RevenueSettings;
import io.holdfast.config.Settings;
import io.holdfast.failure.BadInput;
import io.holdfast.metrics.RetentionDefinition.Birth;
import io.holdfast.metrics.RetentionDefinition.Mode;
import io.holdfast.metrics.RetentionDefinition.Unit;
import io.holdfast.metrics.RetentionDefinition.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DefinitionsTest {

  @Test
  void theReadyDefinitionsAreThere() {
    RetentionSettings retention = configured("").get(RetentionSettings.SETTING);
    assertThat(retention.minCohort()).isEqualTo(30);
    assertThat(retention.definitions())
        .containsEntry(
            "signup_monthly",
            new RetentionDefinition(
                Unit.CUSTOMER,
                Birth.SIGNUP,
                Mode.FIRST_TIME,
                Window.CALENDAR,
                Grain.MONTH,
                24,
                List.of("plan", "country", "acquisition_channel", "company_size")))
        .containsKeys("first_core_event_weekly", "first_paid_monthly");
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
  void whatIsNotMeasuredIsRefusedByKeyWithWhatIs() {
    assertRefused("mode", "recurring", "Use one of first_time.");
    assertRefused("window", "rolling", "Use one of calendar.");
    assertRefused("grain", "day", "Use one of week, month.");
    assertRefused("unit", "device", "Use one of customer, user.");
    assertRefused("birth", "first_email", "Use one of first_core_event, signup, first_paid.");
  }

  private static void assertRefused(String key, String value, String allowed) {
    String path = "retention.definitions.signup_monthly." + key;
    assertThatThrownBy(() -> configured(path + " = " + value).get(RetentionSettings.SETTING))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(path)
        .hasMessageContaining(value)
        .hasMessageEndingWith(allowed);
  }

  private static Settings configured(String text) {
    return Settings.load(Optional.of(text), "test.conf", Map.of(), Map.of());
  }
}
