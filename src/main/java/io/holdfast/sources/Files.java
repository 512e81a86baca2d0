package io.holdfast.sources;

import io.holdfast.failure.BadInput;
import io.holdfast.failure.NotReady;
import io.holdfast.job.Landing;
import io.holdfast.job.Landing.LandedFile;
import io.holdfast.sources.Feed.Arrives;
import io.holdfast.sources.Feed.Format;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which files of a feed a night takes in. */
record Files(List<Delivered> fresh, Optional<LocalDate> latest) {

  /**
   * A file and the day on which it was delivered.
   *
   * @param folderDate the date in its path, where the feed has folders by date
   */
  record Delivered(LandedFile file, Optional<LocalDate> folderDate) {

    /** Names a file's content: another tag is other content. */
    String identity() {
      return file.path() + "#" + file.tag();
    }
  }

  /**
   * The files that are due and were not read yet.
   *
   * @param known identities of the files that were read
   * @throws BadInput if the feed has never delivered anything
   * @throws NotReady if the feed is required and its latest delivery is too old
   */
  static Files of(
      String name,
      Feed feed,
      String folderPattern,
      Landing landing,
      Set<String> known,
      LocalDate asOf,
      LocalDate arrivedBy) {
    List<Delivered> all = new ArrayList<>();
    for (LandedFile file : found(feed, landing)) {
      all.add(new Delivered(file, folderDate(name, feed, folderPattern, file)));
    }
    List<Delivered> due =
        all.stream().filter(f -> !f.folderDate().orElse(LocalDate.MIN).isAfter(arrivedBy)).toList();
    if (due.isEmpty() && known.isEmpty()) {
      throw new BadInput(
          "Cannot read feed %s: %s. Correct sources.feeds.%s.path, or take the feed out of the configuration if the company has none."
              .formatted(name, nothing(feed, all, arrivedBy), name));
    }
    Optional<LocalDate> latest =
        due.stream().flatMap(f -> f.folderDate().stream()).max(LocalDate::compareTo);
    requireFresh(name, feed, latest, asOf);
    return new Files(due.stream().filter(f -> !known.contains(f.identity())).toList(), latest);
  }

  private static String nothing(Feed feed, List<Delivered> all, LocalDate arrivedBy) {
    if (all.isEmpty()) {
      return "there is no file at " + path(feed);
    }
    LocalDate first =
        all.stream().flatMap(f -> f.folderDate().stream()).min(LocalDate::compareTo).orElseThrow();
    return "its first delivery at %s is of %s, after %s".formatted(path(feed), first, arrivedBy);
  }

  private static void requireFresh(
      String name, Feed feed, Optional<LocalDate> latest, LocalDate asOf) {
    if (!feed.isRequired().orElse(false) || feed.maxAgeDays().isEmpty() || latest.isEmpty()) {
      return;
    }
    if (latest.get().isBefore(asOf.minusDays(feed.maxAgeDays().get()))) {
      throw new NotReady(
          "Cannot build %s: required feed %s last delivered on %s, more than %d days before. Run again when it has delivered, or raise sources.feeds.%s.max_age_days."
              .formatted(asOf, name, latest.get(), feed.maxAgeDays().get(), name));
    }
  }

  private static List<LandedFile> found(Feed feed, Landing landing) {
    if (feed.format() == Format.DELTA) {
      return landing.deltaTable(path(feed)).map(List::of).orElse(List.of());
    }
    return landing.list(path(feed));
  }

  private static String path(Feed feed) {
    return feed.path().orElseThrow();
  }

  private static Optional<LocalDate> folderDate(
      String name, Feed feed, String folderPattern, LandedFile file) {
    if (feed.arrives() == Arrives.ONCE) {
      return Optional.empty();
    }
    Matcher date = Pattern.compile(feed.folderDate().orElse(folderPattern)).matcher(file.path());
    LocalDate last = null;
    while (date.find()) {
      last = parsed(date.group(1));
    }
    if (last == null && feed.arrivalColumn().isEmpty()) {
      throw new BadInput(
          "Cannot tell when %s of feed %s arrived: its path has no date. Deliver into folders such as %s/date=2026-11-21/, set sources.feeds.%s.arrival_column, or set arrives = once."
              .formatted(file.path(), name, path(feed), name));
    }
    return Optional.ofNullable(last);
  }

  private static LocalDate parsed(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
