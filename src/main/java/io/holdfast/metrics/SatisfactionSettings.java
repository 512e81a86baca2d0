package io.holdfast.metrics;

import io.holdfast.config.Setting;
import java.util.List;

/**
 * Which surveys measure satisfaction.
 *
 * @param windowDays trailing local days up to as_of whose questions and answers count
 * @param csatSurveys surveys, as feeds name them, that ask for satisfaction on a scale
 * @param npsSurveys surveys that ask from 0 to 10 whether the customer would recommend
 */
public record SatisfactionSettings(
    int windowDays, List<String> csatSurveys, List<String> npsSurveys) {

  public static final Setting<SatisfactionSettings> SETTING =
      Setting.of("satisfaction", SatisfactionSettings.class);
}
