package io.holdfast.generate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  /** What is known of one account: when it signed up, what it did, and what it pays for. */
  static final class Customer {
    final int signupDay;
    final boolean isInternal;
    final Days days = new Days();
    final Map<String, BitSet> uses = new TreeMap<>();
    final List<Line> lines = new ArrayList<>();

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
        each.uses.forEach(
            (feature, on) -> both.uses.computeIfAbsent(feature, none -> new BitSet()).or(on));
      }
      return both;
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
