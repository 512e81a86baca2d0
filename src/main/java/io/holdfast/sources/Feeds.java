package io.holdfast.sources;

import io.holdfast.config.Nearest;
import io.holdfast.config.Setting;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The company's exports, by name, and how much dirt in them is too much.
 *
 * @param feeds the exports
 * @param maxRejectedRate the share of rejected rows above which a delivery is not taken in
 * @param folderDate the regular expression of feeds that have none of their own
 * @param earliestDate a row whose own time is before this day is rejected
 */
public record Feeds(
    Map<String, Feed> feeds, double maxRejectedRate, String folderDate, LocalDate earliestDate) {

  /**
   * Feeds of known contracts.
   *
   * @throws IllegalArgumentException if a feed names a contract that there is none of, or has keys
   *     that do not go together
   */
  public Feeds {
    List<String> contracts = Contracts.ALL.stream().map(Contract::name).toList();
    feeds.forEach(
        (name, feed) -> {
          String contract = feed.contract().orElse(name);
          if (!contracts.contains(contract)) {
            throw new IllegalArgumentException(
                "feed %s has contract '%s' (nearest: '%s'), and there are %s; set sources.feeds.%s.contract"
                    .formatted(
                        name,
                        contract,
                        Nearest.to(contract, contracts).orElse(""),
                        contracts,
                        name));
          }
          FeedKeys.require(name, feed);
        });
  }

  public static final Setting<Feeds> SETTING = Setting.of("sources", Feeds.class);

  /** The feeds of a contract, by name. */
  Map<String, Feed> of(Contract contract) {
    Map<String, Feed> mine = new TreeMap<>();
    feeds.forEach(
        (name, feed) -> {
          if (feed.contract().orElse(name).equals(contract.name())) {
            mine.put(name, feed);
          }
        });
    return mine;
  }
}
