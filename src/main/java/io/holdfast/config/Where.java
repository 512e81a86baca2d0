package io.holdfast.config;

import com.typesafe.config.ConfigOrigin;

/** Says to a person where a value stands. */
final class Where {

  private Where() {}

  static String of(ConfigOrigin origin) {
    if (origin == null) {
      return "nowhere";
    }
    String file =
        origin.resource() != null
            ? origin.resource()
            : origin.description().replaceFirst(": \\d+(-\\d+)?$", "");
    return origin.lineNumber() > 0 ? "line " + origin.lineNumber() + " of " + file : file;
  }
}
