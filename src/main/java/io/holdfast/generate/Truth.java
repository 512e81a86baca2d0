package io.holdfast.generate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What one customer's feeds truly say, by the ids that they say it of. */
final class Truth {
  private final CompanyCalendar calendar;
  private final Landing landing;
  private final Map<String, Customer> accounts = new TreeMap<>();
  private final Map<String, Days> users = new TreeMap<>();
  private final Map<String, String> canonical = new TreeMap<>();

  Truth(CompanyCalendar calendar, Landing landing) {
    this.calendar = calendar;
    this.landing = landing;
  }

  /** The days on which somebody did something that counts. */
  static final class Days {
    final BitSet active = new BitSet();

    private void add(Days other) {
      active.or(other.active);
    }
  }

  /**
   * A ticket as the feeds tell it in the end; -1: not closed, not answered.
   *
   * @param firstResponse in minutes
   */
  record Ticket(int openedDay, int closedDay, int firstResponse, boolean isEscalated) {
    boolean isClosed() {
      return closedDay >= 0;
    }
  }

  /**
   * A question of a survey and its answer, if there is one.
   *
   * @param about what it asks about; empty: nothing of its own
   * @param answer null: none has arrived
   */
  record Question(
      String id,
      String survey,
      String touchpoint,
      String about,
      String person,
      int sentDay,
      Answer answer) {
    Question of(String somebody) {
      return new Question(id, survey, touchpoint, about, somebody, sentDay, answer);
    }
  }

  /** A mark, and the best that could be given. */
  record Answer(int day, long at, int mark, int best) {}

  /**
   * What is known of one account: when it signed up, what it did, what it pays for, and what was
   * done for it.
   */
  static final class Customer {
    final int signupDay;
    final boolean isInternal;
    final Days days = new Days();
    final Map<String, BitSet> uses = new TreeMap<>();
    final List<Line> lines = new ArrayList<>();
    final List<Ticket> tickets = new ArrayList<>();
    final List<Question> questions = new ArrayList<>();
    final BitSet touches = new BitSet();
    int managedSince = -1;

    Customer(int signupDay, boolean isInternal) {
      this.signupDay = signupDay;
      this.isInternal = isInternal;
    }

    /** Both as one: since the earlier signup, everything that either did. */
    Customer with(Customer other) {
      var both = new Customer(Math.min(signupDay, other.signupDay), isInternal || other.isInternal);
      for (Customer each : List.of(this, other)) {
        both.days.add(each.days);
        both.lines.addAll(each.lines);
        both.tickets.addAll(each.tickets);
        both.questions.addAll(each.questions);
        both.touches.or(each.touches);
        each.uses.forEach(
            (feature, on) -> both.uses.computeIfAbsent(feature, none -> new BitSet()).or(on));
      }
      return both;
    }

    /** Whether a line runs whose plan is one of some. */
    boolean runs(int day, Predicate<Plan> plan) {
      return lines.stream().anyMatch(line -> line.runs(day) && plan.test(line.plan));
    }
  }

  Customer account(String id, int signupDay, boolean isInternal) {
    return accounts.computeIfAbsent(id, none -> new Customer(signupDay, isInternal));
  }

  /** A use of a feature has landed. */
  void used(String account, String user, String feature, int day) {
    Customer of = accounts.get(account);
    of.days.active.set(day);
    of.uses.computeIfAbsent(feature, none -> new BitSet()).set(day);
    users.computeIfAbsent(user, none -> new Days()).active.set(day);
  }

  /** The account's record names somebody who looks after it. */
  void managed(String account, int day) {
    Customer of = accounts.get(account);
    if (landing.isDue(day) && of.managedSince < 0) {
      of.managedSince = day;
    }
  }

  /** Somebody got in touch. */
  void touched(String account, int day) {
    if (landing.isDue(day)) {
      accounts.get(account).touches.set(day);
    }
  }

  /** A ticket was opened, which arrived on a day. */
  void ticket(String account, int arrivalDay, Ticket ticket) {
    if (landing.isDue(arrivalDay)) {
      accounts.get(account).tickets.add(ticket);
    }
  }

  /** Somebody was asked. */
  void asked(String account, Question question) {
    if (landing.isDue(question.sentDay())) {
      accounts.get(account).questions.add(question);
    }
  }

  /** An alias arrives on a day: from then on the id stands for another one in all rows. */
  void alias(String id, String of, int arrivalDay) {
    if (landing.isDue(arrivalDay)) {
      canonical.put(id, of);
    }
  }

  /** It turns out not to be one. */
  void undo(String id, int arrivalDay) {
    if (landing.isDue(arrivalDay)) {
      canonical.remove(id);
    }
  }

  /** The customers that these accounts truly are. */
  Map<String, Customer> customers() {
    Map<String, Customer> customers = new TreeMap<>();
    accounts.forEach(
        (id, account) -> customers.merge(canonical.getOrDefault(id, id), account, Customer::with));
    customers.forEach(
        (id, customer) -> {
          // Merged accounts have the record of the one that stays.
          customer.managedSince = accounts.get(id).managedSince;
          customer.questions.replaceAll(
              asked -> asked.of(canonical.getOrDefault(asked.person(), asked.person())));
        });
    return customers;
  }

  /** Counts everything that is a count. */
  void count(Figures figures, Catalogue catalogue) {
    var counts = new TrueCounts(calendar, catalogue, figures);
    boolean isInternal = false;
    for (Customer customer : customers().values()) {
      isInternal |= customer.isInternal;
      if (!customer.isInternal) {
        counts.customer(customer);
      }
    }
    if (!isInternal) {
      Map<String, Days> people = new TreeMap<>();
      users.forEach(
          (id, days) ->
              people.computeIfAbsent(canonical.getOrDefault(id, id), none -> new Days()).add(days));
      people.values().forEach(counts::user);
    }
  }
}
