package io.holdfast.generate;

import java.lang.reflect.RecordComponent;

/**
 * How strongly behaviour moves customers to leave: the truth that a churn model has to find.
 *
 * <p>The sizes are those of software for small firms: three to five customers in a hundred leave a
 * month. Weights are log hazard ratios; a weight of 1 makes leaving 2.7 times as likely. Use is the
 * strongest sign, and support, price and breadth are weaker; but four in ten of those who lose
 * interest recover, small teams use little in a quiet month, and many leave for reasons that show
 * nothing beforehand. So leaving can be foreseen a month ahead only so well: decision 0012 has the
 * ceiling, and why each size is plausible.
 *
 * @param dailyExit the chance that a new monthly customer without any trouble decides to leave on a
 *     day: about 4% a month, for no reason that the data could show; tenure and managers lower it
 * @param fallingUse weight of the lost share of one's own past use: a team that stopped altogether
 *     is far on its way, whatever it used before
 * @param narrowUse weight of using few of the features one pays for, from 0 (half or more) to 1
 *     (none): habits in many places are hard to move
 * @param lateValue weight of the first value coming late, from 0 (by day 21, the benchmark) to 1
 *     (day 60 or never): who waits long has doubted long
 * @param badSupport weight of fresh bad experience in support: an escalation counts 1, a day's wait
 *     for an answer 0.5, and half is forgotten in three weeks
 * @param pricePerUse weight of paying much for a use, from 0 (a usual price) to 1 (ten times that)
 * @param tenure what each doubling of the first month takes off: the ill-fitting leave first
 * @param manager what a success manager takes off: calls come before the doubt becomes a decision
 * @param rival the chance a day to be won over by a rival, at any level of use
 * @param dailyLossOfInterest the chance that a customer without trouble begins to lose interest on
 *     a day; the same troubles as above raise it, at half their weight, so causes come weeks ahead
 * @param recovery the share of losses of interest that end well: false alarms
 * @param failedPayment the chance that a card fails on a monthly bill
 * @param recoveredPayment the chance of each of three later tries; with both, about 0.8% of monthly
 *     customers a month are lost for want of payment: a fifth of all exits are nobody's decision
 * @param renewalAttention how much more often a customer bound to a term decides to leave in the
 *     last weeks of it, the only time at which it can
 * @param priceRise weight of the two months after the price list became dearer
 */
record Effects(
    double dailyExit,
    double fallingUse,
    double narrowUse,
    double lateValue,
    double badSupport,
    double pricePerUse,
    double tenure,
    double manager,
    double rival,
    double dailyLossOfInterest,
    double recovery,
    double failedPayment,
    double recoveredPayment,
    double renewalAttention,
    double priceRise) {

  static Effects plausible() {
    return new Effects(
        0.0013, 2.2, 0.7, 0.7, 0.7, 0.5, 0.15, 0.5, 0.0002, 0.0045, 0.4, 0.05, 0.45, 5.0, 0.4);
  }

  /** States them in the truth, each by its name. */
  void land(Landing landing) {
    for (RecordComponent component : Effects.class.getRecordComponents()) {
      try {
        landing.row(Feed.EFFECTS, 0, component.getName(), component.getAccessor().invoke(this));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("An effect cannot be read: " + component, e);
      }
    }
  }
}
