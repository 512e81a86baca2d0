package io.holdfast.churn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FiguresTest {

  private static final Offset<Double> NEAR = within(1e-9);

  /** Two leavers of five; the second leaver ties with a stayer. */
  private static final Ranking TIED =
      new Ranking(
          new double[] {0.9, 0.8, 0.5, 0.5, 0.1}, new boolean[] {true, false, true, false, false});

  @Test
  void rocAucCountsATieHalf() {
    // Six pairs: the first leaver wins 3, the second wins 1, ties 1, loses 1.
    assertThat(TIED.rocAuc()).isCloseTo(4.5 / 6, NEAR);
  }

  @Test
  void averagePrecisionTakesATieAsOneStep() {
    // Precision 1/1 at the first leaver, 2/4 at the tie that holds the second.
    assertThat(TIED.prAuc()).isCloseTo((1.0 + 0.5) / 2, NEAR);
  }

  @Test
  void recallSplitsATieEvenly() {
    // Of the top three, one is half of the tie: 1 + 1/2 of 2 leavers, in 3/5 of the rows.
    assertThat(TIED.recallAt(0.6)).isCloseTo(0.75, NEAR);
    assertThat(TIED.liftAt(0.6)).isCloseTo(1.25, NEAR);
    assertThat(TIED.recallAt(0.2)).isCloseTo(0.5, NEAR);
    assertThat(TIED.liftAt(0.2)).isCloseTo(2.5, NEAR);
  }

  @Test
  void rankingFiguresAreUnknownWithoutLeavers() {
    Ranking none = new Ranking(new double[] {1, 2}, new boolean[] {false, false});
    assertThat(none.rocAuc()).isNaN();
    assertThat(none.prAuc()).isNaN();
    assertThat(none.recallAt(0.1)).isNaN();
  }

  @Test
  void brierSkillComparesWithTheRowsOwnBaseRate() {
    Reliability four =
        new Reliability(
            new double[] {0.8, 0.4, 0.2, 0.2}, new boolean[] {true, true, false, false});
    // Errors 0.04 + 0.36 + 0.04 + 0.04 = 0.48; saying 0.5 errs by 4 * 0.25 = 1.
    assertThat(four.brier()).isCloseTo(0.12, NEAR);
    assertThat(four.brierSkill()).isCloseTo(0.52, NEAR);
    assertThat(four.logLoss())
        .isCloseTo(-(Math.log(0.8) + Math.log(0.4) + 2 * Math.log(0.8)) / 4, NEAR);
  }

  @Test
  void calibrationErrorOfEqualProbabilitiesDoesNotDependOnTheOrder() {
    // One probability, ten rows, three leavers: every bin says 0.5 where 0.3 is true.
    double[] half = new double[10];
    java.util.Arrays.fill(half, 0.5);
    boolean[] first = new boolean[10];
    boolean[] last = new boolean[10];
    for (int i = 0; i < 3; i++) {
      first[i] = true;
      last[9 - i] = true;
    }
    assertThat(new Reliability(half, first).expectedCalibrationError()).isCloseTo(0.2, NEAR);
    assertThat(new Reliability(half, last).expectedCalibrationError()).isCloseTo(0.2, NEAR);
  }

  @Test
  void calibrationErrorIsTheMeanDistanceOverBinsOfEqualSize() {
    // Twenty rows, two a bin: bin b says 0.05 + 0.1 b; one of the two leaves in the upper five.
    double[] probabilities = new double[20];
    boolean[] churned = new boolean[20];
    for (int i = 0; i < 20; i++) {
      probabilities[i] = 0.05 + 0.1 * Math.floorDiv(i, 2);
      churned[i] = i >= 10 && i % 2 == 0;
    }
    // Lower: 0.05 .. 0.45 off 0; upper: 0.55 .. 0.95 off 0.5: 0.05 .. 0.45 again.
    assertThat(new Reliability(probabilities, churned).expectedCalibrationError())
        .isCloseTo(0.25, NEAR);
  }

  @Test
  void slopeIsBelowOneWhereProbabilitiesAreTooExtreme() {
    // True odds 3:1 and 1:3 are told as 9:1 and 1:9: half of the log-odds is right.
    double[] probabilities = new double[8];
    boolean[] churned = new boolean[8];
    for (int i = 0; i < 8; i++) {
      probabilities[i] = i < 4 ? 0.9 : 0.1;
      churned[i] = i < 4 ? i != 0 : i == 4;
    }
    assertThat(new Reliability(probabilities, churned).calibrationSlope())
        .isCloseTo(0.5, within(1e-4));
  }

  @Test
  void slopeIsUnknownForAConstant() {
    assertThat(
            new Reliability(new double[] {0.3, 0.3}, new boolean[] {true, false})
                .calibrationSlope())
        .isNaN();
  }

  @Test
  void theBootstrapDrawsCustomersNotRows() {
    // Two customers of a hundred rows, one foretold rightly, one wrongly: a draw of the second
    // alone is bad, and among 200 draws of two many are.
    double[] probabilities = new double[200];
    boolean[] churned = new boolean[200];
    String[] customers = new String[200];
    for (int i = 0; i < 200; i++) {
      customers[i] = i < 100 ? "right" : "wrong";
      churned[i] = i % 2 == 0;
      probabilities[i] = churned[i] == i < 100 ? 0.9 : 0.1;
    }
    Reliability reliability = new Reliability(probabilities, churned);
    assertThat(reliability.brierSkillLowerBound(customers, 200, 7)).isLessThan(-1);
    assertThat(reliability.brierSkillLowerBound(customers, 200, 7))
        .isEqualTo(reliability.brierSkillLowerBound(customers, 200, 7));
  }

  @Test
  void plattKeepsFewPositivesFromCertainty() {
    // One margin, 2 leavers of 10: targets 3/4 and 1/10, their mean (2 * 3/4 + 8 * 1/10) / 10.
    double[] margins = new double[10];
    boolean[] churned = new boolean[10];
    churned[0] = true;
    churned[1] = true;
    Calibration platt = Calibration.fit(margins, churned, 200);
    assertThat(platt.method()).isEqualTo("platt");
    assertThat(platt.probability(0)).isCloseTo(0.23, within(1e-5));
  }

  @Test
  void isotonicPoolsWhatGoesBackwards() {
    // Outcomes by margin 0 1 0 1: margins 2 and 3 go backwards and share 1/2; clipped to 1/8.
    Calibration isotonic =
        Calibration.fit(new double[] {4, 3, 2, 1}, new boolean[] {true, false, true, false}, 2);
    assertThat(isotonic.method()).isEqualTo("isotonic");
    assertThat(isotonic.probability(1)).isCloseTo(0.125, NEAR);
    assertThat(isotonic.probability(2)).isCloseTo(0.5, NEAR);
    assertThat(isotonic.probability(2.7)).isCloseTo(0.5, NEAR);
    assertThat(isotonic.probability(3.5)).isCloseTo(0.75, NEAR);
    assertThat(isotonic.probability(9)).isCloseTo(0.875, NEAR);
  }

  @Test
  void isotonicTakesEqualMarginsAsOnePoint() {
    boolean[] oneWay = {true, false, false, true};
    boolean[] other = {false, true, true, false};
    double[] margins = {1, 1, 2, 2};
    assertThat(Calibration.fit(margins, oneWay, 2)).isEqualTo(Calibration.fit(margins, other, 2));
    assertThat(Calibration.fit(margins, oneWay, 2).probability(1.5)).isCloseTo(0.5, NEAR);
  }
}
