package io.holdfast.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.Column;

/**
 * Some local days, or all of them: what a commit replaced and what its readers have to look at.
 *
 * @param isAll whether these are all days there are; then {@code days} is empty
 * @param days the days, in order
 */
public record Days(boolean isAll, NavigableSet<LocalDate> days) {

  /** The day under which rows are filed that tell none. */
  public static final LocalDate UNKNOWN = LocalDate.of(1970, 1, 1);

  /** Every day. */
  public static final Days ALL = new Days(true, new TreeSet<>());

  /** No day. */
  public static final Days NONE = new Days(false, new TreeSet<>());

  /** These days. */
  public static Days of(Collection<LocalDate> days) {
    return new Days(false, new TreeSet<>(days));
  }

  /** Days as {@link #toString} writes them: {@code all}, or runs with a comma between. */
  public static Days parse(String text) {
    if (text.equals("all")) {
      return ALL;
    }
    NavigableSet<LocalDate> days = new TreeSet<>();
    for (String run : text.split(",", -1)) {
      if (!run.isBlank()) {
        String[] ends = run.split("\\.\\.", -1);
        LocalDate last = LocalDate.parse(ends[ends.length - 1]);
        LocalDate.parse(ends[0]).datesUntil(last.plusDays(1)).forEach(days::add);
      }
    }
    return new Days(false, days);
  }

  /** The first that is known. */
  public Optional<LocalDate> first() {
    return days.stream().filter(day -> day.isAfter(UNKNOWN)).findFirst();
  }

  /** Whether there is no day. */
  public boolean isEmpty() {
    return !isAll && days.isEmpty();
  }

  /** These and those. */
  public Days and(Days others) {
    if (isAll || others.isAll) {
      return ALL;
    }
    NavigableSet<LocalDate> both = new TreeSet<>(days);
    both.addAll(others.days);
    return new Days(false, both);
  }

  /** These and the {@code reach} days before and after each. */
  public Days widened(int reach) {
    if (isAll) {
      return ALL;
    }
    NavigableSet<LocalDate> wide = new TreeSet<>();
    days.forEach(
        day -> day.minusDays(reach).datesUntil(day.plusDays(reach + 1L)).forEach(wide::add));
    return new Days(false, wide);
  }

  /** The {@code reach} days before and after each, without these. */
  public Days around(int reach) {
    if (isAll) {
      return NONE;
    }
    NavigableSet<LocalDate> others = new TreeSet<>(widened(reach).days);
    others.removeAll(days);
    return new Days(false, others);
  }

  /** Whether a row's day is one of these. */
  public Column contain(String dayColumn) {
    if (isAll) {
      return lit(true);
    }
    Column day = col(dayColumn);
    return runs().stream()
        .map(run -> day.between(lit(run.first()), lit(run.last())))
        .reduce(Column::or)
        .orElse(lit(false));
  }

  /** The same as SQL text, for a replaceWhere. */
  public String sql(String dayColumn) {
    List<String> terms = new ArrayList<>();
    for (Run run : runs()) {
      terms.add(
          "(`%s` >= DATE'%s' AND `%s` <= DATE'%s')"
              .formatted(dayColumn, run.first(), dayColumn, run.last()));
    }
    return String.join(" OR ", terms);
  }

  private record Run(LocalDate first, LocalDate last) {
    @Override
    public String toString() {
      return first.equals(last) ? first.toString() : first + ".." + last;
    }
  }

  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (LocalDate day : days) {
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last.last().plusDays(1).equals(day)) {
        runs.set(runs.size() - 1, new Run(last.first(), day));
      } else {
        runs.add(new Run(day, day));
      }
    }
    return runs;
  }

  @Override
  public String toString() {
    return isAll ? "all" : String.join(",", runs().stream().map(Run::toString).toList());
  }
}
