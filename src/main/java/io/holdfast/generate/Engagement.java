package io.holdfast.generate;

/** How much a customer's people want to use the product: its moods, and its losses of interest. */
final class Engagement {
  private static final int DAYS_TO_RECOVER = 20;

  private final Effects effects;
  private final Dice dice;
  private double mood;
  private Decline decline;

  Engagement(Effects effects, Dice dice) {
    this.effects = effects;
    this.dice = dice;
  }

  /** What might become of the same interest. */
  Engagement fork(Dice other) {
    var fork = new Engagement(effects, other);
    fork.mood = mood;
    fork.decline = decline;
    return fork;
  }

  /**
   * A loss of interest, three to eight weeks long, down to a floor; whether it passes shows then.
   */
  private record Decline(int from, int days, double floor, boolean recovers, Cause cause) {
    double level(int day) {
      double done = Math.min(1, (day - from) / (double) days);
      double low = StrictMath.pow(floor, done);
      if (!recovers || day <= from + days) {
        return low;
      }
      return Math.min(1, low + (day - from - days) / (double) DAYS_TO_RECOVER * (1 - floor));
    }

    boolean isOver(int day) {
      return recovers && day > from + days + DAYS_TO_RECOVER;
    }

    Decline recovering() {
      return new Decline(from, days, floor, true, cause);
    }
  }

  /** The level of use, 1 being usual. */
  double level(int day) {
    return StrictMath.exp(mood) * (decline == null ? 1 : decline.level(day));
  }

  /** Why interest is being lost; null while it is not. */
  Cause cause() {
    return decline == null ? null : decline.cause();
  }

  void day(int day, Troubles troubles) {
    mood = 0.97 * mood + 0.04 * dice.normal();
    if (decline != null && day == decline.from() + decline.days()) {
      decline = dice.chance(effects.recovery()) ? decline.recovering() : decline;
    }
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
                false,
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
