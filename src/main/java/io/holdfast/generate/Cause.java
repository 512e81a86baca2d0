package io.holdfast.generate;

import java.util.List;
import java.util.Locale;

/** Why a customer leaves of its own accord. */
enum Cause {
  ONBOARDING,
  SUPPORT,
  PRICING,
  FEATURES,
  COMPETITION,
  OTHER;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  String comment(Dice dice) {
    return dice.pick(
        switch (this) {
          case ONBOARDING ->
              List.of("We never got it set up properly", "Took too long, the team lost patience");
          case SUPPORT ->
              List.of(
                  "Answers came days later, if at all", "Our ticket was \"closed\", not solved");
          case PRICING ->
              List.of("Too expensive for what we use", "Budget cut, and we could not justify it");
          case FEATURES -> List.of("Missing what we need", "Reports are not flexible enough");
          case COMPETITION -> List.of("Moved to another tool", "Our parent company uses a rival");
          case OTHER -> List.of("", "Project ended", "Reorganisation");
        });
  }
}
