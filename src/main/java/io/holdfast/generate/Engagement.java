package io.holdfast.generate;

/** How much a customer's people want to use the product: its moods, and its losses of interest. */
final class Engagement {
  private final Effects effects;
  private final Dice dice;
  private double mood;
  private Decline decline;

  Engagement(Effects effects, Dice dice) {
    this.effects = effects;
    this.dice = dice;
  }

  /** A loss of interest, three to eight weeks long, down to a floor. */
  private record Decline(int from, int days, double floor, boolean recovers, Cause cause) {
    double level(int day) {
      double done = Math.min(1, (day - from) / (double) days);
      double low = StrictMath.pow(floor, done);
      if (!recovers || day <= from + days) {
        return low;
      }
      return Math.min(1, low + (day - from - days) / 20.0 * (1 - floor));
    }

    boolean isOver(int day) {
      return recovers && day > from + days + 20;
    }
  }

  /** The level of use, 1 being usual. */
  double level(int day) {
    return StrictMath.exp(mood) * (decline == null ? 1 : decline.level(day));
  }

  Cause cause() {
    return decline == null ? null : decline.cause();
  }

  void day(int day, Troubles troubles) {
    mood = 0.97 * mood + 0.04 * dice.normal();
    if (decline != null && decline.isOver(day)) {
      decline = null;
    }
    if (decline == null) {
      double raised = StrictMath.exp(0.5 * troubles.weight(effects));
      if (dice.chance(effects.dailyLossOfInterest() * raised)) {
        decline =
            new Decline(
                day,
                dice.between(21, 56),
                dice.between(0.05, 0.4),
                dice.chance(effects.recovery()),
                troubles.cause(effects, dice));
      }
    }
  }

  /** Whoever comes back comes back with intent. */
  void revive() {
    decline = null;
    mood = 0.1;
  }
}
