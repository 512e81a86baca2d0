package io.holdfast.generate;

import io.holdfast.generate.EventLines.Event;
import java.util.List;

/** What the people of one customer do in the product, and what can be seen from it. */
final class Usage {
  private final Profile profile;
  private final List<Feature> features;
  private final CompanyCalendar calendar;
  private final EventLines events;
  private final Dice dice;
  private final double[] uses;
  private final int[] lastUse;
  private final int[] adoption;
  private int value;
  private int valueDay;
  private int sessions;
  private boolean hasSeenValue;

  private Usage(
      Profile profile,
      List<Feature> features,
      CompanyCalendar calendar,
      EventLines events,
      Dice dice) {
    this.profile = profile;
    this.features = features;
    this.calendar = calendar;
    this.events = events;
    this.dice = dice;
    this.uses = new double[calendar.lastDay() + 1];
    this.lastUse = new int[features.size()];
    this.adoption = new int[features.size()];
  }

  static Usage create(
      Profile profile,
      Catalogue catalogue,
      CompanyCalendar calendar,
      EventLines events,
      Dice dice) {
    var usage = new Usage(profile, catalogue.features(), calendar, events, dice);
    usage.valueDay = profile.signupDay() + usage.daysToValue();
    for (int index = 0; index < usage.adoption.length; index++) {
      usage.lastUse[index] = Integer.MIN_VALUE / 2;
      usage.adoption[index] = usage.adoption(usage.features.get(index));
    }
    usage.value = usage.features.stream().map(Feature::id).toList().indexOf(Catalogue.VALUE);
    return usage;
  }

  /** What might be done from here on. */
  Usage fork(EventLines nowhere, Dice other) {
    var fork = new Usage(profile, features, calendar, nowhere, other);
    System.arraycopy(uses, 0, fork.uses, 0, uses.length);
    System.arraycopy(lastUse, 0, fork.lastUse, 0, lastUse.length);
    System.arraycopy(adoption, 0, fork.adoption, 0, adoption.length);
    fork.value = value;
    fork.valueDay = valueDay;
    fork.sessions = sessions;
    fork.hasSeenValue = hasSeenValue;
    return fork;
  }

  private int daysToValue() {
    return (int) dice.logNormal(15 * StrictMath.exp(-0.5 * profile.onboarding()), 0.7);
  }

  /** The day from which the customer works with a feature; far away if never. */
  private int adoption(Feature feature) {
    double uptake =
        feature.tier().uptake
            * StrictMath.exp(0.35 * profile.fit() + 0.2 * profile.onboarding())
            * (feature.popularity() > 1 ? 1.1 : 0.85);
    boolean adopts = dice.chance(uptake);
    int delay =
        (int)
            (dice.exponential(feature.tier().daysToAdopt)
                * StrictMath.exp(-0.3 * profile.onboarding()));
    if (feature.id().equals("create_task")) {
      return profile.signupDay();
    }
    if (feature.id().equals(Catalogue.VALUE)) {
      return valueDay;
    }
    int possible = Math.max(profile.signupDay(), calendar.day(feature.launchedOn()));
    return adopts ? possible + delay : Integer.MAX_VALUE;
  }

  /** One day of work; the level is 1 for a usual customer that is content. */
  void day(int day, List<Person> people, Plan plan, double level) {
    double[] weights = weights(day, plan);
    double settled = day >= valueDay ? 1 : 0.65;
    double rhythm = calendar.isHoliday(day) ? 0.35 : 1;
    for (Person person : people) {
      int second = (int) Math.max(0, Math.min(86_399, (person.hour() + 2 * dice.normal()) * 3600));
      long start = calendar.at(day, second, person.zone());
      if (day == person.sinceDay()) {
        start = Math.max(start, person.createdAt() + 120);
      }
      double week = CompanyCalendar.isWeekend(start, person.zone()) ? 0.1 : 1;
      double urge = 0.39 * person.habit() * profile.intensity() * settled * level * week * rhythm;
      boolean isFirst = day == profile.signupDay();
      if (isFirst || dice.chance(1 - StrictMath.exp(-urge))) {
        session(day, start, person, weights, rhythm);
        if (dice.chance(0.2 * level)) {
          session(day, start + dice.between(3600, 3 * 3600), person, weights, rhythm);
        }
      }
    }
  }

  private double[] weights(int day, Plan plan) {
    var weights = new double[features.size()];
    for (int index = 0; index < weights.length; index++) {
      Feature feature = features.get(index);
      boolean works =
          day >= adoption[index]
              && feature.isEntitled(plan)
              && feature.isOffered(calendar.date(day));
      weights[index] = works ? feature.tier().weight * feature.popularity() : 0;
    }
    return weights;
  }

  private void session(int day, long start, Person person, double[] weights, double rhythm) {
    sessions++;
    String session = "ses" + profile.id().substring(3) + "-" + sessions;
    String platform = dice.chance(0.8) ? "web" : "mobile";
    events.add(new Event(person, session, "login", null, start, 1, platform));
    int count = 1 + dice.poisson(3.2);
    boolean reachesValue = !hasSeenValue && day >= valueDay;
    long second = start;
    for (int use = 0; use < count; use++) {
      second += 15 + (long) dice.exponential(110);
      int index = use == 0 && reachesValue ? value : dice.weighted(weights);
      Feature feature = features.get(index);
      if (!hasSeenValue && feature.id().equals(Catalogue.VALUE)) {
        hasSeenValue = true;
        valueDay = day;
      }
      int quantity =
          feature.tier() == Feature.Tier.INTEGRATION || feature.id().equals("file_upload")
              ? 1 + dice.poisson(3)
              : 1;
      String through = feature.id().equals("api_access") ? "api" : platform;
      events.add(
          new Event(person, session, "feature_used", feature.id(), second, quantity, through));
      uses[day] += 1 / rhythm;
      lastUse[index] = day;
    }
  }

  /** The lost share of the customer's own past use, ups and downs of a third aside. */
  double fall(int day, int since) {
    int length = day - 21 - since;
    if (length < 14) {
      return 0;
    }
    double past = sum(since, day - 21) / length;
    double lately = sum(day - 21, day) / 21;
    double lost = past < 0.05 ? 1 : 1 - lately / past;
    return Math.max(0, (lost - 0.33) / 0.67);
  }

  boolean hasSeenValue() {
    return hasSeenValue;
  }

  /** The day of the first value; -1 before there is any. */
  int valueDay() {
    return hasSeenValue ? valueDay : -1;
  }

  double usesInFourWeeks(int day) {
    return sum(Math.max(0, day - 28), day);
  }

  private double sum(int from, int until) {
    double sum = 0;
    for (int day = from; day < until; day++) {
      sum += uses[day];
    }
    return sum;
  }

  /** Features used in the last four weeks, of those that the plan entitles to. */
  double breadth(int day, Plan plan) {
    int entitled = 0;
    int used = 0;
    for (int index = 0; index < lastUse.length; index++) {
      Feature feature = features.get(index);
      if (feature.isEntitled(plan) && feature.isOffered(calendar.date(day))) {
        entitled++;
        used += lastUse[index] >= day - 28 ? 1 : 0;
      }
    }
    return used / (double) entitled;
  }

  /** From 0 (value by day 21) to 1 (by day 60, or not yet then). */
  double lateness(int day) {
    int reached = (hasSeenValue ? valueDay : day) - profile.signupDay();
    return Math.max(0, Math.min(1, (reached - 21) / 39.0));
  }
}
