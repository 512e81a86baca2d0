package io.holdfast.generate;

import io.holdfast.generate.Truth.Answer;
import io.holdfast.generate.Truth.Customer;
import io.holdfast.generate.Truth.Question;
import io.holdfast.generate.Truth.Ticket;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Counts tickets, answers to surveys, and who is looked after: metrics, "Satisfaction, support,
 * customer success". Its defaults are those of the settings.
 */
final class TrueService {
  private static final int TICKET_DAYS = 30;
  private static final int SURVEY_DAYS = 90;
  private static final int TOUCH_DAYS = 90;
  private static final int MANAGED_DAYS = 90;
  private static final String ALL = "all";

  private final Figures figures;
  private final LocalDate asOf;
  private final int lastDay;

  TrueService(CompanyCalendar calendar, Figures figures) {
    this.figures = figures;
    this.lastDay = calendar.lastDay();
    this.asOf = calendar.date(lastDay);
  }

  /** What support promises, the most first. */
  private enum Tier {
    ENTERPRISE(30),
    TECHNICAL(60),
    BASIC(120);

    private final int minutes;

    Tier(int minutes) {
      this.minutes = minutes;
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void customer(Customer customer, TrueLedger ledger) {
    customer.tickets.forEach(ticket -> ticket(ticket, tier(customer, ledger, ticket.openedDay())));
    customer.questions.forEach(this::question);
    csat(customer.questions);
    nps(customer.questions);
    success(customer, ledger);
  }

  private static Tier tier(Customer customer, TrueLedger ledger, int day) {
    if (customer.runs(day, plan -> plan == Plan.ENTERPRISE)) {
      return Tier.ENTERPRISE;
    }
    return day >= 0 && ledger.mrr(day) > 0 ? Tier.TECHNICAL : Tier.BASIC;
  }

  private void ticket(Ticket ticket, Tier tier) {
    int age = lastDay - ticket.openedDay();
    boolean isAnswered = ticket.firstResponse() >= 0;
    // Whatever the tier, its target is shorter than a day.
    boolean isMissed = !isAnswered && age >= 1;
    for (String key : List.of(tier.text(), ALL)) {
      add("open_tickets", key, !ticket.isClosed());
      add("earlier_tickets", key, age >= TICKET_DAYS && age < 2 * TICKET_DAYS);
      if (age < TICKET_DAYS) {
        add("tickets", key, true);
        add("answered_tickets", key, isAnswered);
        add("decided_tickets", key, isAnswered || isMissed);
        add("in_time_tickets", key, isAnswered && ticket.firstResponse() <= tier.minutes);
        add("resolved_tickets", key, ticket.isClosed());
        add("escalated_tickets", key, ticket.isEscalated());
      }
    }
  }

  private void question(Question question) {
    boolean isNps = question.survey().equals("nps");
    for (String touchpoint : isNps ? List.of(ALL) : List.of(question.touchpoint(), ALL)) {
      if (question.sentDay() > lastDay - SURVEY_DAYS) {
        String key = question.survey() + ":" + touchpoint;
        add("questions", key, true);
        add("answered_questions", key, question.answer() != null);
      }
    }
  }

  private void csat(List<Question> questions) {
    Function<Question, Object> once =
        asked -> List.of(asked.person(), asked.touchpoint(), asked.about());
    for (Question question : latest(questions, "csat", once)) {
      for (String touchpoint : List.of(question.touchpoint(), ALL)) {
        String key = "csat:" + touchpoint;
        add("answers", key, true);
        add("top_box_answers", key, question.answer().mark() == question.answer().best());
      }
    }
  }

  private void nps(List<Question> questions) {
    for (Question question : latest(questions, "nps", Question::person)) {
      int mark = question.answer().mark();
      add("answers", "nps:" + ALL, true);
      add("promoters", "nps:" + ALL, mark >= 9);
      add("passives", "nps:" + ALL, mark == 7 || mark == 8);
      add("detractors", "nps:" + ALL, mark <= 6);
    }
  }

  /** The last answer of each within the window; of two at once, that with the later id. */
  private Iterable<Question> latest(
      List<Question> questions, String survey, Function<Question, Object> each) {
    Comparator<Question> byTime =
        Comparator.comparing((Question asked) -> asked.answer().at()).thenComparing(Question::id);
    Map<Object, Question> latest = new LinkedHashMap<>();
    for (Question question : questions) {
      Answer answer = question.answer();
      if (question.survey().equals(survey)
          && answer != null
          && answer.day() > lastDay - SURVEY_DAYS) {
        latest.merge(
            each.apply(question),
            question,
            (one, other) -> byTime.compare(one, other) > 0 ? one : other);
      }
    }
    return latest.values();
  }

  private void success(Customer customer, TrueLedger ledger) {
    if (ledger.mrr(lastDay) > 0) {
      boolean isManaged = customer.managedSince >= 0;
      int from = Math.max(0, lastDay - TOUCH_DAYS + 1);
      boolean isTouched = !customer.touches.get(from, lastDay + 1).isEmpty();
      add("managed_customers", ALL, isManaged);
      add("touched_customers", ALL, isTouched);
      add("covered_customers", ALL, isManaged && isTouched);
    }
    int then = lastDay - MANAGED_DAYS;
    if (then >= 0 && ledger.mrr(then) > 0) {
      boolean isManaged = customer.managedSince >= 0 && customer.managedSince <= then;
      String who = isManaged ? "once_managed" : "once_other";
      add(who, ALL, true);
      add(who + "_retained", ALL, ledger.isStaying(lastDay));
    }
  }

  private void add(String figure, String key, boolean isOne) {
    figures.add(figure, asOf, key, 0, isOne ? 1 : 0);
  }
}
