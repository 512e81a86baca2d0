package io.holdfast.sources;

import java.util.Optional;

/**
 * A range of a column whose values only grow, as the record of a delivery holds it.
 *
 * @param column the column
 * @param above the largest value that had landed before; empty: none had
 * @param upTo the largest value of the delivery, itself included
 */
record Growth(String column, Optional<String> above, String upTo) {

  /** The range as a person reads it: {@code id > 5 and id <= 17}. */
  String tag() {
    return above.map(value -> column + " > " + value + " and ").orElse("") + column + " <= " + upTo;
  }

  /** The range that a tag says; empty if it says none of this column. */
  static Optional<Growth> parse(String column, String tag) {
    String least = column + " > ";
    String most = column + " <= ";
    if (tag.startsWith(most)) {
      return Optional.of(new Growth(column, Optional.empty(), tag.substring(most.length())));
    }
    int middle = tag.indexOf(" and " + most);
    return tag.startsWith(least) && middle >= 0
        ? Optional.of(
            new Growth(
                column,
                Optional.of(tag.substring(least.length(), middle)),
                tag.substring(middle + 5 + most.length())))
        : Optional.empty();
  }
}
