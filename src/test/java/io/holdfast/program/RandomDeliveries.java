package io.holdfast.program;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a tiny company delivers, by chance and the same for a seed: new rows and late ones, repeats,
 * corrections that move a row to another day, rows that say that something is no more, snapshots
 * that lack what an earlier one had, dirt, files that turn up in old folders, and feeds that the
 * company does not have at all.
 */
final class RandomDeliveries {

  private static final int CUSTOMERS = 8;
  private static final String[] PLANS = {"basic", "pro", "team"};
  private static final String[] FEATURES = {"export", "share", "report"};

  private final TinyCompany company;
  private final Random dice;
  private final LocalDate first;
  private final Map<String, String> events = new LinkedHashMap<>();
  private final List<String> subscriptions = new ArrayList<>();
  private final Map<String, String> tickets = new LinkedHashMap<>();
  private final List<String> reasons = new ArrayList<>();
  private final boolean ticketsAreSnapshots;
  private int customers = CUSTOMERS / 2;
  private int version;

  RandomDeliveries(TinyCompany company, long seed, LocalDate first) {
    this.company = company;
    this.dice = new Random(seed);
    this.first = first;
    this.ticketsAreSnapshots = dice.nextBoolean();
    company.environment("HOLDFAST_SOURCES__MAX_REJECTED_RATE", "1");
    company.environment("HOLDFAST_CONFORMED__CLASH_DAYS", Integer.toString(2 + dice.nextInt(8)));
    company.environment("HOLDFAST_LAKE__PARALLEL_TABLES", "4");
    company.feed("customers", TinyCompany.CUSTOMERS + "deleted_when = \"gone = 'yes'\"\n");
    mostly(
        "users",
        """
        contract = users, format = jsonl, arrives = snapshot
        columns { user_id = id, customer_id = customer, role = role }
        """);
    company.feed(
        "subscriptions",
        TinyCompany.SUBSCRIPTIONS + "version = version, deleted_when = \"gone = 'yes'\"\n");
    company.feed(
        "events",
        """
        contract = events, format = jsonl, arrives = append, clashes = %s
        columns {
          event_id = id, customer_id = customer, user_id = user, session_id = session
          event = name, feature = feature, occurred = at, quantity = n
        }
        """
            .formatted(dice.nextBoolean() ? "keep" : "later_wins"));
    mostly(
        "taps",
        """
        contract = events, format = csv, arrives = append, equal_rows = %s
        columns { customer_id = customer, event = { constant = tapped }, occurred = on }
        """
            .formatted(dice.nextBoolean() ? "several" : "repeats"));
    mostly(
        "tickets",
        """
        contract = tickets, format = jsonl, arrives = %s
        columns {
          ticket_id = id, customer_id = customer, opened = opened, closed = closed
          satisfaction_score = score
        }
        """
            .formatted(
                ticketsAreSnapshots ? "snapshot" : "changes, deleted_when = \"gone = 'yes'\""));
    mostly(
        "churn_reasons",
        """
        contract = churn_reasons, format = csv, arrives = changes
        columns { churn_reason_id = id, customer_id = customer, churn_date = on, reason = why }
        """);
    mostly(
        "messages",
        """
        contract = messages, format = csv, arrives = changes
        columns {
          message_id = id, customer_id = customer, channel = { constant = email }
          sent = sent, opened = opened
        }
        """);
    mostly(
        "id_aliases",
        """
        contract = id_aliases, format = csv, arrives = changes, deleted_when = "gone = 'yes'"
        columns { alias_id = alias, unit = { constant = customer }, canonical_id = canonical }
        """);
    company.feed(
        "features",
        """
        contract = features, format = csv, arrives = changes
        columns { feature = feature, tier = tier, plans = plans }
        """);
  }

  /** A feed that one company in three lacks, whatever is delivered to its folder. */
  private void mostly(String feed, String hocon) {
    if (dice.nextInt(3) > 0) {
      company.feed(feed, hocon);
    }
  }

  /** Delivers what a night finds: in its own folder, and now and then in an older one. */
  void deliver(LocalDate night) {
    boolean isFirst = night.equals(first);
    if (isFirst || dice.nextInt(2) == 0) {
      customers(night, isFirst);
    }
    if (isFirst || dice.nextInt(3) > 0) {
      users(night);
    }
    if (isFirst || dice.nextInt(3) > 0) {
      subscriptions(night, isFirst);
    }
    if (isFirst || dice.nextInt(3) > 0) {
      tickets(night);
    }
    if (isFirst || dice.nextInt(3) == 0) {
      reasons(night);
    }
    if (isFirst) {
      company.deliver(
          "features",
          night.toString(),
          "feature,tier,plans",
          "export,core,",
          "share,advanced,pro|team",
          "report,reporting,team");
    }
    if (isFirst || dice.nextInt(2) == 0) {
      messages(night);
      aliases(night);
    }
    events(folder(night), "part-" + night, night, isFirst ? 40 : 8 + dice.nextInt(10));
    taps(night);
    if (!isFirst && dice.nextInt(2) == 0) {
      // A file that turns up in a folder from which others were read long ago.
      events(night.minusDays(1 + dice.nextInt(6)).toString(), "found-" + night, night, 4);
    }
  }

  private static String folder(LocalDate night) {
    return night.toString();
  }

  private void customers(LocalDate night, boolean isFirst) {
    List<String> lines = new ArrayList<>(List.of("id,name,country,joined,gone"));
    for (int i = 1; isFirst && i <= customers; i++) {
      lines.add(customer(i, night));
    }
    if (!isFirst && customers < CUSTOMERS) {
      customers++;
      lines.add(customer(customers, night));
    }
    lines.add(customer(1 + dice.nextInt(customers), night));
    company.deliver("customers", night.toString(), lines.toArray(String[]::new));
  }

  private String customer(int i, LocalDate night) {
    return "c%d,Name %d,%s,%s,%s"
        .formatted(
            i,
            dice.nextInt(3),
            pick("US", "DE", ""),
            night.minusDays(i * 9L + dice.nextInt(2)),
            dice.nextInt(12) == 0 ? "yes" : "no");
  }

  private void users(LocalDate night) {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= customers; i++) {
      for (int user = 1; user <= 2; user++) {
        if (dice.nextInt(6) > 0) {
          lines.add(
              "{\"id\":\"c%d-u%d\",\"customer\":\"c%d\",\"role\":\"%s\"}"
                  .formatted(i, user, i, pick("admin", "member")));
        }
      }
    }
    company.deliver("users", night.toString(), lines.toArray(String[]::new));
  }

  private void subscriptions(LocalDate night, boolean isFirst) {
    List<String> lines = new ArrayList<>(List.of("id,customer,plan,amount,start,end,version,gone"));
    for (int i = 1; isFirst && i <= customers; i++) {
      lines.add(line("s" + i, i, night));
    }
    lines.add(line("s" + (20 + dice.nextInt(4)), 1 + dice.nextInt(customers), night));
    int known = 1 + dice.nextInt(customers);
    lines.add(line("s" + known, known, night));
    if (!subscriptions.isEmpty() && dice.nextInt(3) == 0) {
      lines.add(pick(subscriptions));
    }
    subscriptions.addAll(lines.subList(1, lines.size()));
    company.deliver("subscriptions", night.toString(), lines.toArray(String[]::new));
  }

  private String line(String id, int customer, LocalDate night) {
    LocalDate start = night.minusDays(dice.nextInt(60));
    version++;
    return "%s,c%d,%s,%d.50,%s,%s,%d,%s"
        .formatted(
            id,
            customer,
            pick(PLANS),
            10 + dice.nextInt(90),
            start,
            dice.nextInt(3) == 0 ? start.plusDays(dice.nextInt(40)) : "",
            // Some versions come in the wrong order.
            dice.nextInt(5) == 0 ? version - 3 : version,
            dice.nextInt(15) == 0 ? "yes" : "no");
  }

  private void tickets(LocalDate night) {
    for (int i = 0; i < 3; i++) {
      String id = "t" + dice.nextInt(9);
      LocalDate opened = night.minusDays(dice.nextInt(7));
      tickets.put(
          id,
          "{\"id\":\"%s\",\"customer\":\"c%d\",\"opened\":\"%sT08:00:00Z\",\"closed\":%s,\"score\":%d,\"gone\":\"%s\"}"
              .formatted(
                  id,
                  1 + dice.nextInt(customers),
                  opened,
                  dice.nextBoolean() ? "\"" + opened.plusDays(1) + "T08:00:00Z\"" : "null",
                  1 + dice.nextInt(5),
                  dice.nextInt(6) == 0 ? "yes" : "no"));
    }
    if (ticketsAreSnapshots && tickets.size() > 3 && dice.nextInt(2) == 0) {
      tickets.remove(tickets.keySet().iterator().next());
    }
    List<String> all = new ArrayList<>(tickets.values());
    List<String> told =
        ticketsAreSnapshots ? all : all.subList(Math.max(0, all.size() - 3), all.size());
    company.deliver("tickets", night.toString(), told.toArray(String[]::new));
  }

  private void reasons(LocalDate night) {
    String line =
        "r%d,c%d,%s,%s"
            .formatted(
                dice.nextInt(4),
                1 + dice.nextInt(customers),
                night.minusDays(dice.nextInt(10)),
                pick("price", "support"));
    reasons.add(line);
    company.deliver("churn_reasons", night.toString(), "id,customer,on,why", line, pick(reasons));
  }

  private void messages(LocalDate night) {
    List<String> lines = new ArrayList<>(List.of("id,customer,sent,opened"));
    for (int i = 0; i < 3; i++) {
      LocalDate sent = night.minusDays(dice.nextInt(6));
      lines.add(
          "m%d,c%d,%s,%s"
              .formatted(
                  dice.nextInt(6),
                  1 + dice.nextInt(customers),
                  sent,
                  dice.nextBoolean() ? sent : ""));
    }
    company.deliver("messages", night.toString(), lines.toArray(String[]::new));
  }

  /** Merges of two customers, and their undoing: mapped to itself, or gone. */
  private void aliases(LocalDate night) {
    int alias = 1 + dice.nextInt(3);
    company.deliver(
        "id_aliases",
        night.toString(),
        "alias,canonical,gone",
        switch (dice.nextInt(4)) {
          case 0 -> "c%d,c%d,no".formatted(alias, alias);
          case 1 -> "c%d,c4,yes".formatted(alias);
          default -> "c%d,c4,no".formatted(alias);
        });
  }

  private void events(String folder, String name, LocalDate night, int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = events.isEmpty() ? 0 : dice.nextInt(10);
      List<String> ids = List.copyOf(events.keySet());
      if (kind == 0 && !ids.isEmpty()) {
        // The same row again.
        lines.add(events.get(pick(ids)));
      } else if (kind <= 2 && !ids.isEmpty()) {
        // A correction, mostly one that moves the event to another day.
        lines.add(event(pick(ids), night, 12));
      } else if (kind == 3) {
        lines.add(
            "{\"id\":\"bad-%s-%d\",\"customer\":\"c1\",\"name\":\"used\",\"at\":\"soon\"}"
                .formatted(night, i));
      } else {
        lines.add(event("e" + events.size(), night, night.equals(first) ? 60 : 5));
      }
    }
    TinyCompany.write(
        company.delivery("events", folder, name + ".json"), lines.toArray(String[]::new));
  }

  private String event(String id, LocalDate night, int days) {
    int customer = 1 + dice.nextInt(customers);
    // Around midnight, so that sessions run from one day into the next.
    int minute = dice.nextInt(3) > 0 ? dice.nextInt(60) : 1380 + dice.nextInt(60);
    String line =
        "{\"id\":\"%s\",\"customer\":\"c%d\",\"user\":%s,\"session\":%s,\"name\":\"used\",\"feature\":%s,\"at\":\"%sT%02d:%02d:00Z\",\"n\":%d}"
            .formatted(
                id,
                customer,
                dice.nextInt(5) == 0
                    ? "null"
                    : "\"c%d-u%d\"".formatted(customer, 1 + dice.nextInt(2)),
                dice.nextInt(3) == 0 ? "null" : "\"v%d\"".formatted(dice.nextInt(2)),
                dice.nextInt(4) == 0 ? "null" : "\"" + pick(FEATURES) + "\"",
                night.minusDays(dice.nextInt(days)),
                minute / 60,
                minute % 60,
                1 + dice.nextInt(3));
    events.put(id, line);
    return line;
  }

  private void taps(LocalDate night) {
    List<String> lines = new ArrayList<>(List.of("customer,on"));
    for (int i = 0; i < 3; i++) {
      lines.add("c%d,%s".formatted(1 + dice.nextInt(2), night.minusDays(dice.nextInt(2))));
    }
    company.deliver("taps", night.toString(), lines.toArray(String[]::new));
  }

  private <T> T pick(List<T> of) {
    return of.get(dice.nextInt(of.size()));
  }

  private String pick(String... of) {
    return of[dice.nextInt(of.length)];
  }
}
