package io.holdfast.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.report.Columns.Part;
import io.holdfast.report.Columns.Stack;
import io.holdfast.report.Curves.Point;
import io.holdfast.report.Curves.Series;
import io.holdfast.report.Curves.Shape;
import io.holdfast.report.Curves.Tick;
import io.holdfast.report.Waterfall.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where charts put what. Wide plots lie from 52 to 468 across, and from 230 up to 16. */
class ChartsTest {

  @Test
  void aScaleIsLinearAndItsTicksAreRound() {
    Scale scale = new Scale(0, 200, 10, 110);

    assertThat(scale.at(50)).isCloseTo(35, within(1e-9));
    assertThat(scale.ticks(4)).containsExactly(0.0, 50.0, 100.0, 150.0, 200.0);
    assertThat(Scale.around(-3, 17, 4, 0, 1)).isEqualTo(new Scale(-5, 20, 0, 1));
    assertThat(Scale.around(0, 0, 4, 0, 1).to()).isEqualTo(1);
  }

  @Test
  void aScaleDoesNotGoDown() {
    assertThatThrownBy(() -> new Scale(1, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLineGoesThroughItsPointsAndItsBandAroundThem() {
    Curves curves = curves(Shape.LINES);

    String drawn = drawn(curves.draw(Frame.WIDE));

    // 0%, 50% and 100% lie at 230, 123 and 16; periods 0, 1, 2 at 52, 260 and 468.
    assertThat(drawn).contains("class=\"line s1\" d=\"M52 16L260 123L468 230\"");
    assertThat(drawn).contains("class=\"band s1\" d=\"M260 69.5L468 176.5L468 230L260 176.5Z\"");
    assertThat(drawn).contains("class=\"open s1\" cx=\"468\" cy=\"230\"");
    assertThat(drawn).contains(">all</text>");
  }

  @Test
  void aCurveInStepsGoesAcrossBeforeItGoesDown() {
    assertThat(drawn(curves(Shape.STEPS).draw(Frame.WIDE)))
        .contains("class=\"line s1\" d=\"M52 16H260V123H468V230\"");
  }

  private static Curves curves(Shape shape) {
    return new Curves(
        shape,
        List.of(new Tick(0, "0"), new Tick(1, "1"), new Tick(2, "2")),
        0,
        1,
        v -> "%.0f%%".formatted(v * 100),
        List.of(
            new Series(
                "all",
                "s1",
                List.of(
                    new Point(0, 1, Double.NaN, Double.NaN, false),
                    new Point(1, 0.5, 0.25, 0.75, false),
                    new Point(2, 0, 0, 0.25, true)))),
        List.of());
  }

  @Test
  void namesAtTheEndsOfLinesDoNotCoverEachOther() {
    Point end = new Point(1, 0.5, Double.NaN, Double.NaN, false);
    Point start = new Point(0, 1, Double.NaN, Double.NaN, false);
    Curves curves =
        new Curves(
            Shape.LINES,
            List.of(new Tick(0, "0"), new Tick(1, "1")),
            0,
            1,
            String::valueOf,
            List.of(
                new Series("a", "s1", List.of(start, end)),
                new Series("b", "s2", List.of(start, end))),
            List.of());

    String drawn = drawn(curves.draw(Frame.WIDE));

    assertThat(drawn).contains("y=\"127\" text-anchor=\"start\">a<");
    assertThat(drawn).contains("y=\"141\" text-anchor=\"start\">b<");
  }

  @Test
  void gainsStandAboveTheLineAndLossesBelowIt() {
    Columns columns =
        new Columns(
            List.of(
                new Stack(
                    "May",
                    List.of(
                        new Part("gain new", 30),
                        new Part("gain expansion", 10),
                        new Part("loss churn", -20)),
                    false)),
            String::valueOf);

    String drawn = drawn(columns.draw(Frame.WIDE));

    // The scale goes from -20 at 230 to 40 at 16: 60 units in 214 pixels.
    assertThat(drawn)
        .contains("class=\"gain new\"")
        .contains("y=\"51.7\"")
        .contains("height=\"107\"");
    assertThat(drawn).contains("y=\"158.7\"").contains("height=\"71.3\"");
    assertThat(drawn).contains("class=\"net\"").contains("y1=\"87.3\"");
  }

  @Test
  void aWaterfallEndsWhereItsStepsLead() {
    Waterfall waterfall =
        new Waterfall(
            List.of(
                new Step("Start", 100, true, "100"),
                new Step("New", 60, false, "+60"),
                new Step("Churn", -40, false, "-40"),
                new Step("End", 120, true, "120")),
            String::valueOf);

    String drawn = drawn(waterfall.draw(Frame.WIDE));

    // A moved share of 0.6 is seen from zero: 0 to 200, 214 pixels.
    assertThat(drawn).contains("class=\"gain\"").contains("y=\"58.8\"").contains("height=\"64.2\"");
    assertThat(drawn).contains("class=\"loss\"").contains("height=\"42.8\"");
    assertThat(drawn.split("class=\"link\"", -1)).hasSize(4);
  }

  @Test
  void aTrackPutsValuesWhereTheyAreAndNothingWhereThereIsNone() {
    String drawn = Html.text(Track.SHARE.dot(0.25, 0.1, 0.4, 0.5, "s1"));

    assertThat(drawn).contains("cx=\"25.00%\"").contains("x1=\"10.00%\" x2=\"40.00%\"");
    assertThat(drawn).contains("class=\"wanted\" x1=\"50.00%\"");
    assertThat(Html.text(Track.SHARE.dot(Double.NaN, 0, 0, Double.NaN, "s1"))).isEmpty();
  }

  @Test
  void theWayOfAPlanGoesFromItsStartToItsTargetWhicheverIsLarger() {
    // From 5.2% down to 3.5%: half of the way is 4.35%. The strip begins a quarter before the
    // start.
    String drawn = Html.text(Track.way(0.052, 0.035, 0.0435, Double.NaN, "behind"));

    assertThat(drawn).contains("cx=\"50.00%\"");
    assertThat(drawn)
        .contains("class=\"start\" x1=\"16.67%\"")
        .contains("class=\"wanted\" x1=\"83.33%\"");
    assertThat(Html.text(Track.way(1, 1, 1, 1, "behind"))).isEmpty();
  }

  private static String drawn(List<Html.Node> nodes) {
    return Html.text(Html.all(nodes));
  }
}
