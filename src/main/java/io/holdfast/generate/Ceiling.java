package io.holdfast.generate;

import io.holdfast.generate.Billing.Exit;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * How well anybody could foresee who leaves: on some Mondays each customer of a sample lives on
 * many times from the state it is in, with other dice, and the share of lives in which it leaves is
 * the probability that its whole state, seen and unseen, implies. No model can rank better, but by
 * luck.
 *
 * <p>The label is that of metrics, "Churn data set, model and scores": a confirmed churn from eight
 * to thirty-seven days on. A decision to leave that nobody has announced is forgotten first; in the
 * second probability, an announced one too: by default a model may not read it.
 */
final class Ceiling {
  private static final int LEAST_TENURE = 28;
  private static final int FIRST_DAY = 8;
  private static final int LAST_DAY = 37;
  private static final int LIFE_DAYS = LAST_DAY + TrueLedger.GAP_DAYS;
  private static final long SAMPLE = 1_500;
  private static final int WEEKS_APART = 4;

  private final long number;
  private final Company.Parameters of;
  private final CompanyCalendar calendar;
  private final Landing landing;

  Ceiling(long number, Company.Parameters of, CompanyCalendar calendar, Landing landing) {
    this.number = number;
    this.of = of;
    this.calendar = calendar;
    this.landing = landing;
  }

  private record Observation(int day, double probability, double unannounced) {}

  /** Lives a life, and on the way what might have become of it. */
  void live(Life life) {
    List<Observation> observations = new ArrayList<>();
    boolean isOfSample =
        number % Math.max(1, of.customers() / SAMPLE) == 0
            && !life.profile().isInternal()
            && !life.hasDuplicate();
    for (int day = life.profile().signupDay(); day <= calendar.lastDay(); day++) {
      if (isOfSample && isObserved(life, day)) {
        observations.add(observe(life, day));
      }
      life.live(day, day);
    }
    for (Observation observation : observations) {
      landing.row(
          Feed.CEILING,
          0,
          life.profile().id(),
          calendar.date(observation.day()),
          rounded(observation.probability()),
          rounded(observation.unannounced()),
          leaves(life, observation.day()));
    }
  }

  private boolean isObserved(Life life, int day) {
    return calendar.date(day).getDayOfWeek() == DayOfWeek.MONDAY
        && calendar.weekIndex(day) % WEEKS_APART == 0
        && day + LIFE_DAYS <= calendar.lastDay()
        && day - life.profile().signupDay() >= LEAST_TENURE
        && life.billing().isInPayingSet(day);
  }

  private Observation observe(Life life, int day) {
    Billing billing = life.billing();
    boolean isAnnounced = billing.isInNotice() && billing.isNoticeAnnounced(day - 1);
    double unannounced = probability(life, day, true);
    double known = isAnnounced ? probability(life, day, false) : unannounced;
    return new Observation(day, known, unannounced);
  }

  private double probability(Life life, int day, boolean forgets) {
    int leaves = 0;
    for (int run = 0; run < of.ceilingRuns(); run++) {
      int drawn = run;
      Life fork =
          life.fork(concern -> Dice.of(of.seed(), number, "ceiling " + concern, day, drawn));
      if (forgets) {
        fork.billing().forgetNotice();
      }
      fork.live(day, day + LIFE_DAYS);
      leaves += leaves(fork, day) ? 1 : 0;
    }
    return leaves / (double) of.ceilingRuns();
  }

  private static boolean leaves(Life life, int observed) {
    return life.billing().exits().stream()
        .filter(exit -> exit.day() >= observed + FIRST_DAY && exit.day() <= observed + LAST_DAY)
        .anyMatch(Exit::isConfirmed);
  }

  private static BigDecimal rounded(double probability) {
    return BigDecimal.valueOf(Math.round(probability * 10_000), 4);
  }

  /**
   * The ceiling by date, and over all of them.
   *
   * @param rows observation_date, probability, unannounced and is_churned, as text
   */
  static String byDate(List<Row> rows) {
    Map<String, List<Row>> byDate = new TreeMap<>();
    for (Row row : rows) {
      byDate.computeIfAbsent(row.getString(0), date -> new ArrayList<>()).add(row);
    }
    byDate.put("all", rows);
    var text = new StringBuilder("observation_date,observations,churned,auc,auc_unannounced\n");
    byDate.forEach(
        (date, observed) ->
            text.append(date)
                .append(',')
                .append(observed.size())
                .append(',')
                .append(observed.stream().filter(Ceiling::isChurned).count())
                .append(',')
                .append(auc(observed, 1))
                .append(',')
                .append(auc(observed, 2))
                .append('\n'));
    return text.toString();
  }

  private static boolean isChurned(Row row) {
    return Boolean.parseBoolean(row.getString(3));
  }

  /** The share of pairs of one who left and one who did not that are ranked right; ties half. */
  private static String auc(List<Row> rows, int column) {
    List<Row> sorted =
        rows.stream()
            .sorted(Comparator.comparingDouble(row -> Double.parseDouble(row.getString(column))))
            .toList();
    long churned = 0;
    double right = 0;
    long stayedBelow = 0;
    for (int from = 0; from < sorted.size(); ) {
      String value = sorted.get(from).getString(column);
      int to = from;
      long here = 0;
      while (to < sorted.size() && sorted.get(to).getString(column).equals(value)) {
        here += isChurned(sorted.get(to)) ? 1 : 0;
        to++;
      }
      long stayed = to - from - here;
      right += here * (stayedBelow + stayed / 2.0);
      stayedBelow += stayed;
      churned += here;
      from = to;
    }
    return churned == 0 || stayedBelow == 0
        ? ""
        : BigDecimal.valueOf(Math.round(right / churned / stayedBelow * 10_000), 4).toString();
  }
}
