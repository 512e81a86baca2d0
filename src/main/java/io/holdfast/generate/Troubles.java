package io.holdfast.generate;

import java.util.List;

/** What speaks for leaving on a day, each from 0 (nothing) to about 1 (as bad as it gets). */
record Troubles(
    double fallingUse,
    double narrowUse,
    double lateValue,
    double badSupport,
    double pricePerUse,
    double priceRise,
    double tenureDays,
    boolean hasManager) {

  private static final List<Cause> CAUSES =
      List.of(
          Cause.ONBOARDING,
          Cause.SUPPORT,
          Cause.PRICING,
          Cause.FEATURES,
          Cause.COMPETITION,
          Cause.OTHER);

  /** The log of how much likelier than a new customer without trouble. */
  double weight(Effects effects) {
    return effects.narrowUse() * narrowUse
        + effects.lateValue() * lateValue
        + effects.badSupport() * badSupport
        + effects.pricePerUse() * pricePerUse
        + effects.priceRise() * priceRise
        - effects.tenure() * StrictMath.log(1 + tenureDays / 30) / StrictMath.log(2)
        - (hasManager ? effects.manager() : 0);
  }

  double chanceToLeave(Effects effects) {
    return effects.dailyExit()
        * StrictMath.exp(weight(effects) + effects.fallingUse() * fallingUse);
  }

  /** The trouble that weighs most is the likeliest to be the cause. */
  Cause cause(Effects effects, Dice dice) {
    return CAUSES.get(dice.weighted(causes(effects)));
  }

  /** The likeliest cause. */
  Cause leadingCause(Effects effects) {
    double[] causes = causes(effects);
    int leading = 0;
    for (int index = 1; index < causes.length; index++) {
      leading = causes[index] > causes[leading] ? index : leading;
    }
    return CAUSES.get(leading);
  }

  private double[] causes(Effects effects) {
    return new double[] {
      0.10 + effects.lateValue() * lateValue,
      0.10 + effects.badSupport() * badSupport,
      0.12 + effects.pricePerUse() * pricePerUse + effects.priceRise() * priceRise,
      0.08 + effects.narrowUse() * narrowUse * 0.5,
      0.03,
      0.05
    };
  }
}
